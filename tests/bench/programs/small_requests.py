#!/usr/bin/env python3
"""CPU of the hub per small HTTP request, over loopback on kept-alive connections: `query=1` and `/-/healthy`. Prints figure (target).

The load comes from wrk, which must be on PATH. SECONDS=N per measurement (5), CONNECTIONS=N (16). Beside it: Debian's Prometheus, and
Thanos' querier when PEER_THANOS names the program.
"""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
sys.path.insert(0, HERE)

from cost import Targets, cpu_seconds  # noqa: E402
from stack import Stack, skip  # noqa: E402

SECONDS = int(os.environ.get("SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "16"))
ROUNDS = 3
PEER = os.environ.get("PEER_THANOS")
REQUESTS = {"/api/v1/query?query=1": 15, "/-/healthy": 6}


def load(url):
    """Requests that were answered with 200."""
    done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", url], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{url}: {done.stdout}")
    return int(re.search(r"(\d+) requests in", done.stdout)[1])


def measure(node, path):
    """(requests/s, CPU µs per request), the best of a few rounds: the machine may be shared."""
    best_rate, best_cpu = 0, float("inf")
    for _ in range(ROUNDS):
        before = cpu_seconds(node.process.pid)
        requests = load(node.url + path)
        best_cpu = min(best_cpu, (cpu_seconds(node.process.pid) - before) * 1e6 / requests)
        best_rate = max(best_rate, requests / SECONDS)
    return best_rate, best_cpu


def main():
    if shutil.which("wrk") is None:
        skip("no wrk on PATH (apt-get install wrk)")
    targets = Targets()
    with Stack("http") as stack:
        prometheus = stack.add_prometheus("prometheus", {"cluster": "eu1"}, scrape="scrape_configs: []\n")
        nodes = {"hub": stack.add_hub([]), "prometheus": prometheus}
        if PEER:
            nodes["thanos query"] = stack.add_querier("thanos", [PEER], [])
        print(f"{'program':<16}{'request':<26}{'requests/s':>12}{'CPU µs/request':>18}")
        for path, target in REQUESTS.items():
            for name, node in nodes.items():
                node.wait_ready()
                rate, cpu = measure(node, path)
                print(f"{name:<16}{path:<26}{rate:>12.0f}{targets.mark(cpu, target if name == 'hub' else None, 1):>18}")
    print(targets.summary())


if __name__ == "__main__":
    main()
