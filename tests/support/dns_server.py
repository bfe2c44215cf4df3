"""A DNS server on a loopback port for tests: answers that a test sets and changes.

    with DnsServer() as dns:
        dns.addresses["stores.test"] = ["127.0.0.1", "127.0.0.2"]
        dns.services["_grpc._tcp.stores.test"] = [("a.test", 10901)]

Other names do not exist. `broken` makes it fail whatever is asked.
"""

import socket
import struct
import threading

A, AAAA, SRV = 1, 28, 33
NXDOMAIN, SERVFAIL = 3, 2


def encode_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def read_question(query):
    """(name, type, the question's bytes) of a query with one question."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    return ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0], query[12:at + 5]


class DnsServer:
    def __init__(self):
        self.addresses = {}
        self.services = {}
        self.broken = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self):
        return "127.0.0.1:%d" % self._socket.getsockname()[1]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # An empty datagram to itself ends the loop.
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            query, peer = self._socket.recvfrom(512)
            if not query:
                return
            self._socket.sendto(self._answer(query), peer)

    def _answer(self, query):
        name, kind, question = read_question(query)
        records = []
        if kind == A:
            records = [socket.inet_aton(address) for address in self.addresses.get(name, [])]
        elif kind == SRV:
            records = [struct.pack(">HHH", 0, 0, port) + encode_name(host) for host, port in self.services.get(name, [])]
        code = 0 if name in self.addresses or name in self.services else NXDOMAIN
        if self.broken:
            code, records = SERVFAIL, []
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        answers = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 1, len(data)) + data for data in records)
        return head + question + answers
