"""ResourceQuotas: which pods and claims they refuse, as one after the other is made.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from constructs_lib.placement.amounts import Amounts, amounts
from constructs_lib.placement.claims import Claim
from constructs_lib.placement.kinds import PodKind
from constructs_lib.placement.selectors import selects
from constructs_lib.quantity import merged
from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.pods import mapping, value_at

_NEEDED = ("cpu", "memory", "ephemeral-storage")
_CLASS = ".storageclass.storage.k8s.io/"


@dataclass(frozen=True, eq=False)
class Quota:
    """One ResourceQuota."""

    name: str
    namespace: str
    hard: Amounts
    scopes: tuple[Manifest, ...]
    """Which pods it counts, as ``matchExpressions`` of a scope selector; all without any."""

    def counts(self, kind: PodKind) -> bool:
        """Whether it counts the pods of ``kind``."""
        return self.namespace == kind.namespace and all(
            _in_scope(scope, kind) for scope in self.scopes
        )


class Refusal(NamedTuple):
    """What a quota refuses."""

    quota: Quota
    figure: str
    left: int
    asked: int
    unstated: str = ""
    """A container that does not state what the quota counts."""


class Ledger:
    """What the quotas of all namespaces have counted so far; it changes as pods are admitted."""

    def __init__(
        self, quotas: Sequence[Quota], used: Mapping[Quota, Amounts] | None = None
    ) -> None:
        self._quotas = quotas
        self._used = dict(used or {})

    def copy(self) -> Ledger:
        """Another ledger that says the same."""
        return Ledger(self._quotas, self._used)

    def admit(self, kind: PodKind) -> Refusal | None:
        """Count one pod of ``kind``; why it is refused instead, where it is."""
        quotas = [quota for quota in self._quotas if quota.counts(kind)]
        for quota in quotas:
            if unstated := _unstated(quota, kind):
                return unstated
        return self._charge(quotas, _taken(kind) if quotas else {})

    def admit_claim(self, claim: Claim) -> Refusal | None:
        """Count ``claim``; why it is refused instead, where it is."""
        taken = {"persistentvolumeclaims": 1, "count/persistentvolumeclaims": 1}
        taken["requests.storage"] = claim.size
        if claim.storage_class:
            taken[f"{claim.storage_class}{_CLASS}persistentvolumeclaims"] = 1
            taken[f"{claim.storage_class}{_CLASS}requests.storage"] = claim.size
        quotas = [q for q in self._quotas if q.namespace == claim.namespace and not q.scopes]
        return self._charge(quotas, taken)

    def _charge(self, quotas: Sequence[Quota], taken: Amounts) -> Refusal | None:
        for quota in quotas:
            used = self._used.get(quota, {})
            for figure, hard in quota.hard.items():
                asked, left = taken.get(figure, 0), hard - used.get(figure, 0)
                if asked > left:
                    return Refusal(quota, figure, max(left, 0), asked)
        for quota in quotas:
            self._used[quota] = merged(self._used.get(quota, {}), taken, int.__add__)
        return None


def quotas_of(objects: Sequence[Manifest]) -> list[Quota]:
    """The ResourceQuotas among ``objects``; raises ``ValueError`` for a wrong quantity."""
    return [
        Quota(
            described(item),
            str(value_at(item, "metadata.namespace") or "default"),
            amounts(value_at(item, "spec.hard")),
            tuple(_scopes(mapping(item.get("spec")))),
        )
        for item in objects
        if item.get("kind") == "ResourceQuota"
    ]


def _scopes(spec: Manifest) -> Iterator[Manifest]:
    yield from ({"scopeName": name, "operator": "Exists"} for name in spec.get("scopes") or ())
    yield from value_at(spec, "scopeSelector.matchExpressions") or ()


def _in_scope(scope: Manifest, kind: PodKind) -> bool:
    ends = kind.spec.get("activeDeadlineSeconds") is not None
    best_effort = not any(c.requests or c.limits for c in kind.containers)
    match scope.get("scopeName"):
        case "Terminating":
            return ends
        case "NotTerminating":
            return not ends
        case "BestEffort":
            return best_effort
        case "NotBestEffort":
            return not best_effort
        case "PriorityClass":
            name = kind.spec.get("priorityClassName")
            expression = {**scope, "key": "name"}
            return selects({"matchExpressions": [expression]}, {"name": name} if name else {})
    # Whatever else there may be is taken to count: better to refuse too much than too little.
    return True


def _taken(kind: PodKind) -> Amounts:
    requests = {f"requests.{name}": number for name, number in kind.requests.items()}
    limits = {f"limits.{name}": number for name, number in kind.limits.items()}
    return {**kind.requests, **requests, **limits, "pods": 1, "count/pods": 1}


def _unstated(quota: Quota, kind: PodKind) -> Refusal | None:
    """The first figure of CPU or memory that the quota counts and a container does not state."""
    if kind.spec.get("resources"):
        return None
    for figure in quota.hard:
        way, _, resource = figure.rpartition(".")
        if resource not in _NEEDED:
            continue
        for container in kind.containers:
            stated = container.limits if way == "limits" else container.requests
            if resource not in stated:
                return Refusal(quota, figure, 0, 0, container.name)
    return None
