"""Base backups, the WAL archive and restores, against a real PostgreSQL."""

# ruff: noqa: N802  (a test bears the id of its row)

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.scripts.archive import Site
from tests.store.scripts.servers import (
    SHELLS,
    Postgres,
    missing,
    open_folder,
    own,
    postgres,
    standby,
    wait_until,
)

pytestmark = pytest.mark.skipif(
    bool(missing("postgres", "pg_receivewal", "busybox", "dash", "setpriv")),
    reason="needs PostgreSQL, busybox and dash",
)

SETTINGS = "max_wal_senders=10\nwal_keep_size=0\nmax_wal_size=64MB\nmin_wal_size=32MB"


@contextmanager
def new_site(shell: str = "dash", **place: str) -> Iterator[Site]:
    with open_folder() as folder, postgres(folder / "server", SETTINGS) as server:
        server.ask("CREATE ROLE replication_user LOGIN REPLICATION PASSWORD 'to replicate'")
        yield Site(folder=folder, server=server, shell=SHELLS[shell], place=place)


@pytest.fixture
def site() -> Iterator[Site]:
    with new_site() as made:
        yield made


def switch(server: Postgres, times: int = 1) -> None:
    """Finish files of WAL."""
    for _ in range(times):
        server.ask("CREATE TABLE IF NOT EXISTS filler (n int); INSERT INTO filler VALUES (1)")
        server.ask("SELECT pg_switch_wal()")


def caught_up(site: Site) -> bool:
    """Whether the receiver has written all that the server has.

    What the server calls sent may still be on its way, and an archive shipped by then ends too
    early: hence the files themselves.
    """
    name, offset = site.server.ask(
        "SELECT file_name, file_offset FROM pg_walfile_name_offset(pg_current_wal_lsn() - 1)"
    ).split("|")
    end = int(offset) + 1
    written = site.server.folder / "data/pg_wal" / name
    return any(
        _beginning(file, end) == _beginning(written, end)
        for file in (site.folder / "spool").glob(f"*/{name}*")
    )


