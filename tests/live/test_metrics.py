"""Real exporters expose what is declared of them, of every engine, and dashboards draw it.

Discovery and durations are not as rendered: see `watching.py`. The NATS exporter is the tests' own,
so of it this shows that the server's monitor has the numbers, and nothing of their names.
"""

import asyncio
import time
from collections.abc import Iterator

import cdk8s
import nats
import pytest

from tests.live.drawn import empty_queries
from tests.live.pod import Pod
from tests.live.stores import CLIENTS, PASSWORD, SECRETS, Stores
from tests.live.watching import Watched

pytestmark = [
    pytest.mark.full,
    pytest.mark.images(
        *("redis", "oliver006/redis_exporter", "haproxy", "etcd", "patroni", "nats"),
        *("prometheuscommunity/postgres-exporter", "natsio/prometheus-nats-exporter"),
        *("prom/prometheus", "prom/alertmanager"),
    ),
]

SPEED = 10
"""As fast as two cores scrape all of them."""


_NEWER_EXPORTER = "newer than postgres_exporter 0.11, Debian's"

NOT_HERE = {
    "alertmanager_notifications_suppressed_total": "newer than Alertmanager 0.25",
    "etcd_network_peer_sent_failures_total": "told after a failure",
    "prometheus_tsdb_head_chunks_storage_size_bytes": "newer than Prometheus 2.42",
    "prometheus_tsdb_wal_storage_size_bytes": "newer than Prometheus 2.42",
    "pg_postmaster_start_time_seconds": _NEWER_EXPORTER,
    "pg_replication_is_replica": _NEWER_EXPORTER,
    "pg_replication_lag_seconds": _NEWER_EXPORTER,
    "pg_replication_slots_safe_wal_size_bytes": _NEWER_EXPORTER,
    "pg_replication_slots_slot_current_wal_lsn": _NEWER_EXPORTER,
    "pg_replication_slots_slot_is_active": _NEWER_EXPORTER,
    "pg_stat_user_tables_n_dead_tup": _NEWER_EXPORTER,
    "pg_wal_segments": _NEWER_EXPORTER,
    "pg_wal_size_bytes": _NEWER_EXPORTER,
}
"""Metrics that nobody exposes here, and why."""

NOT_DRAWN = {
    **NOT_HERE,
    "ALERTS": "drawn of what fires, and nothing does",
    "Connections by login": "postgres_exporter 0.11 does not say whose they are",
    "etcd_network_peer_round_trip_time_seconds_bucket": "measured less often than it is asked for",
    "prometheus_rule_evaluation_failures_total": "drawn of rules that fail, and none does",
}
"""Series, or panels, of queries without an answer, and why."""


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with Watched([Stores(cdk8s.App())], SECRETS, speed=SPEED).running() as running:
        use(running)
        yield running


def use(watched: Watched) -> None:
    """Have something in every store, and everybody scraped a few times since."""
    cluster = watched.cluster
    client = cluster.client(CLIENTS)
    redis = ("redis-cli", "-h", "redis.stores.svc", "-a", PASSWORD)
    for words in (("set", "short", "lived", "ex", "10000"), ("get", "short")):
        cluster.wait(lambda words=words: _done(client, *redis, *words), 30, "Redis takes a key")  # type: ignore[misc]
    publish(cluster.pod("nats-0"), client)
    watched.prometheus.wait_for("count(pg_up == 1) == 3", seconds=60)
    began = time.time()
    watched.prometheus.wait_for(f"min(timestamp(up)) > {began + 4 * 3}", seconds=60)


def _done(client: Pod, *command: str) -> bool:
    done = client.run(*command)
    return done.returncode == 0 and "ERR" not in done.stdout


def publish(server: Pod, client: Pod) -> None:
    """A stream with a consumer that has had some of its messages."""

    async def act() -> None:
        login = {"user": "admin", "password": PASSWORD}
        connection = await nats.connect(f"nats://{server.address}:4222", **login)
        stream = connection.jetstream()
        await stream.add_stream(name="orders", subjects=["orders"])
        for number in range(20):
            await stream.publish("orders", str(number).encode())
        taking = await stream.pull_subscribe("orders", "books")
        for message in await taking.fetch(5):
            await message.ack()
        await connection.close()

    with client.link.namespace.entered():
        asyncio.run(act())


def test_c9_exporters_of_every_engine_expose_what_is_declared(watched: Watched) -> None:
    kinds = {item.kind for item in watched.signals}

    assert watched.not_exposed() == set(NOT_HERE)
    assert kinds == {"redis", "postgres", "etcd", "nats", "prometheus", "alertmanager"}


def test_nothing_fires_but_the_watchdog(watched: Watched) -> None:
    assert watched.prometheus.firing() == {"Watchdog"}


def test_every_query_of_every_dashboard_returns_series(watched: Watched) -> None:
    empty = empty_queries(watched)

    assert {f"stores/stores-{name}.json" for name in ("redis", "postgres", "etcd", "nats")} <= set(
        empty
    )
    found = {item for items in empty.values() for item in items if not set(item) & set(NOT_DRAWN)}
    assert found == set()
