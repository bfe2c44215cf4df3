#!/usr/bin/env python3
"""The HTTP API of a hub over an agent over Prometheus: what Grafana relies on, and answers equal to Prometheus' own, byte for byte.

PROMETHEUS3 names a Prometheus of the 3.x line; with it errors, annotations and the endpoints that 2.42 lacks are compared, too.
"""

import gzip
import http.server
import json
import os
import re
import shutil
import sys
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from stack import Stack, free_port, make_blocks, skip, wait_until  # noqa: E402

START = 1_700_000_000
POINTS = 241
STEP = 15
END = START + (POINTS - 1) * STEP
PROMETHEUS3 = os.environ.get("PROMETHEUS3", "")

# Parameters that Thanos adds; each must be taken everywhere.
THANOS_PARAMETERS = [("dedup", "true"), ("partial_response", "true"), ("max_source_resolution", "auto"), ("engine", "thanos"),
                     ("unknown", "x")]

QUERIES = [
    "up", "requests_total", 'requests_total{code="200"}', "sum(requests_total)", "sum by (code) (rate(requests_total[1m]))",
    "rate(requests_total[1m])", "-temperature", "temperature * 1e20", "temperature / 0", "0 / (temperature - temperature)",
    "1", "1.5e-7", "vector(1e-7)", "1e21", "vector(1e21)", "-0", '"a \\"text\\" <&>"', "nothing", "time()", "vector(time())",
    "temperature[1m]", "avg_over_time(temperature[5m])", "topk(2, requests_total)", "sort_desc(requests_total)",
    "histogram_quantile(0.9, rate(latency_bucket[5m]))", "requests_total offset 5m", "temperature > 20",
    "count_values(\"v\", requests_total > bool 100)", "label_replace(up, \"x\", \"$1<&>\", \"instance\", \"(.*)\")",
    "quantile(0.5, requests_total)", "stddev(requests_total)", "requests_total and on(code) up", "absent(nothing)",
    "max_over_time(rate(requests_total[1m])[10m:1m])", "deriv(temperature[5m])", "scalar(temperature)", "timestamp(temperature)",
]
BAD_QUERIES = ["sum(", "up +", "", "rate(up)", "foo{", "1 and 1", "up{a=~\"(\"}", "sum by (a b) (up)", "unknown_function(up)", "up[5m",
               "requests_total + on(job) requests_total", "label_replace(requests_total, \"code\", \"x\", \"\", \"\")"]
