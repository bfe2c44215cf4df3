"""The global view, played on real servers. Run by run.sh; see README.md beside this file for the tale.

Clusters:  eu1 has one Prometheus, us1 has two that scrape the same targets (a high-availability pair).
Beside each Prometheus runs `epimetheus sidecar`; `epimetheus query` answers over all of them.
"""

import os
import shutil
import signal
import sys
import tempfile

from servers import Failure, Server, check_ports_free, get, port, query, wait_until

# (name, cluster, replica, Prometheus port)
PROMETHEUS = [("prometheus-0-eu1", "eu1", 0, 9090), ("prometheus-0-us1", "us1", 0, 9091),
              ("prometheus-1-us1", "us1", 1, 9092)]
HUB_PORT = 29090
STACKED_PORT = 29091
HEAD_SERIES = "prometheus_tsdb_head_series"


def prometheus_yaml(cluster, replica, extra=""):
    targets = [9090] if cluster == "eu1" else [9091, 9092]
    listed = ",".join(f"'127.0.0.1:{port(t)}'" for t in targets)
    return f"""global:
  scrape_interval: 15s
  evaluation_interval: 15s
  external_labels:
    cluster: {cluster}
    replica: {replica}

scrape_configs:
  - job_name: 'prometheus'
    static_configs:
      - targets: [{listed}]
{extra}"""


