"""Quotas have room for everything that is deployed, at the most replicas and in a rollout.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from constructs_lib.rules.counts import most_of
from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import PodTemplate, entries, mapping, namespace_of, value_at
from constructs_lib.rules.shares import quantity

ROOM = "quotas/room"
STATED = "quotas/stated"
RANGE = "quotas/range"
NAMES = (ROOM, STATED, RANGE)

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_FIGURES = tuple(f"{way}.{kind}" for way in ("requests", "limits") for kind in _COMPUTE)
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory", "count/pods": "pods"}
_LIMITED = ("limits.cpu", "limits.memory", "requests.cpu", "requests.memory")


class _Use(NamedTuple):
    """What one object takes of a figure when its namespace is busiest."""

    owner: Manifest
    figure: str
    amount: Decimal


def room(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each figure of a ResourceQuota that is less than what is deployed.

    Counted are the most replicas and the surge of a rollout. Quotas of some pods only are not.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for quota in _quotas(fleet):
        uses = list(_uses(fleet, namespace_of(quota)))
        for name, hard in mapping(value_at(quota, "spec.hard")).items():
            allowed = quantity(hard)
            found = [use for use in uses if use.figure == _SHORT.get(str(name), name)]
            total = sum((use.amount for use in found), Decimal(0))
            if allowed is not None and total > allowed:
                most = max(found, key=lambda use: use.amount)
                message = (
                    f"spec.hard.{name} is {hard}, and {total.normalize():f} is deployed at the "
                    f"busiest; most of it, {most.amount.normalize():f}, is {described(most.owner)}"
                )
                fix = "raise it, or derive it with NamespaceQuota"
                findings.append(Finding(ROOM, described(quota), message, fix))
    return findings


def stated(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each container that a quota would refuse because it does not say what it takes.

    A LimitRange of the namespace may say it in its place.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for quota in _quotas(fleet):
        names = mapping(value_at(quota, "spec.hard"))
        counted = {_SHORT.get(str(name), str(name)) for name in names} & {*_LIMITED}
        given = _given(fleet, namespace_of(quota))
        for pod in fleet.pods_in(namespace_of(quota)):
            for container in fleet.containers(pod):
                lacking = counted - _amounts(container.body).keys() - given
                for figure in sorted(lacking):
                    message = f"{container.path}.resources.{figure} is missing, and "
                    message += f"{described(quota)} counts it, so no pod is admitted"
                    fix = "give the container a value, or render a LimitRange with a default"
                    findings.append(Finding(STATED, described(pod.owner), message, fix))
    return findings


def limit_range(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each container that asks for more, or less, than a LimitRange of it allows."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for limits in fleet.of_kind("", "LimitRange"):
        for item in entries(limits, "spec.limits"):
            if item.get("type") != "Container":
                continue
            for pod in fleet.pods_in(namespace_of(limits)):
                for container in fleet.containers(pod):
                    for message in _outside(item, _amounts(container.body)):
                        text = f"{container.path}.resources.{message} of {described(limits)}"
                        fix = "change one of the two, or derive it with NamespaceQuota"
                        findings.append(Finding(RANGE, described(pod.owner), text, fix))
    return findings


def _outside(item: Manifest, amounts: Mapping[str, Decimal]) -> Iterator[str]:
    for kind, bound in mapping(item.get("max")).items():
        most, asked = quantity(bound), amounts.get(f"limits.{kind}")
        if most is not None and asked is not None and asked > most:
            yield f"limits.{kind} is above the maximum {bound}"
    for kind, bound in mapping(item.get("min")).items():
        least, asked = quantity(bound), amounts.get(f"requests.{kind}")
        if least is not None and asked is not None and asked < least:
            yield f"requests.{kind} is below the minimum {bound}"


def _quotas(fleet: Fleet) -> Iterator[Manifest]:
    """The quotas that count everything in their namespace."""
    for quota in fleet.of_kind("", "ResourceQuota"):
        if not value_at(quota, "spec.scopes") and not value_at(quota, "spec.scopeSelector"):
            yield quota


def _given(fleet: Fleet, namespace: str) -> set[str]:
    """The figures that a LimitRange gives containers that do not state them."""
    given: set[str] = set()
    for limits in fleet.of_kind("", "LimitRange"):
        for item in entries(limits, "spec.limits"):
            if namespace_of(limits) == namespace and item.get("type") == "Container":
                bounds = (*mapping(item.get("default")), *mapping(item.get("max")))
                given.update(f"limits.{kind}" for kind in bounds)
                asked = (*mapping(item.get("defaultRequest")), *bounds)
                given.update(f"requests.{kind}" for kind in asked)
    return given


def _uses(fleet: Fleet, namespace: str) -> Iterator[_Use]:
    for pod in fleet.pods_in(namespace):
        count = sum(most_of(fleet, pod.owner))
        yield _Use(pod.owner, "pods", Decimal(count))
        for figure, amount in _pod_amounts(fleet, pod).items():
            yield _Use(pod.owner, figure, amount * count)
        for template in entries(pod.owner, "spec.volumeClaimTemplates"):
            yield from _claim(pod.owner, template, fleet.replicas(pod.owner)[1])
    for claim in fleet.of_kind("", "PersistentVolumeClaim"):
        if namespace_of(claim) == namespace:
            yield from _claim(claim, claim, 1)
    for service in fleet.of_kind("", "Service"):
        if namespace_of(service) == namespace and value_at(service, "spec.type") == "LoadBalancer":
            yield _Use(service, "services.loadbalancers", Decimal(1))


def _claim(owner: Manifest, claim: Manifest, count: int) -> Iterator[_Use]:
    yield _Use(owner, "persistentvolumeclaims", Decimal(count))
    size = quantity(value_at(claim, "spec.resources.requests.storage"))
    yield _Use(owner, "requests.storage", (size or Decimal(0)) * count)


def _pod_amounts(fleet: Fleet, pod: PodTemplate) -> Mapping[str, Decimal]:
    """What a pod takes: what runs together, or an init container and the sidecars before it."""
    running = dict.fromkeys(_FIGURES, Decimal(0))
    starting = dict.fromkeys(_FIGURES, Decimal(0))
    for container in fleet.containers(pod):
        amounts = _amounts(container.body)
        first = f"{pod.path}.initContainers" in container.path
        for figure in _FIGURES:
            amount = amounts.get(figure, Decimal(0))
            if first and container.body.get("restartPolicy") != "Always":
                starting[figure] = max(starting[figure], running[figure] + amount)
            else:
                running[figure] += amount
    whole = {figure: max(running[figure], starting[figure]) for figure in _FIGURES}
    # What a pod states as a whole goes before the sum of its containers (Kubernetes 1.34).
    own = _amounts(pod.spec)
    asked = mapping(value_at(pod.spec, "resources.requests"))
    return {
        figure: own[figure]
        if figure in own and (figure.startswith("limits") or figure.split(".")[1] in asked)
        else amount
        for figure, amount in whole.items()
    }


def _amounts(container: Manifest) -> Mapping[str, Decimal]:
    """Requests and limits of a container; a limit is also the request that it does not state."""
    found: dict[str, Decimal] = {}
    for way, figure_way in (("limits", "requests"), ("limits", "limits"), ("requests", "requests")):
        for kind, amount in mapping(value_at(container, f"resources.{way}")).items():
            read = quantity(amount)
            if read is not None:
                found[f"{figure_way}.{kind}"] = read
    return found
