"""One stack as every system has it, by what an environment is."""

from collections.abc import Mapping, Sequence
from typing import Final

from apps.observability.receivers import routing
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.gateway import NOBODY, IngressGateway, IngressGatewayProps, Route
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.signals import Signals
from constructs_lib.naming import TEAM
from constructs_lib.observability import (
    Alertmanager,
    Badger,
    CertManager,
    Grafana,
    Jaeger,
    NodeMetrics,
    ObservabilityStack,
    ObservabilityStackProps,
    Prometheus,
    TraceCollector,
)
from constructs_lib.observability.sampling import Probabilistic
from constructs_lib.refs import Cidrs
from constructs_lib.secrets import AppSecret, AppSecretProps

NODES: Final[Mapping[str, Cidrs]] = {
    "prod": Cidrs(("10.0.1.0/24",)),
    "dev": Cidrs(("10.8.1.0/24",)),
}
"""Networks of the nodes, whose kubelets are scraped. Elsewhere there is one node, which is the API
server's too."""

KEPT_PERCENT: Final[Mapping[str, float]] = {"prod": 20}
"""Share of traces that a collector keeps, by environment; all of them elsewhere."""

TRACES_A_DAY: Final[Mapping[str, str]] = {"prod": "1Gi", "dev": "256Mi", "local": "128Mi"}
"""What a day's traces take, by environment: measure it, and set the volume by it."""


def add_stack(
    chart: AppChart, watches: Sequence[Signals], *, collector: bool = False
) -> ObservabilityStack:
    """Prometheus, Alertmanager, Grafana and Jaeger over ``watches``, and a host for Grafana.

    ``collector`` puts a trace collector before Jaeger.
    """
    host = f"grafana.{chart.app_name}.{chart.environment.domain}"
    teams = sorted({chart.common_labels[TEAM], *(item.team for item in watches)})
    told = routing(chart, teams)
    stack = ObservabilityStack(
        chart,
        "stack",
        ObservabilityStackProps(
            watches=tuple(watches),
            # What is left of an error budget of 30 days takes as many to know.
            prometheus=Prometheus(retention="31d"),
            prometheus_volume=Volume(size="40Gi"),
            alertmanager=None if told is None else Alertmanager(routing=told),
            grafana=_grafana(chart, host),
            jaeger=Jaeger(storage=Badger(per_day=_traces_a_day(chart.environment))),
            trace_collector=_collector(chart.environment) if collector else None,
            node_metrics=NodeMetrics(addresses=_nodes(chart.environment)),
            # It makes the certificates of gateways.
            cert_manager=None if chart.environment.certificate_issuer is None else CertManager(),
        ),
    )
    # Prometheus, Alertmanager and Jaeger ask nobody who they are: people reach them through
    # Grafana, or by kubectl port-forward. Nor does Grafana for its own metrics.
    metrics = Route("/metrics", stack.grafana, match="exact", allow_from=NOBODY)
    routes = (Route("/", stack.grafana), metrics)
    IngressGateway(chart, "grafana-gateway", IngressGatewayProps(hosts=(host,), routes=routes))
    return stack


def _grafana(chart: AppChart, host: str) -> Grafana:
    keys = ("admin-password",)
    props = AppSecretProps(keys=keys, development=dict.fromkeys(keys, DEVELOPMENT_PASSWORD))
    secret = AppSecret(chart, "grafana-admin", props)
    scheme = "http" if chart.environment.certificate_issuer is None else "https"
    return Grafana(admin_password=secret.key("admin-password"), url=f"{scheme}://{host}")


def _collector(environment: Environment) -> TraceCollector:
    kept = KEPT_PERCENT.get(environment.name)
    return TraceCollector(sampling=None if kept is None else Probabilistic(percent=kept))


def _nodes(environment: Environment) -> Cidrs:
    if environment.name in NODES:
        return NODES[environment.name]
    server = environment.cluster.api_server
    if server is None:
        msg = f"environment {environment.name!r} has no addresses of nodes; add them to NODES"
        raise NovaError(msg)
    return server.addresses


def _traces_a_day(environment: Environment) -> str:
    if environment.name not in TRACES_A_DAY:
        msg = f"environment {environment.name!r} says nothing of its traces: add it to TRACES_A_DAY"
        raise NovaError(msg)
    return TRACES_A_DAY[environment.name]
