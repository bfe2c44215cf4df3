"""Our block reader and writer against Debian's promtool and Prometheus.

1. Dumps of the block fixtures have the bytes of promtool 3.14's (their SHA-256 is kept).
2. Blocks made by `promtool tsdb create-blocks-from openmetrics`: verify finds nothing, our dump is promtool's.
3. The same blocks written again by us. Copied: their chunk files have the same bytes. Encoded anew with the same cuts: every chunk has
   the same bytes, but for a zero byte that Prometheus 2.42 sometimes leaves at the end. From the samples: promtool dumps the same,
   and a real Prometheus opens and serves them.
4. Blocks that `promtool tsdb create-blocks-from rules` makes from that Prometheus: as 2.
5. A real Prometheus that cuts blocks every few seconds while we read beside it, and a snapshot of its head: no warning, no lost
   sample, no file of ours.

Exit code 77: skipped, with the reason.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

BIN = os.environ.get("EPI_BIN", "build/release/bin")
HUB = f"{BIN}/epimetheus-hub"
HELPER = f"{BIN}/tsdb_tool"
FIXTURES = "tests/fixtures/blocks"
START_S = 1_700_000_000 // 7200 * 7200


def output(*command, check=True):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


def tool(*args):
    return output(HUB, "tools", "tsdb", *args)


def promtool_dump(directory):
    # promtool wants a write-ahead log to be there, even an empty one.
    os.makedirs(f"{directory}/wal", exist_ok=True)
    return output("promtool", "tsdb", "dump", directory)


def skip(reason):
    print(reason)
    sys.exit(77)


def test_fixture_dumps():
    for line in open(f"{FIXTURES}/dumps.sha256"):
        expected, name = line.split()
        dump = tool("dump", f"{FIXTURES}/{name}")
        assert hashlib.sha256(dump).hexdigest() == expected, f"dump of {name} differs from promtool's"


def write_open_metrics(path, seed):
    rng = random.Random(seed)
    with open(path, "w") as out:
        for metric in range(20):
            out.write(f"# TYPE metric_{metric} gauge\n")
            for instance in range(30):
                value = rng.uniform(-1e6, 1e6)
                for step in range(600):
                    value = [value, value + 1, rng.uniform(-1e9, 1e9), float(int(value))][(metric + step // 7) % 4]
                    labels = f'instance="host-{instance}",zone="z\\\\{instance % 3}"'
                    out.write(f"metric_{metric}{{{labels}}} {value!r} {START_S + step * 30 + rng.random():.3f}\n")
        out.write("# EOF\n")


def sorted_lines(text):
    return sorted(text.splitlines())


def blocks_of(directory):
    return sorted(name for name in os.listdir(directory) if len(name) == 26)


def check_against_promtool(directory):
    """Verify finds nothing, and our dump is promtool's, which is returned."""
    assert blocks_of(directory), f"no block in {directory}"
    tool("verify", directory)
    theirs = promtool_dump(directory)
    assert sorted_lines(tool("dump", directory)) == sorted_lines(theirs)
    return theirs


def chunk_files(block):
    return {name: open(f"{block}/chunks/{name}", "rb").read() for name in os.listdir(f"{block}/chunks")}


def check_same_cuts(directory, work):
    copied = tempfile.mkdtemp(dir=work)
    for name in blocks_of(directory):
        output(HELPER, "copy", f"{directory}/{name}", copied)
        assert chunk_files(f"{copied}/{name}") == chunk_files(f"{directory}/{name}")
        counts = output(HELPER, "recut", f"{directory}/{name}").decode()
        chunks, equal, shorter, different = (int(part.split()[0]) for part in counts.split(","))
        assert different == 0 and equal + shorter == chunks, counts
        # Rare by chance; a few chunks say nothing.
        assert chunks < 100 or equal > chunks * 0.9, counts


