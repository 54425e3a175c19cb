"""NetworkPolicies as rules of nftables: a chain for each pod and direction that is not open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.live.manifests import Document, Manifests, selects
from tests.live.services import Member

_SIDES = {"Egress": ("egress", "to", "ip daddr"), "Ingress": ("ingress", "from", "ip saddr")}


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """What one pod may send or be sent; all else is dropped."""

    address: str
    direction: str
    rules: Sequence[str]
    """Matches of what is let through."""


def isolations(manifests: Manifests, members: Sequence[Member]) -> Iterator[Isolation]:
    """Every pod and direction that some policy selects."""
    for member in members:
        for direction in _SIDES:
            found = [
                policy["spec"]
                for policy in manifests.every("NetworkPolicy", member.namespace)
                if direction in _directions(policy["spec"])
                and selects(policy["spec"]["podSelector"], member.labels)
            ]
            if found:
                rules = [
                    line
                    for spec in found
                    for rule in spec.get(_SIDES[direction][0]) or ()
                    for line in _Rule(manifests, members, member, direction).lines(rule)
                ]
                yield Isolation(address=member.address, direction=direction.lower(), rules=rules)


def _directions(spec: Document) -> Sequence[str]:
    implied = ["Ingress", "Egress"] if "egress" in spec else ["Ingress"]
    return spec.get("policyTypes") or implied


@dataclass(frozen=True)
class _Rule:
    manifests: Manifests
    members: Sequence[Member]
    member: Member
    direction: str

    def lines(self, rule: Document) -> Iterator[str]:
        _, key, side = _SIDES[self.direction]
        if not rule.get(key):
            yield from self._with_ports("", rule, self._everybody())
        for peer in rule.get(key) or ():
            if block := peer.get("ipBlock"):
                if ":" in block["cidr"]:
                    continue  # pods have no addresses of version 6 here
                text = f"{side} {block['cidr']}"
                if block.get("except"):
                    text += f" {side} != {{ {', '.join(block['except'])} }}"
                yield from self._with_ports(text, rule, self._everybody())
                continue
            chosen = [item for item in self.members if self._is_meant(item, peer)]
            if chosen:
                addresses = ", ".join(item.address for item in chosen)
                yield from self._with_ports(f"{side} {{ {addresses} }}", rule, chosen)

    def _everybody(self) -> Sequence[Member]:
        return self.members

    def _is_meant(self, item: Member, peer: Document) -> bool:
        if "namespaceSelector" in peer:
            labels = self.manifests.namespace_labels(item.namespace)
            if not selects(peer["namespaceSelector"], labels):
                return False
        elif item.namespace != self.member.namespace:
            return False
        return selects(peer.get("podSelector", {}), item.labels)

    def _with_ports(self, text: str, rule: Document, peers: Sequence[Member]) -> Iterator[str]:
        if not rule.get("ports"):
            yield text
        for port in rule.get("ports") or ():
            protocol = port.get("protocol", "TCP").lower()
            named = port.get("port")
            if named is None:
                yield f"{text} meta l4proto {protocol}"
            elif "endPort" in port:
                yield f"{text} {protocol} dport {named}-{port['endPort']}"
            elif isinstance(named, int):
                yield f"{text} {protocol} dport {named}"
            elif self.direction == "Ingress":
                if number := self.member.port(named):
                    yield f"{text} {protocol} dport {number}"
            else:
                # A name means what each peer calls so.
                for peer in peers:
                    if number := peer.port(named):
                        yield f"ip daddr {peer.address} {text} {protocol} dport {number}"
