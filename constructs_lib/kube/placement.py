"""On which nodes pods run.

https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.environment import Cluster, Spread
from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import qualified_problems
from constructs_lib.values import Value

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


class TopologySpread(Value):
    """Even numbers of pods over the values of a node label."""

    topology_key: str = field(kw_only=False)
    """Node label, for example ``topology.kubernetes.io/zone``."""

    max_skew: int = 1
    """Most by which two values may differ. Default 1."""

    when_unsatisfiable: Literal["ScheduleAnyway", "DoNotSchedule"] = "ScheduleAnyway"
    """Whether a pod is placed all the same or stays pending. Default: it is placed."""

    min_domains: int | None = None
    """Fewest values that count as there; only with DoNotSchedule. None: those that are there."""

    def problems(self) -> Iterator[Problem]:
        """Key and numbers that the API takes."""
        yield from qualified_problems("topology_key", self.topology_key, kind="a node label's key")
        if self.max_skew < 1:
            yield Problem("max_skew", self.max_skew, "must be positive", "use 1 or more")
        if self.min_domains is not None and self.min_domains < 1:
            fix = "use 1 or more, or leave it out"
            yield Problem("min_domains", self.min_domains, "must be positive", fix)
        if self.min_domains is not None and self.when_unsatisfiable != "DoNotSchedule":
            why = "has no meaning where pods are placed anyway"
            yield Problem(
                "min_domains", self.min_domains, why, "use DoNotSchedule, or leave it out"
            )


class Toleration(Value):
    """A taint that the pods put up with."""

    key: str | None = None
    """Key of the taint; None tolerates every taint."""

    value: str | None = None
    """Value of the taint; None tolerates any value of the key."""

    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; None tolerates all."""

    seconds: int | None = None
    """How long a NoExecute taint is tolerated; None for ever."""

    def problems(self) -> Iterator[Problem]:
        """Key and combinations that the API takes."""
        if self.key is not None:
            yield from qualified_problems("key", self.key, kind="a taint's key")
        if self.value is not None and self.key is None:
            yield Problem("value", self.value, "belongs to no key", "give the key")
        if self.seconds is not None and self.effect != "NoExecute":
            fix = "set effect='NoExecute', or leave seconds out"
            yield Problem("seconds", self.seconds, "counts for NoExecute only", fix)


def spread_bodies(
    spread: Spread,
    extra: tuple[TopologySpread, ...],
    selector: Mapping[str, str],
    cluster: Cluster,
    *,
    revisions: bool,
) -> Body:
    """``affinity`` and ``topologySpreadConstraints`` of pods that ``selector`` selects.

    ``soft`` prefers other nodes and zones. ``hard`` demands other nodes, and even zones where the
    cluster has any. ``revisions`` tells whether the pods are of a Deployment.
    """
    items = (*_default(spread, cluster), *extra)
    constraints = [_constraint(item, selector, revisions=revisions) for item in items]
    affinity = {"podAntiAffinity": _anti_affinity(spread, selector)} if spread != "off" else None
    return body(affinity=affinity, topologySpreadConstraints=constraints)


def _default(spread: Spread, cluster: Cluster) -> tuple[TopologySpread, ...]:
    if spread == "off":
        return ()
    zoned = any(pool.zones for pool in cluster.nodes)
    unsatisfied: Literal["ScheduleAnyway", "DoNotSchedule"] = (
        "DoNotSchedule" if spread == "hard" else "ScheduleAnyway"
    )
    zones = (TopologySpread(ZONE, when_unsatisfiable=unsatisfied),) if zoned else ()
    return (*zones, TopologySpread(HOSTNAME))


def _constraint(item: TopologySpread, selector: Mapping[str, str], *, revisions: bool) -> Body:
    return body(
        maxSkew=item.max_skew,
        minDomains=item.min_domains,
        topologyKey=item.topology_key,
        whenUnsatisfiable=item.when_unsatisfiable,
        # By default a zone counts whose every node has a taint that keeps the pods out, such as one
        # that is being drained: it stays at none, and under DoNotSchedule holds the others at one.
        nodeTaintsPolicy="Honor",
        labelSelector={"matchLabels": dict(selector)},
        # Only pods of one revision are counted, so that the old ones, about to go, do not push the
        # new ones onto few nodes.
        matchLabelKeys=["pod-template-hash"] if revisions else None,
    )


def _anti_affinity(spread: Spread, selector: Mapping[str, str]) -> Body:
    term = {"labelSelector": {"matchLabels": dict(selector)}, "topologyKey": HOSTNAME}
    if spread == "hard":
        return {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    weighted = {"weight": 100, "podAffinityTerm": term}
    return {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}


def toleration_bodies(tolerations: tuple[Toleration, ...]) -> list[Body]:
    """``tolerations`` of a pod."""
    return [
        body(
            key=item.key,
            operator="Exists" if item.value is None else "Equal",
            value=item.value,
            effect=item.effect,
            tolerationSeconds=item.seconds,
        )
        for item in tolerations
    ]