def test_promtool_blocks(work):
    seed = int(time.time())
    print("seed", seed)
    made = f"{work}/made"
    write_open_metrics(f"{work}/input.txt", seed)
    output("promtool", "tsdb", "create-blocks-from", "openmetrics", f"{work}/input.txt", made)
    theirs = check_against_promtool(made)
    assert theirs.count(b"\n") == 20 * 30 * 600
    check_same_cuts(made, work)
    rewritten = f"{work}/rewritten"
    os.mkdir(rewritten)
    for name in blocks_of(made):
        output(HELPER, "rewrite", f"{made}/{name}", rewritten)
    tool("verify", rewritten)
    assert promtool_dump(rewritten) == theirs, "promtool reads other samples from our blocks"
    output("promtool", "tsdb", "list", rewritten)
    output("promtool", "tsdb", "analyze", rewritten)
    return rewritten


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """A real Prometheus on a free port, ended at the end of the with block."""

    def __init__(self, data, config, port, *flags):
        self.port = port
        self.log = open(f"{data}.log", "w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{self.port}", *flags], stdout=self.log, stderr=self.log)

    def __enter__(self):
        wait_for("Prometheus is ready", lambda: self.get("/-/ready") is not None, 60)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def get(self, path, **parameters):
        try:
            return urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(parameters)}", timeout=30).read()
        except OSError:
            return None

    def snapshot(self):
        """The name of a snapshot of all blocks and the head."""
        request = urllib.request.Request(f"{self.url}/api/v1/admin/tsdb/snapshot", method="POST")
        return json.loads(urllib.request.urlopen(request, timeout=30).read())["data"]["name"]


def wait_for(what, condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def test_prometheus_serves_our_block(work, data):
    config = f"{work}/prometheus.yml"
    open(config, "w").write("global: {}\n")
    with Prometheus(data, config, free_port()) as prometheus:
        for metric in range(20):
            query = f"sum(count_over_time(metric_{metric}[6h]))"
            answer = json.loads(prometheus.get("/api/v1/query", query=query, time=START_S + 600 * 30))
            assert answer["data"]["result"][0]["value"][1] == str(30 * 600), answer
        test_rule_blocks(work, prometheus)


def test_rule_blocks(work, prometheus):
    rules = f"{work}/rules.yml"
    open(rules, "w").write("groups: [{name: g, interval: 60s, rules: ["
                           "{record: 'zone:metric_0:sum', expr: 'sum by (zone) (metric_0)'},"
                           "{record: 'metric_1:avg', expr: 'avg(metric_1)', labels: {kind: 'recorded \\\\ here'}}]}]\n")
    made = f"{work}/recorded"
    output("promtool", "tsdb", "create-blocks-from", "rules", f"--start={START_S}", f"--end={START_S + 18000}", f"--url={prometheus.url}",
           f"--output-dir={made}", rules)
    dump = check_against_promtool(made)
    assert dump.count(b"zone:metric_0:sum") > 600 and dump.count(b"metric_1:avg") > 200, dump[:1000]
    check_same_cuts(made, work)


def test_beside_prometheus(work):
    data = f"{work}/live"
    config = f"{work}/live.yml"
    port = free_port()
    open(config, "w").write("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
                            "scrape_configs: [{job_name: self, static_configs: [{targets: ['127.0.0.1:%d']}]}]\n" % port)
    flags = ["--storage.tsdb.min-block-duration=4s", "--storage.tsdb.max-block-duration=4s", "--web.enable-admin-api"]
    with Prometheus(data, config, port, *flags) as prometheus:
        wait_for("two blocks are cut", lambda: len(blocks_of(data)) >= 2, 60)
        before = set(os.listdir(data))
        tool("verify", f"{data}/{blocks_of(data)[0]}")
        series = output(HELPER, "select", data, "up", "1").decode()
        assert series.startswith("1 series"), series
        assert not [name for name in set(os.listdir(data)) - before if len(name) != 26 and "tmp" not in name]
        snapshot = f"{data}/snapshots/{prometheus.snapshot()}"
    check_against_promtool(snapshot)
    check_same_cuts(snapshot, work)
    # What it cut while we read is whole, and promtool reads the same from it.
    only_blocks = f"{work}/only_blocks"
    os.mkdir(only_blocks)
    for name in blocks_of(data):
        shutil.copytree(f"{data}/{name}", f"{only_blocks}/{name}")
    check_against_promtool(only_blocks)


def main():
    for program in ("promtool", "prometheus"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    for program in (HUB, HELPER):
        if not os.path.exists(program):
            skip(f"{program} is not built")
    with tempfile.TemporaryDirectory() as work:
        test_fixture_dumps()
        rewritten = test_promtool_blocks(work)
        test_prometheus_serves_our_block(work, rewritten)
        test_beside_prometheus(work)
    print("ok")


if __name__ == "__main__":
    main()
