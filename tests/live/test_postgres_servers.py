"""PostgreSQL servers: members that start together, are killed, and hand over; one on its own."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
import time
from collections.abc import Iterator

import pytest

from constructs_lib.store.construct import ResilientStatefulStore
from tests.live.faults import crash, evict, lose
from tests.live.figures import Figures
from tests.live.pod import Pod
from tests.live.postgres_servers import READ, PostgresServers, running, started
from tests.live.postgres_stores import alone, replicated
from tests.live.verdicts import about_data
from tests.live.writers.writer import Writer
from tests.store.postgres_servers_cases import THREE
from tests.store.rendering import new_chart

pytestmark = pytest.mark.images("patroni", "postgres", "etcd", "haproxy")
DATA = "/var/lib/postgresql/data"


@pytest.fixture(scope="module")
def store(figures: Figures) -> Iterator[PostgresServers]:
    """Members that have started before the etcd that they need had a name, with a client that had
    connected before that."""
    with running(replicated()) as store:
        with store.writer() as writer:
            began = time.monotonic()
            store.cluster.start("StatefulSet/postgres", "Deployment/postgres-proxy")
            store.until(lambda: all(map(waits, store.members)), 30, "members wait for etcd")
            store.cluster.start("StatefulSet/etcd", *store.jobs)
            store.recovered(writer, 90)
            store.settled()
            store.note(figures, "cold start, etcd after the members", writer, began)
        yield store


@pytest.fixture
def writer(store: PostgresServers) -> Iterator[Writer]:
    store.settled()
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady(timeout=30)
        yield writer


@pytest.fixture(scope="module")
def single() -> Iterator[PostgresServers]:
    with started(alone()) as store:
        yield store


def waits(member: Pod) -> bool:
    return "waiting on etcd" in member.container.log


def test_C5_members_and_proxies_wait_for_etcd_and_for_names(store: PostgresServers) -> None:
    assert all(map(waits, store.members))
    restarts = {pod.name: pod.container.restarts for pod in store.cluster.pods}
    assert set(restarts.values()) == {0}, restarts
    assert len([pod for pod in store.members if store.status(pod, "/primary") == 200]) == 1


def test_C9_a_primary_that_is_stopped_hands_over_first(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    # What else the machine does comes on top, so the least of three counts.
    assert any(handed_over(store, writer, figures) <= 5 for _ in range(3))


def handed_over(store: PostgresServers, writer: Writer, figures: Figures) -> float:
    store.settled()
    primary, began = store.primary(), time.monotonic()
    evict(store.cluster, primary)
    store.recovered(writer)
    seconds = store.note(figures, "primary stopped", writer, began)
    assert store.primary().name != primary.name
    assert seconds <= 25, "no sooner than after a kill"
    return seconds


def test_C5_a_primary_that_is_killed_is_replaced_and_follows(
    store: PostgresServers, writer: Writer, figures: Figures
) -> None:
    # Of three, for the same reason.
    assert any(killed(store, writer, figures) <= 8 for _ in range(3))
    store.settled()


def killed(store: PostgresServers, writer: Writer, figures: Figures) -> float:
    store.settled()
    primary, began = store.primary(), time.monotonic()
    crash(primary, "postgres")
    store.recovered(writer)
    seconds = store.note(figures, "primary killed, container restarted", writer, began)
    assert seconds <= 25, "no sooner than when the leader key has run out"
    return seconds


def test_C6_reads_are_of_replicas_and_change_nothing(store: PostgresServers) -> None:
    store.settled()
    replicas = {pod.address for pod in store.replicas()}

    def answers() -> set[str]:
        # Each proxy asks for itself: so often that none of them is left out.
        said = [store.ask("SELECT host(inet_server_addr())", host=READ) for _ in range(8)]
        return {done.stdout.strip() for done in said}

    # They may learn of a replica that is back after everybody else.
    store.until(lambda: answers() == replicas, 60, "both replicas are read from")
    refused = store.ask("CREATE TABLE nothing ()", host=READ)
    assert refused.returncode != 0
    assert "read-only" in refused.stdout


@pytest.mark.full
def test_C6_reads_go_on_while_no_replica_is_there(store: PostgresServers) -> None:
    store.settled()
    gone = store.replicas()
    for pod in gone:
        pod.kill()
    store.until(
        lambda: store.ask("SELECT 1", host=READ).returncode == 0, 15, "the primary is read from"
    )
    assert store.value("SELECT pg_is_in_recovery()", host=READ) == "f"
    for pod in gone:
        store.cluster.workload("StatefulSet/postgres").replace(pod)
    store.cluster.wait_ready("StatefulSet/postgres", timeout=60)


def test_C9_what_alerts_ask_for_is_told(store: PostgresServers) -> None:
    alerts = ResilientStatefulStore(new_chart(), "postgres", THREE).alerts
    asked = {
        name for item in alerts for name in re.findall(r"(?:patroni|haproxy)_\w+", item.expression)
    }
    proxy = store.cluster.workload("Deployment/postgres-proxy").pods[0]
    told_by = [(store.primary(), 8008), (proxy, 8404)]
    assert asked

    def missing() -> set[str]:
        told = "".join(store.answer(pod, port, "/metrics")[1] for pod, port in told_by)
        return {name for name in asked if not re.search(rf"^{name}[ {{]", told, re.MULTILINE)}

    store.until(lambda: not missing(), 30, "all of them are told")


def test_C9_people_who_are_told_that_nobody_leads_see_who_does(store: PostgresServers) -> None:
    alerts = ResilientStatefulStore(new_chart(), "postgres", THREE).alerts
    (action,) = [item.action for item in alerts if item.name == "PostgresPrimaryMissing"]
    command = re.findall(r"-- (patronictl .*?)\. ", action)[0]
    told = store.replicas()[0].run(*command.split(), timeout=20)
    assert told.returncode == 0, told.stdout
    assert re.search(rf"{store.primary().name} .* Leader ", told.stdout)


def test_L2_one_server_starts_stops_and_starts_again(single: PostgresServers) -> None:
    with single.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady(timeout=30)
        server = single.cluster.pod("postgres-0")
        began = time.monotonic()
        following = evict(single.cluster, server)
        took = time.monotonic() - began
        single.recovered(writer)
        lost = writer.lost()
        with about_data():
            assert lost == set(), lost
        assert took < 20, "it has waited for its clients to leave"
        # It was asked to stop, by whatever signal, and had its time.
        assert server.container.exit_codes[-1] == 0
        assert "database system was shut down at" in following.container.log
        assert single.value("SHOW data_checksums") == "on"
        assert single.value("SELECT 1", host=READ) == "1"

        crash(following, "postgres")
        single.recovered(writer)
        lost = writer.lost()
        with about_data():
            assert lost == set(), lost


def test_F9_one_server_puts_up_with_changed_permissions_and_a_start_that_was_cut_short(
    single: PostgresServers,
) -> None:
    server = single.cluster.pod("postgres-0")
    assert server.run("chmod", "2770", f"{DATA}/pgdata").returncode == 0
    # What an initdb leaves that has been killed.
    assert server.run("mkdir", "-p", f"{DATA}/pgdata.new").returncode == 0
    lose(single.cluster, server)
    single.cluster.wait_ready(timeout=60)
    assert single.value("SELECT 1") == "1"
