"""The data and the questions of thanos_test.py."""

import math

# Multiple of two hours, long ago: blocks never overlap what is scraped during the test.
START = 1700000000 // 7200 * 7200
SECONDS = 4 * 3600
STEP = 30
END = START + SECONDS
PATHS = ["/", "/api", "/static/ä b"]
CODES = ["200", "404", "500"]
BOUNDS = ["0.1", "0.5", "1", "+Inf"]

# What Thanos answers otherwise, by kind of question, and why.
EXPLAINED = {
    "falls": "Thanos adds what a counter lost at each fall to raw samples before it looks at the window: extrapolation starts from the sum, no "
             "reset is left to count, falls of a gauge count twice",
    "no own matcher": "a Thanos sidecar refuses selectors that name external labels only, or nothing that must be there; an agent answers them",
}
FALLS = ["rate(restarts_total[5m])", "increase(restarts_total[10m])", "resets(restarts_total[30m])", "increase(balance[10m])"]
NO_OWN_MATCHER = ['{cluster="us1"}', '{replica="1"}', '{room!="0",cluster=~".+"}']


def explanation(querier, params):
    """Why the answer of a querier may differ from that of Thanos over Thanos; empty when it may not."""
    if params.get("query") in FALLS and querier.startswith("hub"):
        return EXPLAINED["falls"]
    selectors = params.get("match[]", [])
    if set([selectors] if isinstance(selectors, str) else selectors) & set(NO_OWN_MATCHER) and ("agents" in querier or querier == "Thanos over hub"):
        return EXPLAINED["no own matcher"]
    return ""


def times(replica):
    """The replicas of a pair scrape seven seconds apart, and miss scrapes at different times."""
    missing = {"0": [(3000, 3900), (9000, 9040)], "1": [(5000, 5300), (12000, 12600)]}[replica]
    offset = 7 * int(replica)
    return [START + n + offset for n in range(0, SECONDS, STEP) if not any(low <= n < high for low, high in missing)]


def counter(speed, seconds):
    x = seconds - START
    return math.floor(speed * (x + 20 * math.sin(x / 60)) + 20 * speed)


def gauge(phase, seconds):
    return round(20 + 10 * math.sin((seconds - START) / 500 + phase), 3)


def families(cluster, replica):
    at = times(replica)
    shift = len(cluster) + ord(cluster[0]) % 7
    requests = [(f'_total{{code="{code}",path="{path}"}}', [(t, counter((i + 1) * (j + shift) / 7, t)) for t in at])
                for i, code in enumerate(CODES) for j, path in enumerate(PATHS)]
    latency = []
    for j, path in enumerate(PATHS):
        for i, bound in enumerate(BOUNDS):
            latency.append((f'_bucket{{le="{bound}",path="{path}"}}', [(t, counter((i + 1) * (j + shift), t)) for t in at]))
        latency.append((f'_count{{path="{path}"}}', [(t, counter(4 * (j + shift), t)) for t in at]))
        latency.append((f'_sum{{path="{path}"}}', [(t, round(0.37 * counter(4 * (j + shift), t), 3)) for t in at]))
    half = len(at) // 2
    return {
        "requests": ("counter", requests),
        "latency_seconds": ("histogram", latency),
        "temperature": ("gauge", [(f'{{room="{r}"}}', [(t, gauge(r + shift, t)) for t in at]) for r in range(4)]),
        "balance": ("gauge", [("", [(t, gauge(shift, t) - 20) for t in at])]),
        "ended": ("gauge", [("", [(t, 1) for t in at[:half]])]),
        "begun": ("gauge", [("", [(t, 2) for t in at[half:]])]),
        "odd": ("gauge", [('{kind="nan"}', [(t, "NaN") for t in at]), ('{kind="inf"}', [(t, "+Inf") for t in at]),
                          ('{kind="tiny"}', [(t, 5e-324) for t in at]), ('{kind="zero"}', [(t, "-0") for t in at])]),
        "restarts": ("counter", [("_total", [(t, counter(1, t) % 1000) for t in at])]),
        "build": ("gauge", [(f'{{version="1.{shift}"}}', [(t, 1) for t in at])]),
    }


