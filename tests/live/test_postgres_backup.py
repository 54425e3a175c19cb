"""PostgreSQL: what is backed up comes back, to the end or to a moment, also after a failover."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace

import pytest

from constructs_lib.store.backups import Backup
from tests.live.faults import lose
from tests.live.figures import Figures
from tests.live.jobs import JobError
from tests.live.object_storage import TO
from tests.live.postgres_backups import (
    BASE,
    archived,
    backed_up,
    contents,
    insert,
    moment,
    restore,
    store_with,
    writable,
)
from tests.live.postgres_inside import BACKUP, asked, standalone
from tests.live.postgres_servers import PostgresServers
from tests.live.verdicts import about_data

pytestmark = [
    pytest.mark.images("postgres", "patroni", "etcd", "haproxy", "rclone/rclone"),
    pytest.mark.images("prometheuscommunity/postgres-exporter"),
]

S3_BACKUP = replace(BACKUP, to=TO)


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
        found = contents(store)
        with about_data():
            assert found == everything
        figures.add("postgres", "restore", seconds, acknowledged=2000, lost=0)
        # Logins have what they had, and no more.
        insert(store, 3)
        report = asked(store.client, "report", "nova_core", "SELECT count(*) FROM items")
        assert report.returncode == 0, report.stdout
        with about_data():
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
        found = contents(store)
        with about_data():
            assert found == before
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
        found = contents(store)
        with about_data():
            assert found == before


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
        with about_data():
            assert sorted(before) == ["1", "2", "3"]
        drop_by_mistake(store)
        archived(store)
        restore(store, TARGET_TIME=good)
        found = contents(store)
        with about_data():
            assert found == before
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
        found = contents(store)
        with about_data():
            assert found == before
