"""PostgreSQL stores with databases, logins and backups, and what tests ask as their logins."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Binding, SecretKey
from constructs_lib.store.backups import Backup
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.postgres.engine import PostgresEngine
from constructs_lib.store.postgres.values import Archive, Database, Login, Reach
from constructs_lib.store.props import StoreProps
from tests.environments import BARE
from tests.live.manifests import Document
from tests.live.pod import Pod
from tests.live.postgres_servers import SECRETS, SUPERUSER, WRITE
from tests.live.postgres_stores import ALONE, ETCD, STORE, available
from tests.store.rendering import new_chart

LOGINS: Mapping[str, str] = {
    "auth": "auth-password",
    "streaming": "streaming-password",
    "messaging": "messaging-password",
    "search": "search-password",
    "report": "report-password",
}
ALL_SECRETS = {**SECRETS, "logins": LOGINS}

DATABASES = (
    Database("nova_core", schemas=("auth", "streaming")),
    Database("nova_messaging", schemas=("messaging",)),
    Database("nova_search", schemas=("search",)),
)
_REACHES: Mapping[str, tuple[Reach, ...]] = {
    "auth": (Reach("nova_core", "auth"),),
    "streaming": (Reach("nova_core", "streaming"),),
    "messaging": (Reach("nova_messaging", "messaging"),),
    "search": (Reach("nova_search", "search"),),
    "report": (Reach("nova_core", "auth", access="read"),),
}
INSIDE: Mapping[str, Any] = {
    "databases": DATABASES,
    "logins": tuple(
        Login(name, password=SecretKey("logins", name), reaches=reaches, pool=2)
        for name, reaches in _REACHES.items()
    ),
}
OWN = {name: reaches[0].database for name, reaches in _REACHES.items()}
"""The database of each login."""

BACKUP = Backup(schedule=Schedule(cron="0 3 * * *"), keep=2)


def standalone(**fields: Any) -> PostgresEngine:
    """The engine of one server."""
    return replace(ALONE, **{**INSIDE, **fields})


def documents(
    engine: PostgresEngine | None = None, *, backup: Backup | None = None, **fields: Any
) -> list[Document]:
    """The rendered objects of a store without failover, or with the failover of ``available``."""
    chart = new_chart(BARE, create_namespace=True)
    if engine is None:
        etcd: Binding = ResilientStatefulStore(chart, "etcd", StoreProps(engine=ETCD)).client()
        engine = available(etcd, **{**INSIDE, **fields})
    engine = replace(engine, archive=Archive(ship_seconds=1))
    props = replace(STORE, engine=engine, backup=backup)
    ResilientStatefulStore(chart, "postgres", props)
    return list(chart.to_json())


def job_of(objects: list[Document], prefix: str) -> str:
    """``Job/<name>`` of the Job whose name starts so."""
    names = [item["metadata"]["name"] for item in objects if item["kind"] == "Job"]
    (name,) = [name for name in names if name.startswith(prefix)]
    return f"Job/{name}"


def asked(
    client: Pod, user: str, database: str, statement: str, host: str = WRITE
) -> subprocess.CompletedProcess[str]:
    """What ``psql`` makes of a statement of a login."""
    password = SUPERUSER if user == "postgres" else LOGINS[user]
    target = f"host={host} user={user} dbname={database} connect_timeout=5"
    psql = ("psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--command")
    return client.run("env", f"PGPASSWORD={password}", *psql, statement, target, timeout=30)


def value(client: Pod, user: str, database: str, statement: str) -> str:
    """The answer to a statement that has to succeed."""
    done = asked(client, user, database, statement)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()
