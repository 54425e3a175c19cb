"""Redis: what is backed up comes back, every key as it was."""

# ruff: noqa: N802  (a test bears the id of its row)

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import redis

from constructs_lib.kube.workloads import Schedule
from constructs_lib.store.backups import Backup
from constructs_lib.store.props import StoreProps
from tests.live.figures import Figures
from tests.live.jobs import JobError
from tests.live.object_storage import TO
from tests.live.redis_servers import PASSWORD
from tests.live.redis_store import REPLICATED, STANDALONE, STORE, RedisStore, started
from tests.live.verdicts import about_data

pytestmark = pytest.mark.images("redis", "haproxy", "oliver006/redis_exporter", "rclone/rclone")

BACKUP = Backup(schedule=Schedule(cron="0 3 * * *"), keep=2)
S3_BACKUP = replace(BACKUP, to=TO)
BY_SENTINEL = replace(STORE, backup=BACKUP)
OTHERS = (
    pytest.param(replace(REPLICATED, backup=S3_BACKUP), id="replicated-s3", marks=pytest.mark.full),
    pytest.param(
        replace(STANDALONE, backup=BACKUP), id="standalone-volume", marks=pytest.mark.full
    ),
)
SNAPSHOT, RESTORE = "CronJob/redis-backup", "CronJob/redis-restore"

# Every type, small and large, as either is kept in its own way; and what is no text.
WRITES: Sequence[Sequence[str]] = (
    ("SET", "text", "value"),
    ("SET", "number", "42"),
    ("SET", "no\ntext \\ 'here' \"", "\r\n\t\\ ' \" $(true)"),
    ("SETBIT", "bits", "4099", "1"),
    ("SET", "large", "x" * 100_000),
    ("SET", "for-an-hour", "value", "EX", "3600"),
    ("SET", "for-a-day", "value", "PX", "86400000"),
    ("RPUSH", "list", "1", "2", "1"),
    ("RPUSH", "long-list", *(f"item {number}" for number in range(2000))),
    ("SADD", "set", "a", "b"),
    ("SADD", "numbers", *map(str, range(1000))),
    ("ZADD", "sorted", "1.5", "one", "-inf", "least"),
    ("ZADD", "long-sorted", *(word for n in range(500) for word in (str(n), f"member {n}"))),
    ("HSET", "hash", "field", "value"),
    ("HSET", "long-hash", *(word for n in range(500) for word in (f"field {n}", "v" * 70))),
    ("EXPIRE", "long-hash", "7200"),
    ("XADD", "stream", "1-1", "field", "value"),
    ("XADD", "stream", "2-1", "field", "other"),
    ("XGROUP", "CREATE", "stream", "readers", "0"),
    ("XREADGROUP", "GROUP", "readers", "one", "COUNT", "1", "STREAMS", "stream", ">"),
    ("PFADD", "estimate", *map(str, range(300))),
    ("GEOADD", "places", "13.361389", "38.115556", "Palermo"),
)
READS: Mapping[bytes, Sequence[Sequence[str]]] = {
    b"string": (("GET", "{}"),),
    b"list": (("LRANGE", "{}", "0", "-1"),),
    b"set": (("SMEMBERS", "{}"),),
    b"zset": (("ZRANGE", "{}", "0", "-1", "WITHSCORES"),),
    b"hash": (("HGETALL", "{}"),),
    b"stream": (("XRANGE", "{}", "-", "+"), ("XINFO", "GROUPS", "{}")),
}
_COUNTERS = (b"entries-read", b"lag")


@dataclass(frozen=True)
class Key:
    """What there is to know about a key."""

    kind: bytes
    content: tuple[Any, ...]
    expires: int
    """In milliseconds since 1970; -1 for never."""


Contents = Mapping[tuple[int, bytes], Key]
"""Keys by database and name."""


@contextmanager
def connected(store: RedisStore, database: int = 0) -> Iterator[redis.Redis]:
    """The master, as the client's pod sees it."""
    with store.client.link.namespace.entered():
        options: dict[str, Any] = {"password": PASSWORD, "socket_timeout": 20, "db": database}
        client = redis.Redis(host=store.master().address, **options)
        try:
            yield client
        finally:
            client.close()


def asked(client: redis.Redis, *words: str | bytes) -> Any:
    return client.execute_command(*words)  # type: ignore[no-untyped-call]


def fill(store: RedisStore) -> None:
    """Keys of every type, in two databases."""
    with connected(store) as client:
        for words in WRITES:
            asked(client, *words)
        in_step(store, client)
    with connected(store, database=3) as client:
        for number in range(3000):
            asked(client, "SET", f"key {number}", f"value {number}")
        in_step(store, client)


def in_step(store: RedisStore, client: redis.Redis) -> None:
    """Return when all replicas, one of which is backed up, have what this connection wrote."""
    replicas = len(store.servers) - 1
    assert asked(client, "WAIT", str(replicas), "10000") == replicas


