"""gRPC calls by curl, byte for byte as given: for services that have no client here, and for requests that no client would send."""

import dataclasses
import struct
import subprocess


@dataclasses.dataclass
class Answer:
    messages: list
    status: str = ""  # grpc-status, from trailers or headers; empty when there was none.
    message: str = ""  # grpc-message
    http: str = ""  # The status line.


def frame(message, compressed=0):
    return struct.pack(">BI", compressed, len(message)) + message


def split(body):
    messages = []
    while len(body) >= 5:
        size = struct.unpack(">I", body[1:5])[0]
        messages.append(body[5:5 + size])
        body = body[5 + size:]
    return messages


def call(port, method, message, seconds=20):
    """One request with one message."""
    return call_raw(port, method, frame(message), seconds)


def call_raw(port, method, body, seconds=20, headers=()):
    """The request body as it is. Debian 12's curl gives up when an answer overtakes its upload: asked again then."""
    for _ in range(20):
        answer = call_once(port, method, body, seconds, headers)
        if not answer.http.startswith("curl: (92)"):
            break
    return answer


def call_once(port, method, body, seconds, headers):
    command = ["curl", "-sS", "--http2-prior-knowledge", "--max-time", str(seconds), "-X", "POST", "-D", "/dev/stderr",
               "-H", "content-type: application/grpc", "-H", "te: trailers", "-H", "expect:"]
    for header in headers:
        command += ["-H", header]
    done = subprocess.run([*command, "--data-binary", "@-", f"http://127.0.0.1:{port}{method}"], input=body,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    answer = Answer(split(done.stdout))
    for line in done.stderr.decode(errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key == "grpc-status":
            answer.status = value.strip()
        elif key == "grpc-message":
            answer.message = value.strip()
        elif line.startswith("HTTP/") or line.startswith("curl:"):
            answer.http = line.strip()
    return answer
