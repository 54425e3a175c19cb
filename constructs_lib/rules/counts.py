"""How many pods of a workload there can be at once, and how many a rollout adds."""

from __future__ import annotations

from typing import NamedTuple

from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import mapping, value_at
from constructs_lib.rules.shares import number, pods_of


class Count(NamedTuple):
    """Pods of a workload."""

    most: int
    """At the most, rollouts aside."""

    added: int = 0
    """By a rollout, at the most."""


def most_of(fleet: Fleet, workload: Manifest) -> Count:
    """The most pods of a workload; one of a DaemonSet is certain."""
    spec = mapping(workload.get("spec"))
    match workload.get("kind"):
        case "Deployment":
            most = fleet.replicas(workload)[1]
            return Count(most, _added(spec, most))
        case "StatefulSet" | "ReplicaSet":
            return Count(fleet.replicas(workload)[1])
        case "Job":
            return Count(_parallel(spec))
        case "CronJob":
            # Allowed to overlap, the next run meets the one before.
            runs = 1 if spec.get("concurrencyPolicy") in ("Forbid", "Replace") else 2
            return Count(runs * _parallel(mapping(value_at(spec, "jobTemplate.spec"))))
    return Count(1)


def _added(spec: Manifest, most: int) -> int:
    # Of no replicas a rollout starts none.
    if most == 0 or value_at(spec, "strategy.type") == "Recreate":
        return 0
    surge = value_at(spec, "strategy.rollingUpdate.maxSurge")
    return pods_of("25%" if surge is None else surge, most) or 0


def _parallel(job: Manifest) -> int:
    parallel = number(job.get("parallelism"), 1)
    return int(min(parallel, number(job.get("completions"), parallel)))
