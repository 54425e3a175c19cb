"""Metrics of Grafana, and what somebody has to know of it."""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import deployment_pods
from constructs_lib.kube.signals import Metric

NAME = "grafana"

_MISTYPED = 0.25
"""Share of queries that may fail because people write them wrong."""

GRAFANA_METRICS = (
    Metric("grafana_build_info", help="Version; there while Grafana runs."),
    Metric(
        "grafana_http_request_duration_seconds",
        kind="histogram",
        unit="s",
        help="Requests of browsers, by handler and status_code.",
    ),
    Metric(
        "grafana_plugin_request_total",
        kind="counter",
        help="Queries to data sources, by plugin_id, status and status_source.",
    ),
    Metric("process_resident_memory_bytes", unit="bytes", help="Memory of the process."),
)
"""https://grafana.com/docs/grafana/v13.1/setup-grafana/set-up-grafana-monitoring/, and
https://github.com/grafana/grafana/blob/main/pkg/services/pluginsintegration/clientmiddleware/metrics_middleware.go"""


def grafana_alerts(namespace: str) -> tuple[Alert, ...]:
    """What somebody has to know of Grafana."""
    pods = deployment_pods(namespace, NAME)
    requests = "grafana_http_request_duration_seconds_count"
    # Counted whatever becomes of a query. grafana_datasource_request_total counts answers: where
    # no connection comes about there is none.
    asked = f'grafana_plugin_request_total{{{pods}, endpoint="queryData"'
    return (
        Alert(
            name="GrafanaRequestsFailing",
            expression=f'sum by (namespace) (rate({requests}{{{pods}, status_code=~"5.."}}[10m]))'
            f" / sum by (namespace) (rate({requests}{{{pods}}}[10m])) > 0.05",
            lasts="10m",
            summary="{{ $value | humanizePercentage }} of requests to Grafana fail.",
            action="Look for 'level=error' in its log; most often its database does not answer.",
        ),
        Alert(
            name="GrafanaDataSourceFailing",
            expression=f"sum by (namespace, plugin_id)"
            f' (rate({asked}, status="error"}}[10m])) / sum by (namespace, plugin_id)'
            f" (rate({asked}}}[10m])) > {_MISTYPED}",
            lasts="10m",
            summary="{{ $value | humanizePercentage }} of queries to data source"
            " {{ $labels.plugin_id }} fail.",
            action="Look at what is behind it: dashboards show gaps meanwhile.",
        ),
    )
