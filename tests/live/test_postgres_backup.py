"""PostgreSQL: what is backed up comes back, to the end or to a moment, also after a failover."""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from constructs_lib.store.backups import S3, Backup
from constructs_lib.store.postgres.engine import PostgresEngine
from tests.live.faults import lose
from tests.live.figures import Figures
from tests.live.jobs import JobError
from tests.live.object_storage import SECRETS as BUCKET_SECRETS
from tests.live.object_storage import TO, make_bucket, storage
from tests.live.pod import Pod
from tests.live.postgres_inside import (
    ALL_SECRETS,
    BACKUP,
    asked,
    documents,
    job_of,
    standalone,
    value,
)
from tests.live.postgres_servers import PostgresServers, running

pytestmark = [
    pytest.mark.images("postgres", "patroni", "etcd", "haproxy", "rclone/rclone"),
    pytest.mark.images("prometheuscommunity/postgres-exporter"),
]

BASE, RESTORE = "CronJob/postgres-backup", "CronJob/postgres-restore"
S3_BACKUP = replace(BACKUP, to=TO)

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
    assert sorted(found) == ["1", "2"]
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


def drop_by_mistake(store: PostgresServers) -> None:
    """Drop a database, which is in the WAL as everything is."""
    store.value("DROP DATABASE nova_core WITH (FORCE)")
    gone = asked(store.client, "auth", "nova_core", "SELECT 1")
    assert "does not exist" in gone.stdout


def lose_everything(store: PostgresServers, logins: str) -> None:
    """Lose the server with its volume, and let an empty one follow."""
    lose(store.cluster, store.cluster.pod("postgres-0"), claims=True)
    store.cluster.wait_ready("StatefulSet/postgres", timeout=60)
    store.cluster.run_job(logins, timeout=150)
    gone = asked(store.client, "auth", "nova_core", "TABLE items")
    assert "does not exist" in gone.stdout


@pytest.mark.parametrize(
    "backup",
    [
        pytest.param(BACKUP, id="volume"),
        pytest.param(S3_BACKUP, id="s3", marks=pytest.mark.full),
    ],
)
def test_C8_what_a_lost_volume_held_comes_back_to_the_end(backup: Backup, figures: Figures) -> None:
    with store_with(standalone(), backup) as (store, logins):
        dropped = store.cluster.blocked()
        everything = backed_up(store)
        archived(store)
        lose_everything(store, logins)
        seconds = restore(store)
        assert contents(store) == everything
        figures.add("postgres", "restore", seconds, acknowledged=2000, lost=0, writers=1)
        # Logins have what they had, and no more.
        insert(store, 3)
        report = asked(store.client, "report", "nova_core", "SELECT count(*) FROM items")
        assert report.stdout.strip() == "3000"
        refused = asked(store.client, "search", "nova_core", "SELECT 1")
        assert "does not have CONNECT privilege" in refused.stdout
        assert store.cluster.blocked() == dropped


@pytest.mark.full
def test_C8_what_was_dropped_by_mistake_comes_back_as_of_a_moment() -> None:
    with store_with(standalone()) as (store, _logins):
        before, good = backed_up(store), moment(store)
        drop_by_mistake(store)
        archived(store)
        restore(store, TARGET_TIME=good)
        assert contents(store) == before
        insert(store, 3)


@pytest.mark.full
def test_C8_old_base_backups_go_with_the_wal_before_them() -> None:
    with store_with(standalone()) as (store, logins):
        for number in (1, 2, 3):
            insert(store, number)
            store.value("SELECT pg_switch_wal()")
            archived(store)
            last = store.cluster.run_job(BASE, timeout=150)
        told = last.container.log
        assert "removed 2" in told
        assert "files of WAL of" in told
        assert "removed 0 files" not in told
        insert(store, 4)
        archived(store)
        before = contents(store)
        lose_everything(store, logins)
        restore(store)
        assert contents(store) == before


@pytest.mark.full
def test_C8_the_archive_follows_a_failover() -> None:
    with store_with(None) as (store, _):
        insert(store, 1)
        store.cluster.run_job(BASE, timeout=150)
        insert(store, 2)
        archived(store)
        first = store.primary()
        lose(store.cluster, first)
        store.cluster.wait(lambda: writable(store), timeout=60, what="writes are accepted again")
        assert store.primary() is not first
        insert(store, 3)
        store.cluster.wait_ready(timeout=90)
        before, good = contents(store), moment(store)
        assert sorted(before) == ["1", "2", "3"]
        drop_by_mistake(store)
        archived(store)
        restore(store, TARGET_TIME=good)
        assert contents(store) == before
        receive = store.cluster.pod("postgres-archive-0").containers["receive"]
        assert "LOST" not in receive.log


@pytest.mark.full
def test_C8_what_cannot_be_restored_leaves_everything_as_it_is() -> None:
    with store_with(standalone()) as (store, _):
        insert(store, 1)
        with pytest.raises(JobError, match="no backup 'latest'"):
            restore(store)
        store.cluster.run_job(BASE, timeout=150)
        insert(store, 2)
        before, later = contents(store), moment(store)
        archived(store)
        with pytest.raises(JobError, match="the WAL ends before TARGET_TIME"):
            restore(store, TARGET_TIME=later)
        assert contents(store) == before
