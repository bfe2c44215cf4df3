#!/usr/bin/env python3
"""What the world may get wrong: flags, files, endpoints, peers, requests. Each time a clear message that names the thing, in time; no
hang, no crash, no answer that lacks data without a warning."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import fake_peers  # noqa: E402
import grpc_curl  # noqa: E402
from fake_peers import CuttingProxy, FakePrometheus, GrpcStore, SilentPeer, SpeakingPeer, grpc_frame, series_message  # noqa: E402
from stack import BIN, Failure, Stack, free_port, get, make_blocks, sanitized, wait_until  # noqa: E402

AGENT = os.path.join(BIN, "epimetheus-agent")
HUB = os.path.join(BIN, "epimetheus-hub")
START = 1700000000 // 7200 * 7200
SERIES = 2000
QUICK = ("--query.replica-label=replica", "--store.response-timeout=1s", "--endpoint.info-timeout=1s")


def require(condition, what):
    if not condition:
        raise Failure(what)


def require_words(text, words, what):
    missing = [word for word in words if word not in text]
    require(not missing, f"{what}: no {missing} in {text[:1500]!r}")


# Programs that must not start.


def refuses(command, words, code=None, seconds=20):
    """The command ends by itself with a failure, and its output has all the words."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False)
    text = done.stdout.decode(errors="replace")
    require(done.returncode > 0 and (code is None or done.returncode == code), f"{command} ended with {done.returncode}: {text}")
    require_words(text, words, str(command))


def check_flags(stack):
    refuses([AGENT, "sidecar", "--prometheus.ulr=http://x"], ["unknown", "--prometheus.ulr", "--prometheus.url"])
    refuses([HUB, "query", "--query.replica-lable=x"], ["unknown", "--query.replica-lable", "--query.replica-label"])
    refuses([HUB, "qery"], ["qery", "query"])
    refuses([HUB, "query", "--query.timeout=soon"], ["--query.timeout", "soon"])
    refuses([HUB, "query", "--endpoint=nowhere"], ["--endpoint=nowhere", "host:port"])
    refuses([AGENT, "sidecar", "--http-address=127.0.0.1:http"], ["http-address", "127.0.0.1:http"])


def check_yaml(stack):
    web = stack.write("web.yml", "basic_auth_usres:\n  a: b\n")
    for command in ([AGENT, "sidecar"], [HUB, "query"]):
        addresses = [f"--http-address=127.0.0.1:{free_port()}", f"--grpc-address=127.0.0.1:{free_port()}"]
        refuses([*command, *addresses, f"--http.config={web}"], [web, "basic_auth_usres", "basic_auth_users"])
        refuses([*command, *addresses, f"--http.config={web}.none"], [f"{web}.none"])
    client = stack.write("client.yml", "basic_auth:\n  usrname: a\n")
    refuses([AGENT, "sidecar", f"--prometheus.http-client-file={client}"], ["usrname", "username"])
    refuses([AGENT, "sidecar", "--prometheus.http-client=a: [b"], ["--prometheus.http-client"])


def check_ports_in_use(stack):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        free = f"127.0.0.1:{free_port()}"
        for command in ([AGENT, "sidecar"], [HUB, "query"]):
            refuses([*command, f"--http-address={address}", f"--grpc-address={free}"], ["-address", address, "in use"])
            refuses([*command, f"--http-address={free}", f"--grpc-address={address}"], ["-address", address, "in use"])


def check_no_external_labels(stack):
    server = stack.add_prometheus("nameless", {})
    server.wait_ready()
    refuses([AGENT, "sidecar", f"--prometheus.url={server.url}", f"--http-address=127.0.0.1:{free_port()}",
             f"--grpc-address=127.0.0.1:{free_port()}"], ["no external labels", server.url, "external_labels"])


