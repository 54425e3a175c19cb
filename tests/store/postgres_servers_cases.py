"""PostgreSQL stores that the tests of their servers render."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import yaml

from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.quantity import parse
from constructs_lib.refs import Binding, Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.postgres.exporter import PostgresExporter
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.postgres.standalone import PostgresStandalone
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.tls import Tls
from tests.environments import BARE, MODERN, OLDEST
from tests.store.rendering import container_named, of_kind, pod_of, rendered

OPERATED = replace(
    MODERN, cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES})
)
"""A cluster whose Prometheus takes alert rules."""

CLIENT = Pods("shop-api", labels={"app.kubernetes.io/name": "orders"})


def key(name: str) -> SecretKey:
    """A key of the Secret with the passwords."""
    return SecretKey("postgres-passwords", name)


def etcd(namespace: str = "shop", scheme: str = "http") -> Binding:
    """What an etcd store of three members offers."""
    peers = (Pods(namespace, labels={"app.kubernetes.io/name": "etcd"}),)
    zone = f"etcd-peers.{namespace}.svc.cluster.local:2379"
    endpoints = ",".join(f"{scheme}://etcd-{number}.{zone}" for number in range(3))
    return Binding(
        Endpoint("etcd", namespace, Port("client", 2379), peers=peers),
        variables={"ETCD_ENDPOINTS": endpoints},
    )


ALONE = StoreProps(
    engine=PostgresStandalone(
        superuser_password=key("superuser"), replication_password=key("replication")
    )
)
THREE = StoreProps(
    engine=PostgresHA(
        image=Image("registry.example.com/nova/patroni", tag="17.11-4.1.5"),
        superuser_password=key("superuser"),
        replication_password=key("replication"),
        api_password=key("api"),
        etcd=etcd(),
    )
)


def altered(props: StoreProps, **fields: object) -> StoreProps:
    """The same store with fields of its engine changed."""
    assert isinstance(props.engine, (PostgresStandalone, PostgresHA))
    return replace(props, engine=replace(props.engine, **fields))  # type: ignore[arg-type]


_COMMON = {
    "replication_user": "copier",
    "version": 18,
    "user": 101,
    "group": 103,
    "data_path": "/home/postgres/pgdata",
    "resources": Resources(cpu="1", memory="4Gi"),
    "max_connections": 200,
    "shared_buffers": "512Mi",
    "work_mem": "8Mi",
    "max_slot_wal_keep_size": "4Gi",
    "parameters": {"random_page_cost": "1.1", "log_statement": "it's \\ ddl"},
    "tls": Tls("postgres-tls"),
    "exporter": PostgresExporter(
        image=Image("registry.example.com/exporter", tag="1"),
        user=1001,
        resources=Resources(cpu="20m", memory="48Mi"),
    ),
    "shutdown": Shutdown(grace_period_seconds=300, drain_seconds=0, stop_seconds=280),
}
_REACHED = replace(
    ALONE,
    volume=Volume(size="20Gi", storage_class="local"),
    clients=(CLIENT,),
    write_service="postgres-primary",
    read_service="postgres-reads",
    rotation="2",
)
FULL_ALONE = altered(_REACHED, image=Image("docker.io/library/postgres", tag="18.6"), **_COMMON)
FULL = altered(
    replace(_REACHED, engine=THREE.engine),
    image=Image("registry.example.com/nova/patroni", tag="18.6-4.1.5"),
    etcd=etcd("decisions", "https"),
    etcd_tls=Tls("etcd-client"),
    replicas=4,
    synchronous="on",
    synchronous_strict=True,
    ttl=40,
    loop_wait=10,
    retry_timeout=10,
    failsafe=False,
    maximum_lag_on_failover="2Mi",
    maximum_lag_for_reads="64Mi",
    primary_start_timeout=15,
    proxy=Proxy(replicas=3, user=100),
    **_COMMON,
)


def sized(memory: str, volume: str = "10Gi") -> Environment:
    """An environment that sizes the store by itself."""
    return replace(
        MODERN,
        volumes={"shop/postgres": volume},
        sizes={"shop/postgres": Resources(cpu="1", memory=memory)},
    )


cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(ALONE, BARE, id="alone"),
        pytest.param(FULL_ALONE, OPERATED, id="alone-full"),
        pytest.param(THREE, MODERN, id="three"),
        pytest.param(FULL, OPERATED, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
    ],
)
replicated = pytest.mark.parametrize("props", [THREE, FULL], ids=["three", "full"])


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    """Everything that a store called ``postgres`` renders."""
    return rendered(props, environment, "postgres")


def server_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    """The container of the server."""
    pod = pod_of(objects_of(props, environment), "StatefulSet", "postgres")
    return container_named(pod, "postgres")


def file_of(props: StoreProps, name: str, part: str = "postgres") -> str:
    """A file that pods of a part find in their folder of configuration."""
    files = of_kind(objects_of(props), "ConfigMap", f"{part}-files")["data"]
    (text,) = [text for key, text in files.items() if key.endswith(f"-{name}")]
    return str(text)


def dynamic_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    """What a new cluster begins with."""
    files = of_kind(objects_of(props, environment), "ConfigMap", "postgres-dynamic")["data"]
    return yaml.safe_load(files["dynamic.yml"])["bootstrap"]["dcs"]


def parameters_of(props: StoreProps, environment: Environment = MODERN) -> dict[str, str]:
    """Settings of the server, however they reach it."""
    if isinstance(props.engine, PostgresHA):
        return dict(dynamic_of(props, environment)["postgresql"]["parameters"])
    files = of_kind(objects_of(props, environment), "ConfigMap", "postgres-files")["data"]
    lines = files["opt-postgres-postgresql.conf"].splitlines()
    pairs = [line.split(" = ", 1) for line in lines if " = " in line and line[0] != "#"]
    return {name: value.strip("'") for name, value in pairs}


def size(text: str) -> Decimal:
    """Bytes of a setting."""
    return parse(text.replace("MB", "Mi").replace("kB", "Ki"))


def named(objects: list[dict[str, Any]], kind: str) -> list[str]:
    """Names of all objects of a kind."""
    return [item["metadata"]["name"] for item in objects if item["kind"] == kind]


def containers(objects: list[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
    """Every container of every workload, with its pod's specification."""
    for item in objects:
        pod = item.get("spec", {}).get("template", {}).get("spec", {})
        for container in pod.get("containers", ()):
            yield pod, container
