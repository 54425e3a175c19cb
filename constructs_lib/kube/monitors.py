"""How Prometheus learns of a workload's metrics: monitor objects, or annotations.

https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/api-reference/api.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.naming import COMPONENT
from constructs_lib.refs import Port
from constructs_lib.values import Value

_PATH = re.compile(r"[A-Za-z0-9._~%:@+,/-]+")

EXTERNAL = "external"
"""Component label of a load balancer's Service, which monitors leave out."""


class Metrics(Value):
    """Where the workload exposes Prometheus metrics."""

    port: str = "metrics"
    """Name of the port. Default ``metrics``."""

    path: str = "/metrics"
    """Path. Default ``/metrics``."""

    interval_seconds: int = 30
    """Time between scrapes where a monitor object can say so. Default 30 s."""

    def problems(self) -> Iterator[Problem]:
        """The path is absolute, the interval positive."""
        if not self.path.startswith("/"):
            yield Problem("path", self.path, "is not an absolute path", f"write '/{self.path}'")
        elif not _PATH.fullmatch(self.path):
            fix = "write it without a query, other characters percent-encoded"
            yield Problem("path", self.path, "is not a path", fix)
        if self.interval_seconds < 1:
            fix = "use 1 or more"
            yield Problem("interval_seconds", self.interval_seconds, "must be positive", fix)


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
    endpoint = {
        "port": metrics.port,
        "path": metrics.path,
        "interval": f"{metrics.interval_seconds}s",
    }
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