EXPRESSIONS = [
    "temperature", 'temperature{room=~"1|2"}', 'temperature{cluster="us1"}', 'temperature{cluster!="us1",room!="0"}',
    '{__name__=~"ended|begun"}', '{cluster=~"e.*",__name__="build"}', "odd", 'requests_total{path="/static/ä b"}', "nothing_there",
    "sum(requests_total)", "sum by (cluster) (requests_total)", "sum without (path, code) (requests_total)", "count(requests_total)",
    "avg by (code) (requests_total)", "min(temperature)", "max by (room) (temperature)", "stddev(temperature)", "group(build)",
    "topk(3, requests_total)", "bottomk(2, temperature)", "quantile(0.9, temperature)", 'count_values("v", build)',
    "rate(requests_total[5m])", "sum by (cluster, path) (rate(requests_total[5m]))", "irate(requests_total[2m])",
    "increase(requests_total[1h])", "rate(requests_total[1m])", "delta(temperature[10m])", "deriv(temperature[10m])",
    "idelta(temperature[2m])", "changes(temperature[10m])", "avg_over_time(temperature[7m])", "max_over_time(temperature[1h])",
    "count_over_time(temperature[1h])", "sum_over_time(temperature[10m])", "stddev_over_time(temperature[10m])",
    "quantile_over_time(0.5, temperature[20m])", "last_over_time(ended[30m])", "present_over_time(begun[1h])",
    "absent(nothing_there)", "absent_over_time(ended[5m])", "predict_linear(temperature[15m], 600)",
    "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))",
    "histogram_quantile(0.5, sum by (le, cluster, path) (rate(latency_seconds_bucket[10m])))",
    "sum(rate(latency_seconds_sum[5m])) / sum(rate(latency_seconds_count[5m]))",
    'sum by (cluster) (rate(requests_total{code="500"}[5m])) / sum by (cluster) (rate(requests_total[5m])) > 0.1',
    "requests_total offset 30m", "temperature @ start()", "temperature and on (cluster) build", "temperature unless ended",
    "temperature * on (cluster) group_left (version) build", "max_over_time(rate(requests_total[5m])[30m:1m])",
    'label_replace(build, "major", "$1", "version", "(.*)[.].*")', "sort_desc(temperature)", "abs(balance)", "clamp(balance, -3, 3)",
    "timestamp(temperature)", "sgn(balance)", "scalar(sum(build)) * 3", "vector(1) + time()", "changes(balance[30m]) > bool 3",
    *FALLS, "sum(", "rate(temperature)",
]

MATCHERS = ["temperature", '{__name__=~"requests.*",code="500"}', 'build{cluster="us1"}', "nothing_there", *NO_OWN_MATCHER]


def questions():
    """Every (path below /api/v1, parameters)."""
    for expression in EXPRESSIONS:
        for dedup in ("true", "false"):
            yield "query", {"query": expression, "time": START + 7207, "dedup": dedup}
            yield "query", {"query": expression, "time": START + 3600, "dedup": dedup, "replicaLabels[]": ["replica", "room"]}
            yield "query_range", {"query": expression, "start": START, "end": END, "step": 60, "dedup": dedup}
            yield "query_range", {"query": expression, "start": START + 2987, "end": START + 4100, "step": 13, "dedup": dedup}
    for matcher in MATCHERS:
        for dedup in ("true", "false"):
            yield "series", {"match[]": matcher, "start": START, "end": END, "dedup": dedup}
            yield "series", {"match[]": [matcher, "build"], "start": START + 8000, "end": END + 99999, "dedup": dedup}
        yield "labels", {"match[]": matcher, "start": START, "end": END}
        for label in ("__name__", "cluster", "replica", "path", "room"):
            yield f"label/{label}/values", {"match[]": matcher, "start": START, "end": END}
    yield "query", {"query": "temperature", "time": START + 7207, "storeMatch[]": '{__address__=~"127.+"}'}
    yield "query", {"query": "temperature", "time": START + 7207, "storeMatch[]": '{__address__=~"10.+"}'}
    yield "query", {"query": "temperature", "time": START + 7207, "partial_response": "false"}
    yield "query_range", {"query": "temperature", "start": START, "end": END, "step": 1}
    yield "query_range", {"query": "temperature", "start": START, "end": END, "step": 0}
    yield "query_range", {"query": "temperature", "start": END, "end": START, "step": 1}
    yield "label/path/values", {"start": START, "end": END, "limit": 2}
    yield "labels", {"start": START, "end": END, "limit": 3}
    for start, end in ((START, END), (START - 99999, START - 9999)):
        yield "labels", {"start": start, "end": end}
        for label in ("__name__", "cluster", "replica", "path", "version", "nothing"):
            yield f"label/{label}/values", {"start": start, "end": end}