def check_no_prometheus(stack):
    """A Prometheus that is not there, or is something else, is named while the agent waits, and when it gives up."""
    with SilentPeer() as silent, SpeakingPeer(b"220 mail.example.com ESMTP\r\n") as mail:
        for url, words in ((f"http://{silent.address}", ["not ready"]), (f"http://{mail.address}", []),
                           (f"http://127.0.0.1:{free_port()}", ["refused"])):
            refuses([AGENT, "sidecar", f"--prometheus.url={url}", "--prometheus.ready_timeout=2s", "--prometheus.get_config_timeout=1s",
                     f"--http-address=127.0.0.1:{free_port()}", f"--grpc-address=127.0.0.1:{free_port()}"],
                    ["Prometheus was not ready within", url, *words[1:]])


# Endpoints that are wrong in some way, all at once at one hub.


def malformed(store, connection, stream):
    store.start(connection, stream)
    store.send(connection, stream, grpc_frame(b"\x0a\xff\xff\xff\xff\x0f"))
    store.finish(connection, stream)


def dies(store, connection, stream):
    store.start(connection, stream)
    store.send(connection, stream, grpc_frame(series_message({"__name__": "items", "cluster": "dies"})))
    fake_peers.reset(connection)


def half_message(store, connection, stream):
    store.start(connection, stream)
    store.send(connection, stream, grpc_frame(b"\x0a\x02", announced=100))
    store.finish(connection, stream)


def no_status(store, connection, stream):
    store.start(connection, stream)
    store.send(connection, stream, grpc_frame(series_message({"__name__": "items", "cluster": "no_status"})))
    connection.sendall(fake_peers.h2_frame(fake_peers.DATA, fake_peers.END_STREAM, stream, b""))


def endless_message(store, connection, stream):
    store.start(connection, stream)
    store.send(connection, stream, grpc_frame(b"", announced=0xffffffff))


def hangs(store, connection, stream):
    store.start(connection, stream)


def unsorted(store, connection, stream):
    store.start(connection, stream)
    for item in ("2", "1"):
        store.send(connection, stream, grpc_frame(series_message({"__name__": "items", "cluster": "unsorted", "item": item})))
    store.finish(connection, stream)


def refuses_with_spaces(store, connection, stream):
    store.start(connection, stream)
    store.finish(connection, stream, b"14", b" busy until noon ")


BAD_STORES = {refuses_with_spaces: ["busy until noon"], malformed: ["malformed protobuf"], dies: ["Unavailable"], half_message: [], no_status: ["grpc-status"],
              endless_message: ["4294967295"], hangs: ["no response within 1000 ms"], unsorted: ["out of order"]}


def warning_about(answer, endpoint):
    return next((w for w in answer.get("warnings", []) if endpoint in w), "")


