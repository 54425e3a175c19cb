"""etcd stores that its tests render."""

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
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.etcd.upkeep import Defragment, EtcdTools
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.environments import MODERN
from tests.store.rendering import container_named, pod_of, rendered

NIGHTLY = Schedule(cron="0 3 * * *")
CLIENT = Pods("shop-data", labels={"app.kubernetes.io/name": "postgres"})
OPERATED = replace(
    MODERN, cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES})
)
"""A cluster whose Prometheus takes alert rules."""

ONE = StoreProps(engine=Etcd(replicas=1, defragment=None))
THREE = StoreProps(engine=Etcd())
FULL = StoreProps(
    engine=Etcd(
        replicas=5,
        version="3.5.24",
        image=Image("registry.example.com/etcd", tag="v3.5.24"),
        data_path="/etcd/",
        quota="1Gi",
        compaction="30m",
        defragment=Defragment(schedule=Schedule(cron="0 5 * * 0"), worthwhile_percent=50),
        tools=EtcdTools(
            image=Image("registry.example.com/curl", tag="8"),
            resources=Resources(cpu="20m", memory="16Mi"),
        ),
        heartbeat_milliseconds=250,
        election_milliseconds=2500,
        tls=Tls("etcd-tls"),
        client_certificates=True,
        user=1001,
        group=1002,
        resources=Resources(cpu="500m", memory="2Gi"),
        shutdown=Shutdown(grace_period_seconds=60, drain_seconds=5, stop_seconds=30),
    ),
    volume=Volume(size="4Gi"),
    clients=(CLIENT,),
    write_service="dcs",
    backup=Backup(schedule=NIGHTLY, keep=3, to=BackupVolume(size="5Gi")),
)
TO_S3 = replace(
    THREE,
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


def altered(props: StoreProps, **fields: object) -> StoreProps:
    """The same store with fields of its engine changed."""
    assert isinstance(props.engine, Etcd)
    return replace(props, engine=replace(props.engine, **fields))  # type: ignore[arg-type]


OLD = altered(FULL, version="3.4.38", image=None, shutdown=Shutdown(drain_seconds=0))
"""A release that Kubernetes 1.27 may meet."""


def in_environment(size: str, memory: str) -> Environment:
    """An environment that sizes the store by itself."""
    return replace(
        MODERN,
        volumes={"shop/etcd": size},
        sizes={"shop/etcd": Resources(cpu="1", memory=memory)},
    )


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(props, environment, "etcd")


def member_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    return container_named(pod_of(objects_of(props, environment), "StatefulSet"), "etcd")
