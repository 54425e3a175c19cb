"""NATS with JetStream: everything that takes minutes."""

# ruff: noqa: N802  (a test bears the id of its row)

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import nats
import pytest
from nats.aio.client import Client

from constructs_lib.kube.claims import Volume
from tests.live.faults import crash, cut_from, evict_all, freeze, lose, lose_all, peers, thaw
from tests.live.figures import Figures
from tests.live.nats_store import NatsStore, altered, started
from tests.live.writers.writer import Writer

pytestmark = [pytest.mark.images("nats"), pytest.mark.full]


@pytest.fixture(scope="module")
def store() -> Iterator[NatsStore]:
    with started() as store:
        yield store


@pytest.fixture
def writer(store: NatsStore) -> Iterator[Writer]:
    store.cluster.wait_ready("StatefulSet/nats", timeout=60)
    store.settled(60)
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady()
        yield writer


def test_twenty_kills_in_a_row_are_twenty_recoveries(
    store: NatsStore, writer: Writer, figures: Figures
) -> None:
    for _ in range(20):
        leader = store.leader(writer)
        before, killed = leader.containers["nats"].restarts, time.monotonic()
        crash(leader, "nats")
        store.cluster.wait(
            lambda pod=leader, n=before: pod.containers["nats"].restarts > n,  # type: ignore[misc]
            60,
            "the server is started again",
        )
        store.recovered(writer, 60)
        store.settled(60)
        assert store.note(figures, "leader killed, 20 times in a row", writer, killed) <= 10


def test_a_roll_of_all_servers_is_not_noticed(
    store: NatsStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    store.cluster.workload("StatefulSet/nats").roll(timeout=300)
    store.recovered(writer)
    assert store.note(figures, "all servers rolled", writer, began) <= 2


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_all_servers_at_once_come_back_with_everything(
    store: NatsStore, writer: Writer, figures: Figures, how: str
) -> None:
    began = time.monotonic()
    ending = lose_all if how == "killed" else evict_all
    ending(store.cluster, list(store.servers))
    store.recovered(writer, 90)
    assert store.note(figures, f"all servers {how} at once", writer, began) <= 60


def test_a_server_without_its_volume_fetches_everything_again(
    store: NatsStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    lost = lose(store.cluster, store.leader(writer), claims=True)
    store.recovered(writer)
    store.settled(60)
    assert store.note(figures, "leader and its volume lost", writer, began) <= 12

    # It holds every message by itself now: the two others may go.
    before = writer.acknowledged
    for pod in peers(store.cluster, lost):
        lose(store.cluster, pod, claims=True)
        store.recovered(writer, 60)
        store.settled(60)
    assert before <= writer.read()


def test_F13_a_frozen_leader_is_replaced_and_comes_back(
    store: NatsStore, writer: Writer, figures: Figures
) -> None:
    leader, began = store.leader(writer), time.monotonic()
    freeze(leader, "nats")
    writer.wait_accepted(timeout=20)
    time.sleep(5)
    thaw(leader, "nats")
    store.recovered(writer)
    assert store.note(figures, "leader frozen for a while", writer, began) <= 12


def test_a_leader_cut_off_from_the_others_is_replaced_and_loses_nothing(
    store: NatsStore, writer: Writer, figures: Figures
) -> None:
    async def alone(client: Client) -> bool:
        try:
            # A writer begins with 1.
            await client.jetstream().publish(writer.options.name, b"0", timeout=2)
        except (nats.errors.TimeoutError, nats.js.errors.Error):
            return False
        return True

    leader, began = store.leader(writer), time.monotonic()
    with cut_from(store.cluster, leader, peers(store.cluster, leader)):
        # It does not know yet that it leads nobody.
        assert not store.talk(alone, server=leader)
        # A client finds it by the Service still, one time in three, and has to try again.
        writer.wait_accepted(timeout=40)
        time.sleep(10)
        assert not store.talk(alone, server=leader)
    store.recovered(writer, 60)
    store.settled(60)
    assert 0 not in writer.read()
    assert store.note(figures, "leader cut off from the others", writer, began) <= 30


@pytest.mark.bounded_claims
def test_F13_a_full_store_refuses_messages_and_stays_a_store() -> None:
    small = replace(altered(max_file_store=None), volume=Volume(size="128Mi"), backup=None)

    async def fill(client: Client) -> tuple[int, str]:
        stream = client.jetstream()
        await stream.add_stream(name="BIG", subjects=["big"], num_replicas=3)
        for number in range(400):
            try:
                await stream.publish("big", bytes(512 * 1024), timeout=5)
            except nats.js.errors.APIError as error:
                return number, str(error.description)
            # Servers tell each other about every second how much they hold.
            await asyncio.sleep(0.05)
        return 400, ""

    async def purge(client: Client) -> int:
        stream = client.jetstream()
        await stream.purge_stream("BIG")
        return (await stream.publish("big", b"again", timeout=5)).seq

    with started(small, bounded_claims=True) as store:
        store.settled()
        written, refusal = store.talk(fill)
        store.settled()

        assert "resource limits exceeded for account" in refusal
        assert 60 < written * 0.5 < 128 * 0.85
        assert [store.health(pod, "?js-enabled-only=true") for pod in store.servers] == [200] * 3
        assert store.talk(purge) > written
        assert all(not pod.containers["nats"].restarts for pod in store.servers)
