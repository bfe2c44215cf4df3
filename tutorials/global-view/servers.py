"""Starts and stops the tutorial's processes, and asks them questions over HTTP."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

OFFSET = int(os.environ.get("PORT_OFFSET", "0"))
BIN = os.environ["EPI_BIN"]
WAIT_SECONDS = 60


def port(number):
    return number + OFFSET


class Failure(Exception):
    """A step of the story did not come true; the text says which and what was seen instead."""


class Server:
    """One process with a log file. Stopped by its pid, never by its name."""

    def __init__(self, name, command, directory):
        self.name = name
        self.command = command
        self.log_path = os.path.join(directory, f"{name}.log")
        self.process = None

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def log_tail(self, lines=15):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def check_alive(self):
        if self.process is not None and self.process.poll() is not None:
            raise Failure(f"{self.name} exited with code {self.process.returncode}:\n{self.log_tail()}")


def get(url, timeout=15):
    """(status code, body text) of a GET; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, OSError):
        return 0, ""


def query(base, expression, **params):
    """The whole JSON answer of an instant query."""
    code, body = get(f"{base}/api/v1/query?" + urllib.parse.urlencode({"query": expression, **params}))
    try:
        return json.loads(body)
    except ValueError as error:
        raise Failure(f"{base} answered {expression!r} with {code} and no JSON: {body[:200]!r}") from error


def wait_until(what, condition, servers=(), seconds=WAIT_SECONDS):
    """Polls until condition() is true; a Failure naming `what` and its last value otherwise."""
    deadline = time.monotonic() + seconds
    seen = None
    while time.monotonic() < deadline:
        for server in servers:
            server.check_alive()
        seen = condition()
        if seen is True:
            return
        time.sleep(0.2)
    logs = "".join(f"\n--- {s.name}\n{s.log_tail()}" for s in servers)
    raise Failure(f"waited {seconds} s for: {what}; last seen: {seen}{logs}")


def check_ports_free(ports):
    for number in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise Failure(f"port {number} is in use ({error}); set PORT_OFFSET=1000 to move all ports") from error
