"""Signals that dashboards are drawn of: services, every engine, the stack itself."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.kube import golden_signals
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.objectives import Latency, Objectives, Requests, Saturation
from constructs_lib.kube.service_recordings import recordings
from constructs_lib.kube.signals import Metric, Signals, SignalsKind, Target
from constructs_lib.kube.subject import Subject
from constructs_lib.observability import nodes
from constructs_lib.observability.alertmanager_alerts import METRICS as ALERTMANAGER
from constructs_lib.observability.kube_state_metrics import METRICS as STATES_METRICS
from constructs_lib.observability.prometheus_metrics import METRICS as PROMETHEUS
from constructs_lib.refs import Pods, Port
from constructs_lib.store.etcd.metrics import MEMBER
from constructs_lib.store.nats.metrics import EXPORTER as NATS
from constructs_lib.store.postgres.metrics import EXPORTER as POSTGRES
from constructs_lib.store.postgres.metrics import PATRONI
from constructs_lib.store.proxy_metrics import HAPROXY
from constructs_lib.store.redis.metrics import EXPORTER as REDIS

RUNBOOKS = "https://docs.example.com/runbooks"

A12 = (
    Metric("http_requests_total", kind="counter"),
    Metric("http_request_duration_seconds", kind="histogram", unit="s"),
    Metric("websocket_connections_active", help="Connections that are open."),
    Metric("database_query_duration_seconds", kind="histogram", unit="s"),
    Metric("message_queue_length", help="Messages that wait to be sent."),
)

_CONTAINERS = (*nodes.VOLUMES, *nodes.CONTAINERS, *nodes.PODS)


def target(name: str, *exposes: Metric, namespace: str) -> Target:
    """Where ``exposes`` is scraped."""
    return Target(
        name=f"{namespace}/{name}",
        pods=Pods(namespace=namespace, labels={"app.kubernetes.io/name": name}),
        port=Port("metrics", 9090),
        exposes=exposes,
    )


def signals_of(
    kind: SignalsKind,
    name: str,
    *exposes: Metric,
    app: str,
    namespace: str,
    parts: tuple[str, ...] = (),
    alerts: tuple[Alert, ...] = (),
) -> Signals:
    """Signals of a store, or of what tells of others."""
    return Signals(
        kind=kind,
        name=name,
        app=app,
        namespace=namespace,
        team="platform",
        targets=(target(name, *exposes, namespace=namespace),),
        alerts=alerts,
        parts=parts or (name,),
    )


def service_of(
    name: str,
    *exposes: Metric,
    app: str,
    namespace: str,
    requests: Requests | None = None,
    objectives: Objectives | None = None,
) -> Signals:
    """Signals of a service, with what is recorded of it."""
    subject = Subject(name=name, namespace=namespace, requests=requests, objectives=objectives)
    return Signals(
        kind="service",
        name=name,
        app=app,
        namespace=namespace,
        team="messaging",
        targets=(target(name, *exposes, namespace=namespace),),
        recordings=recordings(subject),
        alerts=golden_signals.alerts(subject),
        requests=requests,
        objectives=objectives,
        parts=(name,),
    )


MESSAGING = service_of(
    "messaging-service",
    *A12,
    app="nova-messaging",
    namespace="nova-messaging",
    requests=Requests(),
    objectives=Objectives(
        latency=Latency(seconds=0.25),
        saturation=(Saturation("message_queue_length", above=1000),),
    ),
)

ORDERS = service_of(
    "order-service",
    Metric("catga_request_duration", kind="histogram", unit="s"),
    app="catga",
    namespace="catga-cluster",
    requests=Requests(total=None, duration="catga_request_duration"),
)

MISSING = Alert(
    name="RedisMasterMissing",
    expression="redis_up == 0",
    summary="No master.",
    action="Look.",
    labels={"namespace": "nova-redis"},
)

STORES = (
    signals_of(
        "redis",
        "redis",
        *REDIS,
        *HAPROXY,
        app="nova-data",
        namespace="nova-redis",
        parts=("redis", "redis-sentinel", "redis-proxy"),
        alerts=(MISSING,),
    ),
    signals_of(
        "postgres",
        "postgres",
        *POSTGRES,
        *PATRONI,
        *HAPROXY,
        app="nova-data",
        namespace="nova-database",
        parts=("postgres", "postgres-proxy"),
    ),
    signals_of("etcd", "etcd", *MEMBER, app="nova-data", namespace="nova-database"),
    signals_of("nats", "nats", *NATS, app="catga", namespace="catga-cluster"),
)

STACK = (
    signals_of("prometheus", "prometheus", *PROMETHEUS, app="observability", namespace="watch"),
    signals_of(
        "alertmanager", "alertmanager", *ALERTMANAGER, app="observability", namespace="watch"
    ),
    signals_of(
        "jaeger",
        "jaeger",
        Metric("jaeger_storage_latency_seconds", kind="histogram", unit="s"),
        Metric("otelcol_receiver_accepted_spans_total", kind="counter"),
        Metric("otelcol_exporter_queue_size"),
        Metric("go_gc_duration_seconds", kind="summary", unit="s"),
        app="observability",
        namespace="watch",
    ),
)

NODES = replace(
    signals_of("nodes", "nodes", *_CONTAINERS, app="observability", namespace="watch"),
    recordings=(nodes.cpu_of_pods(),),
)
STATES = signals_of(
    "kube-state-metrics",
    "kube-state-metrics",
    *STATES_METRICS,
    app="observability",
    namespace="watch",
)

EVERYTHING = (MESSAGING, ORDERS, *STORES, *STACK, NODES, STATES)