ANNOTATED = ["rate(temperature[1m])", "quantile(2, requests_total)", "histogram_quantile(0.9, requests_total)", "sum(\nquantile(-1, up)\n)"]
FORMATTED = ["sum by(code)(rate( requests_total[5m] ))", "a+b*c", "sum(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) by (job) / on(job) group_left(x)"
             " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "foo{a=\"b\"} offset 5m @ 100"]


class Answer:
    """One HTTP answer, as bytes."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


def ask(base, path, params=(), form=None, method=None, headers=None):
    """`params` go into the URL, `form` into the body; either may repeat a name."""
    pairs = list(params.items()) if isinstance(params, dict) else list(params)
    url = f"{base}{path}" + ("?" + urllib.parse.urlencode(pairs, doseq=True) if pairs else "")
    body = None
    if form is not None:
        body = urllib.parse.urlencode(list(form.items()) if isinstance(form, dict) else form, doseq=True).encode()
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def plain(text):
    """Labels as they are written since Prometheus 3: without HTML escapes."""
    for escape, character in ((r"\u003c", "<"), (r"\u003e", ">"), (r"\u0026", "&")):
        text = text.replace(escape, character)
    return text


def counter(slope):
    return [(START + i * STEP, i * slope) for i in range(POINTS)]


def gauge():
    return [(START + i * STEP, 20 + (i * 7 % 13) / 4 - 1.5) for i in range(POINTS)]


FAMILIES = {
    "up": ("gauge", [('{instance="i1",job="a"}', [(s, 1) for s, _ in counter(1)]), ('{instance="i2",job="a"}', [(s, i % 2) for i, (s, _) in enumerate(counter(1))])]),
    "requests": ("counter", [(f'_total{{code="{code}",job="api"}}', counter(slope)) for code, slope in (("200", 10), ("404", 0.5), ("500", 1))]),
    "temperature": ("gauge", [('{place="Überall \\"<&>\\""}', gauge())]),
    "latency": ("unknown", [(f'_bucket{{le="{le}"}}', counter(slope)) for le, slope in (("0.1", 1), ("1", 3), ("+Inf", 4))]),
}

RULES = """
groups:
- name: contract
  interval: 1s
  rules:
  - record: always:one
    expr: vector(1)
  - alert: Always
    expr: vector(1)
    labels: {severity: page}
    annotations: {summary: "it is {{ $value }}"}
"""


class Exposition(http.server.BaseHTTPRequestHandler):
    """A target with metadata and an exemplar."""

    def do_GET(self):
        body = ("# HELP live_requests Requests seen.\n# TYPE live_requests counter\n"
                f'live_requests_total 5 # {{trace_id="abc"}} 1 {time.time():.3f}\n# EOF\n').encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Contract(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack("api-contract")
        try:
            cls.start()
        except BaseException:
            cls.stack.stop()
            raise

    @classmethod
    def start(cls):
        stack = cls.stack
        blocks = make_blocks(stack.path("blocks"), FAMILIES)
        rules = stack.write("rules.yml", RULES)
        cls.target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exposition)
        threading.Thread(target=cls.target.serve_forever, daemon=True).start()
        scrape = (f"  evaluation_interval: 1s\nrule_files: ['{rules}']\n"
                  f"scrape_configs: [{{job_name: live, static_configs: [{{targets: ['127.0.0.1:{cls.target.server_port}']}}]}}]\n")
        cls.prometheus_node = stack.add_prometheus("p", {"replica": "0"}, blocks, scrape=scrape,
                                                   arguments=["--enable-feature=exemplar-storage"])
        cls.prometheus_node.wait_ready()
        agent = stack.add_agent(cls.prometheus_node)
        agent.wait_ready()
        cls.hub_node = stack.add_hub([agent], arguments=["--query.replica-label=replica", "--query.log-queries-longer-than=1ms"])
        cls.hub_node.wait_ready()
        cls.hub, cls.prometheus = cls.hub_node.url, cls.prometheus_node.url
        wait_until("the hub answers from the agent", lambda: b'"i1"' in ask(cls.hub, "/api/v1/query", {"query": "up", "time": END}).body,
                   stack.nodes)
        cls.prometheus3 = None
        if PROMETHEUS3:
            shutil.copytree(blocks, stack.path("p3-data"))
            config = stack.write("p3.yml", "global: {scrape_interval: 1m}\n")
            port = free_port()
            node = stack.add("p3", [PROMETHEUS3, f"--config.file={config}", f"--storage.tsdb.path={stack.path('p3-data')}",
                                    "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"], port)
            node.wait_ready()
            cls.prometheus3 = node.url

    @classmethod
    def tearDownClass(cls):
        cls.stack.__exit__(None, None, None)
        cls.target.shutdown()
        cls.target.server_close()

    def api(self, path, params=(), **options):
        return ask(self.hub, f"/api/v1/{path}", params, **options)

    def success(self, path, params=(), **options):
        answer = self.api(path, params, **options)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.json["status"], "success")
        return answer.json["data"]

    # What Grafana relies on.

    def test_01_save_and_test(self):
        answer = self.api("query", form={"query": "1+1", "time": "4"})
        self.assertEqual(answer.text, '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}')
        info = self.success("status/buildinfo")
        for key in ("version", "revision", "branch", "buildUser", "buildDate", "goVersion"):
            self.assertTrue(info[key], key)
        self.assertRegex(info["buildDate"], r"^\d{8}-\d\d:\d\d:\d\d$")
        self.assertNotIn("features", info)
        self.assertNotIn("application", info)

    def test_02_labels_take_selectors(self):
        self.assertEqual(self.success("labels", {"match[]": "up", "start": START, "end": END}), ["__name__", "instance", "job", "replica"])
        self.assertEqual(self.success("label/job/values", {"match[]": 'requests_total{code="200"}', "start": START, "end": END}), ["api"])

    def test_03_discovery_sees_no_ruler_of_mimir(self):
        flags = self.success("status/flags")
        self.assertTrue(all(isinstance(value, str) for value in flags.values()))
        for path in ("/rules/test/test", "/config/v1/rules/test/test", "/api/v1/nothing", "/api/v2/query"):
            answer = ask(self.hub, path)
            self.assertEqual((answer.status, answer.text), (404, "404 page not found\n"), path)
            self.assertTrue(answer.headers["content-type"].startswith("text/plain"))

    def test_04_rules_and_alerts(self):
        wait_until("the alert fires", lambda: len(self.success("alerts")["alerts"]) == 1, self.stack.nodes)
        (group,) = self.success("rules")["groups"]
        self.assertEqual((group["name"], group["interval"]), ("contract", 1))
        self.assertTrue(group["file"].endswith("rules.yml"))
        self.assertLess({"evaluationTime", "lastEvaluation", "limit"}, set(group))
        recording, alert = group["rules"]
        self.assertEqual((recording["type"], recording["name"], recording["query"], recording["health"]), ("recording", "always:one", "vector(1)", "ok"))
        self.assertEqual((alert["type"], alert["state"], alert["labels"]), ("alerting", "firing", {"severity": "page"}))
        self.assertEqual(alert["annotations"], {"summary": "it is {{ $value }}"})
        (instance,) = self.success("alerts")["alerts"]
        self.assertEqual(instance["labels"], {"alertname": "Always", "severity": "page"})
        (apart,) = self.success("alerts", {"dedup": "false"})["alerts"]
        self.assertEqual(apart["labels"], {"alertname": "Always", "replica": "0", "severity": "page"})
        self.assertEqual((instance["annotations"], instance["state"], instance["value"]), ({"summary": "it is 1"}, "firing", "1e+00"))
        self.assertEqual([[r["name"] for r in g["rules"]] for g in self.success("rules", {"type": "record"})["groups"]], [["always:one"]])
        self.assertEqual(self.success("rules", {"rule_group[]": "none"})["groups"], [])

    def test_04_targets_and_metadata(self):
        wait_until("the target was scraped", lambda: self.success("metadata").get("live_requests") is not None
                   or self.success("metadata").get("live_requests_total") is not None, self.stack.nodes)
        (target,) = self.success("targets", {"state": "active"})["activeTargets"]
        self.assertEqual((target["health"], target["scrapePool"], target["scrapeInterval"]), ("up", "live", "1s"))
        self.assertEqual(set(target["labels"]), {"instance", "job"})
        self.assertEqual(set(target), {"discoveredLabels", "labels", "scrapePool", "scrapeUrl", "globalUrl", "lastError", "lastScrape",
                                       "lastScrapeDuration", "health", "scrapeInterval", "scrapeTimeout"})
        metadata = self.success("metadata")
        (name,) = metadata
        self.assertEqual(metadata[name], [{"type": "counter", "help": "Requests seen.", "unit": ""}])
        self.assertEqual(self.success("metadata", {"metric": name}), metadata)
        self.assertEqual(self.success("metadata", {"metric": "none"}), {})

    def test_05_exemplars(self):
        now = time.time()
        asked = {"query": "rate(live_requests_total[1m])", "start": now - 3600, "end": now + 3600}
        wait_until("there is an exemplar", lambda: len(self.success("query_exemplars", asked)) == 1, self.stack.nodes)
        (series,) = self.success("query_exemplars", asked)
        self.assertEqual(set(series["seriesLabels"]), {"__name__", "instance", "job"})
        self.assertEqual((series["exemplars"][0]["labels"], series["exemplars"][0]["value"]), ({"trace_id": "abc"}, "1"))
        for selector, count in (('live_requests_total{replica="0"}', 1), ('live_requests_total{replica="1"}', 0)):
            self.assertEqual(len(self.success("query_exemplars", {**asked, "query": selector})), count, selector)

    def test_05_exemplar_probe_in_milliseconds(self):
        for options in ({"params": {"query": "test", "start": START * 1000, "end": END * 1000}},
                        {"form": {"query": "test", "start": START * 1000, "end": END * 1000}}):
            self.assertEqual(self.success("query_exemplars", **options), [])

    def test_06_range_queries_in_every_spelling(self):
        asked = {"query": "sum(rate(requests_total[1m0s]))", "start": str(START + 60), "end": f"{START + 120}.0", "step": "15"}
        expected = self.api("query_range", asked).body
        self.assertEqual(len(json.loads(expected)["data"]["result"][0]["values"]), 5)
        for change in ({"step": "15s"}, {"step": "15.0"}, {"start": "2023-11-14T22:14:20.000Z"}, {"timeout": "30s"}, {"timeout": "1m30s"}):
            self.assertEqual(self.api("query_range", form={**asked, **change}).body, expected, change)
        half = self.success("query_range", {**asked, "step": "0.5"})
        self.assertEqual([t for t, _ in half["result"][0]["values"][:3]], [START + 60, START + 60.5, START + 61])
        self.success("query_range", {"query": "up", "start": 0, "end": 11000, "step": 1})
        refused = self.api("query_range", {"query": "up", "start": 0, "end": 11001, "step": 1})
        self.assertEqual((refused.status, refused.json["errorType"]), (400, "bad_data"))
        self.assertIn("11,000 points", refused.json["error"])

    def test_07_methods(self):
        get_only = ["label/job/values", "metadata", "rules", "alerts", "targets", "alertmanagers", "status/buildinfo", "status/flags",
                    "status/runtimeinfo", "status/config", "status/tsdb", "notifications"]
        for path in get_only:
            self.assertEqual(self.api(path, form={"a": "b"}).status, 405, path)
            self.assertEqual(self.api(path).status, 200, path)
        both = {"query": {"query": "up", "time": END}, "query_range": {"query": "up", "start": START, "end": START + 60, "step": 15},
                "series": {"match[]": "up", "start": START, "end": END}, "labels": {"start": START, "end": END},
                "query_exemplars": {"query": "up", "start": START, "end": END}}
        for path, params in both.items():
            in_url = self.api(path, params)
            self.assertEqual(in_url.status, 200, in_url.text)
            first, *rest = params.items()
            for other in (self.api(path, form=params), self.api(path, params, form={}, method="POST"),
                          self.api(path, dict([first]), form=dict(rest))):
                self.assertEqual(other.body, in_url.body, path)
        charset = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        self.assertEqual(self.api("query", form={"query": "1", "time": "1"}, headers=charset).status, 200)
        self.assertEqual(self.api("query", {"query": "up"}, method="HEAD").status, 200)
        options = self.api("query", method="OPTIONS")
        self.assertEqual(options.status, 204)
        self.assertEqual(options.headers["access-control-allow-origin"], "*")

    def test_08_limits_selectors_and_escaped_names(self):
        times = {"start": START, "end": END}
        names = self.success("label/__name__/values", {**times, "match[]": '{__name__!=""}', "limit": 40000})
        self.assertEqual(names, ["latency_bucket", "requests_total", "temperature", "up"])
        self.assertEqual(self.success("label/__name__/values", {**times, "limit": 0}), names)
        cut = self.api("label/__name__/values", {**times, "limit": 2}).json
        self.assertEqual((cut["data"], cut["warnings"]), (names[:2], ["results truncated due to limit"]))
        for path, params in (("labels", times), ("series", {**times, "match[]": "up"})):
            answer = self.api(path, {**params, "limit": 1}).json
            self.assertEqual((len(answer["data"]), answer["warnings"]), (1, ["results truncated due to limit"]))
        self.assertEqual(len(self.success("series", {**times, "match[]": '{"up"}'})), 2)
        self.assertEqual(self.success("label/U__job/values", times), ["a", "api"])
        for name in ("U__label_2e_with_2e_dots", "label.with.dots"):
            self.assertEqual(self.api(f"label/{name}/values", times).text, '{"status":"success","data":[]}')

    def test_09_thanos_parameters_everywhere(self):
        paths = {"query": [("query", "up")], "query_range": [("query", "up"), ("start", START), ("end", END), ("step", 60)],
                 "series": [("match[]", "up")], "labels": [], "label/job/values": [], "query_exemplars": [("query", "up"), ("start", START), ("end", END)],
                 "metadata": [], "rules": [], "alerts": [], "targets": [], "status/buildinfo": [], "stores": []}
        for path, params in paths.items():
            answer = self.api(path, params + THANOS_PARAMETERS)
            self.assertEqual(answer.status, 200, (path, answer.text))
        self.assertEqual(self.api("query", {"query": "up", "engine": "other"}).json["error"], "'other' bad engine")
        with_replica = self.success("query", {"query": "up", "time": END, "dedup": "false"})["result"]
        self.assertEqual({sample["metric"]["replica"] for sample in with_replica}, {"0"})
        self.assertEqual(self.success("query", {"query": "up", "time": END, "storeMatch[]": '{__address__="nowhere:1"}'})["result"], [])

    def test_10_order_of_keys(self):
        text = self.api("query", {"query": "quantile(2, up)", "time": END, "stats": "all", "analyze": "true"}).text
        keys = ['{"status":"success","data":{"resultType":"vector","result":[', '"stats":{"timings":', '"analysis":{', '"warnings":[']
        positions = [text.find(key) for key in keys]
        self.assertEqual(positions, sorted(positions), text)
        self.assertNotIn(-1, positions, text)
        info = self.api("query", {"query": "rate(temperature[1m])", "time": END}).json
        self.assertNotIn("warnings", info)
        self.assertEqual(len(info["infos"]), 1)
        self.assertEqual(self.api("query", {"query": "nothing"}).json["data"]["result"], [])

    def test_11_headers_and_gzip(self):
        asked = {"query": '{__name__=~".+"} + on() group_left() vector(0.1)', "start": START, "end": END, "step": 1}
        headers = {"X-Dashboard-UID": "dash-7", "X-Panel-Id": "42", "Accept-Encoding": "gzip"}
        plain = self.api("query_range", form=asked)
        packed = self.api("query_range", form=asked, headers=headers)
        self.assertIsNone(plain.headers["content-encoding"])
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertGreater(len(plain.body), 200_000)
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        small = self.api("query", {"query": "up", "time": END}, headers={"Accept-Encoding": "gzip;q=0"})
        self.assertIsNone(small.headers["content-encoding"])
        self.api("query_range", {**asked, "query": 'avg_over_time({__name__=~".+"}[10m])'}, headers=headers)
        wait_until("the slow-query log names dashboard and panel",
                   lambda: re.search(r'msg="slow query".*samples=[1-9].*dashboard=dash-7 panel=42', self.hub_node.log_text()) is not None, seconds=10)

    def test_12_asking_the_tail_again_gives_the_same(self):
        for query in ("sum(rate(requests_total[5m]))", "temperature", "avg_over_time(temperature[1m])", "max_over_time(up[10m:1m])"):
            whole = self.success("query_range", {"query": query, "start": START, "end": END, "step": 30})["result"]
            tail = self.success("query_range", {"query": query, "start": START + 1800, "end": END, "step": 30})["result"]
            self.assertEqual([[p for p in series["values"] if p[0] >= START + 1800] for series in whole], [s["values"] for s in tail], query)

    # What else clients rely on.

    def test_status_endpoints(self):
        runtime = self.success("status/runtimeinfo")
        for key in ("startTime", "CWD", "reloadConfigSuccess", "lastConfigTime", "corruptionCount", "goroutineCount", "GOMAXPROCS",
                    "GOMEMLIMIT", "GOGC", "GODEBUG", "storageRetention", "hostname", "serverTime"):
            self.assertIn(key, runtime)
        tsdb = self.success("status/tsdb", {"start": START, "end": END, "limit": 2})
        self.assertEqual(tsdb["headStats"]["numSeries"], 9)
        self.assertEqual(tsdb["seriesCountByMetricName"], [{"name": "latency_bucket", "value": 3}, {"name": "requests_total", "value": 3}])
        self.assertEqual(tsdb["labelValueCountByLabelName"], [{"name": "__name__", "value": 4}, {"name": "code", "value": 3}])
        self.assertEqual(tsdb["seriesCountByLabelValuePair"][0], {"name": "__name__=latency_bucket", "value": 3})
        self.assertIn("memoryInBytesByLabelName", self.success("status/tsdb"))
        self.assertEqual(self.success("scrape_pools"), {"scrapePools": []})
        self.assertEqual(self.success("status/walreplay"), {"min": 0, "max": 0, "current": 0})
        self.assertEqual(self.success("status/tsdb/blocks"), {"blocks": []})
        self.assertEqual(self.success("targets/metadata"), [])
        self.assertIn("yaml", self.success("status/config"))

    def test_errors_have_their_classes(self):
        cases = [("query", {"query": "up", "time": "x"}, 400, "bad_data", 'invalid parameter "time": invalid time value for \'time\': cannot parse "x"'),
                 ("query", {"query": "up", "timeout": "x"}, 400, "bad_data", 'invalid parameter "timeout"'),
                 ("query", {"query": "up", "limit": "-1"}, 400, "bad_data", "limit"),
                 ("query", {"query": "up", "max_source_resolution": "-300"}, 400, "bad_data", "negative"),
                 ("query", {"query": "up", "dedup": "x"}, 400, "bad_data", "dedup"),
                 ("query_range", {"query": "up", "start": 1, "end": 2}, 400, "bad_data", 'invalid parameter "step"'),
                 ("query_range", {"query": "up", "start": 2, "end": 1, "step": 1}, 400, "bad_data", "end timestamp must not be before start time"),
                 ("query_range", {"query": "up", "start": 1, "end": 2, "step": 0}, 400, "bad_data", "zero or negative"),
                 ("query_range", {"query": "up[5m]", "start": 1, "end": 2, "step": 1}, 400, "bad_data", "invalid expression type"),
                 ("series", {}, 400, "bad_data", "no match[] parameter provided"),
                 ("series", {"match[]": "{}"}, 400, "bad_data", "match[] must contain at least one non-empty matcher"),
                 ("query", {"query": "requests_total * on(job) requests_total", "time": END}, 422, "execution", "duplicate series"),
                 ("query_exemplars", {"query": "sum(", "start": 1, "end": 2}, 400, "bad_data", "parse error")]
        for path, params, status, kind, text in cases:
            answer = self.api(path, params)
            self.assertEqual((answer.status, answer.json["status"], answer.json["errorType"]), (status, "error", kind), (path, params, answer.text))
            self.assertIn(text, answer.json["error"])
            self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_a_query_that_runs_is_listed_and_can_be_cancelled(self):
        self.assertEqual(self.success("status/active_queries"), [])
        self.assertEqual(self.api("status/active_queries/0000/cancel", method="POST").status, 404)
        self.assertEqual(self.api("status/active_queries/0000/cancel").status, 405)

    def test_explain(self):
        for path, params in (("query_explain", {"query": "sum(rate(requests_total[5m]))"}),
                             ("query_range_explain", {"query": "sum(rate(requests_total[5m]))", "start": START, "end": END, "step": 60})):
            plan = self.success(path, params)
            self.assertEqual(set(plan), {"name", "children"})
            self.assertTrue(plan["name"])

    # Equality with Prometheus.

    def compare(self, theirs, path, params, method="GET"):
        ours, other = (ask(base, f"/api/v1/{path}", params if method == "GET" else (), form=params if method == "POST" else None)
                       for base in (self.hub, theirs))
        unescaped = plain if theirs == self.prometheus else str
        self.assertEqual((ours.status, unescaped(ours.text)), (other.status, unescaped(other.text)), (path, params))

    def compare_queries(self, theirs, queries):
        for query in queries:
            for time in (END, END - 0.5, START + 600, f"{START}.125"):
                self.compare(theirs, "query", {"query": query, "time": time}, "POST")
            if not query.endswith("]") and not query.startswith('"'):
                for step in (15, 60, 7.5):
                    self.compare(theirs, "query_range", {"query": query, "start": START + 300, "end": END, "step": step})

    def compare_metadata(self, theirs):
        times = {"start": START, "end": END}
        for path, params in (("labels", times), ("labels", {**times, "match[]": "up"}), ("label/job/values", times),
                             ("label/__name__/values", times), ("label/place/values", times), ("label/none/values", times),
                             ("series", {**times, "match[]": "up"}), ("series", {**times, "match[]": ["temperature", "up", 'up{job="a"}']}),
                             ("series", {**times, "match[]": "nothing"})):
            ours, other = ask(self.hub, f"/api/v1/{path}", params), ask(theirs, f"/api/v1/{path}", params)
            # Only the hub knows replicas, and lists their label; 2.42 escapes more than later versions.
            self.assertEqual((ours.status, plain(ours.text.replace(',"replica"', ""))), (other.status, plain(other.text)), (path, params))

    def test_answers_are_those_of_prometheus(self):
        # Selectors with a range left out: since 3.0 they exclude their left edge, and times are chosen between samples.
        self.compare_queries(self.prometheus, [q for q in QUERIES if "[" not in q and not q.startswith(("count_values", "sort"))])
        for query in QUERIES:
            if "[" in query and "quantile" not in query:
                self.compare(self.prometheus, "query", {"query": query, "time": f"{END - 7}"})
        self.compare_metadata(self.prometheus)
        for query in BAD_QUERIES:
            answers = [ask(base, "/api/v1/query", {"query": query, "time": END}) for base in (self.hub, self.prometheus)]
            self.assertEqual(*[(a.status, a.json["errorType"]) for a in answers], query)

    def test_answers_are_those_of_prometheus_3(self):
        if self.prometheus3 is None:
            self.skipTest("PROMETHEUS3 names no program")
        self.compare_queries(self.prometheus3, QUERIES + ANNOTATED)
        self.compare_metadata(self.prometheus3)
        for query in BAD_QUERIES:
            self.compare(self.prometheus3, "query", {"query": query, "time": END})
            self.compare(self.prometheus3, "query_range", {"query": query, "start": START, "end": END, "step": 60})
        for query in FORMATTED + BAD_QUERIES:
            self.compare(self.prometheus3, "format_query", {"query": query})
            self.compare(self.prometheus3, "parse_query", {"query": query})
        for path, params in (("query", {"query": "up", "time": "x"}), ("query", {"query": "up", "time": END, "limit": 1}), ("query", {"query": "up", "limit": "x"}),
                             ("query", {"query": "up", "timeout": "x"}), ("query", {"query": "up", "time": END, "lookback_delta": "x"}),
                             ("query_range", {"query": "up", "start": 1, "end": 2}), ("query_range", {"query": "up", "start": 2, "end": 1, "step": 1}),
                             ("query_range", {"query": "up", "start": 1, "end": 20001, "step": 1}), ("query_range", {"query": "up", "end": 1, "step": 1}),
                             ("query_range", {"query": "up", "start": 1, "end": 2, "step": -1}), ("series", {}), ("series", {"match[]": "{}"}),
                             ("series", {"match[]": "up{"}), ("labels", {"start": "x"}), ("labels", {"match[]": "{a=\"\"}"}), ("labels", {"limit": "-1"}), ("labels", {"limit": "x"}), ("labels", {"match[]": "up{"}), ("status/tsdb", {"limit": "0"}),
                             ("rules", {"type": "x"}), ("rules", {"exclude_alerts": "x"}), ("rules", {"match[]": "{}"}), ("metadata", {"limit": "x"}),
                             ("query_exemplars", {"query": "1", "start": 1, "end": 2}), ("nothing", {}), ("status/walreplay", {}),
                             ("label/a-b/values", {}), ("query_exemplars", {"query": "up{", "start": 1, "end": 2}), ("query_exemplars", {"query": "up", "start": 2, "end": 1})):
            self.compare(self.prometheus3, path, params)


if __name__ == "__main__":
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    unittest.main()
