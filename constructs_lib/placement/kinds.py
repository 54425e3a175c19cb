"""Kinds of pods: everything about the pods of one workload that placing asks for, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from constructs_lib.placement.amounts import PODS, Amounts, Container, pod_amounts
from constructs_lib.placement.selectors import Labels, node_terms, selects
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping, value_at

REVISION = "pod-template-hash"
"""Label by which a Deployment tells the pods of one revision from those of another."""

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

HostPort = tuple[str, int]


class Term(NamedTuple):
    """Other pods, and the node label over whose values they count as near."""

    key: str
    selector: Manifest
    namespaces: frozenset[str]
    """Namespaces by name."""
    namespace_selector: Manifest | None
    """Further namespaces by their labels."""

    def means(self, other: PodKind, namespaces: Mapping[str, Labels]) -> bool:
        """Whether it means the pods of ``other``; ``namespaces`` are the labels of each."""
        if other.namespace not in self.namespaces:
            if self.namespace_selector is None:
                return False
            if not selects(self.namespace_selector, namespaces.get(other.namespace, {})):
                return False
        return selects(self.selector, other.labels)


class Spread(NamedTuple):
    """A topology spread constraint that a pod waits for (``DoNotSchedule``)."""

    key: str
    selector: Manifest
    max_skew: int
    min_domains: int
    honours_affinity: bool
    """Whether nodes that the pod does not want are left out of the count; the API's default."""
    honours_taints: bool
    """Whether nodes whose taints it does not tolerate are left out; not the API's default."""


@dataclass(frozen=True, eq=False)
class PodKind:
    """The pods of one workload, or of one revision of a Deployment."""

    owner: str
    """The workload, for example ``Deployment nova/api``."""

    namespace: str
    labels: Labels
    spec: Manifest
    containers: tuple[Container, ...]
    requests: Amounts
    """What each takes of a node, itself among its ``pods``."""

    limits: Amounts
    priority: int
    picky: bool
    """Whether it names the nodes it wants, by name, labels or affinity."""

    affinity: tuple[Term, ...]
    anti_affinity: tuple[Term, ...]
    spreads: tuple[Spread, ...]
    host_ports: frozenset[HostPort]
    claims: tuple[str, ...]
    """Claims that all of them mount, as ``namespace/name``."""

    own_claims: tuple[str, ...]
    """Claims that each has for itself; its ordinal is to be appended."""


class Pod(NamedTuple):
    """One pod to be placed."""

    kind: PodKind
    ordinal: int
    node: str | None = None
    """The only node it is meant for, as a DaemonSet's is."""

    @property
    def claims(self) -> tuple[str, ...]:
        """What it mounts, as ``namespace/name`` of claims."""
        return (*self.kind.claims, *(f"{name}{self.ordinal}" for name in self.kind.own_claims))


class PodSource(NamedTuple):
    """Where the pods of a workload are described."""

    owner: str
    namespace: str
    labels: Labels
    spec: Manifest
    containers: tuple[Container, ...]
    priority: int = 0
    own_claims: tuple[str, ...] = ()


def pod_kind(source: PodSource) -> PodKind:
    """The kind of pods that ``source`` describes; raises ``ValueError`` for a wrong quantity."""
    spec, containers = source.spec, source.containers
    return PodKind(
        owner=source.owner,
        namespace=source.namespace,
        labels=source.labels,
        spec=spec,
        containers=containers,
        requests={**pod_amounts(spec, containers, "requests"), PODS: 1},
        limits=pod_amounts(spec, containers, "limits"),
        priority=source.priority,
        picky=bool(spec.get("nodeName") or spec.get("nodeSelector"))
        or node_terms(spec) is not None,
        affinity=tuple(_terms(source, "podAffinity")),
        anti_affinity=tuple(_terms(source, "podAntiAffinity")),
        spreads=tuple(_spreads(source)),
        host_ports=frozenset(_host_ports(spec)),
        claims=tuple(f"{source.namespace}/{name}" for name in _claims(spec)),
        own_claims=source.own_claims,
    )


def _terms(source: PodSource, sort: str) -> Iterator[Term]:
    for term in value_at(source.spec, f"affinity.{sort}.{_REQUIRED}") or ():
        names, by_labels = term.get("namespaces"), term.get("namespaceSelector")
        # Without either, the pod's own namespace is meant.
        own = (source.namespace,) if not names and by_labels is None else ()
        yield Term(
            str(term.get("topologyKey")),
            _narrowed(term, source.labels),
            frozenset((*(names or ()), *own)),
            by_labels,
        )


def _spreads(source: PodSource) -> Iterator[Spread]:
    for item in source.spec.get("topologySpreadConstraints") or ():
        if item.get("whenUnsatisfiable", "DoNotSchedule") != "DoNotSchedule":
            continue
        yield Spread(
            str(item.get("topologyKey")),
            _narrowed(item, source.labels),
            int(item.get("maxSkew") or 1),
            int(item.get("minDomains") or 1),
            item.get("nodeAffinityPolicy", "Honor") == "Honor",
            item.get("nodeTaintsPolicy", "Ignore") == "Honor",
        )


def _narrowed(item: Manifest, labels: Labels) -> Any:
    """The selector of ``item``, with the pod's own values of the keys it names besides."""
    selector = item.get("labelSelector")
    further = [
        {"key": key, "operator": operator, "values": [labels[key]]}
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn"))
        for key in item.get(field) or ()
        if key in labels
    ]
    if not further or not isinstance(selector, Mapping):
        return selector
    return {**selector, "matchExpressions": [*selector.get("matchExpressions", ()), *further]}


def _host_ports(spec: Manifest) -> Iterator[HostPort]:
    for container in spec.get("containers") or ():
        for port in container.get("ports") or ():
            own = port.get("containerPort") if spec.get("hostNetwork") else None
            number = port.get("hostPort") or own
            if number:
                yield str(port.get("protocol") or "TCP"), int(number)


def _claims(spec: Manifest) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        claim = mapping(volume.get("persistentVolumeClaim")).get("claimName")
        if claim:
            yield str(claim)
