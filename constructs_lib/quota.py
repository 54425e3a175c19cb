"""NamespaceQuota: what a namespace may take, derived from what is deployed into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

import cdk8s
import jsii
from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.errors import Problem, nearest, refuse
from constructs_lib.kube import quota
from constructs_lib.kube.demand import (
    CLAIMS,
    FIGURES,
    LOAD_BALANCERS,
    PODS,
    Demand,
    demand,
    written,
)
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.manifest import Body, Manifest
from constructs_lib.naming import name_problems
from constructs_lib.quantity import cpu_problems, memory_problems, parse
from constructs_lib.resources import Resources
from constructs_lib.tree import place, takes_props
from constructs_lib.values import Value, check

_COUNTS = (PODS, CLAIMS, LOAD_BALANCERS)
_REQUESTS = ("requests.cpu", "requests.memory")
_LIMITS = ("limits.cpu", "limits.memory")
"""A quota of these refuses a container that states none; one of other figures does not."""


class NamespaceQuotaProps(Value):
    """How much more than what is deployed a namespace may take."""

    headroom_percent: int = 20
    """Room above the busiest sum, in percent. Default 20, for pods on their way out in a rollout,
    solvers of certificates, and what operators start. There is always room for one more pod and
    one more claim, each as large as the largest: a copy for debugging, a one-off Job, a volume to
    restore into."""

    default: Resources = Resources(
        cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi", ephemeral_storage="256Mi"
    )
    """What a container gets that says nothing, such as one of ``kubectl run``; a quota would refuse
    it otherwise. The limit of CPU, and ephemeral storage, are rendered only where every container
    in the namespace states its own, since the default would limit those that state none."""

    hard: Mapping[str, str] = field(default_factory=dict)
    """Figures in place of derived ones, by the quota's resource name, for example
    ``{"pods": "40"}``; for what an operator makes out of custom resources, which are not read.
    Default none."""

    def problems(self) -> Iterator[Problem]:
        """A share, and figures that a quota can be derived for."""
        # Above, a quota stops nothing that goes wrong before it has doubled.
        if not 0 <= self.headroom_percent <= 100:  # noqa: PLR2004
            fix = "use 0 to 100"
            yield Problem("headroom_percent", self.headroom_percent, "is no share to add", fix)
        for figure, amount in self.hard.items():
            where = f"hard[{figure!r}]"
            if figure not in FIGURES:
                yield Problem("hard", figure, "is no derived figure", nearest(figure, FIGURES))
            elif figure in _COUNTS:
                if not re.fullmatch("[0-9]+", amount):
                    yield Problem(where, amount, "is no count", "write a whole number, as in '20'")
            elif figure.endswith(".cpu"):
                yield from cpu_problems(where, amount, example="4")
            else:
                yield from memory_problems(where, amount, example="8Gi")


@takes_props
class NamespaceQuota(Construct):
    """What everything in the namespace of the chart may take together, and each container at most.

    After construction the chart holds a ResourceQuota and a LimitRange, both called ``id``. They
    are derived when they are rendered, from every object of that namespace in all AppCharts of the
    cdk8s App and environment, whenever it was added. Rendering raises ``PropsError`` where a
    container has no requests, and where ``hard`` is below what is deployed.
    """

    def __init__(self, scope: Construct, id: str, props: NamespaceQuotaProps) -> None:  # noqa: A002
        """Limit the namespace; raises ``PropsError`` with everything wrong in ``props``."""
        self._where = place(scope, id, "NamespaceQuota")
        check(self._where, props, NamespaceQuotaProps)
        self._chart = app_chart_of(scope)
        refuse(self._where, name_problems("id", id))
        super().__init__(scope, id)
        self._props = props
        self.namespace = self._chart.app_namespace
        """The namespace that is limited."""
        metadata = object_metadata(self._chart, id)
        start = {"apiVersion": "v1", "metadata": metadata}
        _Derived(self, "resource-quota", {**start, "kind": "ResourceQuota"}, self._resource_quota)
        _Derived(self, "limit-range", {**start, "kind": "LimitRange"}, self._limit_range)

    def _resource_quota(self, metadata: Any) -> Body:
        asked, props = self._demand(), self._props
        default = quota.default_amounts(props.default)
        figures = quota.quota_figures(asked, default, headroom_percent=props.headroom_percent)
        return quota.resource_quota(metadata, figures, props.hard)

    def _limit_range(self, metadata: Any) -> Body:
        default = quota.default_amounts(self._props.default)
        return quota.limit_range(metadata, self._demand(), default)

    def _demand(self) -> Demand:
        """What is deployed now; raises ``PropsError`` where no quota can be derived from it."""
        charts = self._charts()
        constructs = [item for chart in charts for item in chart.node.find_all()]
        quotas = [item for item in constructs if isinstance(item, NamespaceQuota)]
        refuse(self._where, _rival_problems(self.namespace, quotas))
        objects = [
            item.to_json()
            for item in constructs
            if isinstance(item, cdk8s.ApiObject) and not isinstance(item, _Derived)
        ]
        nodes = sum(pool.most for pool in self._chart.environment.cluster.nodes)
        here = [o for o in objects if o["metadata"].get("namespace") == self.namespace]
        asked = demand(here, nodes=nodes)
        refuse(self._where, _problems(asked, self._props, self.namespace))
        return asked

    def _charts(self) -> list[AppChart]:
        """The charts whose objects end up in one cluster with those of this one."""
        charts = [c for c in self.node.root.node.find_all() if isinstance(c, AppChart)]
        own = self._chart.environment.name
        return [chart for chart in charts if chart.environment.name == own]


class _Derived(Manifest):
    """An object that is made anew whenever it is rendered, from what the tree holds by then."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        body: Body,
        derive: Callable[[Any], Body],
    ) -> None:
        super().__init__(scope, id, body)
        self._derive = derive

    @property
    def body(self) -> Body:
        return self._derive(self._body["metadata"])

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> Any:
        self._body = self.body
        return super().to_json()


