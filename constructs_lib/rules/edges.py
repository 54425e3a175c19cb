"""What a network policy lets out is let in on the other side.

Policies add up, and a connection needs both: egress where it starts, ingress where it ends.
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import fixed, matches, selector_of
from constructs_lib.rules.pods import PodTemplate, entries, listed, namespace_of, value_at
from constructs_lib.rules.policies import covers, named_places, policies_of
from constructs_lib.rules.ports import running_ports
from constructs_lib.rules.selection import selected

EDGE = "policies/edge"
NAMES = (EDGE,)

_NAME = "kubernetes.io/metadata.name"


class _Admission(NamedTuple):
    """One ingress rule, and the policy that it stands in."""

    policy: Manifest
    rule: Manifest


def admitted(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each port that one policy lets pods reach and the other side keeps shut.

    Only peers that name pods of ours count. Ingress that nobody makes use of is an offer.
    """
    fleet = Fleet.of(manifests)
    admissions = _admissions(fleet)
    found: dict[Finding, None] = {}
    for policy in policies_of(fleet):
        clients = _subjects(fleet, policy)
        for index, rule in enumerate(entries(policy, "spec.egress")):
            for server, port in _reached(fleet, policy, rule):
                doors = admissions.get(id(server.owner))
                for client in clients if doors is not None else ():
                    if not any(_lets(fleet, door, client, port) for door in doors or ()):
                        at = f"spec.egress[{index}]"
                        found[_shut(policy, at, client, server, port)] = None
    return list(found)


def _shut(
    policy: Manifest, at: str, client: PodTemplate, server: PodTemplate, port: Manifest
) -> Finding:
    number = f"{port.get('protocol') or 'TCP'} {port.get('containerPort')}"
    return Finding(
        rule=EDGE,
        object=described(policy),
        message=f"{at} lets {described(client.owner)} reach {number} of {described(server.owner)}, "
        "and no policy there lets it in",
        fix="declare the connection where the client uses it, so that both sides open, or leave "
        "the rule out",
    )


def _admissions(fleet: Fleet) -> Mapping[int, Sequence[_Admission]]:
    """The ingress rules of each workload that some policy closes, by the owner's identity."""
    found: dict[int, list[_Admission]] = defaultdict(list)
    for policy in policies_of(fleet):
        if "Ingress" in (listed(policy, "spec.policyTypes") or ("Ingress",)):
            rules = [_Admission(policy, rule) for rule in entries(policy, "spec.ingress")]
            for pod in _subjects(fleet, policy):
                found[id(pod.owner)] += rules
    return found


def _subjects(fleet: Fleet, policy: Manifest) -> list[PodTemplate]:
    selector = selector_of(value_at(policy, "spec.podSelector"))
    return selected(fleet, namespace_of(policy), selector)


def _reached(
    fleet: Fleet, policy: Manifest, rule: Manifest
) -> Iterator[tuple[PodTemplate, Manifest]]:
    """The pods that an egress rule names, and which of their ports."""
    for peer in entries(rule, "to"):
        places = named_places(policy, peer)
        selector = selector_of(peer.get("podSelector"))
        if places is None or not selector:
            continue
        for place in sorted(places & fleet.namespaces.keys()):
            for server in selected(fleet, place, selector):
                for port in running_ports(fleet, server):
                    if any("port" in w and _same(w, port) for w in entries(rule, "ports")):
                        yield server, port


def _same(wanted: Manifest, port: Manifest) -> bool:
    protocol = (port.get("protocol") or "TCP") == (wanted.get("protocol") or "TCP")
    return protocol and covers(wanted, port.get("name"), port.get("containerPort"))


def _lets(fleet: Fleet, door: _Admission, client: PodTemplate, port: Manifest) -> bool:
    """Whether an ingress rule lets a client in to a port."""
    ports = entries(door.rule, "ports")
    if ports and not any("port" not in each or _same(each, port) for each in ports):
        return False
    peers = entries(door.rule, "from")
    return not peers or any(_is(fleet, door.policy, peer, client) for peer in peers)


def _is(fleet: Fleet, policy: Manifest, peer: Manifest, pod: PodTemplate) -> bool:
    """Whether a pod may be a peer; whether addresses are its own cannot be told, so they may be."""
    if "ipBlock" in peer:
        return True
    if "namespaceSelector" in peer:
        labels = fixed(fleet.namespaces.get(pod.namespace, {_NAME: pod.namespace}))
        if not matches(selector_of(peer.get("namespaceSelector")), labels):
            return False
    elif pod.namespace != namespace_of(policy):
        return False
    return matches(selector_of(peer.get("podSelector")), fleet.labels(pod))
