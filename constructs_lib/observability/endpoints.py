"""Where the parts of an ObservabilityStack are reached, for gateways and for those who ask."""

from __future__ import annotations

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError
from constructs_lib.observability.grafana_service import grafana_endpoint
from constructs_lib.observability.jaeger import QUERY, jaeger_endpoint
from constructs_lib.observability.otlp import OTLP_GRPC
from constructs_lib.observability.prometheus_pods import HTTP
from constructs_lib.observability.props import ObservabilityStackProps
from constructs_lib.observability.trace_collector import collector_endpoint
from constructs_lib.refs import Binding, Endpoint

PROMETHEUS = "prometheus"
"""Name of the workload."""


class StackEndpoints:
    """The endpoints of a stack; each raises ``NovaError`` where there is nothing to reach."""

    name: str
    _chart: AppChart
    _props: ObservabilityStackProps
    _alertmanager: Binding | None

    @property
    def prometheus(self) -> Endpoint:
        """Where queries are asked; raises ``NovaError`` where that is not known."""
        if self._props.form == "operator":
            fix = "say where the operator's is: operator_prometheus=Endpoint(...)"
            return self._asked(self._props.operator_prometheus, "Prometheus of its own", fix)
        chart = self._chart
        return Endpoint.of(PROMETHEUS, HTTP, app=chart.app_name, namespace=chart.app_namespace)

    @property
    def alertmanager(self) -> Endpoint:
        """Where silences are made; raises ``NovaError`` where there is none."""
        found = None if self._alertmanager is None else self._alertmanager.endpoint
        fix = "set alertmanager=Alertmanager(routing=...)"
        if self._props.form == "operator":
            fix = "the operator runs it: write an Endpoint of its Service (alertmanager-operated)"
        return self._asked(found, "Alertmanager of its own", fix)

    @property
    def grafana(self) -> Endpoint:
        """Where people look; raises ``NovaError`` where there is none."""
        found = None if self._props.grafana is None else grafana_endpoint(self._chart)
        fix = "set grafana=Grafana(admin_password=...)"
        return self._asked(found, "Grafana", fix)

    @property
    def jaeger_ui(self) -> Endpoint:
        """Where traces are looked at; raises ``NovaError`` where there is none."""
        found = None if self._props.jaeger is None else jaeger_endpoint(self._chart, QUERY)
        return self._asked(found, "Jaeger", "set jaeger=Jaeger()")

    @property
    def traces(self) -> Endpoint:
        """Where services send traces by OTLP over gRPC; raises ``NovaError`` where there is none.

        The trace collector, or else Jaeger.
        """
        found = None
        if self._props.trace_collector is not None:
            found = collector_endpoint(self._chart.app_name, self._chart.app_namespace)
        elif self._props.jaeger is not None:
            found = jaeger_endpoint(self._chart, OTLP_GRPC)
        return self._asked(found, "Jaeger", "set jaeger=Jaeger()")

    def _asked(self, endpoint: Endpoint | None, what: str, fix: str) -> Endpoint:
        if endpoint is None:
            msg = f"stack {self.name!r} has no {what}; {fix}"
            raise NovaError(msg)
        return endpoint
