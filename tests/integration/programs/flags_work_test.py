#!/usr/bin/env python3
"""Flags do what they say: for each one that no other test is about, what is seen with it and what without."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

import grpc_curl  # noqa: E402
from certificates import make_certificates  # noqa: E402
from fake_peers import SilentPeer  # noqa: E402
from stack import BIN, Failure, Stack, free_port, get, make_blocks, wait_until  # noqa: E402

AGENT = os.path.join(BIN, "epimetheus-agent")
HUB = os.path.join(BIN, "epimetheus-hub")
START = 1700000000 // 7200 * 7200
STEP = 15
SAMPLES = 40
END = START + (SAMPLES - 1) * STEP


def require(condition, what):
    if not condition:
        raise Failure(what)


class World:
    """A Prometheus with three series and the agent beside it; hubs are made per check."""

    def __init__(self, stack):
        self.stack = stack
        samples = [(START + n * STEP, n) for n in range(SAMPLES)]
        blocks = make_blocks(stack.path("blocks"), {"work": ("gauge", [(f'{{item="{i}"}}', samples) for i in range(3)])})
        self.prometheus = stack.add_prometheus("prometheus", {"cluster": "eu1"}, blocks)
        self.agent = stack.add_agent(self.prometheus)
        self.agent.wait_ready()
        self.hubs = 0

    def hub(self, *arguments, nodes=None):
        self.hubs += 1
        hub = self.stack.add_hub(nodes or [self.agent], name=f"hub-{self.hubs}", arguments=arguments)
        hub.wait_ready()
        return hub


def answer(hub, expression, **params):
    code, body = hub.api("query", query=expression, **params)
    require(code == 200, f"{hub.name} answers {expression} with {code} {body}")
    return body["data"]["result"]


def check_log(world):
    hub = world.hub("--log.format=json", "--log.level=info")
    lines = [json.loads(line) for line in hub.log_text().splitlines()]
    require(all({"ts", "level", "caller", "msg", "component"} <= set(line) for line in lines), f"log lines as JSON: {lines[:2]}")
    quiet = world.hub("--log.level=error")
    require("level=info" not in quiet.log_text(), f"information at level error: {quiet.log_text()}")


def check_times(world):
    late = END + 600
    plain = world.hub()
    require(answer(plain, "work", time=late) == [], "a sample ten minutes old is found without a longer lookback")
    require(len(answer(world.hub("--query.lookback-delta=15m"), "work", time=late)) == 3, "--query.lookback-delta does not look back")
    count = "max(count_over_time(work[5m:]))"
    by_minutes = float(answer(plain, count, time=END)[0]["value"][1])
    by_half_minutes = float(answer(world.hub("--query.default-evaluation-interval=30s"), count, time=END)[0]["value"][1])
    require(by_half_minutes == 2 * by_minutes, f"--query.default-evaluation-interval: {by_minutes} {by_half_minutes}")
    code, body = world.hub("--query.default-step=20s").api("query_range", query="work", start=START, end=START + 100)
    require(code == 200 and len(body["data"]["result"][0]["values"]) == 6, f"--query.default-step: {code} {body}")
    recent = world.hub("--query.metadata.default-time-range=1h")
    require("item" in plain.api("labels")[1]["data"], "labels of all time")
    require("item" not in recent.api("labels")[1]["data"], "--query.metadata.default-time-range does not narrow labels")
    bounded = world.stack.add_sidecar("agent-min-time", [AGENT], world.prometheus.url, arguments=["--min-time=2030-01-01T00:00:00Z"])
    bounded.wait_ready()
    later = world.hub(nodes=[bounded])
    require(answer(later, "work", time=END) == [], "--min-time serves older samples")
    stores = later.api("stores")[1]["data"]["sidecar"]
    require(stores[0]["minTime"] == 1893456000000, f"--min-time is not told: {stores}")


def check_limits(world):
    for limit, value in (("query.max-samples", "2"), ("query.max-memory", "1KB")):
        code, body = world.hub(f"--{limit}={value}").api("query", query="work", time=END)
        require(code == 422 and body["errorType"] == "execution", f"--{limit}: {code} {body}")
    for limit in ("series", "samples"):
        agent = world.stack.add_sidecar(f"agent-{limit}", [AGENT], world.prometheus.url, arguments=[f"--store.limits.request-{limit}=1"])
        agent.wait_ready()
        _, body = world.hub(nodes=[agent]).api("query", query="work", time=END)
        require(any("limit" in warning for warning in body.get("warnings", [])), f"--store.limits.request-{limit} of an agent: {body}")
        below = world.hub(f"--store.limits.request-{limit}=1")
        _, body = world.hub(nodes=[below]).api("query", query="work", time=END)
        require(any("limit" in warning for warning in body.get("warnings", [])), f"--store.limits.request-{limit} of a hub: {body}")
    require(world.hub("--query.max-concurrent=7").metric("thanos_query_concurrent_gate_queries_max") == 7, "--query.max-concurrent")
    hub = world.hub("--query.promql-engine=thanos", "--query.mode=local", "--deduplication.func=penalty")
    require(len(answer(hub, "work", time=END)) == 3, "a hub with the engine's other name answers otherwise")


def check_partial_response(world):
    dead = f"--endpoint-strict=127.0.0.1:{free_port()}"
    code, body = world.hub(dead).api("query", query="work", time=END)
    require(code == 200 and body["warnings"], f"partial response by default: {code} {body}")
    code, body = world.hub(dead, "--no-query.partial-response").api("query", query="work", time=END)
    require(code != 200 and body["status"] == "error", f"--no-query.partial-response: {code} {body}")


def headers_of(url, **headers):
    """(final address, headers) without following redirects."""
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    try:
        with urllib.request.build_opener(Stay).open(urllib.request.Request(url, headers=headers), timeout=15) as reply:
            return reply.status, reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def check_web(world):
    hub = world.hub("--web.route-prefix=/thanos")
    require(get(f"{hub.url}/thanos/api/v1/query?query=1")[0] == 200, "the API is not below --web.route-prefix")
    require(get(f"{hub.url}/api/v1/query?query=1")[0] == 404, "the API is also above --web.route-prefix")
    status, headers = headers_of(f"{hub.url}/")
    require(status == 302 and headers["Location"].rstrip("/") == "/thanos", f"the root leads to {status} {headers['Location']}")
    status, headers = headers_of(f"{world.hub('--web.route-prefix=/a', '--web.external-prefix=/outside').url}/")
    require(status == 302 and headers["Location"].startswith("/outside"), f"--web.external-prefix: {status} {headers['Location']}")
    prefixed = world.hub("--web.route-prefix=/a", "--web.prefix-header=X-Prefix")
    status, headers = headers_of(f"{prefixed.url}/", **{"X-Prefix": "/proxied"})
    require(status == 302 and headers["Location"].startswith("/proxied"), f"--web.prefix-header: {status} {headers['Location']}")
    query = "/api/v1/query?query=1"
    require(headers_of(world.agent.url.replace(str(world.agent.http_port), str(world.hub().http_port)) + query)[1]
            ["Access-Control-Allow-Origin"] == "*", "no CORS header by default")
    require(headers_of(world.hub("--web.disable-cors").url + query)[1]["Access-Control-Allow-Origin"] is None, "--web.disable-cors")


def check_log_of_slow_queries(world):
    hub = world.hub("--query.log-queries-longer-than=1ms")
    wait_until("a slow query in the log",
               lambda: bool(answer(hub, "sum(rate(work[5m:1s]))", time=END)) and "rate(work" in hub.log_text(), [hub])


def handshake(port, *arguments):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-alpn", "h2", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False)
    return done.returncode == 0


def check_server_tls(world):
    pem = make_certificates(world.stack)
    pair = [f"--grpc-server-tls-cert={pem['peer.pem']}", f"--grpc-server-tls-key={pem['peer.key']}"]
    modern = world.hub(*pair)
    require(handshake(modern.grpc_port, "-tls1_3") and not handshake(modern.grpc_port, "-tls1_2"), "TLS 1.3 is not the least by default")
    older = world.hub(*pair, "--grpc-server-tls-min-version=1.2", "--grpc-server-tls-ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                      "--grpc-server-tls-curves=P-256")
    require(handshake(older.grpc_port, "-tls1_2", "-curves", "P-256"), "--grpc-server-tls-min-version=1.2")
    require(not handshake(older.grpc_port, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), "--grpc-server-tls-ciphers")
    require(not handshake(older.grpc_port, "-tls1_3", "-curves", "X25519"), "--grpc-server-tls-curves")


def check_grace(world):
    """A query that would take minutes holds up the end for the grace period only."""
    with contextlib.ExitStack() as peers:
        silent = peers.enter_context(SilentPeer())
        hub = world.hub(f"--endpoint-strict=127.0.0.1:{silent.port}", "--http-grace-period=1s", "--grpc-grace-period=1s",
                        "--store.response-timeout=5m", "--query.timeout=5m")
        queries = [threading.Thread(target=get, args=(f"{hub.url}/api/v1/query?query=work", 120), daemon=True),
                   threading.Thread(target=silent_call, args=(hub.grpc_port,), daemon=True)]
        for query in queries:
            query.start()
        wait_until("both queries are running", lambda: calls_begun(hub, "Series") and calls_begun(hub, "LabelNames"), [hub])
        begun = time.monotonic()
        hub.process.send_signal(signal.SIGTERM)
        hub.process.wait(timeout=60)
        took = time.monotonic() - begun
        require(0.9 <= took < 15, f"grace periods of 1 s, but the end took {took:.1f} s")


def silent_call(port):
    # thanos.Store/LabelNames for all time, of everybody: nothing but the range.
    grpc_curl.call(port, "/thanos.Store/LabelNames", b"\x18\xff\xff\xff\xff\xff\xff\xff\x7f", seconds=60)


def calls_begun(hub, method):
    """The hub calls its endpoints for that method."""
    return any(line.startswith("grpc_client_started_total") and f'"{method}"' in line for line in get(f"{hub.url}/metrics")[1].splitlines())


def write_config(stack, name, cluster):
    """Replaces the file at once, as an editor does."""
    text = f"global:\n  external_labels:\n    cluster: $(CLUSTER)-{cluster}\nrule_files: [{stack.path('rules')}/*.yml]\n"
    os.replace(stack.write(f"{name}.new", text), stack.path(name))


def check_reloader(world):
    """By HTTP and by signal: an edited file and a new rule reach Prometheus, and new external labels reach the agent."""
    stack = world.stack
    os.makedirs(stack.path("rules"))
    for method in ("http", "signal"):
        # A name of its own: the signal goes to every process that runs an executable of that name.
        program = stack.path(f"prometheus-{method}")
        shutil.copy(shutil.which("prometheus"), program)
        output = stack.path(f"reload-{method}.yml")
        with open(output, "w", encoding="utf-8") as file:
            file.write("global:\n  external_labels:\n    cluster: none\n")
        prometheus = stack.add_prometheus(f"reload-{method}-server", {"cluster": "x"}, program=program)
        prometheus.stop()
        prometheus.command = [f"--config.file={output}" if a.startswith("--config.file") else a for a in prometheus.command]
        prometheus.start()
        prometheus.wait_ready()
        write_config(stack, f"in-{method}.yml", "one")
        os.environ["CLUSTER"] = "eu"
        agent = stack.add_sidecar(f"agent-reload-{method}", [AGENT], prometheus.url, arguments=[
            f"--reloader.config-file={stack.path(f'in-{method}.yml')}", f"--reloader.config-envsubst-file={output}",
            f"--reloader.rule-dir={stack.path('rules')}", f"--reloader.method={method}", f"--reloader.process-name={os.path.basename(program)}",
            "--reloader.watch-interval=1h", "--reloader.retry-interval=200ms", "--prometheus.get_config_interval=200ms"])
        expect_labels(world, prometheus, agent, "eu-one")
        write_config(stack, f"in-{method}.yml", "two")
        expect_labels(world, prometheus, agent, "eu-two")
        with open(stack.path(f"rules/{method}.yml"), "w", encoding="utf-8") as file:
            file.write(f"groups: [{{name: {method}, rules: [{{record: a, expr: '1'}}]}}]\n")
        wait_until(f"the rule of {method}", lambda p=prometheus, m=method: m in get(f"{p.url}/api/v1/rules")[1], [prometheus, agent])


def expect_labels(world, prometheus, agent, cluster):
    wait_until(f"{cluster} in Prometheus", lambda: cluster in get(f"{prometheus.url}/api/v1/status/config")[1], [prometheus, agent])
    hub = world.hub(nodes=[agent])
    wait_until(f"{cluster} in the agent's Info", lambda: cluster in get(f"{hub.url}/api/v1/stores")[1], [hub, agent])
    hub.stop()


def main():
    with Stack("flags-work") as stack:
        world = World(stack)
        for check in (check_log, check_times, check_limits, check_partial_response, check_web, check_log_of_slow_queries, check_server_tls,
                      check_grace, check_reloader):
            begun = time.monotonic()
            check(world)
            print(f"{check.__name__}: {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
