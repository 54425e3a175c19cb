"""PostgreSQL whose primary nobody hears, or some: it takes no write while another one does."""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator

import pytest

from tests.live.faults import cut_from, freeze, thaw
from tests.live.figures import Figures
from tests.live.postgres_direct import LET_IN, direct, refused, taken, takes_none
from tests.live.postgres_servers import PostgresServers, started, written
from tests.live.postgres_stores import replicated
from tests.live.writers.writer import Writer

pytestmark = [pytest.mark.images("patroni", "postgres", "etcd", "haproxy"), pytest.mark.full]

DATA = "/var/lib/postgresql/data/pgdata"
KNOWN = 40
"""Seconds after which a primary that nobody answers knows that it is none: its key has run out."""


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresServers]:
    with started([*replicated(), LET_IN]) as store:
        yield store


@pytest.fixture
def writer(store: PostgresServers) -> Iterator[Writer]:
    with written(store) as writer:
        yield writer


def test_F8_a_frozen_primary_that_wakes_up_takes_no_write(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary = store.primary()
    with direct(store, primary) as beside:
        beside.steady()
        began = time.monotonic()
        freeze(primary, "postgres")
        frozen = time.monotonic()
        writer.wait_accepted(timeout=60)
        time.sleep(5)
        woken = time.monotonic()
        thaw(primary, "postgres")
        store.recovered(writer)
        store.settled()
        store.cluster.wait(lambda: refused(beside, woken), 10, "it refuses what it is sent")
        assert taken(beside, frozen) == []
        name = "primary frozen, and woken again"
        assert store.note(figures, name, writer, began, beside) <= 30
    assert store.primary().name != primary.name


def test_F8_a_primary_that_is_cut_off_steps_down(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary, began = store.primary(), time.monotonic()
    others = [pod for pod in store.cluster.everybody if pod is not primary]
    with cut_from(store.cluster, primary, others):
        writer.wait_accepted(timeout=60)
        time.sleep(max(0.0, began + KNOWN - time.monotonic()))
        takes_none(primary, writer.options.name)
    store.recovered(writer)
    store.settled()
    assert 0 not in writer.read()
    assert store.note(figures, "primary cut off from all others", writer, began) <= 30


def test_F8_a_primary_that_sees_its_clients_and_neither_etcd_nor_members(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary = store.primary()
    etcd = store.cluster.workload("StatefulSet/etcd").pods
    with direct(store, primary) as beside:
        beside.steady()
        began = time.monotonic()
        with cut_from(store.cluster, primary, [*etcd, *store.replicas()]):
            # Clients reach it the whole time, and with them the proxies. It must give them up
            # before another one can be chosen.
            cut = time.monotonic()
            time.sleep(1)
            writer.wait_accepted(timeout=60)
            time.sleep(max(0.0, began + KNOWN - time.monotonic()))
            takes_none(primary, writer.options.name)
        healed = time.monotonic()
        store.recovered(writer)
        store.settled()
        store.cluster.wait(lambda: refused(beside, healed), 10, "it refuses what it is sent")
        assert taken(beside, cut) == []
        assert 0 not in writer.read()
        name = "primary cut off from etcd and members"
        assert store.note(figures, name, writer, began, beside) <= 30


def test_F11_a_former_primary_that_cannot_be_rewound_is_copied_anew(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary, began = store.primary(), time.monotonic()
    etcd = store.cluster.workload("StatefulSet/etcd").pods
    with cut_from(store.cluster, primary, [*etcd, *store.replicas()]):
        # What clients write to it now, nobody has acknowledged, and it has to be undone.
        writer.wait_accepted(timeout=60)
        time.sleep(max(0.0, began + KNOWN - time.monotonic()))
        # pg_rewind fails at a file that it cannot write, and a server starts without it.
        assert primary.run("chmod", "000", f"{DATA}/pg_ident.conf").returncode == 0
    store.recovered(writer)
    store.settled(90)
    assert "remove_data_directory_on_rewind_failure is set" in primary.container.log
    assert primary.run("cat", f"{DATA}/pg_ident.conf").returncode == 0
    assert store.note(figures, "former primary that pg_rewind gives up", writer, began) <= 30
