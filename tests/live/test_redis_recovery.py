"""Redis with Sentinel: pods that start together, a master that is killed, one that hands over.

A plain client writes through the Service of the proxies the whole time.
"""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.live.container import Container
from tests.live.faults import crash, evict
from tests.live.figures import Figures
from tests.live.redis_store import RedisStore, running, started
from tests.live.verdicts import about_data
from tests.live.writers.writer import Writer

pytestmark = pytest.mark.images("redis", "haproxy", "oliver006/redis_exporter")

ZOMBIES = "grep -sl '^State:.Z' /proc/[0-9]*/status | wc -l"


@pytest.fixture(scope="module")
def store() -> Iterator[RedisStore]:
    with started() as store:
        yield store


@pytest.fixture
def writer(store: RedisStore) -> Iterator[Writer]:
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        yield writer


def test_C1_F1_pods_start_together_while_no_name_resolves_yet(figures: Figures) -> None:
    with running() as store, store.writer() as writer:
        # The first one, alone: it resolves no other name, and nobody tells that its volume may be
        # the empty one.
        servers = store.cluster.workload("StatefulSet/redis")
        servers.replicas = 1
        servers.start()
        store.cluster.start("Deployment/redis-proxy")
        time.sleep(4)
        assert store.masters() == []

        began = time.monotonic()
        servers.scale(3)
        store.recovered(writer, 60)
        seconds = store.note(figures, "cold start, one pod before the others", writer, began)
        # Nobody else has begun as one, whoever it is by now.
        logs = {pod.name: pod.containers["redis"].log for pod in servers.pods}
        begun = [name for name, log in logs.items() if "starts as the master" in log]
        with about_data():
            assert begun == ["redis-0"]
        assert seconds <= 30
        assert all(not item.restarts for pod in servers.pods for item in pod.containers.values())


def test_C1_writes_go_on_ten_seconds_after_the_masters_server_was_killed(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    # What else the machine does comes on top, so the least of three counts.
    assert any(killed(store, writer, figures) <= 10 for _ in range(3))


def killed(store: RedisStore, writer: Writer, figures: Figures) -> float:
    writer.steady()
    master, began = store.master(), time.monotonic()
    container, restarts = master.containers["redis"], master.containers["redis"].restarts
    crash(master, "redis")
    store.cluster.wait(lambda: container.restarts > restarts, 30, "it runs again")
    store.recovered(writer)

    seconds = store.note(figures, "master killed, started again", writer, began, lag=True)
    assert seconds <= 30
    return seconds


def test_C9_a_master_that_stops_hands_over_within_three_seconds_and_loses_nothing(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    # Two and a half of them are steps of Sentinel's and of the proxies' own, and what else the
    # machine does comes on top, so the least of five counts.
    assert any(handed_over(store, writer, figures) <= 3 for _ in range(5))


def handed_over(store: RedisStore, writer: Writer, figures: Figures) -> float:
    writer.steady()
    master, stopped = store.master(), time.monotonic()
    following = evict(store.cluster, master)
    took = time.monotonic() - stopped
    store.recovered(writer)

    seconds = store.note(figures, "master stopped (SIGTERM)", writer, stopped)
    assert "has handed over" in master.containers["redis"].log
    assert master.containers["redis"].exit_codes[-1] == 0
    assert took < master.grace
    # The replaced master comes back as a replica.
    assert store.master() is not following
    assert seconds <= 10, "no sooner than after a kill"
    return seconds


def test_C3_one_name_leads_to_the_master_another_to_replicas(store: RedisStore) -> None:
    store.settled()
    master = store.run_id(store.master())
    replicas = {store.run_id(pod) for pod in store.replicas()}

    def behind(service: str) -> set[str]:
        # Each proxy knows for itself: so often that none of them is left out.
        return {store.server_behind(service) for _ in range(12)}

    # They learn of a replica that is back up to some seconds after everybody else.
    store.cluster.wait(lambda: behind("redis-replicas") == replicas, 60, "both are read from")
    store.cluster.wait(lambda: behind("redis-service") == {master}, 60, "it is written to")


def test_probes_leave_no_process_behind(store: RedisStore) -> None:
    # A server collects what others have left to it only while it saves.
    for pod in store.servers:
        container = pod.containers["redis"]
        # One that has just ended is there until whoever has started it looks.
        store.cluster.wait(partial(no_zombies, container), 30, f"{pod.name} has no zombies")


def no_zombies(container: Container) -> bool:
    return container.run(["sh", "-c", ZOMBIES], timeout=10).stdout.strip() == "0"
