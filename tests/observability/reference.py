"""Signals of everything that alarms, one of each kind with all that it can have."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

import cdk8s

from apps.environments import PROD
from apps.nova_messaging.chart import NovaMessaging
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests, Saturation
from constructs_lib.kube.signals import Metric, Signals
from constructs_lib.ports import Ports
from constructs_lib.refs import Port
from constructs_lib.service import NovaService, NovaServiceProps
from constructs_lib.store import Database, Login, Reach, ResilientStatefulStore
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.observability import stack_cases, trace_cases
from tests.service.rendering import new_chart
from tests.store import etcd_cases, nats_cases, postgres_servers_cases, redis_cases

_NIGHTLY = Backup(schedule=redis_cases.NIGHTLY, to=BackupVolume(size="40Gi"))


def _tls(name: str) -> Tls:
    return Tls(f"{name}-tls", certificate=f"{name}-tls")


def _store(name: str, props: StoreProps) -> Signals:
    chart = new_chart(redis_cases.OPERATED)
    signals = ResilientStatefulStore(chart, name, props).signals
    assert signals is not None
    return signals


def _redis(topology: str) -> Signals:
    props = redis_cases.altered(
        redis_cases.FULL[topology], eviction="noeviction", append_only=True, tls=_tls("redis")
    )
    return _store("redis", props)


def _postgres() -> Signals:
    """Patroni tells nothing where its metrics are encrypted, so this one is plain."""
    settings = {"archive_mode": "on", "archive_command": "cp %p /archive/%f"}
    props = postgres_servers_cases.altered(
        postgres_servers_cases.FULL,
        tls=None,
        parameters=settings,
        databases=(Database("orders", schemas=("orders",)), Database("shared", schemas=())),
        logins=(_login("orders", 20), _login("reports", 10)),
    )
    return _store("postgres", replace(props, backup=_NIGHTLY))


def _login(name: str, connections: int) -> Login:
    """One that owns the schema where it is called so, and only connects elsewhere."""
    reach = Reach("orders", "orders") if name == "orders" else Reach("shared")
    password = postgres_servers_cases.key(name)
    return Login(name, password=password, reaches=(reach,), pods=20, at_once=connections, idle=0)


def _postgres_encrypted() -> Signals:
    """What only an encrypted one alarms of."""
    props = postgres_servers_cases.altered(postgres_servers_cases.FULL, tls=_tls("postgres"))
    return _without(_store("postgres", props), {item.name for item in _postgres().alerts})


def _service() -> Signals:
    exposed = (
        Metric("http_requests_total", kind="counter"),
        Metric("http_request_duration_seconds", kind="histogram", unit="s"),
        Metric("message_queue_length"),
    )
    props = NovaServiceProps(
        image=Image("registry.example.com/orders", tag="1"),
        ports=Ports(Port("http", 8080)),
        replicas=2,
        metrics=Metrics(port="http", exposes=exposed),
        requests=Requests(buckets=(0.1, 0.25, 1)),
        objectives=Objectives(
            latency=Latency(seconds=0.25),
            saturation=(Saturation("message_queue_length", above=1000),),
        ),
    )
    return NovaService(new_chart(), "orders", props).signals


def _nova_messaging() -> Signals:
    """What an app of this project alarms of besides."""
    signals = NovaMessaging(cdk8s.App(), PROD).service.signals
    return _without(signals, {item.name for item in _service().alerts})


@cache
def stack_parts() -> Mapping[str, Signals]:
    """Parts of a stack by kind; it also watches something that would not tell if it were gone."""
    silent = replace(_service(), kind="store", alerts=())
    props = replace(
        stack_cases.full(),
        watches=(*stack_cases.full().watches, silent),
        trace_collector=trace_cases.TAIL,
    )
    parts = stack_cases.stack(props).signals
    return {item.kind: item for item in parts if item not in props.watches}


def _part(kind: str) -> Callable[[], Signals]:
    """A part of the stack, without what is tried of every service."""
    return lambda: _without(stack_parts()[kind], {item.name for item in _service().alerts})


def _without(signals: Signals, tried: set[str]) -> Signals:
    return replace(signals, alerts=tuple(item for item in signals.alerts if item.name not in tried))


WORKLOADS: Final[Mapping[str, Callable[[], Signals]]] = {
    "redis-replicated": lambda: _redis("replicated"),
    "redis-sentinel": lambda: _redis("sentinel"),
    "postgres": _postgres,
    "postgres-encrypted": _postgres_encrypted,
    "nats": lambda: _store("nats", nats_cases.altered(nats_cases.FULL, tls=_tls("nats"))),
    "etcd": lambda: _store("etcd", etcd_cases.altered(etcd_cases.FULL, tls=_tls("etcd"))),
    "service": _service,
    "nova-messaging": _nova_messaging,
}
"""Stores and services, by the name of the file of cases."""

PARTS: Final[Mapping[str, Callable[[], Signals]]] = {
    kind: _part(kind)
    for kind in (
        "prometheus",
        "alertmanager",
        "kube-state-metrics",
        "nodes",
        "cert-manager",
        "grafana",
        "jaeger",
        "collector",
    )
}
"""Parts of a stack, by the name of the file of cases. Tests of their own try these."""

REFERENCES: Final[Mapping[str, Callable[[], Signals]]] = {**WORKLOADS, **PARTS}
"""All of them."""


@cache
def all_alerts() -> Mapping[str, tuple[Alert, ...]]:
    """Every alert of every reference, by page of the runbooks."""
    found: dict[str, dict[tuple[str, str, str], Alert]] = {}
    for reference in REFERENCES.values():
        signals = reference()
        for alert in signals.alerts:
            page = found.setdefault(alert.page or signals.kind, {})
            page[alert.name, alert.severity, alert.lasts] = alert
    return {page: tuple(alerts.values()) for page, alerts in sorted(found.items())}