def check_endpoints(stack, agent):
    """One good endpoint among bad ones: its data, and a warning about each of the others, for every kind of request."""
    with contextlib.ExitStack() as peers:
        bad = {peers.enter_context(SilentPeer()).address: ["was not asked"],
               peers.enter_context(SpeakingPeer(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")).address: ["HTTP/1"],
               peers.enter_context(SpeakingPeer(b"220 mail.example.com ESMTP\r\n")).address: ["HTTP/2"],
               f"127.0.0.1:{free_port()}": ["refused"], f"127.0.0.1:{agent.http_port}": ["HTTP"]}
        for answer, words in BAD_STORES.items():
            bad[peers.enter_context(GrpcStore({"cluster": answer.__name__}, answer)).address] = words
        hub = stack.add_querier("hub-bad", [HUB], [agent.endpoint, *bad], QUICK)
        hub.wait_ready()
        for path, params in (("query", {"query": "count(items)", "time": START}), ("query", {"query": "items", "time": START}),
                             ("series", {"match[]": "items"}), ("labels", {}), ("label/item/values", {})):
            began = time.monotonic()
            _, answer = hub.api(path, **params)
            took = time.monotonic() - began
            require(answer["status"] == "success" and took < 5, f"{path} took {took:.1f} s: {str(answer)[:1500]}")
            for address, words in bad.items():
                if path in ("labels", "label/item/values"):
                    words = []
                require_words(warning_about(answer, address), [address, *words], f"warning of {path} about {address}")
            require(not answer["completeness"]["complete"], f"{path}: a partial answer counts as complete")
            _, refused = hub.api(path, partial_response="false", **params)
            require(refused["status"] == "error" and any(a in refused["error"] for a in bad), f"{path} must fail: {str(refused)[:500]}")
        require_words(hub.log_text(), list(bad)[:5], "log of the hub")
        hub.check_alive()
        hub.stop()


def check_twins(stack, server, agent):
    """Two agents with the same labels: a log line names both; the data is there once."""
    twin = stack.add_sidecar("twin", [AGENT], server.url)
    twin.wait_ready()
    hub = stack.add_hub([agent, twin], "hub-twins")
    hub.wait_ready()
    wait_until("a line that names both", lambda: any(agent.endpoint in line and twin.endpoint in line and "same external labels" in line
                                                     for line in hub.log_text().splitlines()))
    answer = hub.query("count(items)", time=START)
    require(answer["data"]["result"][0]["value"][1] == str(SERIES) and "warnings" not in answer, f"twins count twice: {answer}")
    hub.stop()
    twin.stop()


# Clocks.


def clock_claims(hub, endpoint, off):
    """Answers about now name the endpoint whose clock is off; those about the past do not."""
    def named():
        warning = warning_about(hub.query("up"), endpoint)
        return "its clock is 3" in warning and off in warning or warning
    wait_until(f"a warning that the clock of {endpoint} is {off}", named, [hub])
    past = hub.query("count(items)", time=START)
    require("warnings" not in past, f"an answer about the past warns of clocks: {past}")
    require_words(hub.log_text(), ["clock does not agree", endpoint], "log of the hub")
    require(hub.query("up", partial_response="false")["status"] == "success", "a clock that is off is no missing answer")


def check_clocks(stack, server, agent):
    """An hour off, to either side: at Prometheus, at the agent."""
    for name, clock_off, logged, warned in (("late", -3600, "ahead_ms=-3", "s behind"), ("early", 3600, "ahead_ms=3", "s ahead of")):
        with FakePrometheus({"cluster": name, "replica": "0"}, clock_off) as other:
            watch = stack.add_sidecar(f"{name}-agent", [AGENT], other.url)
            watch.wait_ready()
            require_words(watch.log_text(), ["clock does not agree", other.url, logged], f"log of the agent of a {name} Prometheus")
            hub = stack.add_hub([agent, watch], f"hub-{name}")
            hub.wait_ready()
            clock_claims(hub, watch.endpoint, warned)
            hub.stop()
            watch.stop()
    if shutil.which("faketime") is None or sanitized():
        print("an agent with a clock of its own: not tested, faketime is not installed or a sanitizer is in the way")
        return
    # Preloaded, not by the faketime command: that would stay between us and the agent when it is stopped.
    preload = ["env", "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1", "FAKETIME=+3600s"]
    fast = stack.add_sidecar("fast-agent", [*preload, AGENT], server.url)
    fast.wait_ready()
    require_words(fast.log_text(), ["clock does not agree", server.url, "ahead_ms=-3"], "log of an agent whose clock is ahead")
    hub = stack.add_hub([fast], "hub-fast-agent")
    hub.wait_ready()
    answer = hub.query("count(items)", time=START)
    require(answer["data"]["result"][0]["value"][1] == str(SERIES), f"data of an agent whose clock is ahead: {answer}")
    require("warnings" not in hub.query("up"), "Prometheus' clock is right, whatever the agent's says")
    for node in (fast, hub):
        node.stop()


# Peers that die while they answer.


def check_cut_lines(stack, server):
    """Whatever is cut, and wherever: between agent and Prometheus, or between hub and agent."""
    with CuttingProxy(server.http_port) as to_prometheus:
        agent = stack.add_sidecar("cut-agent", [AGENT], f"http://{to_prometheus.address}")
        agent.wait_ready()
        with CuttingProxy(agent.grpc_port) as to_agent:
            hub = stack.add_querier("hub-cut", [HUB], [to_agent.address], QUICK)
            hub.wait_ready()
            whole = hub.query("items", time=START)
            require(len(whole["data"]["result"]) == SERIES and "warnings" not in whole, f"not whole before the first cut: {str(whole)[:500]}")
            for proxy in (to_prometheus, to_agent):
                for cut_bytes in (1, 100, 5000, 60000):
                    cut_once(hub, proxy, cut_bytes, to_agent.address, whole)
            hub.check_alive()
            agent.check_alive()
            hub.stop()
        agent.stop()


def cut_once(hub, proxy, cut_bytes, endpoint, whole):
    proxy.arm(cut_bytes)
    answer = hub.query("items", time=START)
    proxy.disarm()
    if answer["data"]["result"] != whole["data"]["result"]:
        require(warning_about(answer, endpoint), f"cut after {cut_bytes} bytes, {len(answer['data']['result'])} series, no warning")
    else:
        raise Failure(f"cut after {cut_bytes} bytes and still whole: the test cuts nothing")

    def whole_again():
        again = hub.query("items", time=START)
        return again["data"] == whole["data"] and "warnings" not in again
    wait_until("a whole answer after the cut", whole_again, [hub])


# Requests that are wrong.


def check_wrong_protocol(agent, hub):
    """Bytes of another protocol on a port end in an answer or a closed line, and the port goes on."""
    tls_hello = bytes.fromhex("16030100c8010000c40303") + bytes(193)
    for node in (agent, hub):
        for port in (node.http_port, node.grpc_port):
            for words in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", tls_hello, b"\x00" * 400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 90,
                          b"EHLO x\r\n", fake_peers.PREFACE[:10]):
                with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                    line.sendall(words)
                    line.shutdown(socket.SHUT_WR)
                    with contextlib.suppress(ConnectionResetError):
                        while line.recv(65536):
                            pass
        require(node.is_ready(), f"{node.name} is not ready after other protocols on its ports")
    answer = grpc_curl.call(hub.http_port, "/thanos.info.Info/Info", b"")
    require(answer.http.startswith("HTTP/2 4") or answer.status == "12", f"gRPC on the HTTP port: {answer}")


def check_http_limits(hub):
    def curl(*arguments):
        done = subprocess.run(["curl", "-sS", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_code}", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.stdout.decode()[-3:]
    url = f"{hub.url}/api/v1/query"
    big = "query=" + "a" * (40 << 20)
    done = subprocess.run(["curl", "-sS", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_code}", "-H", "expect:", "--data-binary", "@-", url],
                          input=big.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    require(done.stdout[-3:] == b"413", f"a body of 40 MiB: {done.stdout} {done.stderr}")
    for version in ("--http1.1", "--http2-prior-knowledge"):
        code = curl(version, "-H", "x-big: " + "a" * 100_000, url)
        require(code in ("431", "000"), f"a header of 100 kB over {version}: {code}")
    require(curl(f"{hub.url}/{'a' * 100_000}") in ("414", "431"), "a path of 100 kB")
    require(get(f"{hub.url}/nowhere") == (404, "404 page not found\n"), f"an unknown path: {get(f'{hub.url}/nowhere')}")
    require(curl("-X", "DELETE", url) == "405", "DELETE of a query")


def check_grpc_requests(agent, hub):
    """(method, body, headers, status, words)"""
    series = "/thanos.Store/Series"
    cases = [(series, grpc_curl.frame(b"\xff\xff\xff"), (), "3", ["malformed"]), (series, grpc_curl.frame(b""), (), "3", ["no matchers"]),
             (series, grpc_curl.frame(b"\x1a\x08\x08\x02\x12\x01a\x1a\x01["), (), "3", ["["]),
             (series, grpc_curl.frame(b"\x1a\x02\x08\x63"), (), "3", ["type 99"]),
             ("/thanos.Store/LabelValues", grpc_curl.frame(b""), (), "3", ["label name"]),
             (series, b"\x00\xff\xff\xff\xff", (), "8", ["4294967295"]), (series, b"\x00\x00\x00\x00\x10abc", (), "", []),
             (series, b"\x02" + grpc_curl.frame(b"")[1:], (), "", []),
             (series, grpc_curl.frame(b"abc", 1), ("grpc-encoding: snappy",), "", []),
             (series, grpc_curl.frame(b"abc", 1), ("grpc-encoding: lzma",), "12", ["lzma"]),
             (series, grpc_curl.frame(b""), ("grpc-timeout: soon",), "", []), ("/thanos.Store/Sereis", grpc_curl.frame(b""), (), "12", ["Sereis"])]
    for node in (agent, hub):
        for method, body, headers, status, words in cases:
            answer = grpc_curl.call_raw(node.grpc_port, method, body, headers=headers)
            said = urllib.parse.unquote(answer.message)
            require(answer.status not in ("", "0") and answer.status == (status or answer.status), f"{node.name} {method} {body[:20]!r} {headers}: {answer}")
            require_words(said, words, f"{node.name} {method} {body[:20]!r} {headers}")
        require(grpc_curl.call(node.grpc_port, "/thanos.info.Info/Info", b"").status == "0", f"{node.name} after malformed requests")


def check_api_requests(hub):
    """(path, parameters, words of the error)"""
    when = {"start": START, "end": START, "step": 1}
    cases = [("query", {"query": "sum(items"}, ["query", "1:10", "parse error"]), ("query", {"query": ""}, ["query"]),
             ("query", {"query": "items", "time": "noon"}, ["time", "noon"]), ("query", {"query": "rate(items)"}, ["range vector"]),
             ("query", {"query": "items", "timeout": "soon"}, ["timeout", "soon"]), ("query", {"query": "(" * 100_000}, ["query"]),
             ("query", {"query": 'items{a=~"("}'}, ["query"]), ("query", {"query": "items", "dedup": "maybe"}, ["dedup", "maybe"]),
             ("query", {"query": "items", "storeMatch[]": "{"}, ["storeMatch"]), ("query_range", {"query": "items", **when, "step": 0}, ["step"]),
             ("query_range", {"query": "items", **when, "end": START + 20000}, ["11,000"]), ("query_range", {"query": "items", **when, "end": 1}, ["end"]),
             ("series", {}, ["match[]"]), ("series", {"match[]": "{}"}, ["match"]), ("labels", {"start": "x"}, ["start"]),
             ("label/%ff/values", {}, ["label"])]
    for path, params, words in cases:
        began = time.monotonic()
        if len(str(params)) > 10_000:
            code, answer = hub.api_post(path, **params)
        else:
            code, answer = hub.api(path, **params)
        require(code == 400 and answer["errorType"] == "bad_data", f"{path} {str(params)[:200]}: {code} {str(answer)[:500]}")
        require_words(answer["error"], words, f"{path} {str(params)[:200]}")
        require(time.monotonic() - began < 5, f"{path} {str(params)[:200]} took {time.monotonic() - began:.1f} s")
    require(hub.query("count(items)", time=START)["data"]["result"][0]["value"][1] == str(SERIES), "after bad requests")


def main():
    with Stack("bad-input") as stack:
        items = [(f'{{item="{i}"}}', [(START, i)]) for i in range(SERIES)]
        server = stack.add_prometheus("good", {"cluster": "good", "replica": "0"}, make_blocks(stack.path("blocks"), {"items": ("gauge", items)}))
        agent = stack.add_agent(server)
        hub = stack.add_hub([agent])
        agent.wait_ready()
        hub.wait_ready()
        wait_until("the hub's first answer", lambda: "warnings" not in hub.query("count(items)", time=START))
        checks = [lambda: check_flags(stack), lambda: check_yaml(stack), lambda: check_ports_in_use(stack), lambda: check_no_external_labels(stack),
                  lambda: check_no_prometheus(stack), lambda: check_endpoints(stack, agent), lambda: check_twins(stack, server, agent),
                  lambda: check_clocks(stack, server, agent), lambda: check_cut_lines(stack, server), lambda: check_wrong_protocol(agent, hub), lambda: check_http_limits(hub),
                  lambda: check_grpc_requests(agent, hub), lambda: check_api_requests(hub)]
        failures = []
        for check in checks:
            name = check.__code__.co_names[0]
            began = time.monotonic()
            try:
                check()
            except (Failure, OSError, subprocess.SubprocessError) as failure:
                failures.append(f"{name}: {failure}")
            print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)
        for node in (agent, hub):
            node.check_alive()
        if failures:
            raise Failure("\n".join(failures))
        print(f"{len(checks)} kinds of bad input")


if __name__ == "__main__":
    try:
        main()
    except Failure as error:
        print(f"bad input: {error}")
        sys.exit(1)
