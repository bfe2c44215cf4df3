#!/usr/bin/env python3
"""The tables of flags and metrics in docs/reference are what the programs say, and promtool finds nothing to complain about in /metrics."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

from stack import ROOT, Failure, Stack, get, wait_until  # noqa: E402


def check_tables():
    done = subprocess.run([sys.executable, os.path.join(ROOT, "docs", "generate.py"), "--check"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failure(done.stdout)


def check_metrics(node):
    """Twice: the first scrape and a query give the families with labels their first samples."""
    wait_until(f"metrics of {node.name}", lambda: get(f"{node.url}/metrics")[0] == 200, [node])
    get(f"{node.url}/api/v1/query?query=up")
    code, text = get(f"{node.url}/metrics")
    if code != 200 or "http_requests_total{" not in text and node.name == "hub":
        raise Failure(f"{node.name} answers /metrics with {code}: {text[:500]}")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode != 0 or done.stdout.strip():
        raise Failure(f"promtool on {node.name}: {done.stdout}")


def main():
    check_tables()
    with Stack("reference") as stack:
        # Nobody listens on port 1: the agent waits for its Prometheus and serves its metrics meanwhile.
        agent = stack.add_sidecar("agent", [os.path.join(os.environ["EPI_BIN"], "epimetheus-agent")], "http://127.0.0.1:1")
        hub = stack.add_hub([agent])
        for node in (hub, agent):
            check_metrics(node)


if __name__ == "__main__":
    main()
