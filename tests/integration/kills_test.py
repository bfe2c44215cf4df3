#!/usr/bin/env python3
"""Agents are killed and restarted at random under a query loop: no answer lacks data without a warning that names the endpoint.

KILLS=N sets how many agents are killed (25), SEED=N which and when. The data is known, so what an answer lacks is known, too:
every element of the full answer has the set of endpoints that can supply it, and when it is missing or differs, one of them must be
named in a warning. What is not in the full answer must never appear. Half of the questions go to a second hub that knows only the
first. The hubs are never restarted, and hold as much as before.
"""

import itertools
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from stack import Failure, Stack, make_blocks, sanitized, wait_until  # noqa: E402

KILLS = int(os.environ.get("KILLS", "25"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 30))))
# Every so many kills all agents are left alone until answers are whole again.
ROUND = 25
THREADS = 3
SERIES = 300
SAMPLES = 240
STEP = 15
START = 1700000000 // 7200 * 7200
END = START + (SAMPLES - 1) * STEP
CLUSTERS = [("eu1", "0"), ("us1", "0"), ("us1", "1"), ("ap1", "0")]


def value(cluster, index, sample):
    """The pair in us1 has equal data."""
    return (1000 * index + sample * (index % 7 + 1)) * (1 + [c for c, _ in CLUSTERS].index(cluster))


def families(cluster):
    samples = [[(START + n * STEP, value(cluster, i, n)) for n in range(SAMPLES)] for i in range(SERIES)]
    return {"work_total": ("counter", [(f'{{item="{i}",only="{cluster}"}}', samples[i]) for i in range(SERIES)])}


class Claim:
    """One request, its full answer as {element: (value, endpoints that supply it)}, and how to read an answer into elements."""

    def __init__(self, path, params, read, owners):
        self.path, self.params, self.read, self.owners = path, params, read, owners
        self.full = None

    def elements(self, answer):
        return self.read(answer["data"])

    def learn(self, hub):
        code, answer = hub.api(self.path, **self.params)
        if code != 200 or answer.get("warnings"):
            raise Failure(f"{self.path} {self.params} is not whole before the first kill: {code} {str(answer)[:400]}")
        self.full = self.elements(answer)

    def judge(self, code, answer):
        """A text that says what is wrong with the answer; nothing when it is honest."""
        if self.params.get("partial_response") == "false" and answer.get("status") == "error":
            return "" if "127.0.0.1:" in answer["error"] else f"an error that names nobody: {answer['error']}"
        if code != 200:
            return f"code {code}: {str(answer)[:300]}"
        warnings = answer.get("warnings", [])
        if warnings and self.params.get("partial_response") == "false":
            return f"warnings instead of an error: {warnings}"
        seen = self.elements(answer)
        for key, expected in self.full.items():
            if seen.get(key) != expected and not any(o in w for w in warnings for o in self.owners(key)):
                return f"{key} is {str(seen.get(key))[:200]}, not {str(expected)[:200]}; warnings: {warnings}"
        extra = [key for key in seen if key not in self.full]
        return f"never existed: {extra[:3]}" if extra else ""


def by_metric(data):
    return {json.dumps(r["metric"], sort_keys=True): r.get("value") or r.get("values") for r in data["result"]}


def by_item(data):
    return {json.dumps(item, sort_keys=True): True for item in data}


def make_claims(endpoints):
    """`endpoints`: {(cluster, replica): "host:port"}."""
    def owners(key):
        metric = json.loads(key)
        metric = metric if isinstance(metric, dict) else {"only": metric}
        cluster = metric.get("cluster", metric.get("only"))
        found = {e for (c, r), e in endpoints.items() if cluster in (None, c) and metric.get("replica") in (None, r)}
        return found or set(endpoints.values())

    at_end, whole = {"time": END}, {"start": START, "end": END}
    claims = [
        Claim("query", {"query": "work_total", "dedup": "false", **at_end}, by_metric, owners),
        Claim("query", {"query": "work_total", **at_end}, by_metric, owners),
        Claim("query", {"query": "sum by (cluster) (work_total)", **at_end}, by_metric, owners),
        Claim("query", {"query": "count(work_total)", "dedup": "false", **at_end}, by_metric, owners),
        Claim("query", {"query": "count(work_total)", "dedup": "false", "partial_response": "false", **at_end}, by_metric, owners),
        Claim("query_range", {"query": "sum by (cluster, replica) (rate(work_total[2m]))", "dedup": "false", "step": 60, **whole},
              by_metric, owners),
        Claim("query_range", {"query": "work_total", "dedup": "false", "step": 300, **whole}, by_metric, owners),
        Claim("series", {"match[]": "work_total", "dedup": "false", **whole}, by_item, owners),
        Claim("label/only/values", whole, by_item, owners),
        Claim("labels", {**whole, "partial_response": "false"}, by_item, owners),
    ]
    return claims


