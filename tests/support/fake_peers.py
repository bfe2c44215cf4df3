"""Peers that misbehave: silent, HTTP/1.1 only, gRPC stores that answer wrongly, a TCP proxy that cuts the line.

Each is a context manager with .port and .address; it serves on a thread per connection until it is left.
"""

import http.server
import os
import select
import socket
import struct
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, END_HEADERS, ACK = 1, 4, 1


class Peer:
    """Accepts connections and hands each to serve()."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.open = []
        self.thread = threading.Thread(target=self.accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            connection.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self.quietly, args=(connection,), daemon=True).start()

    def quietly(self, connection):
        try:
            self.serve(connection)
        except OSError:
            pass

    def serve(self, connection):
        """Takes what comes and says nothing."""
        while connection.recv(65536):
            pass


class SilentPeer(Peer):
    """Accepts, reads, never answers."""


class SpeakingPeer(Peer):
    """Says `reply` to whoever sends something, and closes."""

    def __init__(self, reply):
        super().__init__()
        self.reply = reply

    def serve(self, connection):
        connection.recv(65536)
        connection.sendall(self.reply)
        connection.shutdown(socket.SHUT_WR)


def reset(connection):
    """Closes with RST, as the kernel does for a process that was killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # close() would wait for files made of the socket.
    os.close(connection.detach())


class CuttingProxy(Peer):
    """Forwards to a port; once armed, cuts each line after so many bytes of the answer. One byte per socket call is not needed: what
    counts is that the answer is begun and does not end."""

    def __init__(self, target_port):
        super().__init__()
        self.target_port = target_port
        self.bytes_left = None

    def arm(self, answer_bytes):
        self.bytes_left = answer_bytes

    def disarm(self):
        self.bytes_left = None

    def serve(self, connection):
        upstream = socket.create_connection(("127.0.0.1", self.target_port))
        self.open.append(upstream)
        passed = 0
        while True:
            for ready in select.select([connection, upstream], [], [])[0]:
                piece = ready.recv(65536)
                if not piece:
                    connection.close()
                    upstream.close()
                    return
                if ready is connection:
                    upstream.sendall(piece)
                    passed = 0  # Counts one answer.
                    continue
                limit = self.bytes_left
                if limit is not None and passed + len(piece) >= limit:
                    connection.sendall(piece[:max(limit - passed, 0)])
                    reset(connection)
                    upstream.close()
                    return
                passed += len(piece)
                connection.sendall(piece)


# A gRPC store, by hand: nothing else sends frames that no library would.


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A protobuf field: bytes, or an integer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def label_set(labels):
    return b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in labels.items())


def info_message(labels):
    store = field(1, 0) + field(2, (1 << 63) - 1) + field(3, 1) + field(5, 1)
    return field(1, label_set(labels)) + field(2, b"sidecar") + field(3, store)


def series_message(labels):
    """SeriesResponse with one series and no chunks."""
    return field(1, label_set(dict(sorted(labels.items()))))


def h2_frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def header_block(fields):
    block = b""
    for name, value in fields:
        block += b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value
    return block


RESPONSE = b"\x88" + header_block([(b"content-type", b"application/grpc")])


def grpc_frame(message, announced=None):
    return struct.pack(">BI", 0, len(message) if announced is None else announced) + message


class GrpcStore(Peer):
    """Answers Info, and every other call by `answer(store, connection, stream)`, which calls start(), send() and finish()."""

    def __init__(self, labels, answer):
        super().__init__()
        self.labels = labels
        self.answer = answer

    def start(self, connection, stream):
        connection.sendall(h2_frame(HEADERS, END_HEADERS, stream, RESPONSE))

    def send(self, connection, stream, payload):
        connection.sendall(h2_frame(DATA, 0, stream, payload))

    def finish(self, connection, stream, status=b"0", message=b""):
        trailers = header_block([(b"grpc-status", status), (b"grpc-message", message)])
        connection.sendall(h2_frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers))

    def serve(self, connection):
        source = connection.makefile("rb")
        if source.read(len(PREFACE)) != PREFACE:
            return
        connection.sendall(h2_frame(SETTINGS, 0, 0, b""))
        bodies = {}
        while True:
            head = source.read(9)
            if len(head) < 9:
                return
            size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:9], "big")
            payload = source.read(size)
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(h2_frame(SETTINGS, ACK, 0, b""))
            elif kind == PING and not flags & ACK:
                connection.sendall(h2_frame(PING, ACK, 0, payload))
            elif kind == DATA:
                bodies[stream] = bodies.get(stream, b"") + payload
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                self.respond(connection, stream, bodies.pop(stream, b""))

    def respond(self, connection, stream, body):
        # Info's request is the only empty message.
        if len(body) > 5:
            return self.answer(self, connection, stream)
        self.start(connection, stream)
        self.send(connection, stream, grpc_frame(info_message(self.labels)))
        return self.finish(connection, stream)


class FakePrometheus(http.server.ThreadingHTTPServer):
    """A Prometheus without data: ready, with external labels, and a clock that is off by so many seconds."""

    def __init__(self, external_labels, clock_off=0):
        super().__init__(("127.0.0.1", 0), FakePrometheusHandler)
        self.daemon_threads = True
        self.external_labels = external_labels
        self.clock_off = clock_off
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class FakePrometheusHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return super().date_time_string((timestamp or time.time()) + self.server.clock_off)

    def log_message(self, *_):
        pass

    def do_GET(self):
        labels = "".join(f"\\n    {k}: {v}" for k, v in self.server.external_labels.items())
        answers = {"/-/ready": "ready", "/metrics": "prometheus_tsdb_lowest_timestamp_seconds 1\n",
                   "/api/v1/status/config":
                       f'{{"status":"success","data":{{"yaml":"global:\\n  external_labels:{labels}\\n"}}}}',
                   "/api/v1/status/buildinfo": '{"status":"success","data":{"version":"2.42.0"}}'}
        self.answer(answers.get(self.path.partition("?")[0], '{"status":"success","data":[]}').encode(), "application/json")

    def do_POST(self):
        """A remote read that finds nothing."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.answer(b"", "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse")

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
