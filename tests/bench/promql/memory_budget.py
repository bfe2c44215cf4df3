#!/usr/bin/env python3
"""No query can kill the process: heavy queries inside a memory budget, light ones beside them.

  tests/bench/promql/memory_budget.py            100,000 series and three days (about a minute)
  tests/bench/promql/memory_budget.py --full     1,000,000 series and thirty days

Each heavy query must end in an answer or in a 422 that names the limit and the selector; the resident memory of the server must stay
below the budget plus 64 MiB; light queries, ten a second, must take no more than twice their time alone. Exits with 1 otherwise.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time

import servers

MIB = 1 << 20
START = 1741824000
MARGIN_MIB = 64
LIGHT_PERIOD = 0.1
LIGHT_SECONDS_ALONE = 5
LATENCY_RATIO_MAX = 2
# Latencies below this are alike: schedulers and other programs decide them.
LATENCY_FLOOR_MS = 10


class LightQueries(threading.Thread):
    """Asks ten times a second, whatever else goes on."""

    def __init__(self, server, path):
        super().__init__(daemon=True)
        self.server, self.path = server, path
        self.latencies, self.errors, self.done = [], [], threading.Event()

    def run(self):
        due = time.monotonic()
        while not self.done.is_set():
            begin = time.monotonic()
            status, _, body = self.server.get(self.path)
            self.latencies.append((time.monotonic() - begin) * 1000)
            if status != 200:
                self.errors.append(body[:200])
            due = max(due + LIGHT_PERIOD, time.monotonic())
            self.done.wait(due - time.monotonic())

    def stop(self):
        self.done.set()
        self.join()
        return sorted(self.latencies)


def median(values):
    return values[len(values) // 2]


def generate(binaries, folder, *flags):
    subprocess.run([os.path.join(binaries, "blockgen"), f"--out={folder}", *flags], check=True, stdout=subprocess.DEVNULL)


def judge_answer(status, body):
    """Empty when the answer is one that may be given."""
    if status == 200:
        return ""
    error = json.loads(body).get("error", "") if status == 422 else ""
    if status == 422 and "limit" in error and "{" in error:
        return ""
    return f"status {status}: {body[:300]!r}"


def heavy_queries(days):
    """(name, path) over the many series and over the long time."""
    end = START + 2 * 3600
    long_end = START + days * 86400
    many = servers.instant_path('count({__name__=~".+"})', START + 600)
    return {
        "many": [("count of all series", many),
                 ("all series, raw", servers.instant_path('{__name__=~".+"}', START + 600)),
                 ("sort of all series", servers.instant_path('sort({__name__=~".+"})', START + 600)),
                 ("sum by all labels", servers.range_path('sum without () ({__name__=~".+"})', START, end, 60))],
        "long": [("regex over all days", servers.range_path('sum by (pod) (rate({__name__=~"http_.*"}[5m]))', START, long_end, 3600)),
                 ("raw regex over all days", servers.range_path('{__name__=~"http_.*|container_.*"}', START, long_end, 300)),
                 ("quantile over all days", servers.range_path('quantile(0.9, {__name__=~".+"})', START, long_end, 600))],
    }


def run_part(name, queries, light, blocks, arguments, work):
    failures = []
    with servers.ours(arguments.bin, blocks, work, arguments.budget * MIB) as server:
        server.get(light)
        alone = LightQueries(server, light)
        alone.start()
        time.sleep(LIGHT_SECONDS_ALONE)
        alone_ms = median(alone.stop())
        for title, path in queries:
            server.reset_peak()
            beside = LightQueries(server, light)
            beside.start()
            begin = time.monotonic()
            status, size, body = server.get(path)
            # Answers that come at once say little: ask until there is something to compare.
            while time.monotonic() - begin < 2:
                server.get(path)
            seconds = time.monotonic() - begin
            latencies = beside.stop()
            peak = servers.status_kib(server.pid, "VmHWM") / 1024
            problem = judge_answer(status, body)
            if peak > arguments.budget + MARGIN_MIB:
                problem += f" peak {peak:.0f} MiB"
            if median(latencies) > LATENCY_RATIO_MAX * max(alone_ms, LATENCY_FLOOR_MS):
                problem += " light queries wait"
            if beside.errors:
                problem += f" light queries fail: {beside.errors[0]!r}"
            print(f"| {name}: {title} | {status}, {size / MIB:.1f} MiB | {seconds:.1f} | {peak:.0f} of {arguments.budget + MARGIN_MIB} "
                  f"| {alone_ms:.1f} → {median(latencies):.1f} | {problem or 'ok'} |", flush=True)
            if problem:
                failures.append(title)
    return failures


def parse_arguments():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(root, "build/release/bin"))
    parser.add_argument("--budget", type=int, default=256, help="MiB a query may use")
    parser.add_argument("--full", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    work = servers.work_folder()
    scale, days = (10, 30) if arguments.full else (1, 3)
    light = servers.instant_path('sum(rate(http_requests_total{pod=~"web-00001.*"}[5m]))', START + 600)
    try:
        many, long = os.path.join(work, "many"), os.path.join(work, "long")
        generate(arguments.bin, many, f"--scale={scale}", "--hours=0.25")
        generate(arguments.bin, long, "--scale=0.05", f"--hours={24 * days}")
        print("| query | answer | seconds | peak RSS MiB | light query ms, alone → beside | verdict |\n|---|---|---|---|---|---|")
        queries = heavy_queries(days)
        failures = run_part("many", queries["many"], light, many, arguments, work)
        failures += run_part("long", queries["long"], light, long, arguments, work)
    finally:
        shutil.rmtree(work)
    print(f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
