"""ObservabilityStack: what is seen of systems, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.errors import NovaError, Problem, refuse
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.signals import Signals
from constructs_lib.manifest import Manifest
from constructs_lib.naming import TEAM, name_problems, selector
from constructs_lib.observability import kube_state_metrics as state
from constructs_lib.observability import operator_form
from constructs_lib.observability.dashboards import dashboards
from constructs_lib.observability.discovery import (
    reading_roles,
    trace_senders,
)
from constructs_lib.observability.endpoints import PROMETHEUS, StackEndpoints
from constructs_lib.observability.grafana_alerts import NAME as GRAFANA
from constructs_lib.observability.grafana_service import grafana_props
from constructs_lib.observability.grafana_sources import Sources, silences_url
from constructs_lib.observability.jaeger import NAME as JAEGER
from constructs_lib.observability.jaeger import QUERY, jaeger_endpoint, jaeger_props
from constructs_lib.observability.jaeger_store import jaeger_engine
from constructs_lib.observability.otlp import OTLP_GRPC
from constructs_lib.observability.owners import Owners, owners_of
from constructs_lib.observability.prometheus import Prometheus
from constructs_lib.observability.props import ObservabilityStackProps
from constructs_lib.observability.scrape import longest_interval
from constructs_lib.observability.sources import fed
from constructs_lib.observability.trace_collector import NAME as COLLECTOR
from constructs_lib.observability.trace_collector import trace_collector_props
from constructs_lib.observability.trace_storage import Badger
from constructs_lib.refs import Binding, Pods
from constructs_lib.service.construct import NovaService
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.service.signals import signals_of
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.engine import Engine
from constructs_lib.store.props import StoreProps
from constructs_lib.tree import place, takes_props
from constructs_lib.values import check

ALERTMANAGER = "alertmanager"


@takes_props
class ObservabilityStack(StackEndpoints, Construct):
    """What watches some apps.

    After construction the chart holds, as far as the props ask for them, the stores ``prometheus``,
    ``alertmanager`` and ``jaeger``, the services ``grafana``, ``kube-state-metrics`` and
    ``trace-collector``, and Roles in every watched namespace by which pods are found there. In the
    operator's form there are a PrometheusRule, an AlertmanagerConfig and dashboards as ConfigMaps
    in place of Prometheus and Alertmanager.
    """

    def __init__(self, scope: Construct, id: str, props: ObservabilityStackProps) -> None:  # noqa: A002
        """Build the stack ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        where = place(scope, id, "ObservabilityStack")
        check(where, props, ObservabilityStackProps)
        self._chart: AppChart = app_chart_of(scope)
        refuse(where, self._misfits(id, props))
        super().__init__(scope, id)
        self.name = id
        """Name of the stack, and of the PrometheusRule of its operator's form."""
        self._props = props
        self._own: list[Signals] = []
        self._alertmanager = self._add_alertmanager()
        self._add_state_metrics()
        self._add_jaeger()
        self._add_trace_collector()
        self._add_prometheus()
        self._add_operator_objects()
        self._add_grafana()

    def _misfits(self, name: str, props: ObservabilityStackProps) -> Iterator[Problem]:
        yield from name_problems("id", name)
        if props.form == "operator":
            cluster, routes = self._chart.environment.cluster, props.alertmanager is not None
            yield from operator_form.crd_problems(cluster, routes=routes)
        if props.alertmanager is not None:
            teams = (self._chart.common_labels[TEAM], *(item.team for item in props.watches))
            for problem in props.alertmanager.routing.problems_of(teams):
                yield problem.within("alertmanager.routing")

    @property
    def signals(self) -> tuple[Signals, ...]:
        """Everything that is watched, the stack's own parts among it.

        Without alerts that need something that the stack has none of.
        """
        return fed((*self._props.watches, *self._own), self._props.missing)

    def _add_alertmanager(self) -> Binding | None:
        engine = self._props.alertmanager
        if engine is None or self._operated:
            return None
        if not self._chart.environment.replicated_stores:
            engine = replace(engine, replicas=1)
        grafana = self._props.grafana
        if engine.silences_url is None and grafana is not None and grafana.url is not None:
            engine = replace(engine, silences_url=silences_url(grafana.url))
        volume = self._props.alertmanager_volume
        return self._store(ALERTMANAGER, engine, volume, self._pods(PROMETHEUS)).client()

    def _add_state_metrics(self) -> None:
        settings = self._props.kube_state_metrics
        if settings is None:
            return
        owners = self._owners
        namespaces = sorted(name for owned in owners.values() for name in owned)
        self._service(state.NAME, settings.props(owners))
        for key, role in reading_roles(self._chart, state.NAME, namespaces, state.RULES):
            Manifest(self, f"{state.NAME}-{key}", role)

    def _add_jaeger(self) -> None:
        jaeger = self._props.jaeger
        if jaeger is None:
            return
        if self._props.trace_collector is None:
            jaeger = replace(jaeger, senders=(*jaeger.senders, *self._senders))
        if isinstance(jaeger.storage, Badger):
            self._store(JAEGER, jaeger_engine(jaeger), self._props.jaeger_volume)
        else:
            self._service(JAEGER, jaeger_props(jaeger, self._chart))

    def _add_trace_collector(self) -> None:
        collector = self._props.trace_collector
        if collector is not None:
            collector = replace(collector, senders=(*collector.senders, *self._senders))
            jaeger = jaeger_endpoint(self._chart, OTLP_GRPC)
            self._service(COLLECTOR, trace_collector_props(collector, self._chart, jaeger))

    def _add_prometheus(self) -> None:
        """Prometheus, which has to know of Grafana before there is one."""
        if self._operated:
            return
        if self._props.cert_manager is not None:
            self._chart.expect_namespace(self._props.cert_manager.pods.namespace)
        for told in self._others():
            self._own.append(told)
            self._chart.declare(told)
        engine = replace(
            self._props.prometheus or Prometheus(),
            watches=(*self.signals, *self._grafana_signals()),
            nodes=self._props.node_metrics,
            alertmanager=self._alertmanager,
        )
        self._store(PROMETHEUS, engine, self._props.prometheus_volume)

    def _others(self) -> Iterator[Signals]:
        """What kubelets and cert-manager tell."""
        props, chart = self._props, self._chart
        app, home, team = chart.app_name, chart.app_namespace, chart.common_labels[TEAM]
        if props.node_metrics is not None:
            yield props.node_metrics.signals(app=app, namespace=home, team=team)
        if props.cert_manager is not None:
            yield props.cert_manager.signals(
                self._owners, props.watches, app=app, namespace=home, team=team
            )

    def _add_operator_objects(self) -> None:
        """Rules, routes and dashboards, in the operator's form."""
        if not self._operated:
            return
        chart, alertmanager = self._chart, self._props.alertmanager
        known = (*self.signals, *self._grafana_signals())
        own = operator_form.own_signals(chart, self.name, known)
        self._own.append(own)
        chart.declare(own)
        drawn = self._dashboards() if self._props.grafana is None else {}
        for name, body in operator_form.objects(chart, self.name, own, alertmanager, drawn):
            Manifest(self, name, body)

    def _add_grafana(self) -> None:
        if self._props.grafana is not None:
            self._service(GRAFANA, self._grafana_props(self._dashboards()))

    @property
    def _owners(self) -> Owners:
        home, team = self._chart.app_namespace, self._chart.common_labels[TEAM]
        return owners_of(self._props.watches, home=home, team=team)

    @property
    def _senders(self) -> tuple[Pods, ...]:
        return trace_senders(self._props.watches)

    @property
    def _operated(self) -> bool:
        return self._props.form == "operator"

    def _store(
        self, name: str, engine: Engine, volume: Volume, *clients: Pods
    ) -> ResilientStatefulStore:
        store = ResilientStatefulStore(
            self, name, StoreProps(engine=engine, volume=volume, clients=clients)
        )
        if store.signals is not None:
            self._own.append(store.signals)
        return store

    def _service(self, name: str, props: NovaServiceProps) -> None:
        self._own.append(NovaService(self, name, props).signals)

    def _pods(self, name: str) -> Pods:
        return Pods(self._chart.app_namespace, labels=selector(name, self._chart.app_name))

    def _grafana_signals(self) -> tuple[Signals, ...]:
        """What Grafana will tell of itself, whatever its dashboards are."""
        if self._props.grafana is None:
            return ()
        props = self._grafana_props({})
        return (signals_of(props, self._chart, self._pods(GRAFANA), name=GRAFANA),)

    def _grafana_props(self, drawn: Mapping[str, str]) -> NovaServiceProps:
        grafana, jaeger = self._props.grafana, self._props.jaeger
        if grafana is None:
            msg = "there is no Grafana to describe"
            raise NovaError(msg)
        sources = Sources(
            prometheus=self.prometheus,
            alertmanager=None if self._alertmanager is None else self._alertmanager.endpoint,
            jaeger=None if jaeger is None else jaeger_endpoint(self._chart, QUERY),
            jaeger_path="" if jaeger is None else jaeger.query_path,
            interval_seconds=longest_interval(self.signals),
        )
        return grafana_props(grafana, self._chart, sources, drawn)

    def _dashboards(self) -> dict[str, str]:
        known = (*self.signals, *self._grafana_signals())
        return dashboards(known, runbooks=self._chart.environment.runbooks)
