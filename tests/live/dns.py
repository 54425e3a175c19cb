"""A DNS server that answers as CoreDNS does where kubeadm has set it up.

Records live 30 seconds, a name that does not exist is denied with the zone's SOA, and nothing is
cached on the server's side. Names outside the cluster do not exist unless a test says so.
"""

import contextlib
import ipaddress
import random
import socket
import threading
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset

from tests.live.zone import DOMAIN, Zone

TTL = 30
_SOA = f"ns.dns.{DOMAIN}. hostmaster.{DOMAIN}. 1 7200 1800 86400 30"
_PLAIN = 512


class DnsServer:
    """Answers over UDP and TCP, from sockets that are bound already."""

    def __init__(self, udp: socket.socket, tcp: socket.socket, zone: Callable[[], Zone]) -> None:
        self._udp = udp
        self._tcp = tcp
        self._zone = zone
        tcp.listen()
        for target in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=target, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        for listening in (self._udp, self._tcp):
            # Unlike a mere close, this wakes up the thread that waits there.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def _serve_udp(self) -> None:
        while True:
            try:
                query, client = self._udp.recvfrom(4096)
            except OSError:
                return
            if not query:
                return
            if reply := answer(query, self._zone()):
                # Whoever has asked may be gone; others go on asking.
                with contextlib.suppress(OSError):
                    self._udp.sendto(reply, client)

    def _serve_tcp(self) -> None:
        while True:
            try:
                stream, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(stream,), daemon=True).start()

    def _converse(self, stream: socket.socket) -> None:
        # Around all of it: what is closed with something left to write tries to write it again.
        with contextlib.suppress(OSError), stream, stream.makefile("rwb") as file:
            stream.settimeout(10)
            while length := file.read(2):
                query = file.read(int.from_bytes(length, "big"))
                if reply := answer(query, self._zone(), limit=65535):
                    file.write(len(reply).to_bytes(2, "big") + reply)
                    file.flush()


def answer(query: bytes, zone: Zone, *, limit: int = 0) -> bytes:
    """The reply to a message; nothing to what is no message."""
    try:
        asked = dns.message.from_wire(query)
    except (dns.exception.DNSException, ValueError):
        return b""
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.AA | dns.flags.RA
    for question in asked.question:
        _fill(reply, question.name, question.rdtype, zone)
    size = limit or max(asked.payload, _PLAIN)
    return reply.to_wire(max_size=size, prefer_truncation=True)


def _fill(
    reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType, zone: Zone
) -> None:
    text = name.to_text(omit_final_dot=True).lower()
    if kind == dns.rdatatype.PTR:
        found = zone.reverse.get(_address(name))
        known = found is not None
        records = [f"{found}."] if found else []
    else:
        while text in zone.aliases:
            target = zone.aliases[text]
            _add(reply, name, "CNAME", [f"{target}."])
            name, text = dns.name.from_text(target), target
        known = zone.knows(text)
        records = _records(reply, text, kind, zone)
    if records:
        _add(reply, name, dns.rdatatype.to_text(kind), records)
    elif not reply.answer:
        if not known:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        reply.authority.append(dns.rrset.from_text(f"{DOMAIN}.", TTL, "IN", "SOA", _SOA))


def _records(
    reply: dns.message.Message, name: str, kind: dns.rdatatype.RdataType, zone: Zone
) -> list[str]:
    if kind == dns.rdatatype.A:
        found = list(zone.address_of(name))
        random.shuffle(found)  # as the server's `loadbalance` does
        return found
    if kind == dns.rdatatype.SRV:
        servers = zone.servers.get(name, [])
        for server in servers:
            target = dns.name.from_text(server.name)
            _add(reply, target, "A", zone.address_of(server.name), section="additional")
        share = 100 // len(servers) if servers else 0
        return [f"0 {share} {server.port} {server.name}." for server in servers]
    if kind == dns.rdatatype.SOA and name == DOMAIN:
        return [_SOA]
    return []


def _add(
    reply: dns.message.Message,
    name: dns.name.Name,
    kind: str,
    records: list[str],
    *,
    section: str = "answer",
) -> None:
    rows = dns.rrset.from_text(name, TTL, "IN", kind, *records)
    getattr(reply, section).append(rows)


def _address(name: dns.name.Name) -> str:
    try:
        return str(ipaddress.ip_address(dns.reversename.to_address(name)))
    except (dns.exception.DNSException, ValueError):
        return ""
