"""PodDisruptionBudget: how many pods a drain may take, never none.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.values import Value


class Disruption(Value):
    """How many pods may be away at once for drains and other voluntary evictions."""

    min_available: int | None = None
    """Pods that must stay; either this or ``max_unavailable``. It has to be below the fewest
    replicas, or no node with such a pod could ever be drained."""

    max_unavailable: int | None = None
    """Pods that may be away; either this or ``min_available``."""

    def problems(self) -> Iterator[Problem]:
        """One measure, and at least one pod may go."""
        if (self.min_available is None) == (self.max_unavailable is None):
            missing = self.min_available is None
            why = f"{'is missing, and so is' if missing else 'excludes'} max_unavailable"
            fix = "give min_available or max_unavailable"
            yield Problem("min_available", self.min_available, why, fix)
        if self.min_available is not None and self.min_available < 1:
            fix = "leave disruption out for the default"
            yield Problem("min_available", self.min_available, "keeps no pod", fix)
        if self.max_unavailable is not None and self.max_unavailable < 1:
            why = "blocks every drain"
            yield Problem("max_unavailable", self.max_unavailable, why, "use 1 or more")


ONE_AT_A_TIME = Disruption(max_unavailable=1)


def disruption_problems(field: str, budget: Disruption, fewest: int) -> Iterator[Problem]:
    """Whether ``budget`` lets a node be drained when only ``fewest`` replicas run."""
    if budget.min_available is not None and budget.min_available >= fewest > 0:
        why = f"leaves {max(fewest - budget.min_available, 0)} of {fewest} pods to evict"
        lower = f"use at most {fewest - 1}" if fewest > 1 else "use max_unavailable=1"
        fix = f"{lower}, or run more replicas"
        yield Problem(f"{field}.min_available", budget.min_available, f"{why}: no drain ends", fix)


def pod_disruption_budget(metadata: Body, budget: Disruption, selector: Mapping[str, str]) -> Body:
    """The budget of the selected pods.

    Pods that are not ready may always be evicted: otherwise a crash loop keeps its node from being
    drained (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
    """
    spec = body(
        minAvailable=budget.min_available,
        maxUnavailable=budget.max_unavailable,
        unhealthyPodEvictionPolicy="AlwaysAllow",
        selector={"matchLabels": dict(selector)},
    )
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": spec,
    }
