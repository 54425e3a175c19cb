"""The other side of a connection: which pods a workload has to be let in at; pure."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.refs import Endpoint, Pods, Port
from constructs_lib.service.connections import Connections

_Selector = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Way:
    """One policy that lets a workload in."""

    id: str
    """Id of the policy in the construct tree."""

    name: str
    """Name of the policy, in the namespace of ``pods``."""

    pods: Pods
    """Whom it lets the workload in at."""

    ports: tuple[Port, ...]
    """The ports it opens."""


def ways_in(user: str, pods: Pods, props: Connections) -> list[Way]:
    """The policies that let ``user``, whose own pods are ``pods``, in where it connects to.

    Policies add up, so who connects opens both sides. What is no construct of ours may have no
    policy yet, and the first one would close it to everybody else: in other namespaces it is left
    to its owner.
    """
    found: dict[tuple[str, str], dict[_Selector, dict[Port, None]]] = {}
    here = [(endpoint, pods.namespace) for endpoint in props.destinations]
    elsewhere = [(endpoint, None) for endpoint in props.opened]
    for endpoint, only in (*here, *elsewhere):
        for peer in _peers(endpoint, only):
            selectors = found.setdefault((peer.namespace, endpoint.service), {})
            selectors.setdefault(tuple(peer.labels.items()), {})[endpoint.port] = None
    return [
        _way(user, pods.namespace, Pods(namespace, labels=dict(labels)), service, number, ports)
        for (namespace, service), selectors in found.items()
        for number, (labels, ports) in enumerate(selectors.items(), start=1)
    ]


def _peers(endpoint: Endpoint, only: str | None) -> list[Pods]:
    """The pods behind ``endpoint``; with ``only``, those of that namespace."""
    return [
        peer for peer in endpoint.peers if isinstance(peer, Pods) and only in (None, peer.namespace)
    ]


def _way(
    user: str, home: str, pods: Pods, service: str, number: int, ports: dict[Port, None]
) -> Way:
    to = f"to-{service}" if number == 1 else f"to-{service}-{number}"
    if pods.namespace == home:
        return Way(f"way-{to}", f"{user}-{to}", pods, tuple(ports))
    # A namesake of another app may have a policy for the same service there.
    return Way(f"way-{pods.namespace}-{to}", f"{home}-{user}-{to}", pods, tuple(ports))
