"""PostgreSQL beside an etcd that knows more than its members do, or less."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
import re
import time
from collections.abc import Sequence

import pytest

from tests.live.etcd_store import RUN_IMAGES
from tests.live.faults import crash, evict_all
from tests.live.jobs import JobError
from tests.live.pod import Pod
from tests.live.postgres_backups import (
    BASE,
    archived,
    contents,
    insert,
    restore,
    store_with,
)
from tests.live.postgres_inside import BACKUP
from tests.live.postgres_servers import PostgresServers, started, written
from tests.live.postgres_stores import replicated
from tests.live.verdicts import about_data
from tests.live.workloads import at_once

pytestmark = [
    pytest.mark.images("postgres", "patroni", "etcd", "haproxy", "rclone/rclone"),
    pytest.mark.images("prometheuscommunity/postgres-exporter"),
    pytest.mark.full,
]

LONGER_THAN_THE_KEY = 40
"""Seconds after which the key of a leader that is gone has run out, and another one would lead."""


def lose_with_volumes(store: PostgresServers) -> None:
    """Have all members gone at the same moment with their volumes, and empty ones follow."""
    lost = list(store.members)
    at_once(lambda pod: pod.kill(), lost)
    for pod in lost:
        for claim in pod.identity.claims.values():
            store.cluster.node.claims.delete(pod.namespace, claim["metadata"]["name"])
    for pod in lost:
        store.cluster.workload("StatefulSet/postgres").replace(pod)


def leaders(store: PostgresServers) -> Sequence[Pod]:
    return [pod for pod in store.members if store.status(pod, "/primary") == 200]


def published(pod: Pod) -> str:
    """The name of the backup that a pod has made."""
    (name,) = re.findall(r"published (\S+),", pod.container.log)
    return str(name)


def test_C8_members_without_volumes_begin_anew_once_etcd_has_forgotten_the_old_ones() -> None:
    with store_with(None) as (store, logins):
        insert(store, 1)
        backup = published(store.cluster.run_job(BASE, timeout=150))
        insert(store, 2)
        everything = contents(store)
        archived(store)
        lose_with_volumes(store)
        time.sleep(LONGER_THAN_THE_KEY)
        assert leaders(store) == []
        assert all("waiting for leader to bootstrap" in pod.container.log for pod in store.members)

        forgotten = store.members[0].run(
            *("patronictl", "-c", "/tmp/patroni", "remove", "postgres"),  # noqa: S108
            text="postgres\nYes I am aware\n",
            timeout=30,
        )
        assert forgotten.returncode == 0, forgotten.stdout
        store.cluster.wait_ready("StatefulSet/postgres", timeout=120)
        store.settled()
        store.cluster.run_job(logins, timeout=150)
        restore(store, BACKUP=backup)
        found = contents(store)
        with about_data():
            assert found == everything
        insert(store, 3)
        with pytest.raises(JobError, match="not published"):
            store.cluster.run_job(BASE, timeout=150)
        published(store.cluster.run_job(BASE, timeout=150, variables={"ALLOW_LOSS": "yes"}))


def test_F18_a_restored_etcd_is_taken_again_by_members_that_start_together() -> None:
    objects = replicated(etcd_backup=BACKUP)
    with started(objects, images=RUN_IMAGES) as store, written(store) as writer:
        before = store.describe("/patroni")["database_system_identifier"]
        etcd = store.cluster.workload("StatefulSet/etcd")
        backup = published(store.cluster.run_job("CronJob/etcd-backup", timeout=60))
        # Each election is another term, and the restored etcd begins to count anew.
        for _ in range(3):
            for pod in list(etcd.pods):
                crash(pod)
            store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
        store.settled()

        etcd.scale(0)
        for number in range(3):
            name = f"CronJob/etcd-restore-{number}"
            store.cluster.run_job(name, timeout=60, variables={"BACKUP": backup})
        etcd.scale(3)
        store.cluster.wait_ready("StatefulSet/etcd", timeout=60)
        time.sleep(LONGER_THAN_THE_KEY)
        logs = [pod.container.log.splitlines()[-20:] for pod in store.members]
        assert all("Old known term" in "".join(lines) for lines in logs), logs

        began = time.monotonic()
        evict_all(store.cluster, store.members)
        store.recovered(writer, 120)
        store.settled()
        lost = writer.lost()
        with about_data():
            assert lost == set(), lost
        assert writer.outage(began).seconds <= 90
        assert store.describe("/patroni")["database_system_identifier"] == before
        seen = [json.loads(store.answer(pod, 8008, "/patroni")[1]) for pod in store.members]
        assert all(time.time() - item["dcs_last_seen"] < LONGER_THAN_THE_KEY for item in seen)
