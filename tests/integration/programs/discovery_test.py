#!/usr/bin/env python3
"""A hub finds its endpoints by DNS, in files and in its endpoint configuration, follows every change of them, and dials each as told.

The endpoints are hubs without endpoints of their own: what counts here is who is found and how he is reached.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

from certificates import make_certificates  # noqa: E402
from dns_server import DnsServer  # noqa: E402
from stack import BIN, Failure, Stack, free_port, wait_until  # noqa: E402

HUB = os.path.join(BIN, "epimetheus-hub")


def endpoints(hub):
    """{address: row} of /api/v1/stores."""
    code, answer = hub.api("stores")
    if code != 200:
        raise Failure(f"{hub.name} answers stores with {code}: {answer}")
    return {row["name"]: row for rows in answer["data"].values() for row in rows}


def expect(what, hub, addresses, healthy=True):
    """Waits until the hub knows just these addresses, all healthy."""
    def seen():
        rows = endpoints(hub)
        return sorted(rows) == sorted(addresses) and (not healthy or all(row["healthy"] for row in rows.values())) or rows
    wait_until(what, seen, [hub])


def require(condition, what):
    if not condition:
        raise Failure(what)


class Case:
    """A stack with two leaves on one port of two loopback addresses, and a DNS server."""

    def __init__(self, stack, dns):
        self.stack, self.dns = stack, dns
        self.port = free_port()
        self.leaves = [self.leaf(f"leaf-{i}", f"127.0.0.{i}:{self.port}") for i in (1, 2)]

    def leaf(self, name, grpc, *arguments):
        http = free_port()
        self.stack.add(name, [HUB, "query", f"--http-address=127.0.0.1:{http}", f"--grpc-address={grpc}", *arguments], http)
        return grpc

    def hub(self, name, *arguments):
        node = self.stack.add_querier(name, [HUB], [], [f"--store.sd-dns-servers={self.dns.address}", "--store.sd-dns-interval=200ms",
                                                        "--store.unhealthy-timeout=2s", *arguments])
        node.wait_ready()
        return node


def check_names(case):
    one, two = case.leaves
    case.dns.addresses["stores.test"] = ["127.0.0.1", "127.0.0.2"]
    hub = case.hub("names", f"--endpoint=dns+stores.test:{case.port}")
    expect("both addresses of a name", hub, [one, two])
    case.dns.broken = True
    require(wait_for_metric(hub, "thanos_query_store_apis_dns_failures_total", 2), "failed look-ups are not counted")
    expect("the last good answer while DNS is broken", hub, [one, two])
    case.dns.broken = False
    case.dns.addresses["stores.test"] = ["127.0.0.2"]
    expect("an address that left DNS is forgotten after a while", hub, [two])
    case.dns.services["_grpc._tcp.stores.test"] = [("localhost", case.port)]
    case.dns.services["_other._tcp.stores.test"] = [("127.0.0.2", 1)]
    services = case.hub("services", "--store=dnssrvnoa+_grpc._tcp.stores.test", f"--endpoint=dnssrv+_other._tcp.stores.test:{case.port}")
    expect("services with their names, and with addresses and another port", services, [f"localhost:{case.port}", two])


def wait_for_metric(node, name, least):
    wait_until(f"{name} of {node.name} at least {least}", lambda: (node.metric(name) or 0) >= least, [node])
    return True


def check_files(case):
    one, two = case.leaves
    path = case.stack.write("stores.json", f'[{{"targets": ["{one}"]}}]')
    hub = case.hub("files", f"--store.sd-files={case.stack.path('stores*')}", "--store.sd-interval=1h")
    expect("the targets of a file", hub, [one])
    case.stack.write("stores2.yaml", f"- targets: ['{two}']\n  labels: {{zone: a}}\n")
    expect("a file that came", hub, [one, two])
    case.stack.write("stores2.yaml", "- targets: [")
    wait_until("the broken file in the log", lambda: "file of endpoints cannot be loaded" in hub.log_text(), [hub])
    expect("a broken file keeps what it listed", hub, [one, two])
    os.remove(path)
    expect("a file that went is forgotten at once", hub, [two])


def check_config(case):
    one, two = case.leaves
    case.dns.addresses["group.test"] = ["127.0.0.1", "127.0.0.2"]
    group = f"dns+group.test:{case.port}"
    dead = f"127.0.0.1:{free_port()}"
    config = case.stack.write("endpoints.yaml", f"endpoints:\n- address: {group}\n  group: true\n- address: {dead}\n  strict: true\n")
    hub = case.hub("config", f"--endpoint.sd-config-file={config}", f"--endpoint={one}")
    expect("a group is one endpoint, by its name", hub, [group, dead, one], healthy=False)
    wait_until("a group whose members answer is healthy", lambda: endpoints(hub)[group]["healthy"], [hub])
    require(endpoints(hub)[dead]["strict"], "the strict endpoint is not strict")
    require(not endpoints(hub)[dead]["healthy"], "the dead endpoint is healthy")
    case.stack.write("endpoints.yaml", f"endpoints:\n- address: {two}\n  stric: true\n")
    wait_until("the error in the log", lambda: "unknown key" in hub.log_text() and "did you mean" in hub.log_text(), [hub])
    expect("a broken configuration changes nothing", hub, [group, dead, one], healthy=False)
    case.stack.write("endpoints.yaml", f"endpoints:\n- address: {two}\n  client_config: {{compression: snappy}}\n")
    expect("a changed configuration is followed", hub, [one, two])


def check_tls(case):
    pem = make_certificates(case.stack)
    server = [f"--grpc-server-tls-cert={pem['peer.pem']}", f"--grpc-server-tls-key={pem['peer.key']}"]
    secure = case.leaf("tls", f"127.0.0.1:{free_port()}", *server)
    mutual = case.leaf("mtls", f"127.0.0.1:{free_port()}", *server, f"--grpc-server-tls-client-ca={pem['ca.pem']}")
    flags = case.hub("tls-flags", f"--endpoint={secure}", f"--endpoint={mutual}", "--grpc-client-tls-secure",
                     f"--grpc-client-tls-ca={pem['ca.pem']}", f"--grpc-client-tls-cert={pem['peer.pem']}",
                     f"--grpc-client-tls-key={pem['peer.key']}", "--grpc-client-server-name=stores.test",
                     "--grpc-compression=snappy", "--grpc-client-tls-min-version=1.3")
    expect("TLS by flags, with a client's certificate", flags, [secure, mutual])
    plain = case.leaves[0]
    config = case.stack.write("tls.yaml", f"""
