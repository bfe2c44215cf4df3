#!/usr/bin/env python3
"""Thanos' sidecar and querier beside ours, in every mixture, over the same three Prometheus servers: the answers must be equal.

    Prometheus ×3 ─┬─ our agents ──────┬─ our hub ───────── Thanos' querier
                   │                   └─ Thanos' querier
                   └─ Thanos' sidecars ─┬─ Thanos' querier ── our hub
                                        └─ our hub

PEER_THANOS names a Thanos binary; without it the test is skipped. Every question goes to all six queriers; Thanos over Thanos is what
the others are compared with. Differences that are Thanos' own are explained in thanos_questions.py, and must still be there.
"""

import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import grpc_curl  # noqa: E402
from stack import Failure, Stack, make_blocks, skip, wait_until  # noqa: E402
from thanos_questions import EXPLAINED, START, explanation, families, questions  # noqa: E402

THANOS = os.environ.get("PEER_THANOS", "")
PROMETHEUS = [("eu1", "0"), ("us1", "0"), ("us1", "1")]
HEAD_SERIES = "prometheus_tsdb_head_series"
# Sums are exact in ours and compensated differently in Thanos': the last digits of a float may differ.
RELATIVE_MAX = 1e-12
COMPRESSED = ("--query.replica-label=replica", "--grpc-compression=snappy")


def start_prometheus(stack):
    """Over known blocks; each scrapes itself, those of the pair each other, too."""
    servers = []
    for cluster, replica in PROMETHEUS:
        blocks = make_blocks(stack.path(f"blocks-{cluster}-{replica}"), families(cluster, replica))
        servers.append(stack.add_prometheus(f"{cluster}-{replica}", {"cluster": cluster, "replica": replica}, blocks))
    for server, (cluster, _) in zip(servers, PROMETHEUS):
        targets = [f"127.0.0.1:{s.http_port}" for s, (c, _) in zip(servers, PROMETHEUS) if c == cluster]
        with open(stack.path(f"{server.name}.yml"), "a", encoding="utf-8") as config:
            config.write(f"scrape_configs:\n- job_name: prometheus\n  static_configs:\n  - targets: {json.dumps(targets)}\n")
        server.wait_ready()
        server.post("/-/reload")
    return servers


def start_queriers(stack, servers):
    """{name: querier}; the first is Thanos alone."""
    agents = [stack.add_agent(server) for server in servers]
    sidecars = [stack.add_sidecar(f"sidecar-{s.name}", [THANOS], s.url) for s in servers]
    for node in agents + sidecars:
        node.wait_ready()
    endpoint_of = [node.endpoint for node in agents], [node.endpoint for node in sidecars]
    queriers = {"Thanos over Thanos": stack.add_querier("theirs", [THANOS], endpoint_of[1]),
                "hub over agents": stack.add_hub(agents, "ours")}
    over_theirs, over_ours = [queriers[name].endpoint for name in ("Thanos over Thanos", "hub over agents")]
    queriers["Thanos over agents"] = stack.add_querier("theirs-ours", [THANOS], endpoint_of[0], arguments=COMPRESSED)
    queriers["hub over sidecars"] = stack.add_hub(sidecars, "ours-theirs", arguments=COMPRESSED)
    queriers["Thanos over hub"] = stack.add_querier("theirs-on-ours", [THANOS], [], arguments=strict(over_ours))
    queriers["hub over Thanos"] = stack.add_hub([], "ours-on-theirs", arguments=strict(over_theirs))
    for querier in queriers.values():
        querier.wait_ready()
    return queriers, agents, sidecars


def strict(endpoint):
    return ("--query.replica-label=replica", f"--endpoint-strict={endpoint}")


# Comparing answers.


def same_number(a, b):
    if a == b:
        return True
    x, y = float(a), float(b)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return math.isclose(x, y, rel_tol=RELATIVE_MAX, abs_tol=0)


