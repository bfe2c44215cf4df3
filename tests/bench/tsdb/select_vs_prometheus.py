#!/usr/bin/env python3
"""Opens a block of 100,000 series and answers 1,000 selects: our reader beside Prometheus (PATH), CPU seconds of both.

    tests/bench/tsdb/select_vs_prometheus.py [--build build/release] [--scale 1] [--queries 1000]

Every select reads all its samples. Prometheus is asked sum(count_over_time(SELECTOR[2h])), which reads
the same and answers with one number; that number must be ours. Its CPU is that of its process (/proc/PID/stat), from its start for opening.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

BLOCK_START = 1741824000
BLOCK_END = BLOCK_START + 7200
READY_SECONDS = 120


def make_queries(count, targets):
    """Matchers of each query, as (name, operator, value): what dashboards and alerts ask for, from one series to some thousands."""
    rng = random.Random(1)
    queries = []
    for i in range(count):
        target = rng.randrange(targets)
        namespace = f"team-{rng.randrange(20):02d}"
        kinds = [
            [("__name__", "=", "http_requests_total"), ("pod", "=~", f"web-{target:05d}-.*")],
            [("__name__", "=", "container_memory_rss_bytes"), ("namespace", "=", namespace), ("container", "=", "app")],
            [("__name__", "=", "http_requests_total"), ("code", "!=", "200"), ("handler", "=", "/api/v1/resource-2"),
             ("method", "=", "GET"), ("namespace", "=", namespace)],
            [("__name__", "=", "container_memory_working_set_bytes"), ("node", "=", f"node-{rng.randrange(100):03d}")],
            [("__name__", "=", "http_request_duration_seconds_bucket"), ("le", "=", "+Inf"),
             ("pod", "=~", f"web-{target // 100:03d}.*|web-{rng.randrange(targets):05d}-.*")],
        ]
        queries.append(kinds[i % len(kinds)])
    return queries


def selector(matchers):
    return "{" + ",".join(f"{name}{op}{json.dumps(value)}" for name, op, value in matchers) + "}"


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def link_copy(source, target):
    """The block in a folder of Prometheus' own: it writes beside it."""
    shutil.copytree(source, target, copy_function=os.link)


class Prometheus:
    def __init__(self, folder):
        config = folder / "prometheus.yml"
        config.write_text("")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address={self.url[len('http://'):]}", "--log.level=error"])

    def wait_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                sys.exit("prometheus ended early")
            try:
                with urllib.request.urlopen(self.url + "/-/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.02)  # Nothing tells when it is ready; no figure depends on how long this sleeps.
        sys.exit("prometheus did not become ready")

    def number(self, expression):
        form = urllib.parse.urlencode({"query": expression, "time": BLOCK_END}).encode()
        with urllib.request.urlopen(self.url + "/api/v1/query", form, timeout=60) as answer:
            result = json.load(answer)["data"]["result"]
        return int(float(result[0]["value"][1])) if result else 0

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def ask_prometheus(folder, queries):
    prometheus = Prometheus(folder)
    try:
        prometheus.wait_ready()
        opened = prometheus.cpu_seconds()
        samples = [prometheus.number(f"sum(count_over_time({selector(query)}[2h]))") for query in queries]
        return opened, prometheus.cpu_seconds() - opened, samples
    finally:
        prometheus.stop()


def ask_ours(program, data, folder, queries):
    lines = ["\t".join(["samples"] + [part for matcher in query for part in matcher]) for query in queries]
    (folder / "queries").write_text("\n".join(lines) + "\n")
    printed = subprocess.run([program, data, folder / "queries", folder / "answers"], check=True, capture_output=True, text=True).stdout
    figures = {name: float(value) / 1000 for name, value in (line.split() for line in printed.splitlines())}
    answers = [[int(word) for word in line.split()] for line in (folder / "answers").read_text().splitlines()]
    return figures["open_ms"], figures["select_ms"], [series for series, _ in answers], [samples for _, samples in answers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release", type=pathlib.Path)
    parser.add_argument("--scale", default=1.0, type=float)
    parser.add_argument("--queries", default=1000, type=int)
    args = parser.parse_args()
    if shutil.which("prometheus") is None:
        sys.exit("skipped: prometheus is not installed")
    with tempfile.TemporaryDirectory(prefix="epi_select_") as temp:
        folder = pathlib.Path(temp)
        subprocess.run([args.build / "bin/blockgen", f"--out={folder / 'blocks'}", f"--scale={args.scale}"], check=True)
        (folder / "theirs").mkdir()
        link_copy(folder / "blocks", folder / "theirs/data")
        queries = make_queries(args.queries, max(1, round(2000 * args.scale)))
        open_ours, select_ours, series, samples = ask_ours(args.build / "bin/block_select_bench", folder / "blocks", folder, queries)
        open_theirs, select_theirs, their_samples = ask_prometheus(folder / "theirs", queries)
    wrong = [i for i in range(len(queries)) if samples[i] != their_samples[i]]
    if wrong:
        sys.exit(f"{len(wrong)} answers differ, the first for {selector(queries[wrong[0]])}: "
                 f"{samples[wrong[0]]} samples, Prometheus {their_samples[wrong[0]]}")
    print(f"{len(queries)} selects, {sum(series)} series, {sum(samples)} samples; all answers equal")
    print(f"{'CPU seconds':12} {'ours':>8} {'Prometheus':>11} {'ratio':>7}")
    rows = [("open", open_ours, open_theirs), ("selects", select_ours, select_theirs),
            ("both", open_ours + select_ours, open_theirs + select_theirs)]
    for name, ours, theirs in rows:
        print(f"{name:12} {ours:8.3f} {theirs:11.3f} {theirs / ours:6.1f}x")


if __name__ == "__main__":
    main()
