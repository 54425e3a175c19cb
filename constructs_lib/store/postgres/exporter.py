"""What tells Prometheus of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.resources import Resources
from constructs_lib.values import Value


class PostgresExporter(Value):
    """Metrics for Prometheus, by a container beside the server."""

    image: Image = Image("quay.io/prometheuscommunity/postgres-exporter", tag="v0.20.0")
    """Its image. https://github.com/prometheus-community/postgres_exporter"""

    user: int = 65534
    """Numeric user id. Default 65534, ``nobody``, as in the official image."""

    resources: Resources = Resources(
        cpu="10m", memory="32Mi", cpu_limit="100m", memory_limit="64Mi"
    )
    """Requests and limits. Default 10m to 100m, 32Mi to 64Mi."""

    def problems(self) -> Iterator[Problem]:
        """It is not root."""
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use the image's numeric id, 1 or more")
