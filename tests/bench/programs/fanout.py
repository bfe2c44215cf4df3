#!/usr/bin/env python3
"""Agents and a hub at work: CPU seconds and peak MiB per query, over 4 stores of 25,000 counters each, and over one of 100,000 series.

    region a ┬ Prometheus a ─ agent ┐                       Every Prometheus serves a generated block of 2 h at 15 s; the two of a
             └ Prometheus b ─ agent ┼─ hub ◀─ queries       region hold the same series, in phases of their own. Queries without
    region b ┬ Prometheus a ─ agent ┤                       dedup see 100,000 counters, with dedup 50,000.
             └ Prometheus b ─ agent ┘

Prints figure (target); figures above target are marked. ROUNDS=N (3): the best is printed, the machine may be shared. ONLY=REGEX picks
rows by name. With PEER_THANOS=program its sidecars and querier stand beside ours, on the same Prometheus servers, and are asked the same
questions in turn. SCALE=F shrinks the data; targets hold for 1.
"""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
sys.path.insert(0, HERE)

from cost import Meter, Targets  # noqa: E402
from stack import BIN, Failure, Stack, wait_until  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "3"))
ONLY = re.compile(os.environ.get("ONLY", ""))
SCALE = os.environ.get("SCALE", "1")
PEER = os.environ.get("PEER_THANOS")
START = 1741824000
END = START + 7200
COUNTERS = "http_requests_total"
# 20,000 series: half of the buckets of all stores.
BUCKETS = 'http_request_duration_seconds_bucket{le=~"0.005|0.025|0.1|0.5|2.5"}'
GAUGES = '{__name__=~"container_memory_.*"}'

# Name, expression, step in seconds (None: instant), dedup, CPU seconds and MiB of the hub at most.
HUB_ROWS = [
    ("sum(rate) 2h/60s", f"sum(rate({COUNTERS}[5m]))", 60, False, 0.55, 64),
    ("sum(rate) 2h/15s", f"sum(rate({COUNTERS}[5m]))", 15, False, 0.8, 64),
    ("sum(rate) instant", f"sum(rate({COUNTERS}[5m]))", None, False, 0.10, 64),
    ("count instant", f"count({COUNTERS})", None, False, 0.06, 64),
    ("sum by(rate) 2h/60s", f"sum by (namespace, code) (rate({COUNTERS}[5m]))", 60, False, 0.6, 64),
    ("raw selector 20k 2h/60s", GAUGES, 60, False, 0.25, 48),
    ("histogram_quantile 2h/60s", "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", 60, False, 0.25, 40),
    ("group_left 20k x 2k 2h/60s", f"count({BUCKETS} * on (region, replica, pod) group_left (host_ip) kube_pod_info)", 60, False, 0.2, 40),
    ("quantile_over_time 20k", f"max(quantile_over_time(0.9, {BUCKETS}[10m]))", 60, False, 0.8, 40),
    ("topk(10, rate) 2h/60s", f"topk(10, rate({COUNTERS}[5m]))", 60, False, 0.6, 64),
    ("count_values 20k 2h/60s", f'count_values("v", {BUCKETS})', 60, False, 0.25, 64),
    ("dedup 100k to 50k sum(rate)", f"sum(rate({COUNTERS}[5m]))", 60, True, 0.6, 64),
    ("dedup count instant", f"count({COUNTERS})", None, True, None, None),
    ("series 100k", None, None, False, 0.15, 48),
]
# Name, what is asked of the agent beside 100,000 series, CPU seconds and MiB of the agent at most.
AGENT_ROWS = [
    ("all of 100k series x 2h", [f"--min-time={START * 1000}", f"--max-time={END * 1000}"], 0.3, 32),
    ("all of 100k series, 5m", [f"--min-time={(END - 600) * 1000}", f"--max-time={(END - 300) * 1000}"], 0.2, 32),
    ("labels of 100k series", [f"--min-time={START * 1000}", f"--max-time={END * 1000}", "--skip-chunks"], 0.2, 32),
]


def generate(stack, name, *arguments):
    """The folder of a new block."""
    directory = stack.path(name)
    subprocess.run([os.path.join(BIN, "blockgen"), f"--out={directory}", f"--scale={SCALE}", *arguments],
                   check=True, stdout=subprocess.DEVNULL)
    return directory


def ask(hub, row):
    """Reads the whole answer without looking into it; gzip, as Grafana asks."""
    _, expression, step, dedup, _, _ = row
    params = {"dedup": str(dedup).lower(), "partial_response": "false"}
    if expression is None:
        path, params = "series", params | {"match[]": COUNTERS, "start": START, "end": END}
    elif step is None:
        path, params = "query", params | {"query": expression, "time": END - 300}
    else:
        path, params = "query_range", params | {"query": expression, "start": START, "end": END, "step": step}
    url = f"{hub.url}/api/v1/{path}?{urllib.parse.urlencode(params)}"
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        raise Failure(f"{row[0]}: {error.code} {error.read(500).decode()}") from error


