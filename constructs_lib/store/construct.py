"""ResilientStatefulStore: a store that recovers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.errors import NovaError, nearest, refuse
from constructs_lib.kube.alerts import PROMETHEUS_RULES, Alert, prometheus_rule
from constructs_lib.kube.body import Body
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.manifest import Manifest
from constructs_lib.naming import TEAM, name_problems
from constructs_lib.refs import Binding, Endpoint
from constructs_lib.service.overrides import overridden, override_problems
from constructs_lib.store.checks import part_problems
from constructs_lib.store.engine import Place, Plan
from constructs_lib.store.props import StoreProps
from constructs_lib.store.render import Rendering
from constructs_lib.store.signals import signals_of
from constructs_lib.tree import place as place_of
from constructs_lib.tree import takes_props
from constructs_lib.values import check

DEFAULT_BINDING = "default"
"""Login of engines that know only one."""


_NOT_EVERYWHERE = {"Deployment", "PodDisruptionBudget", "PodMonitor", "PrometheusRule"}
"""Kinds that one topology or cluster renders and another does not, so that an override may meet
none."""


@takes_props
class ResilientStatefulStore(Construct):
    """A store.

    After construction the chart holds, for every part that the engine consists of, its workload,
    ServiceAccount, ConfigMap, NetworkPolicy and, where pods can be spared, disruption budget;
    the Services whose names stay the same in every topology; jobs for backups and a suspended one
    for a restore; and alert rules where the cluster has the CRD for them.
    """

    def __init__(self, scope: Construct, id: str, props: StoreProps) -> None:  # noqa: A002
        """Build the store ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        where = place_of(scope, id, "ResilientStatefulStore")
        check(where, props, StoreProps)
        self._chart: AppChart = app_chart_of(scope)
        self._props = props
        self._place = self._placed(id)
        refuse(where, chain(name_problems("id", id), props.engine.problems_at(self._place)))
        self._plan: Plan = props.engine.plan(self._place)
        refuse(where, part_problems(self._plan, props, self._chart.environment))
        team = self._chart.common_labels[TEAM]
        self._signals = signals_of(self._place, self._plan, team=team)
        bodies = dict(self._bodies())
        refuse(where, override_problems(props.overrides, list(bodies.values()), _NOT_EVERYWHERE))
        super().__init__(scope, id)
        self.name = id
        """Name of the store, and of its main part."""
        for key, body in bodies.items():
            Manifest(self, key, overridden(body, props.overrides))
        self._chart.declare(self._signals)

    @property
    def endpoint(self) -> Endpoint:
        """Where clients write, or connect to, in every topology."""
        return self.client().endpoint

    @property
    def read_endpoint(self) -> Endpoint:
        """Where clients may read what is a moment old; raises ``NovaError`` where there is none."""
        return self.endpoint_of("read")

    @property
    def signals(self) -> Signals:
        """Where it is scraped, what is recorded of it and what alarms."""
        return self._signals

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What somebody has to know of it."""
        return self._plan.alerts

    def endpoint_of(self, role: str) -> Endpoint:
        """The endpoint of ``role``, such as ``sentinel``; raises ``NovaError`` with the nearest."""
        if role not in self._plan.endpoints:
            msg = f"store {self.name!r} has no endpoint {role!r}: "
            raise NovaError(msg + nearest(role, self._plan.endpoints))
        return self._plan.endpoints[role]

    def client(self, name: str = DEFAULT_BINDING) -> Binding:
        """What a client gets, of engines that know one login; raises ``NovaError`` for others.

        ``name`` is that of a client whose connections the engine counts.
        """
        return self._bound("client", name)

    def login(self, name: str) -> Binding:
        """What clients get who connect as ``name``; raises ``NovaError`` with the nearest name."""
        return self._bound("login", name)

    def _bound(self, kind: str, name: str) -> Binding:
        if name not in self._plan.bindings:
            known = nearest(name, self._plan.bindings)
            msg = f"store {self.name!r} has no {kind} {name!r}: {known}"
            raise NovaError(msg)
        return self._plan.bindings[name]

    def _placed(self, name: str) -> Place:
        props, environment = self._props, self._chart.environment
        size = environment.volumes.get(f"{self._chart.app_name}/{name}", props.volume.size)
        return Place(
            name=name,
            owner=self._chart,
            environment=environment,
            volume=replace(props.volume, size=size),
            backup=props.backup,
            write_service=props.write_service or name,
            read_service=props.read_service or f"{name}-replicas",
            clients=props.clients,
        )

    def _bodies(self) -> Iterator[tuple[str, Body]]:
        """Every object by its id in the tree."""
        rendering = Rendering(self._place, self._props)
        for part in self._plan.parts:
            for key, body in rendering.part(part):
                yield f"{part.name}-{key}", body
        for front in self._plan.fronts:
            yield f"{front.name}-front", rendering.front(front)
        yield from self._plan.objects.items()
        yield from self._rules()

    def _rules(self) -> Iterator[tuple[str, Body]]:
        environment = self._chart.environment
        groups = rule_groups(self._signals, runbooks=environment.runbooks)
        if groups and PROMETHEUS_RULES in environment.cluster.crds:
            metadata = object_metadata(self._chart, self._place.name, labels=self._props.labels)
            yield "alerts", prometheus_rule(metadata, groups)