def same(a, b):
    """Equal JSON, where [time, "value"] pairs may differ in the last digits."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        if len(a) == len(b) == 2 and isinstance(a[1], str) and isinstance(a[0], (int, float)):
            return a[0] == b[0] and isinstance(b[1], str) and same_number(a[1], b[1])
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def normal(answer):
    """What counts of an answer: its data with series in one order; of errors the type."""
    if answer["status"] != "success":
        return {"error": answer["errorType"]}
    data = answer["data"]
    if isinstance(data, dict) and data.get("resultType") in ("vector", "matrix"):
        data = sorted(data["result"], key=lambda r: json.dumps(r["metric"], sort_keys=True))
    elif isinstance(data, dict):
        data.pop("analysis", None)  # Thanos adds an empty one.
    elif isinstance(data, list):
        data = sorted(data, key=lambda item: json.dumps(item, sort_keys=True))
    return {"data": data}


def difference(a, b):
    """Where two answers part, in a line."""
    if "error" in a or "error" in b:
        return f"{str(a)[:160]} | {str(b)[:160]}"
    x, y = a["data"], b["data"]
    if not isinstance(x, list) or not isinstance(y, list):
        return f"{str(x)[:160]} | {str(y)[:160]}"
    for left, right in zip(x, y):
        if not same(left, right):
            points = [(p, q) for p, q in zip(left.get("values", []), right.get("values", [])) if not same(p, q)] \
                if isinstance(left, dict) and isinstance(right, dict) and left.get("metric") == right.get("metric") else []
            return f"{left['metric']}: {len(points)} points, {points[0]}" if points else f"{str(left)[:200]} | {str(right)[:200]}"
    return f"{len(x)} | {len(y)} elements; {str((x + y)[min(len(x), len(y)):][:1])[:200]}"


class Comparison:
    def __init__(self, queriers):
        self.queriers = queriers
        self.equal = self.exact = 0
        self.differences = []
        self.explained = {}

    def ask(self, path, params):
        answers = {name: querier.api(path, **params)[1] for name, querier in self.queriers.items()}
        name, reference = next(iter(answers.items()))
        reference = normal(reference)
        for name, answer in list(answers.items())[1:]:
            if same(reference, normal(answer)):
                self.equal += 1
                self.exact += reference == normal(answer)
                continue
            reason = explanation(name, params)
            if not reason:
                self.differences.append(f"{name}: {path} {params}: {difference(reference, normal(answer))}")
            self.explained.setdefault(reason, set()).add(name)

    def verdict(self):
        stale = [reason for reason in EXPLAINED.values() if reason not in self.explained]
        if stale:
            self.differences.append(f"no longer different: {stale}")
        if self.differences:
            raise Failure(f"{len(self.differences)} differences, {self.equal} equal\n" + "\n".join(self.differences[:200]))


# What is claimed.


def check_story(queriers):
    """Three series without replica and five with it, of data that was scraped a moment ago."""
    for name, querier in queriers.items():
        for count, dedup in ((5, "false"), (3, "true")):
            def holds(q=querier, n=count, d=dedup):
                result = q.query(HEAD_SERIES, dedup=d)["data"]["result"]
                return True if len(result) == n and all(("replica" in r["metric"]) == (d == "false") for r in result) else result
            wait_until(f"{count} series of {HEAD_SERIES} from {name}", holds)


def check_stores(queriers):
    """Sidecars and agents tell the same about themselves, whoever asks."""
    def stores(name):
        data = queriers[name].api("stores")[1]["data"]
        return {kind: sorted((sorted(json.dumps(labels, sort_keys=True) for labels in s["labelSets"]), s["maxTime"], s["lastError"] is None) for s in listed)
                for kind, listed in data.items() if listed}
    def compare(reference, name):
        wait_until(f"the stores of {name} are those of {reference}", lambda: stores(name) == stores(reference) or f"{stores(name)} | {stores(reference)}")
    for name in ("hub over agents", "Thanos over agents", "hub over sidecars"):
        compare("Thanos over Thanos", name)
    compare("Thanos over hub", "hub over Thanos")


def check_services(node):
    """The gRPC port has the services that its caller looks for, and is healthy."""
    if grpc_curl.call(node.grpc_port, "/grpc.health.v1.Health/Check", b"").messages != [b"\x08\x01"]:
        raise Failure(f"{node.name} is not healthy by gRPC's health service")
    for version in ("v1", "v1alpha"):
        # ServerReflectionRequest.list_services = "*"
        answer = grpc_curl.call(node.grpc_port, f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", b"\x3a\x01*")
        listed = b"".join(answer.messages)
        missing = [s for s in (b"thanos.Store", b"thanos.info.Info", b"grpc.health.v1.Health") if s not in listed]
        if missing:
            raise Failure(f"{node.name} reflection {version} does not list {missing}: {answer}")


def check_info(agents, sidecars):
    """What an agent says of itself is, byte for byte, the beginning of what Thanos' sidecar says: labels, type, times, databases. Thanos
    goes on with the status API, which an agent lacks; the agent with field 1001, its clock."""
    for agent, sidecar in zip(agents, sidecars):
        ours, theirs = [grpc_curl.call(node.grpc_port, "/thanos.info.Info/Info", b"").messages[0] for node in (agent, sidecar)]
        common, clock, _ = ours.partition(b"\xc8\x3e")
        if not clock or not theirs.startswith(common):
            raise Failure(f"Info of an agent: {ours}, of a sidecar: {theirs}")


def check_refusal(queriers):
    """What Thanos' sidecars refuse to answer is no empty answer at our hub."""
    _, answer = queriers["hub over sidecars"].api("series", **{"match[]": '{cluster="us1"}', "start": START, "end": START + 600})
    if answer["data"] or len(answer.get("warnings", [])) != 2:
        raise Failure(f"two refusals must be two warnings: {answer}")


