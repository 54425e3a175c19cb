"""What is done to etcd from time to time, and what somebody is told."""

# ruff: noqa: N802  (a test bears the id of its row)

import pytest

from constructs_lib.quantity import parse
from tests.store.etcd_cases import (
    FULL,
    ONE,
    OPERATED,
    TO_S3,
    altered,
    member_of,
    objects_of,
)
from tests.store.rendering import (
    container_named,
    kinds,
    of_kind,
    pod_of,
    variables_of,
)


def test_F17_a_database_is_kept_small_and_somebody_is_told_when_it_is_not() -> None:
    objects = objects_of(FULL, OPERATED)
    variables = variables_of(member_of(FULL))
    (group,) = of_kind(objects, "PrometheusRule")["spec"]["groups"]

    assert variables["ETCD_AUTO_COMPACTION_MODE"] == "periodic"
    assert variables["ETCD_AUTO_COMPACTION_RETENTION"] == "30m"
    assert int(variables["ETCD_QUOTA_BACKEND_BYTES"]) == parse("1Gi")
    assert of_kind(objects, "CronJob", "etcd-defragment")["spec"]["schedule"] == "0 5 * * 0"
    assert {"EtcdQuotaFilling", "EtcdQuotaReached", "EtcdFragmented"} <= {
        rule["alert"] for rule in group["rules"]
    }


def test_F15_a_member_that_has_lost_its_volume_is_put_back_when_somebody_asks_for_it() -> None:
    objects = objects_of(FULL)
    job = of_kind(objects, "CronJob", "etcd-rejoin")["spec"]
    script = container_named(pod_of(objects, "CronJob", "etcd-rejoin"), "rejoin")
    variables = variables_of(script)
    host = "$(LOST).etcd-peers.shop.svc.cluster.local"

    assert job["suspend"] is True
    assert job["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert script["command"] == ["/bin/sh", "/opt/etcd/rejoin.sh"]
    assert variables["LOST"] == ""
    assert variables["LOST_URL"] == f"https://{host}:2379"
    assert variables["LOST_PEER_URL"] == f"https://{host}:2380"
    assert variables["LOST_URL"].replace("$(LOST)", "etcd-4") in variables["MEMBERS"].split()
    assert "CronJob" not in kinds(objects_of(ONE))


@pytest.mark.parametrize(
    ("version", "program"), [("3.4.38", "etcdctl"), ("3.5.24", "etcdutl"), ("3.6.15", "etcdutl")]
)
def test_C8_each_member_is_restored_on_its_own_volume(version: str, program: str) -> None:
    objects = objects_of(altered(FULL, version=version, image=None))
    for number in range(5):
        name = f"etcd-restore-{number}"
        job = of_kind(objects, "CronJob", name)["spec"]
        pod = pod_of(objects, "CronJob", name)
        claims = [v["persistentVolumeClaim"]["claimName"] for v in pod["spec"]["volumes"][-2:]]
        command = container_named(pod, "restore")["command"]

        assert job["suspend"] is True
        assert claims == ["etcd-backup", f"data-etcd-{number}"]
        assert command[:4] == [program, "snapshot", "restore", "$(FETCHED)/snapshot.db"]
        assert f"--name=etcd-{number}" in command


def test_C8_a_backup_needs_no_shell_of_the_image() -> None:
    pod = pod_of(objects_of(FULL), "CronJob", "etcd-backup")
    snapshot = container_named(pod, "snapshot")
    assert snapshot["command"] == ["etcdctl", "snapshot", "save", "$(STAGE)/snapshot.db"]
    assert snapshot["image"] == member_of(FULL)["image"]
    assert [item["name"] for item in pod["spec"]["initContainers"]] == [
        "begin",
        "snapshot",
        "holds",
    ]


@pytest.mark.parametrize("name", ["etcd-backup", "etcd-restore-0"])
def test_C8_a_snapshot_has_room_that_was_made_when_the_quota_was_passed(name: str) -> None:
    volumes = pod_of(objects_of(altered(TO_S3, quota="256Mi")), "CronJob", name)["spec"]["volumes"]
    (room,) = [item for item in volumes if item["name"] == "scratch-backup"]
    assert room["emptyDir"]["sizeLimit"] == "320Mi"
