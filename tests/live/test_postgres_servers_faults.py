"""PostgreSQL servers that fail in every way that takes minutes to try."""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator

import pytest

from tests.live.faults import crash, evict_all, lose, lose_all
from tests.live.figures import Figures
from tests.live.postgres_servers import PostgresServers, started, written
from tests.live.postgres_stores import replicated
from tests.live.writers.writer import Writer

pytestmark = [pytest.mark.images("patroni", "postgres", "etcd", "haproxy"), pytest.mark.full]

DATA = "/var/lib/postgresql/data/pgdata"
KEPT = 15
"""Seconds that the key of a primary lasts for certain that is not there to renew it."""


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresServers]:
    with started(replicated()) as store:
        yield store


@pytest.fixture
def writer(store: PostgresServers) -> Iterator[Writer]:
    with written(store) as writer:
        yield writer


def test_twenty_kills_in_a_row_are_twenty_recoveries(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    # Each time that a container ends within a minute, the next start waits for longer.
    for _ in range(20):
        primary, began = store.primary(), time.monotonic()
        container, restarts = primary.container, primary.container.restarts
        crash(primary, "postgres")
        store.recovered(writer)
        store.settled()
        assert container.restarts == restarts + 1
        assert container.instance
        back = container.instance.started_at - began
        if back < KEPT:
            name = "primary killed, back before its key ran out, of 20 in a row"
            assert store.note(figures, name, writer, began) <= back + 7
        else:
            name = "primary killed, its key ran out, of 20 in a row"
            assert store.note(figures, name, writer, began) <= 25


def test_C5_a_primary_whose_pod_is_gone_is_replaced(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary, began = store.primary(), time.monotonic()
    primary.kill()
    writer.wait_accepted(timeout=60)
    assert store.note(figures, "primary's pod gone for good", writer, began) <= 25
    store.cluster.workload("StatefulSet/postgres").replace(primary)
    store.recovered(writer)
    assert store.primary().name != primary.name


def test_C5_a_primary_whose_pod_comes_back_at_once(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    primary, began = store.primary(), time.monotonic()
    lose(store.cluster, primary)
    store.recovered(writer)
    assert store.note(figures, "primary's pod gone and back at once", writer, began) <= 25


def test_C9_a_roll_of_all_members(store: PostgresServers, writer: Writer, figures: Figures) -> None:
    began = time.monotonic()
    store.cluster.workload("StatefulSet/postgres").roll(timeout=300)
    store.recovered(writer)
    assert store.note(figures, "all members rolled", writer, began) <= 5


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_all_members_and_etcd_at_once_come_back_with_everything(
    store: PostgresServers, writer: Writer, figures: Figures, how: str
) -> None:
    began = time.monotonic()
    etcd = store.cluster.workload("StatefulSet/etcd").pods
    ending = lose_all if how == "killed" else evict_all
    ending(store.cluster, [*store.members, *etcd])
    store.recovered(writer, 120)
    assert store.note(figures, f"members and etcd {how} at once", writer, began) <= 90


@pytest.mark.parametrize("role", ["primary", "replica"])
def test_a_member_without_its_volume_is_made_anew(
    store: PostgresServers, writer: Writer, figures: Figures, role: str
) -> None:
    before = store.describe("/patroni")["database_system_identifier"]
    member = store.primary() if role == "primary" else store.replicas()[0]
    began = time.monotonic()
    lose(store.cluster, member, claims=True)
    store.recovered(writer, 90)
    store.settled(90)
    assert store.note(figures, f"{role} and its volume lost", writer, began) <= 30
    assert store.describe("/patroni")["database_system_identifier"] == before


def test_F9_permissions_that_the_kubelet_changed_are_put_right(
    store: PostgresServers, writer: Writer
) -> None:
    replica = store.replicas()[0]
    assert replica.run("chmod", "2770", DATA).returncode == 0
    following = lose(store.cluster, replica)
    store.recovered(writer)
    assert following.run("stat", "-c", "%a", DATA).stdout.strip() in ("700", "2700")


def test_F16_etcd_is_away_for_a_minute(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    etcd = list(store.cluster.workload("StatefulSet/etcd").pods)
    primary, began = store.primary(), time.monotonic()
    for pod in etcd:
        pod.kill()
    time.sleep(60)
    for pod in etcd:
        store.cluster.workload("StatefulSet/etcd").replace(pod)
    store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
    store.recovered(writer)
    store.settled()
    assert store.note(figures, "etcd away for a minute", writer, began) <= 5
    assert store.primary().name == primary.name
    assert primary.container.restarts == 0


def test_F18_an_etcd_that_has_lost_everything_is_taken_again_by_members_that_start_together(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    before = store.describe("/patroni")["database_system_identifier"]
    began, etcd = time.monotonic(), store.cluster.workload("StatefulSet/etcd")
    lost = list(etcd.pods)
    for pod in lost:
        pod.kill()
    for pod in lost:
        lose(store.cluster, pod, claims=True)
    store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
    # To members that run it is one that has fallen behind: they go on without it.
    writer.steady(timeout=30)
    assert store.note(figures, "etcd and all its volumes lost", writer, began) <= 5
    began = time.monotonic()
    evict_all(store.cluster, store.members)
    store.recovered(writer, 120)
    store.settled()
    assert store.note(figures, "members stopped at once after that", writer, began) <= 90
    assert store.describe("/patroni")["database_system_identifier"] == before


def test_one_of_etcd_is_lost_and_nobody_notices(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    lose(store.cluster, store.cluster.pod("etcd-0"))
    store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
    store.recovered(writer)
    assert store.note(figures, "one member of etcd lost", writer, began) <= 5
