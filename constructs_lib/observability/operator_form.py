"""What a stack adds where the Prometheus Operator runs Prometheus and Alertmanager; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.chart import AppChart
from constructs_lib.cluster import Cluster
from constructs_lib.environment import SERVICE_MONITORS
from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import PROMETHEUS_RULES, prometheus_rule
from constructs_lib.kube.body import Body
from constructs_lib.kube.config import config_map
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.naming import TEAM
from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.alertmanager_config import (
    ALERTMANAGER_CONFIGS,
    alertmanager_config,
)
from constructs_lib.observability.discovery import watched_namespaces
from constructs_lib.observability.grafana_sources import packed
from constructs_lib.observability.nodes import cpu_of_pods
from constructs_lib.observability.target_alerts import target_alerts, watchdog
from constructs_lib.store.render import POD_MONITORS

DASHBOARD = "grafana_dashboard"
"""Label by which a Grafana's sidecar finds dashboards."""


def crd_problems(cluster: Cluster, *, routes: bool) -> Iterator[Problem]:
    """Whether the cluster has what this form is made of."""
    needed = [SERVICE_MONITORS, POD_MONITORS, PROMETHEUS_RULES]
    missing = [
        name
        for name in (*needed, *([ALERTMANAGER_CONFIGS] if routes else []))
        if name not in cluster.crds
    ]
    if missing:
        why = f"lacks {', '.join(missing)}, without which nothing is scraped and nobody told"
        fix = "install the Prometheus Operator and name them, or use form='self-contained'"
        yield Problem("environment.cluster.crds", sorted(cluster.crds), why, fix)


def own_signals(chart: AppChart, name: str, known: Sequence[Signals]) -> Signals:
    """That alerts arrive, that everything ``known`` is scraped, and what its pods use."""
    return Signals(
        kind="prometheus",
        name=name,
        app=chart.app_name,
        namespace=chart.app_namespace,
        team=chart.common_labels[TEAM],
        alerts=(watchdog(), *target_alerts(known)),
        recordings=(cpu_of_pods(watched_namespaces(known)),),
    )


def objects(
    chart: AppChart,
    name: str,
    signals: Signals,
    alertmanager: Alertmanager | None,
    dashboards: Mapping[str, str],
) -> Iterator[tuple[str, Body]]:
    """Everything that this form adds, by ids: the stack's own rules, routes, dashboards."""
    yield "rules", rules(chart, name, signals)
    if alertmanager is not None:
        yield "routes", routes(chart, name, alertmanager)
    yield from dashboard_maps(chart, name, dashboards)


def rules(chart: AppChart, name: str, signals: Signals) -> Body:
    """A PrometheusRule with the stack's own alerts."""
    groups = rule_groups(signals, runbooks=chart.environment.runbooks)
    return prometheus_rule(object_metadata(chart, name), groups)


def routes(chart: AppChart, name: str, alertmanager: Alertmanager) -> Body:
    """An AlertmanagerConfig."""
    metadata = object_metadata(chart, name)
    return alertmanager_config(metadata, alertmanager.routing, silences=alertmanager.silences)


def dashboard_maps(
    chart: AppChart, name: str, dashboards: Mapping[str, str]
) -> Iterator[tuple[str, Body]]:
    """ConfigMaps of dashboards by their names, labelled for a Grafana that looks for such."""
    for item in packed(dashboards):
        metadata = object_metadata(chart, item.name(name), workload=name, labels={DASHBOARD: "1"})
        yield item.name(name), config_map(metadata, item.files)
