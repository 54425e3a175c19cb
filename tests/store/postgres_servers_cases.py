"""PostgreSQL stores that the tests of their servers render."""

from dataclasses import replace

from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.refs import Binding, Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.postgres.engine import PostgresExporter
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.postgres.standalone import PostgresStandalone
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.tls import Tls
from tests.environments import MODERN

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
    primary_start_timeout=0,
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