def check_known(claims):
    """What was learned from the whole answers is what was written."""
    for claim in claims[:1]:
        expected = {json.dumps({"__name__": "work_total", "cluster": c, "replica": r, "item": str(i), "only": c}, sort_keys=True):
                    [END, str(value(c, i, SAMPLES - 1))] for c, r in CLUSTERS for i in range(SERIES)}
        if claim.full != expected:
            raise Failure("the whole answer is not what was written into the blocks")
    sizes = [len(claim.full) for claim in claims]
    if sizes != [4 * SERIES, 3 * SERIES, 3, 1, 1, 4, 4 * SERIES, 4 * SERIES, 3, 5]:
        raise Failure(f"whole answers have {sizes} elements")


class Askers:
    """Threads that ask one claim after another, and count what they got."""

    def __init__(self, hubs, claims):
        self.hubs, self.claims = hubs, claims
        self.counts = {"whole": 0, "partial": 0, "refused": 0}
        self.lies = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(THREADS)]

    def run(self, number):
        chosen = random.Random(SEED + number)
        while not self.stopping.is_set():
            claim = chosen.choice(self.claims)
            try:
                code, answer = claim_answer(chosen.choice(self.hubs), claim)
                lie = claim.judge(code, answer)
            except Failure as failure:
                code, answer, lie = 0, {}, str(failure)
            kind = "refused" if answer.get("status") != "success" else "partial" if answer.get("warnings") else "whole"
            with self.lock:
                self.counts[kind] += 1
                if lie:
                    self.lies.append(f"{claim.path} {claim.params}: {lie}")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def claim_answer(hub, claim):
    return hub.api(claim.path, **claim.params)


def wait_whole(hubs, claims):
    """Until each claim is answered whole again."""
    for hub, claim in itertools.product(hubs, claims):
        def whole(h=hub, c=claim):
            code, answer = claim_answer(h, c)
            return True if code == 200 and not answer.get("warnings") and c.elements(answer) == c.full else str(answer)[:300]
        wait_until(f"a whole answer of {hub.name} to {claim.path} {claim.params}", whole, hubs)


def kill_agents(agents, claims, hubs, chosen):
    for number in range(KILLS):
        agent = chosen.choice(agents)
        time.sleep(chosen.uniform(0, 0.4))  # A random moment is what is tested.
        agent.kill()
        time.sleep(chosen.uniform(0, 0.8))
        agent.start()
        if (number + 1) % ROUND == 0:
            wait_whole(hubs, claims)


def check_footprint(name, before, after):
    grown = {key: after[key] - before[key] for key in before}
    if grown["descriptors"] > 4 or grown["threads"] > 2:
        raise Failure(f"{name} holds more than before: {before} → {after}")
    # Sanitizers keep freed memory for a while.
    if not sanitized() and grown["rss_kib"] > 16 * 1024:
        raise Failure(f"{name} grew by {grown['rss_kib']} KiB: {before} → {after}")


def warm_up(hubs, claims):
    """Enough of everything that pools and threads have their size."""
    with Askers(hubs, claims):
        for hub in hubs:
            wait_until("150 queries", lambda h=hub: (h.metric("thanos_query_concurrent_gate_queries_total") or 0) > 150, hubs)


def main():
    print(f"KILLS={KILLS} SEED={SEED}")
    with Stack("kills") as stack:
        blocks = {c: make_blocks(stack.path(f"blocks-{c}"), families(c)) for c in dict(CLUSTERS)}
        servers = [stack.add_prometheus(f"{c}-{r}", {"cluster": c, "replica": r}, blocks[c]) for c, r in CLUSTERS]
        agents = [stack.add_agent(server) for server in servers]
        for agent in agents:
            agent.wait_ready()
        hub = stack.add_hub(agents)
        hub.wait_ready()
        hubs = [hub, stack.add_hub([hub], "stacked")]
        hubs[1].wait_ready()
        claims = make_claims(dict(zip(CLUSTERS, [agent.endpoint for agent in agents])))
        for claim in claims:
            claim.learn(hub)
        check_known(claims)
        wait_whole(hubs, claims)
        warm_up(hubs, claims)
        before = [h.footprint() for h in hubs]
        started = time.monotonic()
        with Askers(hubs, claims) as askers:
            kill_agents(agents, claims, hubs, random.Random(SEED))
        wait_whole(hubs, claims)
        after = [h.footprint() for h in hubs]
        if askers.lies:
            raise Failure(f"{len(askers.lies)} dishonest answers, the first: " + "\n".join(askers.lies[:3]))
        if not askers.counts["partial"] or not askers.counts["whole"]:
            raise Failure(f"nothing was tested: {askers.counts}")
        for h, was, now in zip(hubs, before, after):
            h.check_alive()
            check_footprint(h.name, was, now)
        print(f"{KILLS} kills in {time.monotonic() - started:.0f} s; answers: {askers.counts}; dishonest: 0; hubs {before} → {after}")


if __name__ == "__main__":
    try:
        main()
    except Failure as error:
        print(f"kills: {error}")
        sys.exit(1)
