#!/usr/bin/env python3
"""The benchmark table of queries: CPU and peak memory per query, ours beside Debian's Prometheus and VictoriaMetrics, in one run.

  tests/bench/promql/query_table.py                          100,000 series × 2 h, all rows (about ten minutes)
  tests/bench/promql/query_table.py --scale 0.05             a quick look
  tests/bench/promql/query_table.py --only rate --reps 5     some rows
  tests/bench/promql/query_table.py --blocks DIR             data that is there already

Every row starts each server anew on the same blocks (VictoriaMetrics: imported once), asks a trivial query, then the row's query
`--reps` times, the servers taking turns. CPU is user + system of the process, the minimum of the repetitions; memory is by how much
VmHWM of the first repetition exceeds the RSS before it. Exits with 1 when a target is missed and --check was given.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import servers

START = 1741824000
HOURS = 2
GAUGES = '{__name__=~"container_memory_.*"}'
BUCKETS = "http_request_duration_seconds_bucket"


@dataclass
class Row:
    name: str
    query: str
    step: int = 60  # 0: instant, at the end.
    gzip: bool = False
    native: bool = False
    cpu: tuple = (5, 2)  # Times less CPU than Prometheus, than VictoriaMetrics.


ROWS = [
    Row("sum(rate) 60s", "sum(rate(http_requests_total[5m]))", cpu=(10, 3)),
    Row("sum(rate) 15s", "sum(rate(http_requests_total[5m]))", step=15, cpu=(10, 3)),
    Row("sum(rate) instant", "sum(rate(http_requests_total[5m]))", step=0),
    Row("count instant", "count(http_requests_total)", step=0),
    Row("sum by", "sum by (namespace, code) (rate(http_requests_total[5m]))", cpu=(10, 3)),
    Row("raw 18k, gzip", GAUGES, gzip=True, cpu=(4, 2)),
    Row("raw 18k, plain", GAUGES),
    Row("histogram_quantile", f"histogram_quantile(0.99, sum by (le) (rate({BUCKETS}[5m])))", cpu=(10, 3)),
    Row("group_left join", f"{BUCKETS} * on (pod) group_left (host_ip) kube_pod_info"),
    Row("quantile_over_time", f"max(quantile_over_time(0.9, {BUCKETS}[10m]))"),
    Row("topk rate", "topk(10, rate(http_requests_total[5m]))"),
    Row("count_values", f'count_values("v", round({BUCKETS}, 1000))'),
    Row("clamp", f"clamp(1 - {BUCKETS}, -1000000, 0)"),
    Row("times 10", f"{BUCKETS} * 10"),
    Row("label_replace", f'label_replace({BUCKETS}, "short", "$1", "pod", "web-([0-9]+)-.*")'),
    Row("stddev_over_time", f"sum(stddev_over_time({BUCKETS}[1h]))"),
    Row("subquery", f"max(sum_over_time(rate({BUCKETS}[1m])[10m:1m]))"),
    Row("native rate", "histogram_quantile(0.99, sum by (namespace) (rate(rpc_duration_seconds[5m])))", native=True),
]
RSS_TARGET = 8


def path_of(row, server_name):
    extra = {"nocache": "1"} if server_name == "victoria-metrics" else {}
    end = START + HOURS * 3600
    if row.step == 0:
        return servers.instant_path(row.query, end, **extra)
    return servers.range_path(row.query, START, end, row.step, **extra)


def measure_row(row, starts, reps):
    """The best of `reps` per server."""
    running, results = [], {}
    try:
        for start in starts:
            running.append(start().__enter__())
        for server in running:
            server.get(servers.instant_path("vector(1)", START))
        for rep in range(reps):
            for server in running:
                measured = server.measure(path_of(row, server.name), row.gzip)
                best = results.setdefault(server.name, measured)
                best["cpu"] = min(best["cpu"], measured["cpu"])
                best["seconds"] = min(best["seconds"], measured["seconds"])
    finally:
        for server in running:
            server.__exit__()
    return results


def ratio(results, peer, key):
    if peer not in results:
        return None
    return results[peer][key] / max(results["epimetheus"][key], 1e-9)


def judge(row, results):
    """Targets missed, as texts."""
    missed = []
    for peer, target in zip(("prometheus", "victoria-metrics"), row.cpu):
        times = ratio(results, peer, "cpu")
        if times is not None and times < target:
            missed.append(f"CPU {times:.1f}x of {target}x vs {peer}")
        times = ratio(results, peer, "rss")
        if times is not None and times < RSS_TARGET:
            missed.append(f"RSS {times:.1f}x of {RSS_TARGET}x vs {peer}")
    return missed


def number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def print_header():
    print("| row | CPU s: ours | Prometheus | VictoriaMetrics | ratios (targets) | peak RSS growth MiB: ours (anon) | Prometheus | VictoriaMetrics | ratios | missed |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)


def print_row(row, results):
    def of(name, key):
        return results[name][key] if name in results else None

    def mib(name, key):
        value = of(name, key)
        return None if value is None else value / 1024
    peers = ("prometheus", "victoria-metrics")
    cpu = " / ".join(number(ratio(results, peer, "cpu"), 1) for peer in peers)
    rss = " / ".join(number(ratio(results, peer, "rss"), 1) for peer in peers)
    print(f"| {row.name} | {number(of('epimetheus', 'cpu'), 3)} | {number(of(peers[0], 'cpu'), 2)} | {number(of(peers[1], 'cpu'), 2)} "
          f"| {cpu} ({row.cpu[0]} / {row.cpu[1]}) | {number(mib('epimetheus', 'rss'), 1)} ({number(mib('epimetheus', 'anon'), 1)}) "
          f"| {number(mib(peers[0], 'rss'), 0)} | {number(mib(peers[1], 'rss'), 0)} | {rss} | {'; '.join(judge(row, results))} |", flush=True)


def generate(arguments, work, native):
    folder = os.path.join(work, "native" if native else "blocks")
    # Native histograms are data of their own: VictoriaMetrics does not know them.
    extra = ["--native", f"--scale={arguments.scale * 0.25}"] if native else [f"--scale={arguments.scale}"]
    subprocess.run([os.path.join(arguments.bin, "blockgen"), f"--out={folder}", f"--hours={HOURS}", *extra], check=True, stdout=sys.stderr)
    return folder


def parse_arguments():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(root, "build/release/bin"))
    parser.add_argument("--blocks", help="folder with blocks of blockgen instead of new ones")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    parser.add_argument("--peers", default="prometheus,victoria-metrics")
    parser.add_argument("--work", help="folder that stays; an import into VictoriaMetrics is found there again")
    parser.add_argument("--json", help="file for all figures")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def run(arguments, work):
    peers = [peer for peer in arguments.peers.split(",") if shutil.which(peer)]
    for peer in arguments.peers.split(","):
        if peer and peer not in peers:
            print(f"skipped: {peer} is not installed", file=sys.stderr)
    rows = [row for row in ROWS if arguments.only in row.name]
    folders = {}
    for native in {row.native for row in rows}:
        folders[native] = arguments.blocks if arguments.blocks and not native else generate(arguments, work, native)
    if "victoria-metrics" in peers and False in folders and not os.path.exists(f"{work}/victoria"):
        servers.import_into_victoria(folders[False], work)
    missed, figures = [], {}
    print_header()
    for row in rows:
        starts = [lambda: servers.ours(arguments.bin, folders[row.native], work)]
        if "prometheus" in peers:
            starts.append(lambda: servers.prometheus(folders[row.native], work))
        if "victoria-metrics" in peers and not row.native:
            starts.append(lambda: servers.victoria(work))
        results = measure_row(row, starts, arguments.reps)
        figures[row.name] = results
        missed += judge(row, results)
        print_row(row, results)
    if arguments.json:
        with open(arguments.json, "w") as f:
            json.dump(figures, f, indent=1)
    return missed


def main():
    arguments = parse_arguments()
    work = arguments.work or servers.work_folder()
    os.makedirs(work, exist_ok=True)
    try:
        missed = run(arguments, work)
    finally:
        if not arguments.work:
            shutil.rmtree(work)
    print(f"{len(missed)} targets missed")
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
