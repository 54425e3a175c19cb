"""PostgreSQL stores that live tests run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.refs import Binding, Pods, SecretKey
from constructs_lib.store.backups import Backup
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.postgres.standalone import PostgresStandalone
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.environments import BARE
from tests.live.manifests import Document
from tests.live.postgres_servers import CLIENTS
from tests.store.rendering import new_chart

# The release that this machine has: Debian's.
VERSION = 15
COMMON: Mapping[str, Any] = {
    "version": VERSION,
    "superuser_password": SecretKey("passwords", "superuser"),
    "replication_password": SecretKey("passwords", "replication"),
}
ALONE = PostgresStandalone(image=Image("docker.io/library/postgres", tag=f"{VERSION}"), **COMMON)
STORE = StoreProps(
    engine=ALONE,
    volume=Volume(size="2Gi"),
    clients=(Pods(CLIENTS),),
    write_service="postgres-primary",
    read_service="postgres-replicas",
)
ETCD = Etcd(version="3.4.23")


def available(etcd: Binding, **fields: Any) -> PostgresHA:
    """The engine with failover."""
    return PostgresHA(
        image=Image("registry.example.com/nova/patroni", tag=f"{VERSION}-4.1.5"),
        api_password=SecretKey("passwords", "api"),
        etcd=etcd,
        **{**COMMON, **fields},
    )


def alone(**fields: Any) -> list[Document]:
    """The rendered objects of a store without failover, in namespace ``shop``."""
    chart = new_chart(BARE, create_namespace=True)
    engine = replace(ALONE, **fields)
    ResilientStatefulStore(chart, "postgres", replace(STORE, engine=engine))
    return list(chart.to_json())


def replicated(
    *, etcd_tls: Tls | None = None, etcd_backup: Backup | None = None, **fields: Any
) -> list[Document]:
    """The rendered objects of a store with failover, and of its etcd."""
    chart = new_chart(BARE, create_namespace=True)
    decider = StoreProps(engine=replace(ETCD, tls=etcd_tls), backup=etcd_backup)
    etcd = ResilientStatefulStore(chart, "etcd", decider).client()
    engine = available(etcd, etcd_tls=etcd_tls, **fields)
    ResilientStatefulStore(chart, "postgres", replace(STORE, engine=engine))
    return list(chart.to_json())
