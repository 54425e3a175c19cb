"""Stacks that tests render, and the apps that they watch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Metric, Signals
from constructs_lib.observability import (
    Alertmanager,
    CertManager,
    Grafana,
    Jaeger,
    KubeStateMetrics,
    NewerScrapes,
    NodeMetrics,
    ObservabilityStack,
    ObservabilityStackProps,
    Prometheus,
    RemoteWrite,
    Scraping,
    TraceCollector,
)
from constructs_lib.observability.alertmanager_config import ALERTMANAGER_CONFIGS
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port, Ports, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.rules import Known
from constructs_lib.service import NovaService, NovaServiceProps
from constructs_lib.store import NatsJetStream, NatsUser, ResilientStatefulStore, StoreProps
from constructs_lib.testing import Objects, synth
from tests.environments import MODERN
from tests.observability.alertmanager_cases import SMALL, TEAMS

PLAIN: Final[Environment] = replace(
    MODERN,
    cluster=replace(MODERN.cluster, crds=frozenset()),
    runbooks="https://docs.example.com/runbooks",
)
"""Without an operator; Prometheus of namespace observability is let in everywhere."""

OPERATED: Final[Environment] = replace(
    PLAIN,
    cluster=replace(
        PLAIN.cluster,
        crds=MODERN.cluster.crds | {PROMETHEUS_RULES, ALERTMANAGER_CONFIGS},
        scrapers=(Pods("monitoring", labels={"app.kubernetes.io/name": "prometheus"}),),
    ),
)
"""With the Prometheus Operator."""

SINGLE: Final[Environment] = replace(PLAIN, replicated_stores=False, single_replica=True)
"""One of everything."""


class Web(AppChart):
    """A service with objectives and metrics at a port of their own."""

    def __init__(self, scope: cdk8s.App, environment: Environment) -> None:
        super().__init__(scope, "web", environment=environment, team="shop")
        metrics = Metrics(
            exposes=(
                Metric("http_requests_total", kind="counter"),
                Metric("http_request_duration_seconds", kind="histogram", unit="s"),
            )
        )
        props = NovaServiceProps(
            image=AppImage("orders", tag="v1"),
            ports=Ports(http=8080, metrics=9090),
            metrics=metrics,
            requests=Requests(),
            objectives=Objectives(latency=Latency(seconds=0.25)),
        )
        NovaService(self, "orders", props)
        NamespaceQuota(self, "quota", NamespaceQuotaProps())


class Queue(AppChart):
    """A store."""

    def __init__(self, scope: cdk8s.App, environment: Environment) -> None:
        super().__init__(scope, "queue", environment=environment, team="data")
        user = NatsUser("app", password=SecretKey("nats", "app"))
        engine = NatsJetStream(replicas=1, users=(user,))
        ResilientStatefulStore(self, "nats", StoreProps(engine=engine))


def watched(environment: Environment = PLAIN) -> tuple[Signals, ...]:
    """What both apps tell, built in trees of their own."""
    return (
        *Web(cdk8s.App(), environment).signals,
        *Queue(cdk8s.App(), environment).signals,
    )


NODES: Final = NodeMetrics(addresses=Cidrs(("10.1.0.0/24",)))
GRAFANA: Final = Grafana(admin_password=SecretKey("grafana", "password"))


def smallest(environment: Environment = PLAIN) -> ObservabilityStackProps:
    """Prometheus and nothing else."""
    return ObservabilityStackProps(
        watches=watched(environment), kube_state_metrics=None, without=("nodes",)
    )


def full(environment: Environment = PLAIN) -> ObservabilityStackProps:
    """Every part, every field of Prometheus set."""
    return ObservabilityStackProps(
        watches=watched(environment),
        prometheus=Prometheus(
            replicas=2,
            retention="30d",
            retention_size="30Gi",
            scrape_interval_seconds=15,
            evaluation_interval_seconds=15,
            scraping=Scraping(
                sample_limit=10_000,
                newer=NewerScrapes(
                    fallback_protocol="PrometheusText0.0.4",
                    names="legacy",
                    classic_histograms=True,
                ),
            ),
            external_labels={"region": "eu$1"},
            external_url="https://prometheus.example.com",
            remote_write=(
                RemoteWrite(
                    name="archive",
                    url="https://metrics.example.com/api/v1/push",
                    peers=(Cidrs(("203.0.113.0/24",)),),
                    user="shop",
                    password=SecretKey("archive", "password"),
                ),
                RemoteWrite(
                    name="other",
                    url="http://other.example.com:9009/push",
                    peers=(Cidrs(("198.51.100.7/32",)),),
                    token=SecretKey("other", "token"),
                ),
            ),
            extra_args=("--enable-feature=exemplar-storage,auto-reload-config",),
            image=Image("registry.example.com/prometheus", tag="v3.13.2"),
            user=1001,
            data_path="/data",
            resources=Resources(cpu="1", memory="4Gi"),
            startup_seconds=1800,
            shutdown=Shutdown(grace_period_seconds=600, drain_seconds=5, stop_seconds=500),
        ),
        prometheus_volume=Volume(size="50Gi"),
        alertmanager=Alertmanager(routing=TEAMS),
        alertmanager_volume=Volume(size="2Gi"),
        grafana=GRAFANA,
        jaeger=Jaeger(),
        jaeger_volume=Volume(size="20Gi"),
        trace_collector=TraceCollector(),
        kube_state_metrics=KubeStateMetrics(
            user=1002, interval_seconds=60, resources=Resources(cpu="50m", memory="128Mi")
        ),
        node_metrics=NODES,
        cert_manager=CertManager(interval_seconds=120),
    )


def operator(environment: Environment = OPERATED) -> ObservabilityStackProps:
    """Rules, routes and dashboards for an operator's Prometheus."""
    return ObservabilityStackProps(
        watches=watched(environment), form="operator", alertmanager=Alertmanager(routing=SMALL)
    )


