"""LimitRanges: what they give to containers that say nothing, and what they refuse.

https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from constructs_lib.placement.amounts import PODS, Amounts, Defaults, amounts, written
from constructs_lib.placement.claims import Claim
from constructs_lib.placement.kinds import PodKind
from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.pods import value_at


class Limit(NamedTuple):
    """What a LimitRange says about one sort of thing."""

    sort: str
    """``Container``, ``Pod`` or ``PersistentVolumeClaim``."""

    least: Amounts
    most: Amounts
    default: Amounts
    default_request: Amounts
    ratios: Mapping[str, Decimal]
    """How many times its request a limit may be."""


class LimitRange(NamedTuple):
    """One LimitRange, its amounts as numbers."""

    name: str
    namespace: str
    items: tuple[Limit, ...]

    def of(self, sort: str) -> Iterator[Limit]:
        """Its entries about one sort of thing."""
        yield from (item for item in self.items if item.sort == sort)


class _Asked(NamedTuple):
    """Something that a LimitRange may refuse."""

    what: str
    requests: Amounts
    limits: Amounts


def limit_ranges(objects: Sequence[Manifest]) -> list[LimitRange]:
    """The LimitRanges among ``objects``; raises ``ValueError`` for a wrong quantity."""
    found = []
    for item in objects:
        if item.get("kind") == "LimitRange":
            namespace = str(value_at(item, "metadata.namespace") or "default")
            limits = [_limit(entry) for entry in value_at(item, "spec.limits") or ()]
            found.append(LimitRange(described(item), namespace, tuple(limits)))
    return found


def _limit(entry: Manifest) -> Limit:
    return Limit(
        sort=str(entry.get("type")),
        least=amounts(entry.get("min")),
        most=amounts(entry.get("max")),
        default=amounts(entry.get("default")),
        default_request=amounts(entry.get("defaultRequest")),
        ratios={
            name: Decimal(str(n)) for name, n in (entry.get("maxLimitRequestRatio") or {}).items()
        },
    )


def defaults_of(ranges: Sequence[LimitRange]) -> dict[str, Defaults]:
    """What containers get that say nothing, by namespace."""
    found: dict[str, Defaults] = {}
    for limit_range in ranges:
        for item in limit_range.of("Container"):
            # The API server fills in what is missing here, in this order.
            limits = {**item.most, **item.default}
            requests = {**item.least, **limits, **item.default_request}
            known = found.get(limit_range.namespace, Defaults({}, {}))
            found[limit_range.namespace] = Defaults(
                {**requests, **known.requests}, {**limits, **known.limits}
            )
    return found


def pod_refusals(kind: PodKind, ranges: Sequence[LimitRange]) -> Iterator[str]:
    """Why LimitRanges refuse the pods of ``kind``; nothing where they admit them."""
    containers = [
        _Asked(f"container {item.name}", item.requests, item.limits) for item in kind.containers
    ]
    whole = {name: number for name, number in kind.requests.items() if name != PODS}
    pod = _Asked("the pod", whole, kind.limits)
    for limit_range in ranges:
        if limit_range.namespace == kind.namespace:
            for item in limit_range.of("Container"):
                for asked in containers:
                    yield from _refusals(limit_range, item, asked)
            for item in limit_range.of("Pod"):
                yield from _refusals(limit_range, item, pod)


def claim_refusals(claim: Claim, ranges: Sequence[LimitRange]) -> Iterator[str]:
    """Why LimitRanges refuse ``claim``."""
    size = {"storage": claim.size}
    # A claim has no limit, and is compared by its request alone.
    asked = _Asked(f"claim {claim.name}", size, size)
    for limit_range in ranges:
        if limit_range.namespace == claim.namespace:
            for item in limit_range.of("PersistentVolumeClaim"):
                yield from _refusals(limit_range, item, asked)


def _refusals(limit_range: LimitRange, item: Limit, asked: _Asked) -> Iterator[str]:
    where = f"{limit_range.name} refuses {asked.what}"
    for name, least in item.least.items():
        request = asked.requests.get(name, -1)
        given = min(request, asked.limits.get(name, request))
        if given < least:
            yield f"{where}, which has {_said(name, given)} and needs {written(name, least)}"
    for name, most in item.most.items():
        given = max(asked.limits.get(name, -1), asked.requests.get(name, -1))
        if name not in asked.limits:
            yield f"{where}, which needs a limit of {name}, at most {written(name, most)}"
        elif given > most:
            yield f"{where}, which has {_said(name, given)} and may have {written(name, most)}"
    for name, ratio in item.ratios.items():
        request, limit = asked.requests.get(name, 0), asked.limits.get(name, 0)
        if not request or not limit or Decimal(limit) / request > ratio:
            yield f"{where}, whose limit of {name} may be {ratio} times its request and no more"


def _said(name: str, number: int) -> str:
    return f"no {name}" if number < 0 else f"{written(name, number)} {name}"
