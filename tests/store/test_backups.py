"""Backups, as every engine has them."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.workloads import Schedule
from constructs_lib.quantity import parse
from constructs_lib.refs import Endpoint, Pods, Port, SecretKey
from constructs_lib.store.backups import S3, Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.store.redis_cases import NIGHTLY, OPERATED, TOPOLOGIES
from tests.store.rendering import (
    container_named,
    kinds,
    of_kind,
    pod_findings,
    pod_of,
    rendered,
    schema_problems,
    variables_of,
)

TO_S3 = S3(
    endpoint=Endpoint("s3", "storage", Port("https", 9000), peers=(Pods("storage"),)),
    url="https://s3.storage.svc:9000",
    bucket="backups",
    prefix="nova",
    access_key=SecretKey("s3", "id"),
    secret_key=SecretKey("s3", "secret"),
)
NIGHT = Backup(schedule=NIGHTLY)
AWAY = replace(NIGHT, to=TO_S3)


def store(backup: Backup | None = NIGHT) -> StoreProps:
    return replace(TOPOLOGIES["standalone"], backup=backup)


def objects_of(backup: Backup | None, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(store(backup), environment)


destinations = pytest.mark.parametrize("backup", [NIGHT, AWAY], ids=["volume", "s3"])
jobs = pytest.mark.parametrize("name", ["cache-backup", "cache-restore"])


def test_there_is_nothing_of_it_without() -> None:
    assert "CronJob" not in kinds(objects_of(None))


@destinations
@pytest.mark.parametrize("environment", [BARE, OPERATED, OLDEST], ids=lambda item: item.name)
def test_every_object_fits_its_cluster_and_newer_ones(
    backup: Backup, environment: Environment
) -> None:
    objects = objects_of(backup, environment)
    assert schema_problems(objects, environment) == []
    assert pod_findings(objects) == []


@destinations
def test_a_backup_runs_on_its_schedule_and_never_twice_at_once(backup: Backup) -> None:
    spec = of_kind(objects_of(backup), "CronJob", "cache-backup")["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 3 * * *", "Etc/UTC")
    assert spec["concurrencyPolicy"] == "Forbid"
    assert "suspend" not in spec


@destinations
def test_a_restore_waits_to_be_asked_and_is_not_tried_again_by_itself(backup: Backup) -> None:
    spec = of_kind(objects_of(backup), "CronJob", "cache-restore")["spec"]
    assert spec["suspend"] is True
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 24 * 3600


def test_whoever_runs_a_restore_tells_all_its_steps_at_once_what_is_meant() -> None:
    spec = pod_of(objects_of(NIGHT), "CronJob", "cache-restore")["spec"]
    for container in (*spec["initContainers"], *spec["containers"]):
        variables = variables_of(container)
        assert (variables["BACKUP"], variables["TARGET_TIME"]) == ("latest", "")


def test_steps_run_one_after_the_other() -> None:
    objects = objects_of(NIGHT)
    for name, order in (
        ("cache-backup", ["begin", "snapshot", "publish"]),
        ("cache-restore", ["fetch", "restore"]),
    ):
        spec = pod_of(objects, "CronJob", name)["spec"]
        steps = [item["name"] for item in (*spec["initContainers"], *spec["containers"])]
        assert (steps, len(spec["containers"])) == (order, 1)


def test_the_volume_outlives_the_store_and_has_the_size_that_is_asked_for() -> None:
    to = BackupVolume(size="50Gi", storage_class="regional")
    claim = of_kind(objects_of(replace(NIGHT, to=to)), "PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "cache-backup"
    assert claim["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-options": "Prune=false",
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"
    assert claim["spec"]["storageClassName"] == "regional"
    default = of_kind(objects_of(NIGHT), "PersistentVolumeClaim")
    assert default["spec"]["storageClassName"] == MODERN.cluster.storage_class


@jobs
def test_both_pods_see_the_volume(name: str) -> None:
    spec = pod_of(objects_of(NIGHT), "CronJob", name)["spec"]
    claims = [volume for volume in spec["volumes"] if "persistentVolumeClaim" in volume]
    assert [claim["persistentVolumeClaim"]["claimName"] for claim in claims] == ["cache-backup"]


@jobs
def test_object_storage_needs_no_volume_and_its_keys_are_references(name: str) -> None:
    objects = objects_of(AWAY)
    assert "PersistentVolumeClaim" not in kinds(objects)
    pod = pod_of(objects, "CronJob", name)
    tools = container_named(pod, "publish" if name == "cache-backup" else "fetch")
    variables = variables_of(tools)
    assert variables["BACKUP_ROOT"] == "s3:backups/nova/shop/cache"
    assert variables["RCLONE_CONFIG_S3_ENDPOINT"] == "https://s3.storage.svc:9000"
    keys = {item["name"]: item.get("valueFrom") for item in tools["env"]}
    assert keys["RCLONE_CONFIG_S3_SECRET_ACCESS_KEY"] == {
        "secretKeyRef": {"name": "s3", "key": "secret"}
    }
    # What talks to the servers has no business with the keys.
    own = container_named(pod, "snapshot" if name == "cache-backup" else "restore")
    assert not [key for key in variables_of(own) if key.startswith("RCLONE_")]


def test_the_room_for_a_backup_on_its_way_is_bounded() -> None:
    def room(backup: Backup) -> Any:
        volumes = pod_of(objects_of(backup), "CronJob", "cache-backup")["spec"]["volumes"]
        (one,) = [item for item in volumes if item["name"] == "scratch-backup"]
        return one["emptyDir"]["sizeLimit"]

    assert room(replace(AWAY, to=replace(TO_S3, scratch="3Gi"))) == "3Gi"
    assert room(AWAY)


@pytest.mark.parametrize(
    ("backup", "allowed"), [(NIGHT, ""), (replace(NIGHT, may_be_empty=True), "yes")]
)
def test_a_loss_is_meant_where_a_store_may_be_empty(backup: Backup, allowed: str) -> None:
    objects = objects_of(backup)
    publish = container_named(pod_of(objects, "CronJob", "cache-backup"), "publish")
    assert variables_of(publish)["ALLOW_LOSS"] == allowed


@jobs
def test_a_pod_asks_for_the_disk_that_its_folders_may_fill(name: str) -> None:
    spec = pod_of(objects_of(AWAY), "CronJob", name)["spec"]
    folders = [item["emptyDir"] for item in spec["volumes"] if "emptyDir" in item]
    needed = sum(parse(folder["sizeLimit"]) for folder in folders if "medium" not in folder)
    disk = spec["containers"][0]["resources"]
    assert parse(disk["requests"]["ephemeral-storage"]) > needed
    assert disk["limits"]["ephemeral-storage"] == disk["requests"]["ephemeral-storage"]


def test_disk_that_somebody_sizes_stays_so_and_a_volume_needs_none() -> None:
    def disk(backup: Backup) -> Any:
        pod = pod_of(objects_of(backup), "CronJob", "cache-backup")["spec"]
        return pod["containers"][0]["resources"]["requests"].get("ephemeral-storage")

    sized = replace(AWAY.resources, ephemeral_storage="9Gi")
    assert disk(replace(AWAY, resources=sized)) == "9Gi"
    assert disk(NIGHT) is None


@jobs
def test_pods_reach_the_storage_and_the_servers_and_nothing_else(name: str) -> None:
    rules = of_kind(objects_of(AWAY), "NetworkPolicy", name)["spec"]["egress"]
    ports = [port["port"] for rule in rules for port in rule["ports"]]
    assert sorted(set(ports)) == [53, 6379, 9000]
    assert of_kind(objects_of(AWAY), "NetworkPolicy", name)["spec"].get("ingress", []) == []


def rules_of(backup: Backup) -> dict[str, Any]:
    (group,) = of_kind(objects_of(backup, OPERATED), "PrometheusRule")["spec"]["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def test_somebody_is_told_before_the_volume_of_backups_is_full() -> None:
    expression = rules_of(NIGHT)["RedisBackupVolumeFilling"]["expr"]
    assert 'namespace="shop", persistentvolumeclaim="cache-backup"' in expression
    # It is mounted, and so told of, while a job runs.
    assert expression.count(f"[{NIGHT.overdue_seconds}s]") == 2
    assert "RedisBackupVolumeFilling" not in rules_of(AWAY)


@pytest.mark.parametrize(
    ("cron", "pause"),
    [
        ("0 3 * * *", 86400),
        ("0 3 * * 1", 7 * 86400),
        ("0 3 1 * *", 31 * 86400),
        ("30 * * * *", 3600),
        ("@daily", 86400),
        ("@hourly", 3600),
    ],
)
def test_a_backup_is_missed_once_another_should_have_been_made(cron: str, pause: int) -> None:
    schedule = Schedule(cron=cron, starting_deadline_seconds=60, active_deadline_seconds=600)
    alert = rules_of(Backup(schedule=schedule))["RedisBackupMissing"]
    assert alert["expr"].endswith(f" > {pause + 60 + 600}")
    assert 'cronjob="cache-backup"' in alert["expr"]
    assert alert["labels"]["severity"] == "critical"


@pytest.mark.parametrize(
    ("backup", "message"),
    [
        (replace(NIGHT, keep=0), "backup.keep = 0: keeps no backup; use 1 or more"),
        (
            replace(NIGHT, schedule=Schedule(cron="every night")),
            "backup.schedule.cron = 'every night'",
        ),
        (
            replace(NIGHT, schedule=Schedule(cron="0 3 * * *", time_zone="Berlin")),
            "backup.schedule.time_zone = 'Berlin'",
        ),
        (replace(NIGHT, to=BackupVolume(size="much")), "backup.to.size = 'much'"),
        (
            replace(NIGHT, to=BackupVolume(storage_class="Fast Disks")),
            "backup.to.storage_class = 'Fast Disks'",
        ),
        (
            replace(NIGHT, to=replace(TO_S3, url="s3.example.com")),
            "backup.to.url = 's3.example.com': is no address; write https:// and the host",
        ),
        (
            replace(NIGHT, to=replace(TO_S3, bucket="backups/nova")),
            "backup.to.bucket = 'backups/nova': is no bucket; write its name alone",
        ),
        (
            replace(NIGHT, to=replace(TO_S3, prefix="/nova")),
            "backup.to.prefix = '/nova': starts or ends with '/'",
        ),
        (replace(NIGHT, to=replace(TO_S3, scratch="some")), "backup.to.scratch = 'some'"),
    ],
)
def test_refuses(backup: Backup, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        objects_of(backup)
    assert message in str(refused.value)
