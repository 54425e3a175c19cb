"""NATS with JetStream: what is backed up comes back as it was."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import nats
import pytest
from nats.aio.client import Client
from nats.js.api import StreamConfig

from constructs_lib.store.props import StoreProps
from tests.live.dotnet_settings import insisted
from tests.live.jobs import JobError
from tests.live.nats_store import IN_BUCKET, STORE, NatsStore, altered, started
from tests.live.verdicts import about_data

pytestmark = pytest.mark.images("nats", "natsio/nats-box", "rclone/rclone")

Contents = dict[str, list[tuple[int, str, bytes]]]
"""Messages by stream: number, subject and text."""


async def fill(client: Client) -> None:
    """A stream with a reader that has read some, one of keys, and an empty one."""
    stream = client.jetstream()
    await stream.add_stream(name="ORDERS", subjects=["orders.>"], num_replicas=3)
    await stream.add_stream(name="EMPTY", subjects=["empty"], num_replicas=1)
    keys = await stream.create_key_value(bucket="prices", replicas=3)
    for number in range(500):
        text = str(number).encode() * 20
        await insisted(partial(stream.publish, f"orders.{number % 7}", text))
    await insisted(partial(keys.put, "apple", b"1"))
    await keys.put("apple", b"2")
    reader = await stream.pull_subscribe("orders.>", durable="reader", stream="ORDERS")
    for message in await insisted(partial(reader.fetch, 100, timeout=30)):
        await message.ack_sync(timeout=30)


async def contents(client: Client) -> Contents:
    """Every message of every stream."""
    stream = client.jetstream()
    found: Contents = {}
    for info in await stream.streams_info():
        name, first, last = info.config.name, info.state.first_seq, info.state.last_seq
        assert name
        messages = [await stream.get_msg(name, seq) for seq in range(first, last + 1) if last]
        found[name] = [(m.seq or 0, m.subject or "", m.data or b"") for m in messages]
    return found


async def sizes(client: Client) -> dict[str, tuple[int, int]]:
    """How many messages each stream has, and the number of its last one."""
    found = await client.jetstream().streams_info()
    return {str(info.config.name): (info.state.messages, info.state.last_seq) for info in found}


async def reader_position(client: Client) -> int:
    info = await client.jetstream().consumer_info("ORDERS", "reader")
    assert info.ack_floor
    return int(info.ack_floor.stream_seq)


def forget(store: NatsStore) -> None:
    """Lose all servers with their volumes, and start new ones."""
    servers = store.cluster.workload("StatefulSet/nats")
    claims = [f"data-{pod.name}" for pod in servers.pods]
    servers.scale(0)
    for claim in claims:
        store.cluster.node.claims.delete("shop", claim)
    servers.scale(3)
    store.cluster.wait_ready("StatefulSet/nats", timeout=40)


@pytest.mark.parametrize(
    "props",
    [
        pytest.param(STORE, id="volume"),
        pytest.param(IN_BUCKET, id="s3", marks=pytest.mark.full),
    ],
)
def test_G12_everything_comes_back_after_all_volumes_were_lost(props: StoreProps) -> None:
    with started(props) as store:
        cluster = store.cluster
        store.settled()
        dropped = cluster.blocked()
        # A store without a stream is backed up like any other.
        empty = cluster.run_job("CronJob/nats-backup", timeout=40)
        assert "no streams" in empty.containers["nats"].log
        store.talk(fill)
        before, position = store.talk(contents), store.talk(reader_position)
        assert position == 100
        with about_data():
            assert sorted(before) == ["EMPTY", "KV_prices", "ORDERS"]
            assert len(before["ORDERS"]) == 500

        backup = cluster.run_job("CronJob/nats-backup", timeout=60)
        assert "published" in backup.container.log
        assert cluster.blocked() == dropped
        forget(store)
        store.settled()
        assert store.talk(contents) == {}

        cluster.run_job("CronJob/nats-restore", timeout=60)
        store.settled()
        found, place = store.talk(contents), store.talk(reader_position)
        with about_data():
            assert found == before
            assert place == position

        # What is there is never written over.
        with pytest.raises(JobError, match="exists already"):
            cluster.run_job("CronJob/nats-restore", timeout=60)
        found = store.talk(contents)
        with about_data():
            assert found == before


@pytest.fixture(scope="module")
def filled() -> Iterator[NatsStore]:
    with started() as store:
        store.settled()
        store.talk(fill)
        yield store


async def publish(client: Client, seconds: float = 2) -> int:
    return (await client.jetstream().publish("orders.1", b"new", timeout=seconds)).seq


async def publish_elsewhere(client: Client) -> int:
    return (await client.jetstream().publish("empty", b"forged", timeout=1)).seq


async def purge(client: Client) -> None:
    await client.jetstream().purge_stream("ORDERS")


async def see_servers(client: Client, seconds: float = 2) -> bytes:
    return (await client.request("$SYS.REQ.SERVER.PING", b"", timeout=seconds)).data


@pytest.mark.parametrize(
    ("user", "forbidden"),
    [
        ("backup", publish),
        ("backup", purge),
        ("orders", publish_elsewhere),
        ("orders", see_servers),
    ],
)
def test_a_user_does_no_more_than_it_may(
    filled: NatsStore, user: str, forbidden: Callable[[Client], Awaitable[object]]
) -> None:
    before = filled.talk(sizes)
    with pytest.raises((nats.errors.Error, TimeoutError)):
        filled.talk(forbidden, user=user)
    found = filled.talk(sizes)
    with about_data():
        assert found == before


def test_a_user_does_what_it_may(filled: NatsStore) -> None:
    assert filled.talk(partial(publish, seconds=20), user="orders") > 500
    assert b"nats-" in filled.talk(partial(see_servers, seconds=20), user="sys")


@pytest.mark.full
def test_a_stream_says_how_large_it_may_become_where_that_is_asked_for() -> None:
    async def make(client: Client, max_bytes: int | None = None) -> None:
        wanted = StreamConfig(name="NEW", subjects=["new"], num_replicas=3, max_bytes=max_bytes)
        await client.jetstream().add_stream(wanted)

    with started(altered(max_bytes_required=True)) as store:
        store.settled()
        with pytest.raises(nats.js.errors.BadRequestError, match="max bytes"):
            store.talk(make)
        # Two of three servers' 1Gi are more than there is, even before anything is written.
        with pytest.raises(nats.js.errors.APIError, match="insufficient storage resources"):
            store.talk(lambda client: make(client, max_bytes=2 * 2**30))
        store.talk(lambda client: make(client, max_bytes=2**20))
