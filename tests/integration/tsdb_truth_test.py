"""Every block fixture against the truth that the peer who wrote it recorded: each label, chunk and sample, bit by bit.

The truth files (series-ULID.jsonl.xz, aggregates-ULID.jsonl.xz) are described in tests/fixtures/blocks/README.md. They are turned
into the lines that `tsdb_tool print` writes, and compared. TSDB_FIXTURES names another folder of fixtures.

Exit code 77: skipped, with the reason.
"""

import glob
import itertools
import json
import lzma
import os
import struct
import subprocess
import sys

BIN = os.environ.get("EPI_BIN", "build/release/bin")
HELPER = f"{BIN}/tsdb_tool"
HUB = f"{BIN}/epimetheus-hub"
FIXTURES = os.environ.get("TSDB_FIXTURES", "tests/fixtures")
HINTS = {"unknown": 0, "reset": 1, "not_reset": 2, "gauge": 3}
LAYOUT = {"schema": 0, "zero_threshold": "0", "pos_spans": [], "neg_spans": [], "custom_values": []}
STALE_BITS = "7ff0000000000002"
SLOTS = ("count", "sum", "min", "max", "counter")


def bits(value):
    """Hex digits of a float: truth files hold them as such, or as a plain number."""
    return value if isinstance(value, str) else format(struct.unpack(">Q", struct.pack(">d", value))[0], "x")


def join(items, separator=","):
    return separator.join(items) or "-"


class SampleLines:
    """The lines of a series' samples; histogram layouts carry over from the histogram before."""

    def __init__(self):
        self.layout = dict(LAYOUT)
        self.shown = None

    def float_line(self, t, start, value):
        self.shown = None
        return f"{t} {start} {value}"

    def histogram_line(self, t, start, histogram):
        if histogram.get("stale"):
            return f"{t} {start} stale {STALE_BITS}"
        for key in LAYOUT:
            self.layout[key] = histogram.get(key, self.layout[key])
        layout = " ".join([str(self.layout["schema"]), bits(self.layout["zero_threshold"]),
                           *(join((f"{offset},{length}" for offset, length in self.layout[spans]), ";")
                             for spans in ("pos_spans", "neg_spans")),
                           join(bits(bound) for bound in self.layout["custom_values"])])
        if layout == self.shown:
            layout = "="
        else:
            self.shown = layout
        # The aggregates' histograms, all float ones, have no type.
        integer = histogram.get("type") == "int"
        show = str if integer else bits
        buckets = [join(map(show, histogram.get(f"{side}_{'deltas' if integer else 'counts'}", []))) for side in ("pos", "neg")]
        hint = histogram["hint"]
        return (f"{t} {start} {'int' if integer else 'float'} {HINTS.get(hint, hint)} {layout} {bits(histogram['sum'])} "
                f"{show(histogram['count'])} {show(histogram['zero_count'])} {' '.join(buckets)}")

    def lines(self, times, starts, values):
        for t, start, value in zip(times, starts, values, strict=True):
            yield self.histogram_line(t, start, value) if isinstance(value, dict) else self.float_line(t, start, value)


def chunk_line(chunk, encoding):
    return f"chunk {chunk['mint']} {chunk['maxt']} {chunk['ref']} {encoding} {chunk['n']} {chunk['bytes']}"


def sample_chunk_lines(series, same_samples):
    """The lines of raw chunks; `same_samples` lends the samples of a series that has none of its own."""
    source = series if "t" in series else same_samples[json.dumps(series["labels"], sort_keys=True)]
    starts = series.get("st") or [0] * len(source["t"])
    samples = SampleLines()
    at = 0
    for chunk in series["chunks"]:
        yield chunk_line(chunk, chunk["enc"])
        part = slice(at, at + chunk["n"])
        yield from samples.lines(source["t"][part], starts[part], source["v"][part])
        at += chunk["n"]


def aggregate_chunk_lines(series):
    for chunk in series["chunks"]:
        yield chunk_line(chunk, "aggregate")
        for name in SLOTS:
            if (slot := chunk.get(name)) is None:
                continue
            yield f"slot {name} {slot['enc']}"
            times = slot.get("t", chunk["count"]["t"])
            yield from SampleLines().lines(times, [0] * len(times), slot["v"])


def read_truth(path):
    with lzma.open(path, "rt") if path.endswith(".xz") else open(path) as lines:
        return [json.loads(line) for line in lines]


def printed_series(block):
    """Per series: its id, labels and further lines."""
    done = subprocess.run([HELPER, "print", block], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, f"{block}: {done.stderr.decode()}"
    all_series = []
    for line in done.stdout.decode().splitlines():
        if line.startswith("series "):
            _, series_id, labels = line.split(" ", 2)
            all_series.append((int(series_id), json.loads(labels), []))
        else:
            all_series[-1][2].append(line)
    return all_series


def check_series(block, truth, printed, same_samples):
    series_id, labels, lines = printed
    assert (series_id, labels) == (truth["id"], truth["labels"]), f"{block}: {series_id} {labels} is not {truth['id']} {truth['labels']}"
    aggregated = bool(truth["chunks"]) and "count" in truth["chunks"][0]
    expected = list(aggregate_chunk_lines(truth) if aggregated else sample_chunk_lines(truth, same_samples))
    if "chunks_in_block" in truth:
        # Only the first chunks are in the truth file.
        assert sum(line.startswith("chunk ") for line in lines) == truth["chunks_in_block"]
        assert len(lines) > len(expected)
        lines = lines[:len(expected)]
    for found, wanted in itertools.zip_longest(lines, expected):
        assert found == wanted, f"{block}: {labels}:\nhas   {found}\ntruth {wanted}"


def truth_files():
    """(truth file, block folder) of every fixture, wherever its truth lies beside it."""
    kinds = ("series", "aggregates")
    found = []
    for path in sorted(path for kind in kinds for path in glob.glob(f"{FIXTURES}/**/{kind}-*.jsonl.xz", recursive=True)):
        ulid = os.path.basename(path).split("-")[1].split(".")[0]
        found.append((path, f"{os.path.dirname(path)}/{ulid}"))
    for path in sorted(path for kind in kinds for path in glob.glob(f"{FIXTURES}/**/truth/*/{kind}.jsonl", recursive=True)):
        ulid = os.path.basename(os.path.dirname(path))
        root = os.path.dirname(os.path.dirname(os.path.dirname(path)))
        found.append((path, next(block for block in (f"{root}/{ulid}", f"{root}/bucket/{ulid}") if os.path.isdir(block))))
    return found


def main():
    if not os.path.exists(HELPER) or not os.path.exists(HUB):
        print(f"{HELPER} or {HUB} is not built")
        sys.exit(77)
    files = truth_files()
    assert len(files) >= 12, f"only {len(files)} truth files below {FIXTURES}"
    same_samples = {json.dumps(series["labels"], sort_keys=True): series
                    for path, block in files if "/float-xor/" in block for series in read_truth(path)}
    for path, block in files:
        truth = read_truth(path)
        printed = printed_series(block)
        assert len(printed) == len(truth), f"{block}: {len(printed)} series, not {len(truth)}"
        for one_truth, one_printed in zip(truth, printed):
            check_series(block, one_truth, one_printed, same_samples)
        verified = subprocess.run([HUB, "tools", "tsdb", "verify", block], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert verified.returncode == 0, f"{block}: {verified.stdout.decode()}"
        print(f"{block}: {len(truth)} series, {sum(len(lines) for _, _, lines in printed)} lines as in the truth")
    print("ok")


if __name__ == "__main__":
    main()