default_client_config:
  server_name: stores.test
  tls_config: {{enabled: true, ca_file: {pem['ca.pem']}}}
endpoints:
- address: {secure}
- address: {plain}
  client_config: {{compression: none}}
""")
    expect("TLS by configuration, beside a plain endpoint", case.hub("tls-config", f"--endpoint.sd-config-file={config}"), [secure, plain])
    skipping = case.hub("tls-skip", f"--endpoint={secure}", "--grpc-client-tls-secure", "--grpc-client-tls-skip-verify")
    expect("TLS without verification", skipping, [secure])
    for name, arguments in {"no-ca": [], "other-name": [f"--grpc-client-tls-ca={pem['ca.pem']}", "--grpc-client-server-name=other.test"],
                            "no-cert": [f"--grpc-client-tls-ca={pem['ca.pem']}", "--grpc-client-server-name=stores.test"]}.items():
        address = mutual if name == "no-cert" else secure
        hub = case.hub(f"tls-{name}", f"--endpoint={address}", "--grpc-client-tls-secure", *arguments)
        wait_until(f"an error of TLS without {name}", lambda hub=hub, address=address: bool(endpoints(hub)[address]["lastError"]), [hub])
        require(not endpoints(hub)[address]["healthy"], f"{name}: the endpoint is healthy")


def main():
    with DnsServer() as dns, Stack("discovery") as stack:
        case = Case(stack, dns)
        for check in (check_names, check_files, check_config, check_tls):
            check(case)


if __name__ == "__main__":
    main()
