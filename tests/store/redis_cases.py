"""Redis stores that their tests render."""

from dataclasses import replace
from typing import Any

from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Pods, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.redis.clients import RedisClient
from constructs_lib.store.redis.engine import RedisEngine, RedisExporter, SavePoint
from constructs_lib.store.redis.replicated import RedisReplicated
from constructs_lib.store.redis.sentinel import RedisSentinel
from constructs_lib.store.redis.standalone import RedisStandalone
from constructs_lib.store.tls import Tls
from tests.environments import MODERN
from tests.store.rendering import of_kind

NIGHTLY = Schedule(cron="0 3 * * *")
PASSWORD = SecretKey("redis-login", "password")
CLIENT = Pods("shop-front", labels={"app.kubernetes.io/name": "web"})
OPERATED = replace(
    MODERN, cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES})
)
"""A cluster whose Prometheus takes alert rules."""

ONE = StoreProps(engine=RedisStandalone(password=PASSWORD))
TWO = StoreProps(engine=RedisReplicated(password=PASSWORD))
THREE = StoreProps(engine=RedisSentinel(password=PASSWORD))
TOPOLOGIES = {"standalone": ONE, "replicated": TWO, "sentinel": THREE}

_COMMON = {
    "password": PASSWORD,
    "version": "7.2",
    "image": Image("registry.example.com/redis", tag="7.2.5"),
    "user": 1001,
    "group": 1002,
    "data_path": "/var/lib/redis",
    "resources": Resources(cpu="1", memory="1Gi"),
    "append_only": False,
    "save_points": (SavePoint(seconds=900, changes=1),),
    "max_memory": "256Mi",
    "copy_percent": 100,
    "eviction": "allkeys-lru",
    "max_clients": 500,
    "clients": (RedisClient("shop/orders", pool=20, pods=10, surge=2),),
    "settings": {"notify-keyspace-events": "Ex"},
    "startup_seconds": 600,
    "tls": Tls("redis-tls"),
    "exporter": RedisExporter(
        image=Image("registry.example.com/exporter", tag="1"),
        resources=Resources(cpu="20m", memory="16Mi"),
    ),
}
_REPLICATION = {
    "max_lag_seconds": 4,
    "replication_backlog": "32Mi",
    "replica_buffer": "64Mi",
}
_STORE = StoreProps(
    engine=RedisStandalone(password=PASSWORD),
    volume=Volume(size="5Gi"),
    clients=(CLIENT,),
    write_service="redis-service",
    read_service="redis-read",
    backup=Backup(schedule=NIGHTLY, keep=4, to=BackupVolume(size="10Gi")),
    rotation="2024-05",
)
FULL_ONE = replace(
    _STORE,
    engine=RedisStandalone(
        **_COMMON,  # type: ignore[arg-type]
        shutdown=Shutdown(grace_period_seconds=60, drain_seconds=0, stop_seconds=40),
    ),
)
FULL_TWO = replace(
    _STORE,
    engine=RedisReplicated(
        **_COMMON,  # type: ignore[arg-type]
        **_REPLICATION,  # type: ignore[arg-type]
        replicas=3,
        min_replicas_to_write=1,
        shutdown=Shutdown(grace_period_seconds=60, drain_seconds=0, stop_seconds=40),
    ),
)
FULL_THREE = replace(
    _STORE,
    engine=RedisSentinel(
        **_COMMON,  # type: ignore[arg-type]
        **_REPLICATION,  # type: ignore[arg-type]
        replicas=5,
        quorum=3,
        min_replicas_to_write=2,
        down_after_seconds=8,
        failover_timeout_seconds=30,
        sentinel_resources=Resources(cpu="100m", memory="96Mi"),
        proxy=Proxy(replicas=3, image=Image("registry.example.com/haproxy", tag="3"), user=1003),
        shutdown=Shutdown(grace_period_seconds=60, drain_seconds=12, stop_seconds=30),
    ),
)
FULL = {"standalone": FULL_ONE, "replicated": FULL_TWO, "sentinel": FULL_THREE}


def altered(props: StoreProps, **fields: object) -> StoreProps:
    """The same store with fields of its engine changed."""
    assert isinstance(props.engine, RedisEngine)
    return replace(props, engine=replace(props.engine, **fields))  # type: ignore[arg-type]


def sized(memory: str, part: str = "cache") -> Environment:
    """An environment that sizes a part by itself."""
    return replace(MODERN, sizes={f"shop/{part}": Resources(cpu="1", memory=memory)})


def server_pods(objects: list[dict[str, Any]]) -> list[Any]:
    """The pod templates of all servers."""
    return [item["spec"]["template"] for item in objects if item["kind"] == "StatefulSet"]


def setting(objects: list[dict[str, Any]], name: str, part: str = "cache") -> str:
    """What a part's ``redis.conf`` says."""
    text = of_kind(objects, "ConfigMap", f"{part}-files")["data"]["etc-redis-redis.conf"]
    (value,) = [line.split(" ", 1)[1] for line in text.splitlines() if line.startswith(f"{name} ")]
    return str(value)
