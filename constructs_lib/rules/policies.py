"""What network policies let through: the pods and the ports on the other side are there.

A namespace is ours if it is rendered. What is in others is theirs to know, unless its name is one
of ours but for a slip of the hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described, misspelt, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import fixed, matches, selector_of, told, written
from constructs_lib.rules.pods import PodTemplate, entries, namespace_of, value_at
from constructs_lib.rules.ports import port_words, running_ports
from constructs_lib.rules.selection import nearest_pods, selected, selects

PEER = "policies/peer"
PORT = "policies/port"
NAMES = (PEER, PORT)

_NAME = "kubernetes.io/metadata.name"
_DIRECTIONS = (("ingress", "from"), ("egress", "to"))


class _Peer(NamedTuple):
    """One peer of a NetworkPolicy, and where it stands there."""

    policy: Manifest
    at: str
    body: Manifest


def peers(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each peer of a NetworkPolicy that is no pod of a namespace of ours."""
    fleet = Fleet.of(manifests)
    return [
        finding for policy, at, peer in _peers(fleet) for finding in _peer(fleet, policy, at, peer)
    ]


def places(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each namespace of a peer that is one of ours but for a slip of the hand.

    Told once, at the first policy that names it.
    """
    fleet = Fleet.of(manifests)
    found: dict[str, Finding] = {}
    for policy, at, peer in _peers(fleet):
        named = named_places(policy, peer) or () if "namespaceSelector" in peer else ()
        for place in sorted(set(named) - fleet.places - found.keys()):
            if near := misspelt(place, fleet.namespaces):
                message = (
                    f"{at} is in namespace {place}, which nothing renders; the nearest is {near}"
                )
                fix = f"correct it, or list 'Namespace {place}' in Known.objects if it is another's"
                found[place] = Finding(PEER, described(policy), message, fix)
    return list(found.values())


def _peers(fleet: Fleet) -> Iterator[_Peer]:
    for policy in policies_of(fleet):
        for direction, side in _DIRECTIONS:
            for rule_index, rule in enumerate(entries(policy, f"spec.{direction}")):
                for index, peer in enumerate(entries(rule, side)):
                    yield _Peer(policy, f"spec.{direction}[{rule_index}].{side}[{index}]", peer)


def _peer(fleet: Fleet, policy: Manifest, at: str, peer: Manifest) -> Iterator[Finding]:
    places = named_places(policy, peer)
    if places is None or not places <= fleet.namespaces.keys():
        return
    fix = "use labels that the pods of the other side have"
    condition = selector_of(peer.get("namespaceSelector"))
    there = sorted(p for p in places if matches(condition, fixed(fleet.namespaces[p])))
    selector = selector_of(peer.get("podSelector"))
    if not there:
        place = min(places)
        has = told(condition, fixed(fleet.namespaces[place]))
        message = f"{at}: namespace {place} has {has}, so nothing there is meant"
        yield Finding(PEER, described(policy), message, fix)
    elif selector and not any(selects(fleet, place, selector) for place in there):
        near = nearest_pods(fleet, there[0], selector)
        message = f"{at} ({written(selector)} in {', '.join(there)}) is nobody; {near}"
        yield Finding(PEER, described(policy), message, fix)


def named_places(policy: Manifest, peer: Manifest) -> frozenset[str] | None:
    """The namespaces that a peer names; None where it names none, or addresses."""
    if "ipBlock" in peer:
        return None
    if "namespaceSelector" not in peer:
        return frozenset({namespace_of(policy)})
    condition = selector_of(peer.get("namespaceSelector"))
    return next((r.values for r in condition if r.key == _NAME and r.operator == "In"), None)


def ports(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each port that a NetworkPolicy opens to pods of ours that do not have it."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for policy in policies_of(fleet):
        selector = selector_of(value_at(policy, "spec.podSelector"))
        own = selected(fleet, namespace_of(policy), selector)
        for index, rule in enumerate(entries(policy, "spec.ingress")):
            findings += _ports(fleet, policy, f"spec.ingress[{index}]", rule, own)
        for index, rule in enumerate(entries(policy, "spec.egress")):
            others = _others(fleet, policy, entries(rule, "to"))
            findings += _ports(fleet, policy, f"spec.egress[{index}]", rule, others)
    return findings


def _others(fleet: Fleet, policy: Manifest, found: Sequence[Manifest]) -> list[PodTemplate]:
    """The pods that a rule leads to, if all of them are ours; else none."""
    pods: list[PodTemplate] = []
    for peer in found:
        places = named_places(policy, peer)
        if places is None or not places <= fleet.namespaces.keys():
            return []
        selector = selector_of(peer.get("podSelector"))
        pods += [pod for place in places for pod in selected(fleet, place, selector)]
    return pods


def _ports(
    fleet: Fleet, policy: Manifest, at: str, rule: Manifest, pods: Sequence[PodTemplate]
) -> Iterator[Finding]:
    if not pods:
        return
    open_ports = [port for pod in pods for port in running_ports(fleet, pod)]
    for index, wanted in enumerate(entries(rule, "ports")):
        if "port" in wanted and not _offered(wanted, open_ports):
            known = {word for pod in pods for word in port_words(fleet, pod)}
            near = nearest(str(wanted["port"]), known)
            who = ", ".join(sorted({described(pod.owner) for pod in pods}))
            message = (
                f"{at}.ports[{index}] is {_written(wanted)}, which {who} does not have; {near}"
            )
            fix = "open a port that a container has, or leave the rule out"
            yield Finding(PORT, described(policy), message, fix)


def _offered(wanted: Mapping[str, object], open_ports: Iterable[Manifest]) -> bool:
    return any(
        (port.get("protocol") or "TCP") == (wanted.get("protocol") or "TCP")
        and covers(wanted, port.get("name"), port.get("containerPort"))
        for port in open_ports
    )


def covers(wanted: Mapping[str, object], name: object, number: object) -> bool:
    """Whether what a rule opens, a name, a number or a range of numbers, has a port in it."""
    first, last = wanted["port"], wanted.get("endPort")
    if isinstance(first, int) and isinstance(last, int) and isinstance(number, int):
        return first <= number <= last
    return first in (name, number)


def _written(wanted: Manifest) -> str:
    last = f" to {wanted['endPort']}" if wanted.get("endPort") else ""
    return f"{wanted.get('protocol') or 'TCP'} {wanted.get('port')}{last}"


def policies_of(fleet: Fleet) -> Sequence[Manifest]:
    """The NetworkPolicies of a fleet."""
    return fleet.of_kind("networking.k8s.io", "NetworkPolicy")
