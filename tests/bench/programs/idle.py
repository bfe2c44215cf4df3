#!/usr/bin/env python3
"""What agent and hub cost when nobody asks anything: exec to ready, resident memory, CPU per minute. Prints figure (target).

An agent stands beside a Prometheus that scrapes itself; a hub has that agent as endpoint. SECONDS=N sets how long they are watched
(60), RUNS=N how often each is started (10). With PEER_THANOS=program its sidecar and querier are measured in the same way.
"""

import http.client
import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
sys.path.insert(0, HERE)

from cost import Targets, cpu_seconds_of_threads, memory_mib  # noqa: E402
from stack import Stack  # noqa: E402

SECONDS = int(os.environ.get("SECONDS", "60"))
RUNS = int(os.environ.get("RUNS", "10"))
PEER = os.environ.get("PEER_THANOS")
RSS_MIB = {"agent": 14, "hub": 20}
READY_MS = 20
CPU_MS_PER_MINUTE = 3


def ready_ms(node, start):
    """From exec to the first 200 of /-/ready, asked for every half millisecond."""
    begin = time.monotonic()
    start()
    while time.monotonic() - begin < 30:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=5)
            connection.request("GET", "/-/ready")
            if connection.getresponse().status == 200:
                return (time.monotonic() - begin) * 1000
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.0005)
    raise TimeoutError(f"{node.name} is not ready: {node.log_tail()}")


def measure_starts(node):
    times = []
    for _ in range(RUNS):
        node.stop()
        times.append(ready_ms(node, node.start))
    return times


def measure(stack, scrape):
    """{name: node} of everything that idles."""
    prometheus = stack.add_prometheus("local", {"cluster": "eu1", "replica": "0"}, scrape=scrape)
    prometheus.wait_ready()
    nodes = {"agent": stack.add_agent(prometheus)}
    nodes["agent"].wait_ready()
    nodes["hub"] = stack.add_hub([nodes["agent"]])
    if PEER:
        nodes["thanos sidecar"] = stack.add_sidecar("thanos-sidecar", [PEER], prometheus.url)
        nodes["thanos sidecar"].wait_ready()
        nodes["thanos query"] = stack.add_querier("thanos-query", [PEER], [nodes["thanos sidecar"].endpoint])
    for node in nodes.values():
        node.wait_ready()
    return nodes


def main():
    targets = Targets()
    with Stack("idle") as stack:
        nodes = measure(stack, "scrape_configs: []\n")
        print(f"{'program':<16}{'ready ms, best':>18}{'median':>10}{'RSS MiB':>16}{'of it anonymous':>18}{'CPU ms/min':>16}")
        starts = {name: measure_starts(node) for name, node in nodes.items()}
        for node in nodes.values():
            node.wait_ready()
        # Start-up has settled once the endpoints were looked at a few times.
        time.sleep(15)
        before = {name: cpu_seconds_of_threads(node.process.pid) for name, node in nodes.items()}
        time.sleep(SECONDS)
        for name, node in nodes.items():
            pid = node.process.pid
            cpu_ms = (cpu_seconds_of_threads(pid) - before[name]) * 1000 * 60 / SECONDS
            ours = name in RSS_MIB
            best = targets.mark(min(starts[name]), READY_MS if ours else None, 1)
            rss = targets.mark(memory_mib(pid), RSS_MIB.get(name), 1)
            cpu = targets.mark(cpu_ms, CPU_MS_PER_MINUTE if ours else None, 1)
            print(f"{name:<16}{best:>18}{statistics.median(starts[name]):>10.1f}{rss:>16}{memory_mib(pid, 'RssAnon'):>18.1f}{cpu:>16}")
    print(targets.summary())


if __name__ == "__main__":
    main()
