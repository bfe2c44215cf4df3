"""Real processes for integration tests: Prometheus over known data, agents, hubs, Thanos; on free loopback ports, in one folder.

    with Stack("kills") as stack:
        prometheus = stack.add_prometheus("eu1-0", {"cluster": "eu1"}, blocks)
        hub = stack.add_hub([stack.add_agent(prometheus)])
        hub.query("up", time=1700000000)

Every add_* starts its process and returns at once; wait_ready() polls. Leaving the block stops each process by its pid. The folder is
kept, and named, when the block is left by an exception.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("EPI_BIN", os.path.join(ROOT, "build", "release", "bin"))
sys.path.insert(0, os.path.join(ROOT, "tutorials", "global-view"))

from servers import Failure, Server, get, wait_until  # noqa: E402

BIN = os.environ["EPI_BIN"]
SKIP_EXIT_CODE = 77
# Below the ports that the kernel gives to outgoing connections, so that nobody takes one between its choice and its use.
PORTS = range(12000, 32000)
_taken = set()


def skip(reason):
    """Ends the test as skipped; the runner prints the reason."""
    print(reason)
    sys.exit(SKIP_EXIT_CODE)


def free_port():
    """A loopback port that nobody listens on, given out once."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            # Other addresses than ours may use the port; a server that binds all of them would clash.
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        if port not in _taken:
            _taken.add(port)
            return port


def sanitized():
    """True when the programs under test are built with a sanitizer: their memory and speed say nothing then."""
    with open(os.path.join(BIN, "epimetheus-hub"), "rb") as program:
        text = program.read()
    return b"__asan_init" in text or b"__tsan_init" in text


class Node(Server):
    """A process with an HTTP port, and a gRPC port where it has one."""

    def __init__(self, name, command, directory, http_port, grpc_port=None):
        super().__init__(name, command, directory)
        self.url = f"http://127.0.0.1:{http_port}"
        self.http_port = http_port
        self.grpc_port = grpc_port
        self.endpoint = f"127.0.0.1:{grpc_port}"

    def kill(self):
        """SIGKILL, and waits for the end."""
        self.process.kill()
        self.process.wait()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def is_ready(self):
        return get(f"{self.url}/-/ready", timeout=5)[0] == 200

    def wait_ready(self, seconds=60):
        wait_until(f"{self.name} ready at {self.url}", self.is_ready, [self], seconds)

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def api(self, path, **params):
        """(status code, JSON answer) of /api/v1/<path>. Lists are repeated parameters."""
        code, body = get(f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(params, doseq=True), timeout=60)
        try:
            return code, json.loads(body)
        except ValueError as error:
            raise Failure(f"{self.name} answered {path} {params} with {code} and no JSON: {body[:300]!r}") from error

    def post(self, path):
        """Status code of a POST without a body."""
        request = urllib.request.Request(self.url + path, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def api_post(self, path, **params):
        """As api(), with the parameters in the body."""
        body = urllib.parse.urlencode(params, doseq=True).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/v1/{path}", data=body), timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def query(self, expression, **params):
        return self.api("query", query=expression, **params)[1]

    def metric(self, name):
        """Value of the first sample of `name` in /metrics; None when there is none."""
        for line in get(f"{self.url}/metrics")[1].splitlines():
            if line.startswith(name) and line[len(name):len(name) + 1] in (" ", "{"):
                return float(line.rsplit(" ", 1)[1])
        return None

    def footprint(self):
        """What the process holds: {"rss_kib", "threads", "descriptors"}."""
        pid = self.process.pid
        fields = {}
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            for line in status:
                key, _, value = line.partition(":")
                fields[key] = value.split()
        return {"rss_kib": int(fields["VmRSS"][0]), "threads": int(fields["Threads"][0]),
                "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


class Stack:
    """The processes of one test."""

    def __init__(self, name):
        self.directory = tempfile.mkdtemp(prefix=f"{name}-")
        self.nodes = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.stop()
        if kind is None or kind is SystemExit:
            shutil.rmtree(self.directory, ignore_errors=True)
        else:
            print(f"logs are kept in {self.directory}")

    def stop(self):
        """All at once, then waits for each: what is stopped first need not be waited for by the next."""
        for node in reversed(self.nodes):
            if node.alive():
                node.process.terminate()
        for node in reversed(self.nodes):
            node.stop()

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def add(self, name, command, http_port, grpc_port=None):
        node = Node(name, command, self.directory, http_port, grpc_port)
        self.nodes.append(node)
        node.start()
        return node

    def add_prometheus(self, name, external_labels, blocks=None, scrape="", arguments=(), program="prometheus"):
        """A server over a copy of the folder `blocks`, whatever age it has; it scrapes nothing unless told."""
        labels = "".join(f"    {key}: '{value}'\n" for key, value in external_labels.items())
        config = f"global:\n  scrape_interval: 1s\n{'  external_labels:' if labels else ''}\n{labels}{scrape}"
        data = self.path(f"{name}-data")
        if blocks is not None:
            shutil.copytree(blocks, data)
        port = free_port()
        node = self.add(name, [
            program, f"--config.file={self.write(name + '.yml', config)}", f"--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=100y", "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h", "--web.enable-lifecycle", "--storage.remote.read-sample-limit=0",
            f"--web.listen-address=127.0.0.1:{port}", *arguments], port)
        node.external_labels = external_labels
        return node

    def add_sidecar(self, name, program, prometheus_url, arguments=()):
        http, grpc = free_port(), free_port()
        return self.add(name, [*program, "sidecar", f"--prometheus.url={prometheus_url}", f"--http-address=127.0.0.1:{http}",
                               f"--grpc-address=127.0.0.1:{grpc}", *arguments], http, grpc)

    def add_querier(self, name, program, endpoints, arguments=("--query.replica-label=replica",)):
        http, grpc = free_port(), free_port()
        return self.add(name, [*program, "query", f"--http-address=127.0.0.1:{http}", f"--grpc-address=127.0.0.1:{grpc}",
                               *[f"--endpoint={endpoint}" for endpoint in endpoints], *arguments], http, grpc)

    def add_agent(self, prometheus, **options):
        return self.add_sidecar(f"agent-{prometheus.name}", [os.path.join(BIN, "epimetheus-agent")], prometheus.url, **options)

    def add_hub(self, nodes, name="hub", **options):
        return self.add_querier(name, [os.path.join(BIN, "epimetheus-hub")], [n.endpoint for n in nodes], **options)


def make_blocks(directory, families):
    """TSDB blocks below `directory` of `families`: {name: (type, [(labels text, [(seconds, value), …]), …])}."""
    os.makedirs(directory)
    text_path = os.path.join(directory, "input.om")
    with open(text_path, "w", encoding="utf-8") as text:
        for name, (kind, series) in families.items():
            text.write(f"# TYPE {name} {kind}\n")
            for labels, samples in series:
                text.writelines(f"{name}{labels} {value} {seconds}\n" for seconds, value in samples)
        text.write("# EOF\n")
    done = subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text_path, directory],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    os.remove(text_path)
    if done.returncode != 0:
        raise Failure(f"promtool could not make blocks: {done.stdout[-1000:]}")
    return directory