def _rival_problems(namespace: str, quotas: list[NamespaceQuota]) -> Iterator[Problem]:
    paths = [item.node.path for item in quotas if item.namespace == namespace]
    if len(paths) > 1:
        why = f"has several quotas ({', '.join(paths)}), and the lowest of each figure holds"
        yield Problem("namespace", namespace, why, "keep one: it counts what all charts deploy")


def _problems(asked: Demand, props: NamespaceQuotaProps, namespace: str) -> Iterator[Problem]:
    """Why no quota that lets everything run can be derived."""
    if not asked.containers:
        why = "holds nothing that makes pods, so that its quota would let none start"
        fix = "leave the quota out, or put it into an App that deploys to this namespace"
        yield Problem("namespace", namespace, why, fix)
    for item in asked.containers:
        for figure in _REQUESTS:
            if figure not in item.amounts:
                where = f"{item.path}.resources.{figure}"
                why = "is missing, and a quota counts it"
                yield Problem(where, None, why, "give the container a request")
    yield from _default_problems(asked, props)
    yield from _hard_problems(asked, props)


def _default_problems(asked: Demand, props: NamespaceQuotaProps) -> Iterator[Problem]:
    fields = {"cpu_limit": "limits.cpu", "ephemeral_storage": "limits.ephemeral-storage"}
    for name, figure in fields.items():
        if getattr(props.default, name) is None and asked.stated(figure):
            why = f"is missing, and the quota counts {figure}, since every container states it"
            yield Problem(f"default.{name}", None, why, "give it, as small as a shell needs")


def _hard_problems(asked: Demand, props: NamespaceQuotaProps) -> Iterator[Problem]:
    for figure, amount in props.hard.items():
        where, total = f"hard[{figure!r}]", asked.total(figure)
        if figure in _LIMITS and not asked.stated(figure):
            silent = next(c.path for c in asked.containers if figure not in c.amounts)
            why = f"refuses {silent}, which has no such limit"
            yield Problem(where, amount, why, "leave it out, or give every container one")
        elif parse(amount) < total:
            why = f"is below the {written(figure, total)} deployed: {asked.sum_of(figure)}"
            fix = f"use {written(figure, total)} or more, or deploy less"
            yield Problem(where, amount, why, fix)
