"""ResourceQuota and LimitRange with room for what a namespace asks for.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from constructs_lib.kube.body import Body, body
from constructs_lib.kube.containers import resource_body
from constructs_lib.kube.demand import (
    CLAIMS,
    COMPUTE,
    LOAD_BALANCERS,
    OF_CONTAINERS,
    PODS,
    STORAGE,
    Amounts,
    Demand,
    amounts_of,
    written,
)
from constructs_lib.quantity import memory, merged
from constructs_lib.resources import Resources

_MI, _GI = Decimal(2**20), Decimal(2**30)

_FEWEST = {"requests.cpu": Decimal("0.001"), "requests.memory": 4 * _MI}
"""A request of nothing would slip through a quota, and no container starts in less memory."""


def default_amounts(default: Resources) -> Amounts:
    """What a container gets that says nothing of its own."""
    return amounts_of("", "", resource_body(default))


def quota_figures(asked: Demand, default: Amounts, *, headroom_percent: int) -> Amounts:
    """What is asked for and the head room, in which one more of the largest always fits.

    ``default`` is the least that a debugging pod takes. Load balancers have no head room: each is
    a public address. What not every container states is left out.
    """
    amounts: Amounts = {}
    for figure in _counted(asked):
        total = asked.total(figure)
        one_more = total + max(asked.largest(figure), default.get(figure, Decimal(0)))
        roomy = max(total * (100 + headroom_percent) / 100, one_more)
        amounts[figure] = total if figure == LOAD_BALANCERS else _rounded(figure, roomy)
    return amounts


def resource_quota(metadata: Body, figures: Amounts, overrides: Mapping[str, str]) -> Body:
    """The ResourceQuota of ``figures``, or of ``overrides`` in their place."""
    hard = {figure: written(figure, amount) for figure, amount in figures.items()}
    spec = {"hard": {**hard, **overrides}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec}


def limit_range(metadata: Body, asked: Demand, default: Amounts) -> Body:
    """The LimitRange under which everything that is asked for can be made, and little more.

    Defaults and maxima of limits only where every container has one: the API server gives the
    default, or else the maximum, to each that has none.
    """
    limits = [_container_limits(asked, default)]
    pods = {figure: asked.largest(figure) for figure in OF_CONTAINERS}
    largest = _by_kind("limits", asked, merged(pods, default, max))
    if largest:
        limits.append({"type": "Pod", "max": largest})
    claims = [item.each[STORAGE] for item in asked.asked if STORAGE in item.each]
    if claims:
        # Who asks for less has mostly forgotten a unit.
        smallest = {"storage": memory(min(_GI, *claims))}
        largest = {"storage": memory(max(claims))}
        limits.append({"type": "PersistentVolumeClaim", "max": largest, "min": smallest})
    spec = {"limits": limits}
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": spec}


def _container_limits(asked: Demand, default: Amounts) -> Body:
    largest = default
    smallest = {figure: min(least, default[figure]) for figure, least in _FEWEST.items()}
    for item in asked.containers:
        largest = merged(largest, item.amounts, max)
        smallest = {figure: min(n, item.amounts[figure]) for figure, n in smallest.items()}
    return body(
        type="Container",
        default=_by_kind("limits", asked, default),
        defaultRequest=_by_kind("requests", asked, default),
        max=_by_kind("limits", asked, largest),
        min=_by_kind("requests", asked, smallest),
    )


def _counted(asked: Demand) -> list[str]:
    """The figures that something in the namespace asks for, and that all containers state."""
    stated = [figure for figure in OF_CONTAINERS if asked.stated(figure)]
    claims = [CLAIMS, STORAGE] if asked.largest(CLAIMS) else []
    return [PODS, *stated, *claims, LOAD_BALANCERS]


def _by_kind(way: str, asked: Demand, amounts: Amounts) -> Body:
    """``amounts`` as a LimitRange lists them, as far as every container states such a figure."""
    figures = {kind: f"{way}.{kind}" for kind in COMPUTE if asked.stated(f"{way}.{kind}")}
    return {
        kind: written(figure, amounts[figure])
        for kind, figure in figures.items()
        if amounts.get(figure)
    }


def _rounded(figure: str, amount: Decimal) -> Decimal:
    """``amount`` rounded up to a number that somebody can read."""
    if figure.endswith(".cpu"):
        unit = Decimal("0.001")
    elif figure == STORAGE:
        unit = _GI
    else:
        unit = _MI if figure in OF_CONTAINERS else Decimal(1)
    return (amount / unit).to_integral_value(ROUND_CEILING) * unit
