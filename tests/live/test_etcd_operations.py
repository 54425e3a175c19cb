"""etcd: backups that come back, and room that is given back."""

# ruff: noqa: N802  (a test bears the id of its row)

import re

import pytest

from constructs_lib.store.props import StoreProps
from tests.live.etcd_store import IN_BUCKET, STORE, EtcdStore, started
from tests.live.jobs import JobError
from tests.live.verdicts import about_data

pytestmark = pytest.mark.images("etcd", "rclone/rclone")


def fill(store: EtcdStore, count: int, size: int = 100) -> None:
    """Keys, in one transaction for fifty of them."""
    for first in range(0, count, 50):
        puts = "".join(f"put key-{n} {n}-{'x' * size}\n" for n in range(first, first + 50))
        said = store.insist("txn", text=f"\n{puts}\n\n")
        assert "SUCCESS" in said, said
    # What is backed up is any member's.
    store.cluster.wait(store.in_step, 20, "all members have it")


def restore(store: EtcdStore, backup: str = "latest") -> None:
    """As the runbook says: no member, each one's data from the same backup, all members."""
    members = store.cluster.workload("StatefulSet/etcd")
    members.scale(0)
    for number in range(3):
        store.cluster.run_job(
            f"CronJob/etcd-restore-{number}", timeout=60, variables={"BACKUP": backup}
        )
    members.scale(3)
    store.cluster.wait_ready("StatefulSet/etcd", timeout=40)


@pytest.mark.parametrize(
    "props",
    [
        pytest.param(STORE, id="volume"),
        pytest.param(IN_BUCKET, id="s3", marks=pytest.mark.full),
    ],
)
def test_C8_everything_comes_back_as_it_was_backed_up(props: StoreProps) -> None:
    with started(props) as store:
        dropped = store.cluster.blocked()
        fill(store, 300)
        before = store.values()
        with about_data():
            assert len(before) == 300
        backup = store.cluster.run_job("CronJob/etcd-backup", timeout=60)
        assert store.cluster.blocked() == dropped
        published = re.search(r"published (\S+),", backup.container.log)
        assert published
        store.insist("del", "--prefix", "key-")
        store.insist("put", "later", "1")
        assert len(store.values()) == 1

        restore(store, published[1])
        found = store.values()
        with about_data():
            assert found == before
        store.insist("put", "later", "2")
        assert len(store.values()) == 301

        with pytest.raises(JobError, match="no backup"):
            store.cluster.run_job(
                "CronJob/etcd-restore-0", timeout=60, variables={"BACKUP": "20000101T000000Z"}
            )


@pytest.mark.full
def test_F17_members_are_defragmented_one_by_one_the_leader_last() -> None:
    with started() as store:
        fill(store, 500, 5000)
        store.insist("del", "--prefix", "key-")
        revision = store.insist("put", "a", "1", "--write-out=json")
        number = re.search(r'"revision":(\d+)', revision)
        assert number
        compacted = store.control("compact", number[1], "--physical")
        assert compacted.returncode == 0, compacted.stdout
        store.cluster.wait(lambda: all(map(store.is_hollow, store.members)), 20, "compacted")
        last = store.leader().name

        log = store.cluster.run_job("CronJob/etcd-defragment", timeout=60).container.log
        went = re.findall(r"//(etcd-\d)\S+ went from (\d+) to (\d+) bytes", log)
        assert [name for name, _, _ in went][-1] == last
        assert sorted(name for name, _, _ in went) == ["etcd-0", "etcd-1", "etcd-2"]
        assert all(int(after) < int(before) / 2 for _, before, after in went)
        assert list(store.values()) != []

        # With a member missing it is not the time for that.
        store.cluster.workload("StatefulSet/etcd").scale(2)
        with pytest.raises(JobError, match=r"etcd-2\S* does not answer"):
            store.cluster.run_job("CronJob/etcd-defragment", timeout=90)
