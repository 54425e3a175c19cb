"""NATS stores that its tests render."""

import re
from dataclasses import replace
from typing import Any

from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.backups import S3, Backup, BackupVolume
from constructs_lib.store.nats.backup import NatsTools
from constructs_lib.store.nats.engine import NatsJetStream
from constructs_lib.store.nats.server import NatsExporter
from constructs_lib.store.nats.users import NatsUser
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.environments import MODERN
from tests.store.rendering import container_named, of_kind, pod_of, rendered

NIGHTLY = Schedule(cron="0 3 * * *")
CLIENT = Pods("shop-front", labels={"app.kubernetes.io/name": "web"})
OPERATED = replace(
    MODERN, cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES})
)
"""A cluster whose Prometheus takes alert rules."""


def key(name: str) -> SecretKey:
    return SecretKey("nats-logins", name)


ORDERS = NatsUser(
    "orders", password=key("orders"), publish=("orders.>",), subscribe=("orders.*.new", "jobs.>")
)
ADMIN = NatsUser("admin", password=key("admin"))
METER = NatsUser("meter", password=key("meter"), publish=("meters.>",), jetstream=False)

ONE = StoreProps(engine=NatsJetStream(replicas=1, users=(ADMIN,)))
THREE = StoreProps(engine=NatsJetStream(users=(ADMIN, ORDERS), route_password=key("route")))
ENGINE = NatsJetStream(
    replicas=5,
    users=(ORDERS, ADMIN, METER),
    route_password=key("route"),
    system_password=key("system"),
    backup_password=key("backup"),
    data_path="/var/lib/nats",
    max_file_store="2Gi",
    max_memory_store="64Mi",
    max_bytes_required=True,
    max_payload="8Mi",
    sync_interval="always",
    tls=Tls("nats-tls"),
    image=Image("registry.example.com/nats", tag="2.15.1"),
    user=1001,
    group=1002,
    resources=Resources(cpu="1", memory="1Gi"),
    shutdown=Shutdown(grace_period_seconds=90, drain_seconds=60, stop_seconds=20),
    exporter=NatsExporter(
        image=Image("registry.example.com/exporter", tag="1"),
        resources=Resources(cpu="20m", memory="16Mi"),
    ),
    tools=NatsTools(
        image=Image("registry.example.com/nats-box", tag="1"),
        resources=Resources(cpu="20m", memory="32Mi"),
    ),
)
FULL = StoreProps(
    engine=ENGINE,
    volume=Volume(size="5Gi"),
    clients=(CLIENT,),
    write_service="messages",
    backup=Backup(schedule=NIGHTLY, keep=4, to=BackupVolume(size="50Gi")),
)


def engine_of(props: StoreProps) -> NatsJetStream:
    assert isinstance(props.engine, NatsJetStream)
    return props.engine


def altered(props: StoreProps, **fields: object) -> StoreProps:
    """The same store with fields of its engine changed."""
    return replace(props, engine=replace(engine_of(props), **fields))  # type: ignore[arg-type]


TO_S3 = replace(
    altered(THREE, backup_password=key("backup")),
    backup=Backup(
        schedule=NIGHTLY,
        to=S3(
            endpoint=Endpoint("s3", "storage", Port("https", 9000), peers=(Pods("storage"),)),
            url="https://s3.storage.svc:9000",
            bucket="backups",
            access_key=SecretKey("s3", "id"),
            secret_key=SecretKey("s3", "secret"),
        ),
    ),
)


def in_environment(size: str, memory: str) -> Environment:
    """An environment that sizes the store by itself."""
    return replace(
        MODERN,
        volumes={"shop/nats": size},
        sizes={"shop/nats": Resources(cpu="1", memory=memory)},
    )


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(props, environment, "nats")


def files_of(props: StoreProps, environment: Environment = MODERN) -> dict[str, str]:
    data = of_kind(objects_of(props, environment), "ConfigMap", "nats-files")["data"]
    return {name.removeprefix("etc-nats-"): text for name, text in data.items()}


def server_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    return container_named(pod_of(objects_of(props, environment), "StatefulSet"), "nats")


def setting(text: str, name: str) -> str:
    (found,) = re.findall(rf"(?m)^\s*{name}: (.*)$", text)
    return str(found).strip('"')