class Story:
    """All processes of the tutorial, and the claims they must keep."""

    def __init__(self, directory):
        self.directory = directory
        self.hub = f"http://127.0.0.1:{port(HUB_PORT)}"
        self.stacked = f"http://127.0.0.1:{port(STACKED_PORT)}"
        self.prometheus = [self.make_prometheus(*row) for row in PROMETHEUS]
        self.agents = [self.make_agent(name, number) for name, _, _, number in PROMETHEUS]
        stores = [f"127.0.0.1:{port(number + 10100)}" for _, _, _, number in PROMETHEUS]
        self.hubs = [self.make_hub("hub", HUB_PORT, 10901, stores),
                     self.make_hub("stacked-hub", STACKED_PORT, 10911, [f"127.0.0.1:{port(10901)}"])]

    def path(self, name):
        return os.path.join(self.directory, name)

    def make_prometheus(self, name, cluster, replica, number):
        with open(self.path(f"{name}.yml"), "w", encoding="utf-8") as config:
            config.write(prometheus_yaml(cluster, replica))
        return Server(name, [
            "prometheus", f"--config.file={self.path(name + '.yml')}", f"--storage.tsdb.path={self.path(name + '-data')}",
            f"--web.listen-address=127.0.0.1:{port(number)}", "--web.enable-lifecycle", "--web.enable-admin-api"],
            self.directory)

    def make_agent(self, name, number):
        return Server(f"{name}-sidecar", [
            f"{os.environ['EPI_BIN']}/epimetheus", "sidecar",
            "--http-address", f"127.0.0.1:{port(number + 10000)}", "--grpc-address", f"127.0.0.1:{port(number + 10100)}",
            "--reloader.config-file", self.path(f"{name}.yml"),
            "--prometheus.url", f"http://127.0.0.1:{port(number)}"], self.directory)

    def make_hub(self, name, http_port, grpc_port, stores):
        command = [f"{os.environ['EPI_BIN']}/epimetheus", "query", "--http-address", f"127.0.0.1:{port(http_port)}",
                   "--grpc-address", f"127.0.0.1:{port(grpc_port)}", "--query.replica-label", "replica"]
        for store in stores:
            command += ["--store", store]
        return Server(name, command, self.directory)

    def servers(self):
        return self.prometheus + self.agents + self.hubs

    def start(self):
        ports = [port(n) for _, _, _, n in PROMETHEUS]
        ports += [p + 10000 for p in ports] + [p + 10100 for p in ports]
        check_ports_free(ports + [port(HUB_PORT), port(STACKED_PORT), port(10901), port(10911)])
        for server in self.servers():
            server.start()
        for number, agent in zip([row[3] for row in PROMETHEUS], self.agents):
            url = f"http://127.0.0.1:{port(number + 10000)}/-/ready"
            wait_until(f"{agent.name} ready at {url}", lambda u=url: get(u)[0] == 200 or get(u), self.servers())
        for hub in (self.hub, self.stacked):
            wait_until(f"hub ready at {hub}", lambda h=hub: get(f"{h}/-/ready")[0] == 200 or get(f"{h}/-/ready"),
                       self.servers())

    def stop(self):
        for server in reversed(self.servers()):
            server.stop()

    # What the story claims.

    def series(self, hub, **params):
        answer = query(hub, HEAD_SERIES, **params)
        return [sample["metric"] for sample in answer.get("data", {}).get("result", [])], answer

    def claim_series(self, hub, count, with_replica, **params):
        def holds():
            metrics, answer = self.series(hub, **params)
            right = len(metrics) == count and all(("replica" in m) == with_replica for m in metrics)
            return True if right and not answer.get("warnings") else answer
        wait_until(f"{count} series {'with' if with_replica else 'without'} replica label from {hub}", holds)

    def check(self):
        step("each answer is one global view")
        self.claim_series(self.hub, 5, True, dedup="false")
        self.claim_series(self.hub, 3, False)
        total = query(self.hub, f"sum({HEAD_SERIES})")["data"]["result"]
        if len(total) != 1 or total[0]["metric"] != {} or float(total[0]["value"][1]) <= 0:
            raise Failure(f"sum({HEAD_SERIES}) is not one value: {total}")
        step("a hub on the hub answers the same")
        self.claim_series(self.stacked, 3, False)
        self.claim_series(self.stacked, 5, True, dedup="false")
        step("the stores page knows three sidecars")
        self.check_stores()
        step("editing a Prometheus configuration reloads it through the agent")
        self.check_reload()
        step("a lost replica is named, not hidden")
        self.check_lost_replica()

    def check_stores(self):
        code, body = get(f"{self.hub}/api/v1/stores")
        missing = [f":{port(n + 10100)}" for _, _, _, n in PROMETHEUS if f":{port(n + 10100)}" not in body]
        if code != 200 or missing or '"sidecar"' not in body:
            raise Failure(f"/api/v1/stores lacks {missing}: {code} {body[:500]}")

    def check_reload(self):
        name, cluster, replica, number = PROMETHEUS[0]
        extra = f"""  - job_name: 'sidecar'
    static_configs:
      - targets: ['127.0.0.1:{port(number + 10000)}']
"""
        with open(self.path(f"{name}.yml"), "w", encoding="utf-8") as config:
            config.write(prometheus_yaml(cluster, replica, extra))
        url = f"http://127.0.0.1:{port(number)}/api/v1/status/config"
        wait_until("Prometheus shows the new configuration", lambda: "job_name: sidecar" in get(url)[1] or get(url)[1][:300])
        up = 'up{job="sidecar"}'

        def holds():
            result = query(self.hub, up).get("data", {}).get("result", [])
            return True if [r["value"][1] for r in result] == ["1"] else result
        wait_until(f"{up} is 1", holds)

    def check_lost_replica(self):
        lost = self.prometheus[2]
        endpoint = f"127.0.0.1:{port(PROMETHEUS[2][3] + 10100)}"
        lost.stop()

        def warned():
            metrics, answer = self.series(self.hub)
            named = [w for w in answer.get("warnings", []) if endpoint in w]
            return True if named and len(metrics) == 3 else answer
        wait_until(f"three series and a warning that names {endpoint}", warned)
        strict = query(self.hub, HEAD_SERIES, partial_response="false")
        if strict["status"] != "error" or endpoint not in strict["error"]:
            raise Failure(f"partial_response=false must be an error naming {endpoint}: {strict}")
        lost.start()
        self.claim_series(self.hub, 5, True, dedup="false")
        self.claim_series(self.hub, 3, False)


def step(text):
    print(f"- {text}", flush=True)


def print_what_to_try(story):
    print(f"""
Hub:         {story.hub}            (query page, stores, Prometheus API for Grafana)
Stacked hub: {story.stacked}
Prometheus:  {'  '.join(f'http://127.0.0.1:{port(n)}' for _, _, _, n in PROMETHEUS)}
Files:       {story.directory}

Try:
  curl -s '{story.hub}/api/v1/query?query=sum({HEAD_SERIES})'
  curl -s '{story.hub}/api/v1/query?query={HEAD_SERIES}'               3 series, replicas merged
  curl -s '{story.hub}/api/v1/query?query={HEAD_SERIES}&dedup=false'   5 series, each with its replica
  edit {story.path(PROMETHEUS[0][0] + '.yml')}: the agent reloads Prometheus

Ctrl-C stops everything.""", flush=True)


def main():
    directory = tempfile.mkdtemp(prefix="global-view-")
    story = Story(directory)
    # SIGTERM ends the story as Ctrl-C does, so that no server outlives it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        story.start()
        if "--check" in sys.argv[1:]:
            story.check()
            print("global view: every claim holds")
        else:
            print_what_to_try(story)
            signal.pause()
    except Failure as failure:
        print(f"global view: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    finally:
        story.stop()
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