def fleet(
    props: ObservabilityStackProps, environment: Environment, namespace: str = "observability"
) -> Objects:
    """The stack, and the two apps that it watches, as one environment."""

    return synth(
        lambda app: Web(app, environment),
        lambda app: Queue(app, environment),
        lambda app: Watching(app, environment, props, namespace),
    )


class Watching(AppChart):
    """A stack."""

    def __init__(
        self,
        scope: cdk8s.App,
        environment: Environment,
        props: ObservabilityStackProps,
        namespace: str = "observability",
    ) -> None:
        super().__init__(
            scope, "observability", environment=environment, team="platform", namespace=namespace
        )
        self.stack = ObservabilityStack(self, "stack", props)


def named(objects: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    """Names of the objects of ``kind``, each with its namespace where it has one."""
    found = [item["metadata"] for item in objects if item["kind"] == kind]
    return sorted("/".join(filter(None, (m.get("namespace"), m["name"]))) for m in found)


def stack(props: ObservabilityStackProps, environment: Environment = PLAIN) -> ObservabilityStack:
    """The stack in namespace observability."""
    return Watching(cdk8s.App(), environment, props).stack


def objects_of(
    props: ObservabilityStackProps,
    environment: Environment = PLAIN,
    namespace: str = "observability",
) -> list[dict[str, Any]]:
    """The objects of the stack's chart."""
    chart = Watching(cdk8s.App(), environment, props, namespace)
    return list(chart.to_json())


def secrets(namespace: str = "observability") -> Known:
    """Secrets that others make."""
    own = ("grafana", "archive", "other", "receivers", "mail")
    found = {f"Secret {namespace}/{name}": () for name in own}
    return Known(objects={**found, "Secret queue/nats": ()})


OPERATORS_PROMETHEUS: Final = Endpoint(
    "prometheus-operated",
    "monitoring",
    Port("web", 9090),
    peers=(Pods("monitoring", labels={"app.kubernetes.io/name": "prometheus"}),),
)
