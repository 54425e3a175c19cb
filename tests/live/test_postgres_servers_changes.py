"""PostgreSQL servers with other settings, and with settings that change while they run."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
import time
from typing import Any

import pytest

from constructs_lib.store.tls import Tls
from tests.live.certificates import certificate, names_of
from tests.live.figures import Figures
from tests.live.manifests import Document
from tests.live.pod import Pod
from tests.live.postgres_servers import PostgresServers, own_answer, started, written
from tests.live.postgres_stores import replicated
from tests.live.verdicts import about_data

pytestmark = [pytest.mark.images("patroni", "postgres", "etcd", "haproxy"), pytest.mark.full]

PATRONI = "/tmp/patroni"  # noqa: S108  (a folder of the container)


@pytest.mark.parametrize("synchronous", ["on", "off"])
def test_other_ways_to_commit(figures: Figures, synchronous: str) -> None:
    with started(replicated(synchronous=synchronous)) as store:
        store.synchronous = synchronous == "on"
        with written(store) as writer:
            for _ in range(3):
                primary, began = store.primary(), time.monotonic()
                primary.kill()
                writer.wait_accepted(timeout=60)
                store.cluster.workload("StatefulSet/postgres").replace(primary)
                store.recovered(writer)
                store.settled()
                noted = f"primary's pod gone for good, synchronous={synchronous}"
                seconds, lost = writer.outage(began).seconds, len(writer.lost())
                acknowledged = len(writer.acknowledged)
                figures.add("postgres", noted, seconds, acknowledged=acknowledged, lost=lost)
                with about_data():
                    assert synchronous == "off" or lost == 0
                assert seconds <= 25


def test_connections_are_encrypted_and_names_are_checked(figures: Figures) -> None:
    names = names_of("postgres", "shop", "postgres-primary", "postgres-replicas")
    etcd = certificate(*names_of("etcd", "shop", "etcd"), "*.etcd-peers.shop.svc.cluster.local")
    secrets = {"postgres-tls": certificate(*names), "etcd-tls": etcd}
    documents = replicated(tls=Tls("postgres-tls"), etcd_tls=Tls("etcd-tls"))
    with started(documents, secrets=secrets) as store:
        authority = store.cluster.node.folder / "ca.crt"
        authority.write_text(secrets["postgres-tls"]["ca.crt"])
        store.ca = str(authority)
        with store.writer() as writer:
            writer.wait_accepted(timeout=60)
            writer.steady(timeout=30)
            assert store.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t"
            streams = "SELECT bool_and(ssl) FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)"
            assert store.value(streams) == "t"
            refused_without_encryption(store)
            (primary,) = [pod for pod in store.members if in_recovery(pod) == "f"]
            store.until(lambda: may_take_over(primary) == 2, 60, "both replicas may take over")
            began = time.monotonic()
            primary.stop()
            following = store.cluster.workload("StatefulSet/postgres").replace(primary)
            store.recovered(writer)
            store.until(lambda: in_recovery(following) == "t", 60, "the former primary follows")
            assert store.note(figures, "primary stopped, with TLS", writer, began) <= 5


def refused_without_encryption(store: PostgresServers) -> None:
    plain = store.client.run(
        *("env", "PGPASSWORD=any", "psql", "--command", "SELECT 1"),
        "host=postgres-primary.shop.svc user=postgres dbname=postgres sslmode=disable",
    )
    assert "no encryption" in plain.stdout, plain.stdout


def may_take_over(member: Pod) -> int:
    """How many replicas have every acknowledged write, as people are told."""
    return member.run("patronictl", "-c", PATRONI, "list", timeout=20).stdout.count("Quorum Stand")


def in_recovery(member: Pod) -> str:
    return own_answer(member, "SELECT pg_is_in_recovery()")


def test_F19_a_changed_parameter_reaches_a_running_cluster() -> None:
    changed = {"max_connections": 120, "parameters": {"random_page_cost": "1.5"}}
    first = replicated(parameters={"log_min_duration_statement": "5s"})
    job, files = later_configuration(**changed)
    name = f"Job/{job['metadata']['name']}"
    with started([*first, job, files]) as store, written(store) as writer:
        assert store.value("SHOW log_min_duration_statement") == "5s"

        store.cluster.start(name)
        done = store.cluster.wait_complete(name, timeout=180)
        store.recovered(writer)
        store.settled()

        for pod in store.members:
            assert own_answer(pod, "SHOW max_connections") == "120"
            assert own_answer(pod, "SHOW random_page_cost") == "1.5"
            assert own_answer(pod, "SHOW log_min_duration_statement") == "-1"
        assert not any(item.get("pending_restart") for item in store.describe()["members"])
        assert "postgresql.parameters.max_connections" in done.container.log
        lost = writer.lost()
        with about_data():
            assert lost == set(), lost

        # Applied again it finds nothing to do, and restarts nobody.
        again = store.cluster.run_job(name, timeout=60)
        assert "nothing to change" in again.container.log
        assert "restarts" not in again.container.log


def later_configuration(**fields: Any) -> tuple[Document, Document]:
    """The Job that a later rendering has for the configuration, not run yet, and its files."""
    renamed = json.dumps(replicated(**fields)).replace("postgres-configuration-files", "later")
    objects = json.loads(renamed)
    jobs = [item for item in objects if item["kind"] == "Job"]
    (job,) = [item for item in jobs if "configuration" in item["metadata"]["name"]]
    (files,) = [item for item in objects if item["metadata"]["name"] == "later"]
    return {**job, "spec": {**job["spec"], "suspend": True}}, files


def test_F10_a_replica_that_is_away_for_too_long_stops_nobody_and_is_made_anew(
    figures: Figures,
) -> None:
    with started(replicated(max_slot_wal_keep_size="64Mi")) as store, written(store) as writer:
        replica, began = store.replicas()[0], time.monotonic()
        replica.kill()
        write_segments(store, 12)
        store.cluster.workload("StatefulSet/postgres").replace(replica)
        store.until(
            lambda: "already been removed" in store.cluster.pod(replica.name).container.log,
            60,
            "the replica asks for what is gone",
        )
        primary = store.primary()
        anew = ("reinit", "postgres", replica.name, "--force", "--wait")
        done = primary.run("patronictl", "-c", PATRONI, *anew, timeout=60)
        assert done.returncode == 0, done.stdout
        store.settled(60)
        store.recovered(writer)
        note = "replica away for too long, made anew"
        assert store.note(figures, note, writer, began) <= 5


def write_segments(store: PostgresServers, count: int) -> None:
    """Have the primary fill so many segments of 16 MiB, and throw away what it needs no more."""
    store.value("CREATE TABLE IF NOT EXISTS filler (text text)")
    for _ in range(count):
        store.value("INSERT INTO filler VALUES ('a')")
        store.value("SELECT pg_switch_wal()")
    store.value("CHECKPOINT")