def check_lost(queriers, agents):
    """A dead agent is named through both tiers, ours on top or below."""
    lost = agents[2]
    lost.kill()
    for name in ("hub over agents", "Thanos over hub"):
        def warned(q=queriers[name]):
            answer = q.query("temperature", time=START + 6000)
            named = any(lost.endpoint in warning for warning in answer.get("warnings", []))
            return True if named and len(answer["data"]["result"]) == 8 else str(answer)[:500]
        wait_until(f"whole deduplicated answer and a warning that names {lost.endpoint} from {name}", warned)
        refused = queriers[name].query("temperature", time=START + 6000, partial_response="false")
        if refused["status"] != "error" or lost.endpoint not in refused["error"]:
            raise Failure(f"{name}: partial_response=false must be an error naming {lost.endpoint}: {refused}")


def main():
    if not THANOS:
        skip("PEER_THANOS names no Thanos binary")
    with Stack("thanos") as stack:
        servers = start_prometheus(stack)
        queriers, agents, sidecars = start_queriers(stack, servers)
        check_story(queriers)
        check_stores(queriers)
        for node in (*agents[:1], *sidecars[:1], queriers["hub over agents"], queriers["Thanos over Thanos"]):
            check_services(node)
        check_info(agents, sidecars)
        comparison = Comparison(queriers)
        asked = list(questions())
        for path, params in asked:
            comparison.ask(path, params)
        comparison.verdict()
        check_refusal(queriers)
        check_lost(queriers, agents)
        print(f"{len(asked)} questions to {len(queriers)} queriers: {comparison.equal} answers equal, {comparison.exact} of them to the "
              f"last digit; explained differences: {json.dumps({r: sorted(n) for r, n in comparison.explained.items()}, indent=1)}")


if __name__ == "__main__":
    try:
        main()
    except Failure as error:
        print(f"thanos: {error}")
        sys.exit(1)
