"""Our PromQL engine against real Prometheus servers, on random queries over the same block.

Against Debian's Prometheus 2.42: what it and 3.14 agree on. Samples lie 7 ms past full seconds and queries 3 ms, so that nothing is at
the edge of a window: there the two differ (see EXPLAINED for the rest).

  PROMQL_PEER_QUERIES=2000    how many queries (default 100)
  PROMQL_PEER_SEED=7          other queries and data (default 1)
  PROMETHEUS3=/path           a Prometheus 3.14: the whole language is compared with it, too, with and without delayed name
                              removal; answers, errors, annotations and their positions

Exit code 77: skipped, with the reason.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from stack import BIN, Stack, skip  # noqa: E402

QUERIES = int(os.environ.get("PROMQL_PEER_QUERIES", "100"))
SEED = int(os.environ.get("PROMQL_PEER_SEED", "1"))
TOLERANCE = 1e-9
FEATURES = ["promql-experimental-functions", "promql-extended-range-selectors", "promql-binop-fill-modifiers", "use-start-timestamps"]

# What 2.42 does otherwise, by the reason: whether it can be why this query's answers differ so, with these infos of ours.
SELECTION = re.compile(r"\b(topk|bottomk|limitk)\b")
SUBQUERY = re.compile(r"\[[^\]]*:[^\]]*\]")
ROUNDED = re.compile(r"\b(ln|log2|log10|exp|a?(sin|cos|tan)h?)\(|\^")
EXPLAINED_BOTH = [
    ("which of equal elements a selection keeps follows from their order, which Prometheus does not fix in range queries",
     lambda q, d, notes: SELECTION.search(q)),
    ("libraries round powers, logarithms and the like differently, and count_values and messages show the last digit",
     lambda q, d, notes: ROUNDED.search(q) and ("count_values" in q or "quantile value should be" in d)),
    ("timestamp() of a pinned selector with an offset looks for the sample at the pinned time",
     lambda q, d, notes: re.search(r"timestamp\([^()]*(@.*offset|offset.*@)", q)),
]
EXPLAINED_OLD = EXPLAINED_BOTH + [
    ("logarithms of denormal numbers were wrong in Go", lambda q, d, notes: re.search(r"\b(ln|log2|log10)\(", q) and "odd_values" in q),
    ("spread is not compensated, and 0, not NaN, of one infinite or NaN value", lambda q, d, notes: re.search("std(dev|var)", q)),
    ("the evaluation times of a subquery in a subquery meet left edges", lambda q, d, notes: len(SUBQUERY.findall(q)) > 1),
    ("a comparison's duplicates are missed when it filters them out",
     lambda q, d, notes: "multiple matches" in d or "duplicate series" in d),
    ("averages and sums are not compensated: what cancels out differs",
     lambda q, d, notes: re.search(r"\b(sum|avg|deriv|predict_linear)", q)),
    ("a counter is extrapolated to zero before the half interval is taken", lambda q, d, notes: re.search(r"\b(rate|increase)\(", q)),
    ("NaN as the k of topk has another text", lambda q, d, notes: "Parameter value is NaN" in d),
    ("small differences of bucket counts are not smoothed", lambda q, d, notes: "histogram_quantile" in q),
]
EXPLAINED_NEW = EXPLAINED_BOTH + [
    ("with NaN observations Prometheus interpolates in the last bucket, whatever the quantile's own",
     lambda q, d, notes: "NaN observations" in notes),
    ("empty buckets of interpolated histograms are left out, so they do not become NaN", lambda q, d, notes: "'count': 'NaN'" in d),
    ("of several incompatibilities at one step only the last one is named", lambda q, d, notes: "incompatible sample types" in d),
]


def same_number(a, b):
    x, y = float(a), float(b)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    if x == y:
        return True
    if math.isinf(x) or math.isinf(y):
        return False
    return abs(x - y) <= TOLERANCE * max(abs(x), abs(y))


def same_histogram(a, b):
    x, y = a.get("buckets", []), b.get("buckets", [])
    if not same_number(a["count"], b["count"]) or not same_number(a["sum"], b["sum"]) or len(x) != len(y):
        return False
    return all(p[0] == q[0] and all(same_number(p[i], q[i]) for i in (1, 2, 3)) for p, q in zip(x, y))


def points(series):
    """All points of a series of either kind of answer, as (time, float or None, histogram or None)."""
    floats = series.get("values", []) + ([series["value"]] if "value" in series else [])
    histograms = series.get("histograms", []) + ([series["histogram"]] if "histogram" in series else [])
    return sorted([(t, v, None) for t, v in floats] + [(t, None, h) for t, h in histograms], key=lambda point: point[0])


def difference_of_series(expected, actual):
    a, b = points(expected), points(actual)
    if len(a) != len(b):
        return f"{len(a)} points against {len(b)}"
    for (t, v, h), (u, w, g) in zip(a, b):
        if t != u or (v is None) != (w is None):
            return f"other points: {t} {v} against {u} {w}"
        if v is not None and not same_number(v, w):
            return f"{v} against {w} at {t}"
        if h is not None and not same_histogram(h, g):
            return f"{h} against {g} at {t}"
    return ""


def difference_of_results(kind, expected, actual):
    if kind in ("scalar", "string"):
        return "" if same_number(expected[1], actual[1]) else f"{expected} against {actual}"
    a = {json.dumps(series["metric"], sort_keys=True): series for series in expected}
    b = {json.dumps(series["metric"], sort_keys=True): series for series in actual}
    for labels in sorted(a.keys() | b.keys()):
        if labels not in a or labels not in b:
            return f"{'surplus' if labels in b else 'missing'} {labels}"
        difference = difference_of_series(a[labels], b[labels])
        if difference:
            return f"{labels}: {difference}"
    return ""


def same_error(theirs, ours):
    # Which of several duplicates is named follows from the order of series, which Prometheus does not fix.
    named = re.compile(r"(found duplicate series for the match group).* on the (left|right) hand-side.*")
    return named.sub(r"\1 \2", ours) in named.sub(r"\1 \2", theirs)


def difference(peer, ours, annotations):
    """How our answer differs from that of `peer`; empty when it does not."""
    if peer["status"] != "success" or "error" in ours:
        if peer["status"] == "success":
            return f"our error: {ours['error']}"
        if "error" not in ours:
            return f"no error of ours: {peer['error']}"
        return "" if same_error(peer["error"], ours["error"]) else f"error {peer['error']} against {ours['error']}"
    data = peer["data"]
    if data["resultType"] != ours["type"]:
        return f"{data['resultType']} against {ours['type']}"
    found = difference_of_results(data["resultType"], data["result"], ours["result"])
    if found or not annotations:
        return found
    for kind in ("warnings", "infos"):
        shown, made = set(peer.get(kind, [])), set(ours[kind])
        shown = {text for text in shown if "annotations omitted" not in text}
        if not shown <= made or (len(shown) < 10 and shown != made):
            return f"{kind}: missing {sorted(shown - made)} surplus {sorted(made - shown)}"
    return ""


def ask(peer, query):
    parameters = {"query": query["query"]}
    if not query["range"]:
        return peer.api("query", time=query["start"], **parameters)[1]
    return peer.api("query_range", start=query["start"], end=query["end"], step=query["step"], **parameters)[1]


def compare(stack, mode, program, explained, annotations, features=()):
    folder = stack.path(f"{mode}-blocks")
    lines = subprocess.run([os.path.join(BIN, "promql_lines"), folder, str(QUERIES), str(SEED), mode], check=True,
                           stdout=subprocess.PIPE, timeout=600).stdout.decode().splitlines()
    arguments = [f"--enable-feature={','.join(features)}"] if features else []
    peer = stack.add_prometheus(mode, {}, folder, arguments=arguments, program=program)
    peer.wait_ready()
    reasons, unexplained = {}, []
    for line in lines:
        query = json.loads(line)
        found = difference(ask(peer, query), query, annotations)
        if not found:
            continue
        notes = " ".join(query.get("infos", []))
        reason = next((text for text, holds in explained if holds(query["query"], found, notes)), None)
        if reason is None:
            unexplained.append(f"{query['query']}  {query['start']}..{query['end']} step {query['step']}\n    {found[:600]}")
        else:
            reasons[reason] = reasons.get(reason, 0) + 1
    print(f"{mode}: {len(lines)} queries, {sum(reasons.values())} explained, {len(unexplained)} unexplained; seed {SEED}")
    for reason, count in reasons.items():
        print(f"  {count:4} {reason}")
    for text in unexplained:
        print(text)
    return len(unexplained)


def main():
    old, new = shutil.which("prometheus"), os.environ.get("PROMETHEUS3")
    if old is None and new is None:
        skip("no prometheus on PATH")
    unexplained = 0
    with Stack("promql-peer") as stack:
        if old is not None and "--new-only" not in sys.argv:
            unexplained += compare(stack, "shared", old, EXPLAINED_OLD, annotations=False)
        if new is not None:
            unexplained += compare(stack, "modern", new, EXPLAINED_NEW, True, FEATURES)
            unexplained += compare(stack, "delayed", new, EXPLAINED_NEW, True, [*FEATURES, "promql-delayed-name-removal"])
    sys.exit(1 if unexplained else 0)


main()
