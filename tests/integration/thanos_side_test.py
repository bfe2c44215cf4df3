#!/usr/bin/env python3
"""Rules, alerts, targets, metadata and exemplars of one Prometheus through every mixture of our agent and hub with Thanos' sidecar and
querier: what Thanos' querier shows over Thanos' sidecar, all others show, too.

PEER_THANOS names a Thanos binary; without it the test is skipped.
"""

import http.server
import json
import os
import shutil
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

from api_contract_test import RULES, Exposition  # noqa: E402
from stack import Failure, Stack, skip, wait_until  # noqa: E402

THANOS = os.environ.get("PEER_THANOS", "")
# What differs from one moment to the next, or from one protocol to the other.
MOVING = {"lastEvaluation", "evaluationTime", "lastScrape", "lastScrapeDuration", "activeAt", "partialResponseStrategy", "timestamp", "warnings",
          "scrapeInterval", "scrapeTimeout", "keepFiringFor", "droppedTargetCounts", "value"}
# Thanos does not show the external labels of alerts.
HIDDEN_BY_THANOS = {"cluster"}


def steady(answer):
    """The answer without what moves. Thanos sorts the rules of a group, so order does not count."""
    if isinstance(answer, dict):
        return {key: steady(value) for key, value in answer.items() if key not in MOVING | HIDDEN_BY_THANOS}
    if isinstance(answer, list):
        return sorted((steady(item) for item in answer), key=lambda item: json.dumps(item, sort_keys=True))
    return answer


def shown(querier, path, **params):
    code, answer = querier.api(path, **params)
    if code != 200 or answer.get("warnings"):
        raise Failure(f"{querier.name} answered {path} with {code}: {answer}")
    return steady(answer["data"])


def compare(queriers, path, nonempty, **params):
    reference = queriers["Thanos over sidecar"]
    wait_until(f"{reference.name} shows {path}", lambda: bool(nonempty(shown(reference, path, **params))))
    expected = shown(reference, path, **params)
    for name, querier in queriers.items():
        wait_until(f"{name} shows the same {path}", lambda: shown(querier, path, **params) == expected or f"{shown(querier, path, **params)} | {expected}",
                   seconds=20)


def run(stack):
    target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exposition)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    scrape = (f"  evaluation_interval: 1s\nrule_files: ['{stack.write('rules.yml', RULES)}']\n"
              f"scrape_configs: [{{job_name: live, static_configs: [{{targets: ['127.0.0.1:{target.server_port}']}}]}}]\n")
    prometheus = stack.add_prometheus("p", {"cluster": "eu", "replica": "0"}, scrape=scrape, arguments=["--enable-feature=exemplar-storage"])
    prometheus.wait_ready()
    agent = stack.add_agent(prometheus)
    sidecar = stack.add_sidecar("sidecar", [THANOS], prometheus.url)
    for node in (agent, sidecar):
        node.wait_ready()
    queriers = {"hub over agent": stack.add_hub([agent], "hub-agent"), "hub over sidecar": stack.add_hub([sidecar], "hub-sidecar"),
                "Thanos over agent": stack.add_querier("thanos-agent", [THANOS], [agent.endpoint]),
                "Thanos over sidecar": stack.add_querier("thanos-sidecar", [THANOS], [sidecar.endpoint])}
    queriers["Thanos over hub"] = stack.add_querier("thanos-hub", [THANOS], [queriers["hub over agent"].endpoint])
    for querier in queriers.values():
        querier.wait_ready()
    compare(queriers, "rules", lambda data: "firing" in json.dumps(data))
    compare(queriers, "alerts", lambda data: data["alerts"])
    compare(queriers, "targets", lambda data: data["activeTargets"] and data["activeTargets"][0]["health"] == "up")
    compare(queriers, "metadata", lambda data: len(data) == 1)
    now = time.time()
    compare(queriers, "query_exemplars", lambda data: data and {series["seriesLabels"]["job"] for series in data} == {"live"},
            query="live_requests_total", start=now - 3600, end=now + 3600)
    target.shutdown()


if __name__ == "__main__":
    if not THANOS:
        skip("PEER_THANOS names no Thanos binary")
    if shutil.which("prometheus") is None:
        skip("prometheus is not installed")
    with Stack("thanos-side") as running:
        run(running)
    print("rules, alerts, targets, metadata and exemplars are equal")