def _beginning(file: Path, size: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(size)
    except FileNotFoundError:  # Just renamed, since it is finished.
        return b""


def moment(server: Postgres) -> str:
    """A moment between two others, in whole seconds of UTC."""
    time.sleep(1.1)
    text = server.ask("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')")
    time.sleep(1.1)
    return text


@pytest.mark.parametrize("shell", SHELLS)
def test_C8_what_was_destroyed_is_restored_to_the_end_or_to_a_moment(shell: str) -> None:
    with new_site(shell) as site:
        server = site.server
        server.ask("CREATE ROLE orders; CREATE DATABASE orders; CREATE DATABASE other")
        server.ask("CREATE TABLE kept AS SELECT 1 AS n; ALTER TABLE kept OWNER TO orders", "orders")
        with site.receiving():
            wait_until(lambda: server.ask("SELECT active FROM pg_replication_slots") == "t")
            assert "published" in site.back_up()
            server.ask("INSERT INTO kept VALUES (2)", "orders")
            switch(server)
            site.ship()
            good = moment(server)
            server.ask("INSERT INTO kept VALUES (3)", "orders")
            server.ask("CREATE TABLE late AS SELECT 4 AS n", "other")
            # In the file that is still being written.
            wait_until(lambda: caught_up(site))
            site.ship()
        server.ask("DROP DATABASE orders WITH (FORCE)")
        server.ask("DROP TABLE late", "other")

        out = site.restore()
        assert "restored database orders" in out
        assert server.ask("SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept", "orders") == (
            "1 2 3"
        )
        assert server.ask("SELECT n FROM late", "other") == "4"
        owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'"
        assert server.ask(owner, "orders") == "orders"
        assert server.ask("SELECT datacl FROM pg_database WHERE datname = 'orders'") != ""

        server.ask("TRUNCATE late", "other")
        site.restore(TARGET_TIME=good, DATABASES="orders")
        assert server.ask("SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept", "orders") == "1 2"
        assert server.ask("SELECT count(*) FROM late", "other") == "0"
        assert not list((site.folder / "backup/.partial").glob("*/scratch"))


def test_a_moment_right_before_a_database_was_dropped_comes_back(site: Site) -> None:
    server = site.server
    server.ask("CREATE DATABASE orders")
    with site.receiving():
        wait_until(lambda: server.ask("SELECT active FROM pg_replication_slots") == "t")
        site.back_up()

        def drop_and_restore() -> None:
            good = moment(server)
            # It has removed the files before it is committed.
            server.ask("DROP DATABASE orders WITH (FORCE)")
            switch(server)
            wait_until(lambda: caught_up(site))
            site.ship()
            site.restore(TARGET_TIME=good)

        # With nothing committed since the base backup, and with something.
        drop_and_restore()
        server.ask("CREATE TABLE kept AS SELECT 1 AS n", "orders")
        drop_and_restore()
    assert server.ask("SELECT n FROM kept", "orders") == "1"


def test_a_restore_that_cannot_be_leaves_everything_as_it_is(site: Site) -> None:
    server = site.server
    server.ask("CREATE DATABASE orders")
    server.ask("CREATE TABLE kept AS SELECT 1 AS n", "orders")
    site.back_up()
    server.ask("INSERT INTO kept VALUES (2)", "orders")
    late = moment(server)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.restore(TARGET_TIME=late)
    assert "the WAL ends before TARGET_TIME" in failed.value.output
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.restore(DATABASES="orders nonsense")
    assert "no database nonsense" in failed.value.output
    (backup,) = (site.folder / "backup/backups").iterdir()
    archive = backup / "base.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.restore()
    assert "is damaged: ./base.tar.gz: FAILED" in failed.value.output
    assert server.ask("SELECT count(*) FROM kept", "orders") == "2"


def test_a_server_that_is_another_one_replaces_no_backup_unless_that_is_meant(site: Site) -> None:
    site.back_up()
    (backup,) = (site.folder / "backup/backups").iterdir()
    held = backup / "holds"
    system = site.server.ask("SELECT system_identifier FROM pg_control_system()")
    assert held.read_text() == f"cluster {system}\n"
    held.write_text("cluster 1\n")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.back_up()
    assert f"the store holds cluster {system}, and the newest" in failed.value.output
    assert [item.name for item in backup.parent.iterdir()] == [backup.name]
    assert "published" in site.back_up(ALLOW_LOSS="yes")
    assert "published" in site.back_up()


def test_old_base_backups_go_and_the_wal_before_them(site: Site) -> None:
    server = site.server
    with site.receiving():
        wait_until(lambda: server.ask("SELECT active FROM pg_replication_slots") == "t")
        for _ in range(3):
            site.back_up()
            switch(server)
            wait_until(lambda: caught_up(site))
            site.ship()
        system = server.ask("SELECT system_identifier FROM pg_control_system()")
        archive = site.folder / "backup/wal" / system
        before = {file.name for file in archive.iterdir()}
        own(archive.parent / "123")
        (archive.parent / "123" / ("0" * 24 + ".gz")).touch()
        out = site.back_up()
        left = {file.name for file in archive.iterdir()}
    kept = sorted((site.folder / "backup/backups").iterdir())
    assert len(kept) == 2
    assert f"files of WAL of {system}" in out
    first = (kept[0] / "wal-position").read_text().split()[1]
    assert before - left == {name for name in before if name[:24] < first}
    assert before - left
    # Of another cluster, which no backup is left of.
    assert list((archive.parent / "123").iterdir()) == []


@pytest.mark.parametrize("lost", [0, 2])
def test_the_archive_follows_a_failover_and_leaves_out_what_no_replica_had(
    site: Site, lost: int
) -> None:
    first = site.server
    first.ask("CREATE DATABASE orders")
    first.ask("CREATE TABLE kept AS SELECT 1 AS n", "orders")
    with standby(site.folder / "standby", first) as second:
        with site.receiving():
            wait_until(lambda: first.ask("SELECT active FROM pg_replication_slots") == "t")
            site.back_up()
            first.ask("INSERT INTO kept VALUES (2)", "orders")
            same = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn=pg_current_wal_lsn()"
            wait_until(lambda: first.ask(same) == "1")
            second.stop()
            for _ in range(lost):
                first.ask("INSERT INTO kept VALUES (666)", "orders")
                switch(first)
            wait_until(lambda: caught_up(site))
            site.ship()
        first.stop("immediate")
        second.start()
        second.promote()
        site.server = second
        with site.receiving() as log:
            wait_until(lambda: second.ask("SELECT active FROM pg_replication_slots") == "t")
            second.ask("INSERT INTO kept VALUES (3)", "orders")
            switch(second)
            second.ask("INSERT INTO kept VALUES (4)", "orders")
            wait_until(lambda: caught_up(site))
            assert "MISSING" not in site.ship()
            assert ("was left by the new primary" in log.read_text()) is (lost > 0)
            site.run("archive-ready.sh")
        second.ask("DROP DATABASE orders")
        site.restore()
        numbers = "SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept"
        assert second.ask(numbers, "orders") == "1 2 3 4"


def test_wal_that_was_removed_before_it_came_is_a_gap_until_the_next_backup(site: Site) -> None:
    server = site.server
    server.ask("ALTER SYSTEM SET max_slot_wal_keep_size = '32MB'; SELECT pg_reload_conf()")
    with site.receiving():
        wait_until(lambda: server.ask("SELECT active FROM pg_replication_slots") == "t")
        site.back_up()
        switch(server, 2)
        wait_until(lambda: caught_up(site))
    site.ship()
    for _ in range(8):
        switch(server)
        server.ask("CHECKPOINT")
    assert server.ask("SELECT wal_status FROM pg_replication_slots") == "lost"
    with site.receiving() as log:
        wait_until(lambda: "WAL IS LOST" in log.read_text())
        wait_until(lambda: server.ask("SELECT active FROM pg_replication_slots") == "t")
        switch(server)
        wait_until(lambda: caught_up(site))
        out = site.ship()
        assert "WAL IS MISSING between" in out
        with pytest.raises(subprocess.CalledProcessError) as unready:
            site.run("archive-ready.sh")
        assert "no base backup after that" in unready.value.output
        with pytest.raises(subprocess.CalledProcessError) as failed:
            site.restore()
        assert "choose a newer backup" in failed.value.output
        assert "files of WAL from there on" in site.restore(ALLOW_GAP="yes")

        site.back_up()
        switch(server)
        wait_until(lambda: caught_up(site))
        assert "there is a base backup after the missing WAL" in site.ship()
        site.run("archive-ready.sh")
    site.restore()
