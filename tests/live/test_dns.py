"""The DNS server of a cluster, and who is gone before it answers."""

import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.query
import pytest

from tests.live.dns import DnsServer
from tests.live.zone import Zone

HOST = "127.0.0.1"
QUERY = dns.message.make_query("db.example.com", "A")
RESET = struct.pack("ii", 1, 0)
"""Of SO_LINGER: a connection that is closed is gone at once, with a word to the other side."""


class Udp(socket.socket):
    """Fails to send the first time, as to an address that nobody has any longer."""

    failures = 0

    def sendto(self, *words: Any) -> int:
        if not self.failures:
            self.failures += 1
            raise ConnectionRefusedError
        return super().sendto(*words)


class Served:
    """A server, and when it answers."""

    def __init__(self) -> None:
        self.udp = Udp(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((HOST, 0))
        self.tcp = socket.create_server((HOST, 0))
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.answering: list[threading.Thread] = []
        self.server = DnsServer(self.udp, self.tcp, self._zone)

    def _zone(self) -> Zone:
        self.answering.append(threading.current_thread())
        self.asked.set()
        assert self.go_on.wait(10)
        return Zone([], {"db.example.com": "203.0.113.9"})


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served()
    yield found
    found.server.close()


def test_an_answer_that_cannot_be_sent_is_not_the_last_one(served: Served) -> None:
    served.go_on.set()
    port = served.udp.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.sendto(QUERY.to_wire(), (HOST, port))
        assert served.asked.wait(10)

    assert dns.query.udp(QUERY, HOST, port=port, timeout=10).answer
    assert served.udp.failures == 1


def test_a_connection_that_is_reset_ends_with_its_thread(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    wire = QUERY.to_wire()
    with socket.create_connection(served.tcp.getsockname()) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        gone.sendall(len(wire).to_bytes(2, "big") + wire)
        assert served.asked.wait(10)
    served.go_on.set()
    (answering,) = served.answering
    answering.join(10)

    assert failed == []
    assert not answering.is_alive()
