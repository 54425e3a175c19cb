"""Selectors, and the labels that pods will have.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import PodTemplate, entries, listed, mapping, name_of, value_at

_T = TypeVar("_T")

Labels = Mapping[str, frozenset[str] | None]
"""The values that a label may have; None for any."""

_OF_JOBS = ("batch.kubernetes.io/controller-uid", "controller-uid")
_ANY_VALUE: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("pod-template-hash",),
    "ReplicaSet": ("pod-template-hash",),
    "DaemonSet": ("controller-revision-hash", "pod-template-generation"),
    "StatefulSet": ("controller-revision-hash",),
    "Job": (*_OF_JOBS, "batch.kubernetes.io/job-completion-index"),
    "CronJob": (*_OF_JOBS, "batch.kubernetes.io/job-name", "job-name"),
}
"""Labels that controllers give pods, with values that nobody knows before.

https://kubernetes.io/docs/reference/labels-annotations-taints/
"""


class Requirement(NamedTuple):
    """One condition of a selector."""

    key: str
    operator: str
    """``In``, ``NotIn``, ``Exists`` or ``DoesNotExist``."""

    values: frozenset[str]

    def __str__(self) -> str:
        """The condition as ``kubectl --selector`` takes it."""
        values = ",".join(sorted(self.values))
        match self.operator:
            case "In" if len(self.values) == 1:
                return f"{self.key}={values}"
            case "Exists":
                return self.key
            case "DoesNotExist":
                return f"!{self.key}"
        return f"{self.key} {self.operator.lower()} ({values})"


Selector = Sequence[Requirement]
"""All conditions have to hold; none selects everything."""


def selector_of(node: Any) -> Selector:
    """The conditions of a LabelSelector."""
    return (
        *equal(value_at(node, "matchLabels")),
        *(
            Requirement(
                str(entry.get("key")),
                str(entry.get("operator")),
                frozenset(map(str, listed(entry, "values"))),
            )
            for entry in entries(node, "matchExpressions")
        ),
    )


def equal(labels: Any) -> Selector:
    """The conditions of a plain map of labels, as a Service has one."""
    return tuple(
        Requirement(str(key), "In", frozenset({str(value)}))
        for key, value in mapping(labels).items()
    )


def written(selector: Selector) -> str:
    """The conditions as ``kubectl --selector`` takes them."""
    return ",".join(map(str, selector)) or "everything"


def matches(selector: Selector, labels: Labels) -> bool:
    """Whether something with these labels may be selected."""
    return all(_holds(requirement, labels) for requirement in selector)


def _holds(requirement: Requirement, labels: Labels) -> bool:
    here = requirement.key in labels
    values = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return here and (values is None or not values.isdisjoint(requirement.values))
        case "NotIn":
            return values is None or bool(values - requirement.values)
        case "DoesNotExist":
            return not here
    return here


def fixed(labels: Manifest) -> Labels:
    """Labels as they are written."""
    return {str(key): frozenset({str(value)}) for key, value in labels.items()}


def labels_of(pod: PodTemplate, numbers: range) -> Labels:
    """The labels that a workload's pods will have, those of its controller included.

    ``numbers`` are those that a StatefulSet gives its pods.
    """
    kind, name = str(pod.owner.get("kind")), name_of(pod.owner)
    labels: dict[str, frozenset[str] | None] = dict.fromkeys(_ANY_VALUE.get(kind, ()))
    if kind == "StatefulSet":
        labels["apps.kubernetes.io/pod-index"] = frozenset(map(str, numbers))
        labels["statefulset.kubernetes.io/pod-name"] = frozenset(f"{name}-{n}" for n in numbers)
    if kind == "Job":
        own = frozenset({name})
        labels.update({"batch.kubernetes.io/job-name": own, "job-name": own})
    return {**labels, **fixed(pod.labels)}


class LabelIndex(Generic[_T]):
    """Things with labels, found by selector without a look at each of them."""

    def __init__(self, items: Iterable[tuple[_T, Labels]]) -> None:
        """Sort ``items`` by the values of their labels."""
        self._items = list(items)
        self._by_value: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        for place, (_, labels) in enumerate(self._items):
            for key, values in labels.items():
                for value in (None,) if values is None else values:
                    self._by_value[key, value].append(place)

    def matching(self, selector: Selector) -> list[_T]:
        """What a selector may select, in its order."""
        found = [self._items[place] for place in self._candidates(selector)]
        return [item for item, labels in found if matches(selector, labels)]

    def _candidates(self, selector: Selector) -> Iterable[int]:
        """The places of all that can match: those with the rarest of the values asked for."""
        asked = [
            sorted({p for v in (*r.values, None) for p in self._by_value.get((r.key, v), ())})
            for r in selector
            if r.operator == "In"
        ]
        return min(asked, key=len, default=range(len(self._items)))


def missed(selector: Selector, labels: Labels) -> list[Requirement]:
    """The conditions that something with these labels does not meet."""
    return [requirement for requirement in selector if not _holds(requirement, labels)]


def told(selector: Selector, labels: Labels) -> str:
    """What something has in place of what a selector asks for, as a finding says it."""
    return ", ".join(
        f"{r.key}={','.join(sorted(labels[r.key] or ('*',)))}" if r.key in labels else f"no {r.key}"
        for r in missed(selector, labels)
    )
