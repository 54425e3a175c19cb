"""Budgets leave drains a way, and autoscalers can do their work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import selector_of
from constructs_lib.rules.pods import PodTemplate, entries, mapping, name_of, namespace_of, value_at
from constructs_lib.rules.selection import selected
from constructs_lib.rules.shares import pods_of

DRAIN = "disruption/drain"
ONE_BUDGET = "disruption/one-budget"
REPLICAS = "autoscaling/replicas"
REQUESTS = "autoscaling/requests"
ONE_SCALER = "autoscaling/one-scaler"
NAMES = (DRAIN, ONE_BUDGET, REPLICAS, REQUESTS, ONE_SCALER)


def drains(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each budget under which not even one pod may go, at the fewest replicas."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for budget in fleet.of_kind("policy", "PodDisruptionBudget"):
        pods = [pod for pod in _kept(fleet, budget) if _replicated(pod)]
        fewest = sum(fleet.replicas(pod.owner)[0] for pod in pods)
        given, may_go = _may_go(mapping(budget.get("spec")), fewest)
        if fewest and may_go == 0:
            owners = ", ".join(described(pod.owner) for pod in pods)
            message = (
                f"{given} of the {fewest} pods that {owners} has at least lets none go, so no "
                "node under them can ever be drained"
            )
            fix = "use maxUnavailable 1, or have more replicas"
            findings.append(Finding(DRAIN, described(budget), message, fix))
    return findings


def _may_go(spec: Manifest, fewest: int) -> tuple[str, int | None]:
    """What a budget says, and how many of the fewest pods may go by it; None if it says nothing."""
    for field in ("maxUnavailable", "minAvailable"):
        count = pods_of(spec.get(field), fewest)
        if count is not None:
            may_go = count if field == "maxUnavailable" else max(fewest - count, 0)
            return f"{field} {spec[field]}", may_go
    return "", None


def one_budget(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload under several budgets: such pods cannot be evicted at all.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
    """
    fleet = Fleet.of(manifests)
    budgets: dict[int, list[Manifest]] = defaultdict(list)
    for budget in fleet.of_kind("policy", "PodDisruptionBudget"):
        for pod in _kept(fleet, budget):
            budgets[id(pod.owner)].append(budget)
    findings: list[Finding] = []
    for pod in fleet.pods:
        several = budgets.get(id(pod.owner), ())
        if len(several) > 1:
            names = " and ".join(map(described, several))
            message = f"its pods are under {names}, and then none may be evicted"
            findings.append(Finding(ONE_BUDGET, described(pod.owner), message, "keep one of them"))
    return findings


def _kept(fleet: Fleet, budget: Manifest) -> list[PodTemplate]:
    selector = selector_of(value_at(budget, "spec.selector"))
    return selected(fleet, namespace_of(budget), selector)


def _replicated(pod: PodTemplate) -> bool:
    return pod.owner.get("kind") in ("Deployment", "ReplicaSet", "StatefulSet")


def replicas(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload that states replicas and is scaled: each apply would undo it."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        scaled = _place(pod) in fleet.scalers
        stated = value_at(pod.owner, "spec.replicas")
        if scaled and stated is not None:
            message = f"spec.replicas is {stated}, but an autoscaler sets it"
            fix = "leave spec.replicas out, so that an apply keeps what the autoscaler set"
            findings.append(Finding(REPLICAS, described(pod.owner), message, fix))
    return findings


def requests(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each container without the request that its autoscaler takes a share of."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        for metric in entries(fleet.scalers.get(_place(pod), {}), "metrics"):
            resource = mapping(metric.get("resource"))
            if value_at(resource, "target.type") != "Utilization":
                continue
            name = str(resource.get("name"))
            for container in fleet.containers(pod):
                running = f"{pod.path}.containers" in container.path
                asked = mapping(value_at(container.body, "resources.requests"))
                limit = mapping(value_at(container.body, "resources.limits"))
                if running and name not in asked and name not in limit:
                    message = f"{container.path} requests no {name}, and is scaled by a share of it"
                    fix = f"give it a request of {name}, or scale by another metric"
                    findings.append(Finding(REQUESTS, described(pod.owner), message, fix))
    return findings


def one_scaler(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload that two autoscalers pull at."""
    fleet = Fleet.of(manifests)
    first: dict[tuple[str, str, str], Manifest] = {}
    findings: list[Finding] = []
    for scaler in fleet.of_kind("autoscaling", "HorizontalPodAutoscaler"):
        target = mapping(value_at(scaler, "spec.scaleTargetRef"))
        place = (namespace_of(scaler), str(target.get("kind")), str(target.get("name")))
        other = first.setdefault(place, scaler)
        if other is not scaler and name_of(other) != name_of(scaler):
            message = f"scales {place[1]} {place[2]}, which {described(other)} scales as well"
            fix = "put all metrics into one of them"
            findings.append(Finding(ONE_SCALER, described(scaler), message, fix))
    return findings


def _place(pod: PodTemplate) -> tuple[str, str, str]:
    return pod.namespace, str(pod.owner.get("kind")), name_of(pod.owner)
