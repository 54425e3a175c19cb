"""Redis with Sentinel: pods that start together, a master that is killed, one that hands over.

A plain client writes through the Service of the proxies the whole time.
"""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator

import pytest

from tests.live.faults import crash, evict
from tests.live.figures import Figures
from tests.live.redis_store import RedisStore, running
from tests.live.writers.writer import Writer

pytestmark = pytest.mark.images("redis", "haproxy", "oliver006/redis_exporter")

ZOMBIES = "grep -l '^State:.Z' /proc/[0-9]*/status | wc -l"


@pytest.fixture(scope="module")
def store() -> Iterator[RedisStore]:
    with running() as store:
        yield store


@pytest.fixture
def writer(store: RedisStore) -> Iterator[Writer]:
    with store.writer() as writer:
        yield writer


def test_C1_F1_pods_start_together_while_no_name_resolves_yet(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    # The first one, alone: it resolves no other name, and nobody tells that its volume may be the
    # empty one.
    servers = store.cluster.workload("StatefulSet/redis")
    servers.replicas = 1
    servers.start()
    store.cluster.start("Deployment/redis-proxy")
    time.sleep(4)
    assert store.masters() == []

    began = time.monotonic()
    servers.scale(3)
    store.recovered(writer, 60)
    seconds, lost = store.note(figures, "cold start, one pod before the others", writer, began)
    assert store.master().name == "redis-0"
    assert seconds <= 30
    assert lost == []
    assert all(not item.restarts for pod in servers.pods for item in pod.containers.values())


def test_C1_writes_go_on_ten_seconds_after_the_masters_server_was_killed(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    writer.steady()
    master, killed = store.master(), time.monotonic()
    crash(master, "redis")
    store.cluster.wait(lambda: master.containers["redis"].restarts == 1, 10, "it runs again")
    store.recovered(writer)

    seconds, lost = store.note(figures, "master killed, started again", writer, killed)
    assert seconds <= 10
    assert store.within_lag(lost, killed)


def test_C9_a_master_that_stops_hands_over_within_three_seconds_and_loses_nothing(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    writer.steady()
    master, stopped = store.master(), time.monotonic()
    following = evict(store.cluster, master)
    took = time.monotonic() - stopped
    store.recovered(writer)

    assert "has handed over" in master.containers["redis"].log
    assert master.containers["redis"].exit_codes[-1] == 0
    assert took < master.grace
    # The replaced master comes back as a replica.
    assert store.master() is not following
    seconds, lost = store.note(figures, "master stopped (SIGTERM)", writer, stopped)
    assert seconds <= 3
    assert lost == []


def test_C3_one_name_leads_to_the_master_another_to_replicas(store: RedisStore) -> None:
    master = store.run_id(store.master())
    assert {store.server_behind("redis-service") for _ in range(4)} == {master}
    assert {store.server_behind("redis-replicas") for _ in range(4)} == {
        store.run_id(pod) for pod in store.replicas()
    }


def test_probes_leave_no_process_behind(store: RedisStore) -> None:
    # A server collects what others have left to it only while it saves.
    for pod in store.servers:
        container = pod.containers["redis"]
        assert container.run(["sh", "-c", ZOMBIES], timeout=10).stdout.strip() == "0"
