"""Services, network policies and cuts on the node, as one set of rules that changes as a whole."""

import json
import subprocess
from collections.abc import Iterator, Sequence

from tests.live.namespaces import NetworkNamespace
from tests.live.network import NODE
from tests.live.policies import Isolation
from tests.live.services import View, offer

_ELEMENTS = "type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags dynamic; size 4096;"
_BLOCKED = "ip saddr . ip daddr . meta l4proto . th dport"


class Firewall:
    """The rules that are in force on the node."""

    def __init__(self, node: NetworkNamespace) -> None:
        self._node = node
        self._text = ""

    def enforce(self, text: str) -> bool:
        """Put rules in force; false where they are already."""
        if text == self._text:
            return False
        self._nft("-f", "-", text=text)
        self._text = text
        return True

    def blocked(self) -> set[tuple[str, str, str, int]]:
        """What policies have dropped so far: source, destination, protocol and port."""
        listed = json.loads(self._nft("-j", "list", "set", "ip", "live", "blocked"))
        (elements,) = (item["set"].get("elem", []) for item in listed["nftables"] if "set" in item)
        return {tuple(item["concat"]) for item in elements}

    def _nft(self, *words: str, text: str = "") -> str:
        with self._node.entered():
            done = subprocess.run(
                ["nft", *words], input=text, text=True, capture_output=True, check=False
            )
        if done.returncode:
            msg = f"nft {' '.join(words)}: {done.stderr}\n{text}"
            raise OSError(msg)
        return done.stdout


def ruleset(
    views: Sequence[View],
    isolated: Sequence[Isolation],
    addresses: Sequence[str],
    cuts: Sequence[tuple[str, str]],
) -> str:
    """All rules, for these Services and policies, pods at ``addresses`` and pairs that are cut."""
    selves = ", ".join(f"{address} . {address}" for address in addresses)
    lines = [
        "add table ip live",
        "add set ip live blocked { " + _ELEMENTS + " }",
        "flush table ip live",
        "table ip live {",
        "chain services {",
        "type nat hook prerouting priority dstnat;",
        *_forwarding(views),
        "}",
        "chain refused {",
        "type filter hook prerouting priority filter;",
        *_refusing(views),
        "}",
        "chain hairpin {",
        "type nat hook postrouting priority srcnat;",
        f"ip saddr . ip daddr {{ {selves} }} snat to {NODE}",
        "}",
        "chain cuts {",
        "type filter hook forward priority -10;",
        *(f"ip saddr {one} ip daddr {other} drop" for one, other in cuts),
        "}",
        *_chains(isolated),
        "chain policies {",
        "type filter hook forward priority filter;",
        "ct state established,related accept",
        # Nothing keeps a pod from reaching itself.
        f"ip saddr . ip daddr {{ {selves} }} accept",
        *_jumps(isolated),
        "}",
        "}",
    ]
    return "\n".join([*lines, ""])


def _forwarding(views: Sequence[View]) -> Iterator[str]:
    for view in views:
        for port in view.ports if view.address else ():
            targets = [
                f"{endpoint.address} . {endpoint.ports[offer(port)]}"
                for endpoint in view.endpoints
                if offer(port) in endpoint.ports
            ]
            if targets:
                choice = "jhash ip saddr" if view.sticky else "numgen random"
                numbered = ", ".join(f"{n} : {target}" for n, target in enumerate(targets))
                match = f"ip daddr {view.address} {offer(port)[1].lower()} dport {port['port']}"
                yield f"{match} dnat to {choice} mod {len(targets)} map {{ {numbered} }}"


def _refusing(views: Sequence[View]) -> Iterator[str]:
    """A Service without anybody behind it says so, and so does a port that it does not have."""
    for view in views:
        if view.address:
            yield f"ip daddr {view.address} reject"


def _chains(isolated: Sequence[Isolation]) -> Iterator[str]:
    for item in isolated:
        yield f"chain {_chain(item)} {{"
        for rule in item.rules:
            yield f"{rule} return"
        yield f"meta l4proto {{ tcp, udp }} update @blocked {{ {_BLOCKED} }}"
        yield "drop"
        yield "}"


def _jumps(isolated: Sequence[Isolation]) -> Iterator[str]:
    for direction, side in (("egress", "saddr"), ("ingress", "daddr")):
        for item in isolated:
            if item.direction == direction:
                yield f"ip {side} {item.address} jump {_chain(item)}"


def _chain(item: Isolation) -> str:
    return f"{item.direction}-{item.address.replace('.', '-')}"
