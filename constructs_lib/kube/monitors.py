"""How Prometheus learns of a workload's metrics: monitor objects, or annotations.

https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/api-reference/api.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.kube.signals import Metric, scrape_problems
from constructs_lib.naming import COMPONENT
from constructs_lib.refs import Port
from constructs_lib.values import Value

EXTERNAL = "external"
"""Component label of a load balancer's Service, which monitors leave out."""


class Metrics(Value):
    """Where the workload exposes Prometheus metrics."""

    port: str = "metrics"
    """Name of the port. Default ``metrics``."""

    path: str = "/metrics"
    """Path. Default ``/metrics``."""

    interval_seconds: int = 30
    """Time between scrapes, at most 140 s. Default 30 s."""

    exposes: tuple[Metric, ...] = ()
    """Metrics that are there. Rules and dashboards of the workload may then name no others. Default
    none: nothing is known of them, and nothing is checked."""

    honor_labels: bool = False
    """Whether labels that its series bring themselves win over those of the pod that is scraped:
    where they tell of others, as kube-state-metrics does. Default False."""

    def problems(self) -> Iterator[Problem]:
        """The path is absolute, the interval short enough, each metric listed once."""
        yield from scrape_problems(self.path, self.interval_seconds, self.exposes)


def scrape_annotations(metrics: Metrics, port: Port) -> dict[str, str]:
    """Annotations of the pod template that a Prometheus with pod discovery looks for."""
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(port.number),
        "prometheus.io/path": metrics.path,
    }


def monitor(
    metadata: Body,
    metrics: Metrics,
    selector: Mapping[str, str],
    *,
    kind: Literal["ServiceMonitor", "PodMonitor"],
) -> Body:
    """A ServiceMonitor over the Service, or a PodMonitor where pods have none."""
    endpoint: Body = {
        "port": metrics.port,
        "path": metrics.path,
        "interval": f"{metrics.interval_seconds}s",
    }
    if metrics.honor_labels:
        endpoint["honorLabels"] = True
    selected: Body = {"matchLabels": dict(selector)}
    if kind == "ServiceMonitor":
        # A load balancer's Service has the same pods, which would be scraped twice.
        expression = {"key": COMPONENT, "operator": "NotIn", "values": [EXTERNAL]}
        selected["matchExpressions"] = [expression]
    field = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"selector": selected, field: [endpoint]},
    }
