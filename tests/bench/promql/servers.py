"""Query servers as child processes on loopback: started, asked, measured, ended."""
import http.client
import os
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

READY_SECONDS = 120


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def status_kib(pid, key):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise KeyError(key)


class PeakWatch(threading.Thread):
    """Samples what the kernel keeps no high-water mark of: anonymous memory."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.002):
            try:
                self.peak = max(self.peak, status_kib(self.pid, "RssAnon"))
            except (OSError, KeyError):
                return

    def stop(self):
        self.done.set()
        self.join()
        return self.peak


class Server:
    """One process that speaks Prometheus' query API. Use as a context manager."""

    def __init__(self, name, command, ready_path, log_path):
        self.name, self.ready_path, self.log_path = name, ready_path, log_path
        self.port = free_port()
        self.command = [part.replace("PORT", str(self.port)) for part in command]
        self.process = None

    def __enter__(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                if self.get(self.ready_path)[0] == 200:
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"{self.name} did not start, see {self.log_path}")
            time.sleep(0.05)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def get(self, path, gzip=False, keep=False):
        """(status, body size, body when asked to keep it)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip" if gzip else "identity"})
            response = connection.getresponse()
            size, body = 0, b""
            while piece := response.read(1 << 18):
                size += len(piece)
                if keep or response.status != 200:
                    body += piece
            return response.status, size, body
        finally:
            connection.close()

    def cpu_seconds(self):
        # The CPU clock of another process, threads that have ended included.
        return time.clock_gettime((~self.pid << 3) | 2)

    def reset_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as f:
            f.write("5")

    def rss_kib(self):
        return status_kib(self.pid, "VmRSS")

    def measure(self, path, gzip=False):
        """One request: CPU seconds, KiB that RSS and anonymous memory grew at their peaks, bytes of the answer."""
        self.reset_peak()
        rss, anonymous = self.rss_kib(), status_kib(self.pid, "RssAnon")
        watch = PeakWatch(self.pid)
        watch.start()
        cpu, begin = self.cpu_seconds(), time.monotonic()
        status, size, body = self.get(path, gzip)
        seconds = time.monotonic() - begin
        cpu = self.cpu_seconds() - cpu
        peak = watch.stop()
        if status != 200:
            raise RuntimeError(f"{self.name}: {status} {body[:300]!r}")
        return {"cpu": cpu, "seconds": seconds, "rss": status_kib(self.pid, "VmHWM") - rss,
                "anon": max(0, peak - anonymous), "bytes": size}


def range_path(query, start, end, step, **extra):
    fields = {"query": query, "start": start, "end": end, "step": step, **extra}
    return "/api/v1/query_range?" + urllib.parse.urlencode(fields)


def instant_path(query, when, **extra):
    return "/api/v1/query?" + urllib.parse.urlencode({"query": query, "time": when, **extra})


def link_blocks(blocks, folder):
    """The blocks once more, by hard links: Prometheus writes beside them."""
    os.makedirs(folder)
    for name in os.listdir(blocks):
        if os.path.exists(os.path.join(blocks, name, "meta.json")):
            shutil.copytree(os.path.join(blocks, name), os.path.join(folder, name), copy_function=os.link)


def ours(binaries, blocks, work, memory_bytes=1 << 40):
    command = [os.path.join(binaries, "promql_block_server"), blocks, "127.0.0.1:PORT", str(memory_bytes)]
    return Server("epimetheus", command, "/-/ready", os.path.join(work, "ours.log"))


def prometheus(blocks, work):
    folder = os.path.join(work, "prometheus-" + os.path.basename(blocks))
    if not os.path.exists(folder):
        link_blocks(blocks, folder)
    config = os.path.join(work, "prometheus.yml")
    with open(config, "w") as f:
        f.write("global: {}\n")
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}", "--web.listen-address=127.0.0.1:PORT",
               "--storage.tsdb.retention.time=100y", "--storage.tsdb.min-block-duration=2h",
               "--storage.tsdb.max-block-duration=2h", "--enable-feature=native-histograms", "--log.level=warn",
               "--query.max-samples=500000000", "--query.timeout=5m"]
    return Server("prometheus", command, "/-/ready", os.path.join(work, "prometheus.log"))


def victoria(work):
    command = ["victoria-metrics", "-httpListenAddr=127.0.0.1:PORT", f"-storageDataPath={work}/victoria", "-retentionPeriod=100y",
               "-search.maxQueryDuration=5m", "-search.maxPointsPerTimeseries=100000", "-loggerLevel=WARN"]
    return Server("victoria-metrics", command, "/health", os.path.join(work, "victoria.log"))


def read_all(descriptor):
    try:
        while os.read(descriptor, 1 << 16):
            pass
    except OSError:
        pass


def import_into_victoria(blocks, work):
    # vmctl insists on a terminal.
    terminal, inner = pty.openpty()
    with victoria(work) as server:
        drain = threading.Thread(target=read_all, args=(terminal,), daemon=True)
        drain.start()
        subprocess.run(["vmctl", "prometheus", f"--prom-snapshot={blocks}", f"--vm-addr=http://127.0.0.1:{server.port}",
                        "--prom-concurrency=2", "--vm-concurrency=2", "-s", "--vm-disable-progress-bar"],
                       check=True, stdin=inner, stdout=inner, stderr=inner)
        server.get("/internal/force_flush")


def work_folder():
    return tempfile.mkdtemp(prefix="epimetheus-bench-")
