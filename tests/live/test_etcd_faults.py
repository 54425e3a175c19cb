"""etcd: everything that takes minutes."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
import time
from collections.abc import Iterator

import pytest

from constructs_lib.store.tls import Tls
from tests.live.certificates import certificate, names_of
from tests.live.etcd_store import EtcdStore, altered, running, started
from tests.live.faults import (
    crash,
    cut_from,
    evict,
    evict_all,
    freeze,
    lose,
    lose_all,
    peers,
    thaw,
)
from tests.live.figures import Figures
from tests.live.jobs import JobError
from tests.live.verdicts import about_data
from tests.live.writers.outages import writers_at_once
from tests.live.writers.writer import Writer

pytestmark = [pytest.mark.images("etcd"), pytest.mark.full]


# A member's own words: where it says nothing etcdctl's code is DeadlineExceeded.
NOBODY_AGREES = "etcdserver: (request timed out|no leader)|Unknown desc = context deadline exceeded"
REJOIN = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "etcd-rejoin", "namespace": "shop"},
    "data": {"state": "existing"},
}
"""What somebody makes by hand for a member that is entered anew."""


@pytest.fixture(scope="module")
def store() -> Iterator[EtcdStore]:
    with started() as store:
        yield store


@pytest.fixture
def writer(store: EtcdStore) -> Iterator[Writer]:
    store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady()
        yield writer


def test_twenty_kills_in_a_row_are_twenty_recoveries(
    store: EtcdStore, writer: Writer, figures: Figures
) -> None:
    for _ in range(20):
        leader = store.leader()
        before, killed = leader.container.restarts, time.monotonic()
        crash(leader)
        store.cluster.wait(
            lambda pod=leader, n=before: pod.container.restarts > n,  # type: ignore[misc]
            60,
            "the member is started again",
        )
        store.recovered(writer, 60)
        assert store.note(figures, "leader killed, 20 times in a row", writer, killed) <= 6


def test_a_roll_of_all_members_is_not_noticed(
    store: EtcdStore, writer: Writer, figures: Figures
) -> None:
    began = time.monotonic()
    store.cluster.workload("StatefulSet/etcd").roll(timeout=180)
    store.recovered(writer)
    assert store.note(figures, "all members rolled", writer, began) <= 3


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_C4_all_members_at_once_come_back_with_everything(
    store: EtcdStore, writer: Writer, figures: Figures, how: str
) -> None:
    began = time.monotonic()
    ending = lose_all if how == "killed" else evict_all
    ending(store.cluster, list(store.members))
    store.recovered(writer, 90)
    assert store.note(figures, f"all members {how} at once", writer, began) <= 60


def test_a_frozen_leader_is_replaced_and_comes_back(
    store: EtcdStore, writer: Writer, figures: Figures
) -> None:
    leader, began = store.leader(), time.monotonic()
    freeze(leader)
    writer.wait_accepted(timeout=20)
    time.sleep(5)
    thaw(leader)
    store.recovered(writer)
    with about_data():
        assert writers_at_once(writer.attempts) == 1
    assert store.note(figures, "leader frozen for a while", writer, began) <= 20


def test_a_leader_cut_off_from_the_others_takes_no_writes(
    store: EtcdStore, writer: Writer, figures: Figures
) -> None:
    leader, began = store.leader(), time.monotonic()
    with cut_from(store.cluster, leader, peers(store.cluster, leader)):
        writer.wait_accepted(timeout=20)
        # It leaves the Service by itself, so that everybody writes again; it takes nothing alone.
        store.cluster.wait(lambda: not leader.ready, 30, "it is not ready")
        # It is reached, and says itself that nobody agrees, which takes it 7 s.
        words = ("--command-timeout=15s", "put", "alone", "1")
        alone = store.control(*words, member=leader, timeout=20)
        assert alone.returncode != 0
        assert re.search(NOBODY_AGREES, alone.stdout), alone.stdout
        writer.steady()
    store.recovered(writer, 60)
    assert store.insist("get", "alone").strip() == ""
    assert leader.container.restarts == 0
    with about_data():
        assert writers_at_once(writer.attempts) == 1
    assert store.note(figures, "leader cut off from the others", writer, began) <= 20


def test_F15_a_member_without_its_volume_is_put_back_by_the_runbook(
    store: EtcdStore, writer: Writer, figures: Figures
) -> None:
    cluster, began = store.cluster, time.monotonic()
    broken = lose(cluster, store.leader(), claims=True)
    cluster.wait(lambda: len(broken.container.exit_codes) >= 2, 60, "it gives up")
    assert "already been bootstrapped" in broken.container.log
    writer.steady()
    # Whom it answers, it keeps.
    well = peers(cluster, broken)[0]
    with pytest.raises(JobError, match="answers, so it has its data"):
        cluster.run_job("CronJob/etcd-rejoin", timeout=60, variables={"LOST": well.name})

    # docs/stores/etcd.md, "A member has lost its volume"
    cluster.manifests.add(REJOIN)
    cluster.run_job("CronJob/etcd-rejoin", timeout=60, variables={"LOST": broken.name})
    new = evict(cluster, broken)
    store.recovered(writer, 60)
    cluster.manifests.remove(REJOIN)
    assert store.note(figures, "leader and its volume lost", writer, began) <= 20

    # As it is rendered, it starts again, since it has data now.
    new = lose(cluster, new)
    store.recovered(writer, 60)
    before = writer.acknowledged
    # The others may go: it holds everything.
    for pod in peers(cluster, new):
        crash(pod)
        store.recovered(writer, 60)
    assert before <= writer.read()


def test_F17_a_full_database_is_read_and_made_to_work_again() -> None:
    with started(altered(quota="16Mi")) as store:
        big = "x" * 500_000
        refused = ""
        for number in range(100):
            done = store.control("put", f"big-{number}", text=big)
            if done.returncode:
                refused = done.stdout
                break
        assert "database space exceeded" in refused
        assert "NOSPACE" in store.insist("alarm", "list")
        time.sleep(20)

        # No probe takes that for a reason to restart a member or to take it out of the Service.
        assert all(pod.ready and pod.container.restarts == 0 for pod in store.members)
        assert len(store.values("big-")) > 10

        # docs/stores/etcd.md, "The quota is reached"
        store.insist("del", "--prefix", "big-")
        revision = re.search(r'"revision":(\d+)', store.insist("get", "x", "--write-out=json"))
        assert revision
        compacted = store.control("compact", revision[1], "--physical")
        assert compacted.returncode == 0, compacted.stdout
        defragmented = store.cluster.run_job("CronJob/etcd-defragment", timeout=60)
        went = re.findall(r" went from (\d+) to (\d+) bytes", defragmented.container.log)
        assert len(went) == 3
        assert all(int(after) < int(before) / 2 for before, after in went)
        assert store.control("put", "a", "1").returncode != 0
        store.insist("alarm", "disarm")
        assert store.control("put", "a", "1").returncode == 0
        time.sleep(2)
        assert store.insist("alarm", "list").strip() == ""


def test_a_client_without_a_certificate_is_refused_where_they_are_asked_for() -> None:
    pair = certificate(*names_of("etcd", "shop", "etcd"))
    strict = altered(tls=Tls("etcd-tls"), client_certificates=True)
    with running(strict, {"etcd-tls": pair}) as store:
        folder = store.cluster.node.folder
        for name, text in pair.items():
            (folder / name).write_text(text)
        store.ca = str(folder / "ca.crt")
        store.cluster.start("StatefulSet/etcd")
        store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
        shown = ("--cert", str(folder / "tls.crt"), "--key", str(folder / "tls.key"))

        assert store.control("put", "a", "1").returncode != 0
        assert store.control(*shown, "put", "a", "1").returncode == 0
        backup = store.cluster.run_job("CronJob/etcd-backup", timeout=60)
        assert "published" in backup.container.log
        defragmented = store.cluster.run_job("CronJob/etcd-defragment", timeout=60)
        assert defragmented.container.log.count("https://etcd-") == 3
