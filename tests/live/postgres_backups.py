"""PostgreSQL stores with backups that run: what is in them, what was archived, and restores."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from constructs_lib.store.backups import S3, Backup
from constructs_lib.store.postgres.engine import PostgresEngine
from tests.live.object_storage import SECRETS as BUCKET_SECRETS
from tests.live.object_storage import make_bucket, storage
from tests.live.pod import Pod
from tests.live.postgres_inside import (
    ALL_SECRETS,
    BACKUP,
    asked,
    documents,
    job_of,
    value,
)
from tests.live.postgres_servers import PostgresServers, running
from tests.live.verdicts import about_data

BASE, RESTORE = "CronJob/postgres-backup", "CronJob/postgres-restore"

# What a failed primary alone had is set aside, and nowhere to be shipped.
SHIPPED = r"""
for file in "$SPOOL"/[0-9]*/*; do
    name=${file##*/}
    case $file in
    *.diverged-*) ;;
    *.partial)
        seen=$(find "/tmp/$name.seen" \( -newer "$file" -o -newer /tmp/asked \))
        [ -n "$seen" ] || exit 1 ;;
    *) grep -qxF "$name.gz" /tmp/*.shipped || exit 1 ;;
    esac
done
"""


@contextmanager
def store_with(
    engine: PostgresEngine | None, backup: Backup = BACKUP
) -> Iterator[tuple[PostgresServers, str]]:
    """A store that archives, and the Job that has made its logins."""
    objects = documents(engine, backup=backup)
    job = job_of(objects, "postgres-logins-")
    in_bucket = isinstance(backup.to, S3)
    objects += storage() if in_bucket else []
    with running(objects, secrets={**ALL_SECRETS, **BUCKET_SECRETS}) as store:
        store.cluster.start()
        if in_bucket:
            make_bucket(store.cluster)
        store.cluster.wait_complete(job, timeout=240)
        store.cluster.wait_ready(timeout=90)
        yield store, job


def insert(store: PostgresServers, number: int) -> None:
    """A thousand rows of login ``auth``, which all bear ``number``."""
    value(
        store.client, "auth", "nova_core", "CREATE TABLE IF NOT EXISTS items (n int, content text)"
    )
    rows = f"SELECT {number}, md5('{number}-' || i) FROM generate_series(1, 1000) AS i"  # noqa: S608
    value(store.client, "auth", "nova_core", f"INSERT INTO items {rows}")


def writable(store: PostgresServers) -> bool:
    """Whether writes are accepted: a server that is being promoted answers reads before."""
    written = asked(store.client, "auth", "nova_core", "UPDATE items SET n = n WHERE false")
    return written.returncode == 0


def contents(store: PostgresServers) -> dict[str, str]:
    """How many rows bear each number, and a sum over what is in them."""
    digest = "count(*) || ' ' || md5(string_agg(content, '' ORDER BY content))"
    query = f"SELECT n || '=' || {digest} FROM items GROUP BY n ORDER BY n"  # noqa: S608
    lines = value(store.client, "auth", "nova_core", query).splitlines()
    return dict(line.split("=") for line in lines)


def backed_up(store: PostgresServers) -> dict[str, str]:
    """What is there after a base backup and more rows, which only the WAL holds."""
    insert(store, 1)
    base = store.cluster.run_job(BASE, timeout=150)
    assert "published" in base.container.log
    insert(store, 2)
    found = contents(store)
    with about_data():
        assert sorted(found) == ["1", "2"], found
    return found


def archived(store: PostgresServers, *, timeout: float = 60) -> None:
    """Return when all that was written so far has been received and shipped."""
    position = store.value("SELECT pg_current_wal_lsn()")
    receiver = "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'pg_receivewal'"
    received = f"{receiver} AND write_lsn >= '{position}'"
    store.cluster.wait(lambda: store.value(received) == "1", timeout, "WAL was received")
    archive = store.cluster.pod("postgres-archive-0")
    assert archive.run("touch", "/tmp/asked", container="ship").returncode == 0  # noqa: S108
    store.cluster.wait(lambda: shipped(archive), timeout, "WAL was shipped")


def shipped(archive: Pod) -> bool:
    """Whether all that is in the archive's spool has been shipped as it was when it was asked for.

    Asked in the container that ships: times are compared there as its own programs compare them.
    """
    return archive.run("sh", "-euc", SHIPPED, container="ship").returncode == 0


def moment(store: PostgresServers) -> str:
    """A moment, in whole seconds of UTC, with nothing written a second before or after."""
    time.sleep(1.1)
    text = store.value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')")
    time.sleep(1.1)
    return text


def restore(store: PostgresServers, **variables: str) -> float:
    """Seconds that the Job of a restore takes."""
    began = time.monotonic()
    store.cluster.run_job(RESTORE, timeout=300, variables=variables)
    return time.monotonic() - began