class Side:
    """Ours or the peer's: a hub over four agents, and an agent beside 100,000 series."""

    def __init__(self, name, agents, hub, lone_agent):
        self.name, self.agents, self.hub, self.lone_agent = name, agents, hub, lone_agent

    def measure(self, work, pids):
        """For each group of pids (CPU seconds, peak MiB): the least of all rounds."""
        best = [(float("inf"), float("inf"))] * len(pids)
        for _ in range(ROUNDS):
            meters = [Meter(group) for group in pids]
            for meter in meters:
                meter.begin()
            work()
            costs = [meter.read() for meter in meters]
            best = [(min(b[0], c[0]), min(b[1], c[1])) for b, c in zip(best, costs)]
        return best

    def hub_row(self, row):
        pids = [[self.hub.process.pid], [agent.process.pid for agent in self.agents]]
        return self.measure(lambda: ask(self.hub, row), pids)

    def agent_row(self, arguments):
        command = [os.path.join(BIN, "series_drain"), f"--endpoint={self.lone_agent.endpoint}", '--selector={__name__!=""}', *arguments]
        return self.measure(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), [[self.lone_agent.process.pid]])


def start_ours(stack, servers, lone):
    agents = [stack.add_agent(server) for server in servers]
    return Side("ours", agents, stack.add_hub(agents), stack.add_agent(lone))


def start_peer(stack, servers, lone):
    sidecars = [stack.add_sidecar(f"thanos-{server.name}", [PEER], server.url) for server in [*servers, lone]]
    endpoints = [sidecar.endpoint for sidecar in sidecars[:-1]]
    return Side("thanos", sidecars[:-1], stack.add_querier("thanos-query", [PEER], endpoints), sidecars[-1])


def start(stack):
    servers = []
    for region in ("a", "b"):
        for replica in ("a", "b"):
            arguments = ["--series=store", f"--cluster=eu-{region}", "--replicas=2", "--replica-blocks"]
            blocks = generate(stack, f"blocks-{region}", *arguments) if replica == "a" else stack.path(f"blocks-{region}")
            servers.append(stack.add_prometheus(f"{region}-{replica}", {"region": region, "replica": replica},
                                                one_replica(stack, blocks, region, replica)))
    lone = stack.add_prometheus("lone", {"region": "c", "replica": "a"}, generate(stack, "blocks-lone", "--series=mix"))
    for server in [*servers, lone]:
        server.wait_ready()
    return servers, lone


def one_replica(stack, blocks, region, replica):
    """A folder with the one block of `blocks` that belongs to the replica: they are written in the order of replicas."""
    names = sorted(os.listdir(blocks), key=lambda name: replica_of(os.path.join(blocks, name)))
    directory = stack.path(f"blocks-{region}-{replica}")
    os.makedirs(directory)
    os.symlink(os.path.join(blocks, names["ab".index(replica)]), os.path.join(directory, names["ab".index(replica)]))
    return directory


def replica_of(block):
    with open(os.path.join(block, "meta.json"), encoding="utf-8") as meta:
        return re.search(r'"replica": *"(\w)"', meta.read())[1]


def print_rows(sides, rows, measure, targets, columns):
    for row in rows:
        if not ONLY.search(row[0]):
            continue
        for side in sides:
            try:
                costs = measure(side, row)
            except Failure as error:
                print(f"{row[0]:<30}{side.name:<8} failed: {error}")
                targets.missed += 1
                continue
            cpu, mib = row[-2:] if side.name == "ours" else (None, None)
            text = f"{row[0]:<30}{side.name:<8}{targets.mark(costs[0][0], cpu, 2):>16}{targets.mark(costs[0][1], mib, 0):>14}"
            if columns > 1:
                text += f"{costs[1][0]:>16.2f}{costs[1][1]:>14.0f}"
            print(text, flush=True)


def main():
    targets = Targets()
    with Stack("fanout") as stack:
        servers, lone = start(stack)
        sides = [start_ours(stack, servers, lone)]
        if PEER:
            sides.append(start_peer(stack, servers, lone))
        for side in sides:
            for node in [*side.agents, side.lone_agent, side.hub]:
                node.wait_ready()
            wait_whole(side)
        print(f"{'query':<30}{'':<8}{'hub CPU s':>16}{'peak MiB':>14}{'4 agents CPU s':>16}{'largest MiB':>14}")
        print_rows(sides, HUB_ROWS, Side.hub_row, targets, 2)
        print(f"\n{'one agent, 100k series':<30}{'':<8}{'CPU s':>16}{'peak MiB':>14}")
        print_rows(sides, AGENT_ROWS, lambda side, row: side.agent_row(row[1]), targets, 1)
    print(targets.summary())


def wait_whole(side):
    """Until all four stores answer with as many series each: figures of half an answer would be worthless."""

    def whole():
        answer = side.hub.query(f"count by (region, replica) ({COUNTERS})", time=END - 300, dedup="false")
        counts = [int(sample["value"][1]) for sample in answer["data"]["result"]]
        return True if len(counts) == 4 and min(counts) == max(counts) > 0 else answer

    wait_until(f"{side.name}: whole answers", whole, [side.hub, *side.agents])


if __name__ == "__main__":
    main()
