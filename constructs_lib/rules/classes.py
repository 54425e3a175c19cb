"""Every class that an object asks for is one that the cluster has, as far as that is known."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.known import Classes
from constructs_lib.rules.pods import entries, name_of, value_at

STORAGE = "classes/storage"
PRIORITY = "classes/priority"
INGRESS = "classes/ingress"
GATEWAY = "classes/gateway"
NAMES = (STORAGE, PRIORITY, INGRESS, GATEWAY)

_BUILT_IN = frozenset({"system-cluster-critical", "system-node-critical"})


class _Wish(NamedTuple):
    """A class that an object asks for, where it does."""

    owner: Manifest
    at: str
    name: object


def storage(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each claim of a StorageClass that the cluster does not have."""
    fleet = Fleet.of(manifests)
    known = fleet.known.storage_classes
    return _unknown(fleet, STORAGE, ("storage.k8s.io", "StorageClass"), known, _storage(fleet))


def priority(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each pod of a PriorityClass that the cluster does not have."""
    fleet = Fleet.of(manifests)
    known = fleet.known.priority_classes
    kind = ("scheduling.k8s.io", "PriorityClass")
    wishes = (
        _Wish(pod.owner, f"{pod.path}.priorityClassName", pod.spec.get("priorityClassName"))
        for pod in fleet.pods
    )
    return _unknown(fleet, PRIORITY, kind, None if known is None else known | _BUILT_IN, wishes)


def ingress(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Ingress of an IngressClass that the cluster does not have."""
    fleet = Fleet.of(manifests)
    kind = ("networking.k8s.io", "IngressClass")
    wishes = _field(fleet, ("networking.k8s.io", "Ingress"), "spec.ingressClassName")
    return _unknown(fleet, INGRESS, kind, fleet.known.ingress_classes, wishes)


def gateway(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Gateway of a GatewayClass that the cluster does not have."""
    fleet = Fleet.of(manifests)
    group = "gateway.networking.k8s.io"
    wishes = _field(fleet, (group, "Gateway"), "spec.gatewayClassName")
    known = fleet.known.gateway_classes
    return _unknown(fleet, GATEWAY, (group, "GatewayClass"), known, wishes)


def _storage(fleet: Fleet) -> Iterator[_Wish]:
    claim = ("", "PersistentVolumeClaim")
    yield from _field(fleet, claim, "spec.storageClassName")
    for owner in fleet.of_kind("apps", "StatefulSet"):
        for template in entries(owner, "spec.volumeClaimTemplates"):
            at = f"spec.volumeClaimTemplates[{name_of(template)}].spec.storageClassName"
            yield _Wish(owner, at, value_at(template, "spec.storageClassName"))
    for pod in fleet.pods:
        for volume in entries(pod.spec, "volumes"):
            field = "ephemeral.volumeClaimTemplate.spec.storageClassName"
            at = f"{pod.path}.volumes[{volume.get('name')}].{field}"
            yield _Wish(pod.owner, at, value_at(volume, field))


def _field(fleet: Fleet, kind: tuple[str, str], field: str) -> Iterator[_Wish]:
    for owner in fleet.of_kind(*kind):
        yield _Wish(owner, field, value_at(owner, field))


def _unknown(
    fleet: Fleet, rule: str, kind: tuple[str, str], known: Classes, wishes: Iterator[_Wish]
) -> list[Finding]:
    """A finding for each wish that nothing fulfils; an empty one leaves the choice to the cluster.

    Without a word on what the cluster has, nothing is judged.
    """
    if known is None:
        return []
    there = known | fleet.names(*kind, "")
    title = kind[1]
    return [
        Finding(
            rule=rule,
            object=described(wish.owner),
            message=f"{wish.at} is {wish.name}, and the cluster has no such {title}; "
            + nearest(str(wish.name), there),
            fix="use one that is there, or add it to the environment's Cluster or to Known",
        )
        for wish in wishes
        if wish.name and str(wish.name) not in there
    ]