def contents(store: RedisStore) -> Contents:
    """Everything that the master has."""
    found = {}
    for database in (0, 3):
        with connected(store, database) as client:
            for name in asked(client, "KEYS", "*"):
                kind = asked(client, "TYPE", name)
                read = [[name if word == "{}" else word for word in one] for one in READS[kind]]
                content = tuple(kept(asked(client, *words)) for words in read)
                found[database, name] = Key(kind, content, asked(client, "PEXPIRETIME", name))
    return found


def kept(answer: Any) -> Any:
    """What is part of the data: counters of a stream's readers are not, since replicas have none,
    and the snapshot is a replica's."""
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        return answer
    return [{k: v for k, v in item.items() if k not in _COUNTERS} for item in answer]


def differences(one: Contents, other: Contents) -> list[tuple[Key | None, Key | None]]:
    """Keys that are not alike. When they expire may differ by how long it takes to copy one: what
    is handed over is the time that it has left."""
    pairs = [(one.get(name), other.get(name)) for name in one.keys() | other.keys()]
    return [pair for pair in pairs if not _alike(*pair)]


def _alike(one: Key | None, other: Key | None) -> bool:
    if one is None or other is None or (one.expires < 0) != (other.expires < 0):
        return False
    close = abs(one.expires - other.expires) < 10_000
    return close and (one.kind, one.content) == (other.kind, other.content)


def restore(store: RedisStore, **variables: str) -> float:
    """Seconds that the Job of a restore takes."""
    began = time.monotonic()
    store.cluster.run_job(RESTORE, timeout=150, variables=variables)
    return time.monotonic() - began


def lose_everything(store: RedisStore) -> None:
    """Lose all servers with their volumes, and start new ones."""
    servers = [item for item in store.cluster.workloads if item.kind == "StatefulSet"]
    counts = [item.replicas for item in servers]
    claims = [f"data-{pod.name}" for pod in store.servers]
    for item in servers:
        item.scale(0)
    for claim in claims:
        store.cluster.node.claims.delete("shop", claim)
    for item, count in zip(servers, counts, strict=True):
        item.scale(count)
    store.cluster.wait_ready(timeout=90)
    store.settled()


@pytest.mark.parametrize(
    "props",
    [
        pytest.param(BY_SENTINEL, id="sentinel-volume"),
        pytest.param(
            replace(BY_SENTINEL, backup=S3_BACKUP), id="sentinel-s3", marks=pytest.mark.full
        ),
        *OTHERS,
    ],
)
def test_G12_C8_every_key_comes_back_with_the_time_it_has_left(
    props: StoreProps, figures: Figures
) -> None:
    with started(props) as store:
        dropped = store.cluster.blocked()
        fill(store)
        before = contents(store)
        assert {key.kind for key in before.values()} == set(READS)
        assert "published" in store.cluster.run_job(SNAPSHOT, timeout=150).container.log
        with connected(store) as client:
            asked(client, "FLUSHALL")
            # Written since, by a name that the backup has and by one that it does not have.
            asked(client, "SET", "text", "changed")
            asked(client, "SET", "since", "kept")
        with pytest.raises(JobError, match="no backup 'nonsense'"):
            restore(store, BACKUP="nonsense")
        kept = contents(store)
        with about_data():
            assert len(kept) == 2, kept

        seconds = restore(store)
        after = dict(contents(store))
        with about_data():
            assert after.get(since := (0, b"since")), after
            assert after.pop(since).content == (b"kept",)
            assert differences(after, before) == []
        missing = len(before.keys() - after.keys())
        scenario = "restore after all keys were removed"
        total = len(before)
        figures.add(store.title, scenario, seconds, acknowledged=total, lost=missing)
        sizes = [sum(database == 0 for database, _ in before) + 1] * len(store.servers)
        store.cluster.wait(
            lambda: [store.ask(pod, "DBSIZE") for pod in store.servers] == sizes,
            10,
            "the replicas have it too",
        )

        restore(store, FLUSH="yes")
        again = contents(store)
        with about_data():
            assert differences(again, before) == []
        assert store.cluster.blocked() == dropped


@pytest.mark.full
@pytest.mark.parametrize(
    "props",
    [pytest.param(BY_SENTINEL, id="sentinel-volume"), *OTHERS],
)
def test_G12_C8_what_all_volumes_held_comes_back_from_the_newest_of_the_backups_kept(
    props: StoreProps,
) -> None:
    with started(props) as store:
        for number in range(3):
            with connected(store) as client:
                asked(client, "SET", f"before-{number}", "value")
            last = store.cluster.run_job(SNAPSHOT, timeout=150)
        assert "removed 2" in last.container.log
        fill(store)
        store.cluster.run_job(SNAPSHOT, timeout=150)
        before = contents(store)
        lose_everything(store)
        assert contents(store) == {}
        restore(store)
        after = contents(store)
        with about_data():
            assert differences(after, before) == []
