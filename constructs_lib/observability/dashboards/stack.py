"""Dashboards of what watches the rest.

Metrics: https://github.com/prometheus/prometheus and https://github.com/prometheus/alertmanager
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import (
    Row,
    declared,
    figure,
    graph,
    quantiles,
    rate,
)
from constructs_lib.observability.dashboards.pods import (
    claims_of,
    pods,
    scraped,
    selected,
    volumes,
)


def prometheus(signals: Signals) -> Iterator[Row]:
    """What it scrapes, stores and evaluates, and what it tells Alertmanager."""
    at = selected(signals)
    yield _scrapes(signals, at)
    yield _storage(at)
    yield _rules(at)
    yield volumes(claims_of(signals))
    yield pods(at)


def alertmanager(signals: Signals) -> Iterator[Row]:
    """What it is told, and whether it gets through."""
    at = selected(signals)
    yield _alerts(signals, at)
    yield _notifications(at)
    yield volumes(claims_of(signals))
    yield pods(at)


def plain(signals: Signals) -> Iterator[Row]:
    """Every metric that it declares, by its kind: of Grafana, Jaeger and collectors of traces."""
    at = selected(signals)
    yield Row(title="Now", panels=scraped(signals))
    yield Row(title="Metrics", panels=tuple(declared(metric, at) for metric in signals.metrics))
    yield volumes(claims_of(signals))
    yield pods(at)


def _alerts(signals: Signals, at: str) -> Row:
    return Row(
        title="Health",
        panels=(
            figure(
                "Configuration is in use",
                f"min(alertmanager_config_last_reload_successful{{{at}}})",
                floor=1,
            ),
            figure("Members", f"min(alertmanager_cluster_members{{{at}}})", floor=1),
            figure(
                "Alerts",
                f'max(sum by (pod) (alertmanager_alerts{{{at}, state="active"}}))',
                help="Those that fire and are not silenced.",
            ),
            figure(
                "Silences",
                f'max(sum by (pod) (alertmanager_silences{{{at}, state="active"}}))',
            ),
            *scraped(signals),
        ),
    )


def _notifications(at: str) -> Row:
    failed = rate("alertmanager_notifications_failed_total", at, "integration")
    return Row(
        title="Notifications",
        panels=(
            graph(
                "Sent",
                (rate("alertmanager_notifications_total", at, "integration"), "{{integration}}"),
                unit="cps",
            ),
            graph("Failed", (failed, "{{integration}}"), unit="cps"),
            graph(
                "How long they take",
                *quantiles("alertmanager_notification_latency_seconds", at),
                unit="s",
            ),
            graph(
                "Alerts received",
                (rate("alertmanager_alerts_received_total", at, "status"), "{{status}}"),
                unit="cps",
            ),
        ),
    )


def _scrapes(signals: Signals, at: str) -> Row:
    reloaded = f"min(prometheus_config_last_reload_successful{{{at}}})"
    return Row(
        title="Scrapes",
        panels=(
            figure("Configuration is in use", reloaded, floor=1),
            figure("Targets", "count(up)"),
            figure("Targets that do not answer", "count(up == 0) or vector(0)", ceiling=1),
            figure("Series", f"max(prometheus_tsdb_head_series{{{at}}})"),
            *scraped(signals),
            graph(
                "Slowest targets",
                ("topk(10, max by (job) (scrape_duration_seconds))", "{{job}}"),
                unit="s",
                help=f"As {signals.name} sees them.",
            ),
            graph(
                "Samples taken in",
                (rate("prometheus_tsdb_head_samples_appended_total", at, "pod"), "{{pod}}"),
                unit="cps",
            ),
            graph("Series in memory", (f"prometheus_tsdb_head_series{{{at}}}", "{{pod}}")),
        ),
    )


def _storage(at: str) -> Row:
    spent = f'prometheus_engine_query_duration_seconds{{{at}, slice="inner_eval"}}'
    return Row(
        title="Storage",
        panels=(
            graph(
                "Size",
                (f"prometheus_tsdb_storage_blocks_bytes{{{at}}}", "{{pod}} blocks"),
                (f"prometheus_tsdb_wal_storage_size_bytes{{{at}}}", "{{pod}} write-ahead log"),
                (f"min(prometheus_tsdb_retention_limit_bytes{{{at}}}) > 0", "retention.size"),
                unit="bytes",
            ),
            graph(
                "Failures",
                (
                    rate("prometheus_tsdb_compactions_failed_total", at, "pod"),
                    "{{pod}} compactions",
                ),
                (rate("prometheus_tsdb_wal_corruptions_total", at, "pod"), "{{pod}} corruptions"),
                unit="cps",
            ),
            graph(
                "Time to evaluate a query",
                (f"max by (quantile) ({spent})", "{{quantile}}"),
                unit="s",
            ),
        ),
    )


def _rules(at: str) -> Row:
    slowest = f"max by (rule_group) (prometheus_rule_group_last_duration_seconds{{{at}}})"
    failed = rate("prometheus_rule_evaluation_failures_total", at, "rule_group")
    return Row(
        title="Rules and alerts",
        panels=(
            graph("Slowest groups of rules", (f"topk(10, {slowest})", "{{rule_group}}"), unit="s"),
            graph("Rules that fail", (f"{failed} > 0", "{{rule_group}}"), unit="cps"),
            graph(
                "Alerts sent",
                (rate("prometheus_notifications_sent_total", at, "alertmanager"), "sent"),
                (rate("prometheus_notifications_errors_total", at, "alertmanager"), "failed"),
                (rate("prometheus_notifications_dropped_total", at, "pod"), "dropped"),
                unit="cps",
            ),
        ),
    )
