"""Redis: everything that takes minutes.

A server has an acknowledged write in its file before it says so: one that is started again has all
of them. What is lost is what the replica that is chosen had not got yet, or what a master goes on
taking that is cut off, until it notices.
"""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator

import pytest

from constructs_lib.store.tls import Tls
from tests.live.certificates import certificate, names_of
from tests.live.faults import (
    crash,
    cut_from,
    evict,
    evict_all,
    freeze,
    lose,
    lose_all,
    peers,
    strangers,
    thaw,
)
from tests.live.figures import Figures
from tests.live.redis_store import (
    REPLICATED,
    STANDALONE,
    RedisStore,
    altered,
    running,
    started,
)
from tests.live.verdicts import about_data
from tests.live.writers.writer import Writer

pytestmark = [
    pytest.mark.images("redis", "haproxy", "oliver006/redis_exporter"),
    pytest.mark.full,
]


@pytest.fixture(scope="module")
def store() -> Iterator[RedisStore]:
    with started() as store:
        yield store


@pytest.fixture
def writer(store: RedisStore) -> Iterator[Writer]:
    store.cluster.wait_ready(timeout=60)
    store.settled()
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady()
        yield writer


@pytest.mark.parametrize("number", range(1, 21))
def test_twenty_kills_in_a_row_are_twenty_recoveries(
    store: RedisStore, writer: Writer, figures: Figures, number: int
) -> None:
    del number
    killed = time.monotonic()
    crash(store.master(), "redis")
    store.recovered(writer, 90)
    seconds = store.note(figures, "master killed, 20 times in a row", writer, killed, lag=True)
    assert seconds <= 10


def test_F2_a_master_whose_pod_is_lost_is_no_second_one_when_it_is_back(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    lose(store.cluster, store.master())
    # Until then a Sentinel may wait for an answer from the address that is gone, and decide.
    time.sleep(store.down_after + 1)
    store.recovered(writer, 60)
    seconds = store.note(figures, "master's pod lost", writer, began, lag=True)
    assert seconds <= 10


def test_F3_a_frozen_master_is_replaced_and_comes_back_as_a_replica(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    master, began = store.master(), time.monotonic()
    freeze(master)
    writer.wait_accepted(timeout=20)
    time.sleep(5)
    thaw(master)
    store.recovered(writer, 60)
    assert store.master() is not master
    seconds = store.note(figures, "master frozen for a while", writer, began, lag=True)
    assert seconds <= 12


@pytest.mark.parametrize("alone", [False, True], ids=["from its peers", "from everybody"])
def test_F5_a_master_cut_off_takes_no_writes_while_another_one_does(
    store: RedisStore, writer: Writer, figures: Figures, *, alone: bool
) -> None:
    master = store.master()
    others = [*peers(store.cluster, master), *(strangers(store.cluster, master) if alone else ())]
    # One that knows the master's own name goes on writing there as long as it is let.
    with store.writer(store.host(master)) as direct:
        direct.steady()
        began = time.monotonic()
        with cut_from(store.cluster, master, others):
            writer.wait_accepted(timeout=30, since=began + 5)
            time.sleep(10)
        store.recovered(writer, 60)
        assert store.master() is not master
        name = f"master cut off {'from everybody' if alone else 'from its peers'}"
        seconds = store.note(figures, name, writer, began, direct, lag=True)
        with about_data():
            assert store.writers_at_once(began, writer, direct) == 1
        assert seconds <= 12


def test_F4_a_roll_of_all_servers_is_a_hand_over_and_nothing_else(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    store.cluster.workload("StatefulSet/redis").roll(timeout=300)
    store.recovered(writer)
    seconds = store.note(figures, "all servers rolled", writer, began)
    assert seconds <= 3


def test_a_roll_of_all_proxies_is_a_new_connection(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    store.cluster.workload("Deployment/redis-proxy").roll(timeout=120)
    store.recovered(writer)
    seconds = store.note(figures, "all proxies rolled", writer, began)
    assert seconds <= 2


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_F1_all_pods_at_once_come_back_with_one_master_and_everything(
    store: RedisStore, writer: Writer, figures: Figures, how: str
) -> None:
    began = time.monotonic()
    ending = lose_all if how == "killed" else evict_all
    ending(store.cluster, list(store.servers))
    store.recovered(writer, 120)
    seconds = store.note(figures, f"all pods {how} at once", writer, began)
    assert seconds <= 60


def test_a_master_without_its_volume_gets_everything_from_the_next_one(
    store: RedisStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    lost_pod = lose(store.cluster, store.master(), claims=True)
    store.recovered(writer, 60)
    assert store.master() is not lost_pod
    seconds = store.note(figures, "master and its volume lost", writer, began, lag=True)
    assert seconds <= 12


def test_a_hand_over_of_a_cluster_with_tls_loses_nothing(figures: Figures) -> None:
    services = ("redis", "redis-service", "redis-replicas")
    pair = certificate(*names_of("redis", "shop", *services))
    more = {"redis-tls": pair}
    with running(altered(tls=Tls("redis-tls")), more=more, ca=pair["ca.crt"]) as store:
        with store.writer() as writer:
            began = time.monotonic()
            store.cluster.start()
            store.recovered(writer, 90)
            store.note(figures, "cold start over TLS", writer, began)
        with store.writer() as writer:
            # As without TLS: the least of three counts.
            assert any(handed_over(store, writer, figures) <= 3 for _ in range(3))
        with store.writer() as writer:
            writer.steady()
            killed = time.monotonic()
            crash(store.master(), "redis")
            store.recovered(writer, 60)
            seconds = store.note(figures, "master killed, TLS", writer, killed, lag=True)
            assert seconds <= 10


def handed_over(store: RedisStore, writer: Writer, figures: Figures) -> float:
    writer.steady()
    master, stopped = store.master(), time.monotonic()
    evict(store.cluster, master)
    store.recovered(writer, 60)
    assert master.containers["redis"].exit_codes[-1] == 0
    seconds = store.note(figures, "master stopped, TLS", writer, stopped)
    assert seconds <= 10, "no sooner than after a kill"
    return seconds


def test_F7_replicas_of_a_master_that_restarts_go_on(figures: Figures) -> None:
    with started(REPLICATED) as store, store.writer() as writer:
        writer.steady()
        killed = time.monotonic()
        crash(store.master(), "redis")
        readers = store.cluster.workload("StatefulSet/redis-replica")
        while not writer.acknowledged or time.monotonic() < killed + 3:
            assert readers.ready
            time.sleep(0.2)
        store.recovered(writer)
        seconds = store.note(figures, "master killed, started again", writer, killed)
        assert seconds <= 10
        assert all(not pod.containers["redis"].restarts for pod in readers.pods)

        written = len(writer.acknowledged)
        following = lose(store.cluster, store.master(), claims=True)
        story = following.containers["redis"]
        store.cluster.wait(lambda: "stays down" in story.log, 20, "an empty master says why")
        time.sleep(5)
        assert store.masters() == []
        assert readers.ready
        assert len(writer.read("redis-replicas.shop.svc")) >= written


def test_a_server_alone_comes_back_with_everything(figures: Figures) -> None:
    with started(STANDALONE) as store:
        for how in ("killed", "lost", "stopped"):
            with store.writer() as writer:
                writer.steady()
                began = time.monotonic()
                match how:
                    case "killed":
                        crash(store.master(), "redis")
                    case "lost":
                        lose(store.cluster, store.master())
                    case _:
                        evict(store.cluster, store.master())
                store.recovered(writer, 60)
                seconds = store.note(figures, f"server {how}", writer, began)
                assert seconds <= 15
