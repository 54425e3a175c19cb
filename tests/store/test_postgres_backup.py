"""Base backups, the archive and restores of PostgreSQL, as they are rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.postgres.values import Archive
from constructs_lib.store.props import StoreProps
from constructs_lib.store.render import POD_MONITORS
from constructs_lib.store.tls import Tls
from tests.environments import BARE, OLDEST
from tests.store.postgres_servers_cases import ALONE, OPERATED, THREE, altered, key
from tests.store.redis_cases import NIGHTLY
from tests.store.rendering import (
    container_named,
    of_kind,
    pod_findings,
    pod_of,
    rendered,
    schema_problems,
    variables_of,
)
from tests.store.test_backups import TO_S3

BACKUP = Backup(schedule=NIGHTLY, to=BackupVolume(size="40Gi"))
AWAY = replace(BACKUP, to=TO_S3)
ALERTED = replace(
    BARE, cluster=replace(BARE.cluster, crds=frozenset({POD_MONITORS, PROMETHEUS_RULES}))
)
topologies = pytest.mark.parametrize("plain", [ALONE, THREE], ids=["alone", "three"])
destinations = pytest.mark.parametrize("backup", [BACKUP, AWAY], ids=["volume", "s3"])
JOBS = ("postgres-backup", "postgres-restore")


def store(plain: StoreProps = ALONE, backup: Backup | None = BACKUP, **fields: Any) -> StoreProps:
    return replace(altered(plain, **fields), backup=backup)


def objects_of(props: StoreProps, environment: Environment = BARE) -> list[dict[str, Any]]:
    return rendered(props, environment, "postgres")


def slot_in(objects: list[dict[str, Any]]) -> Any:
    pod = pod_of(objects, "StatefulSet", "postgres-archive")
    return variables_of(container_named(pod, "receive"))["SLOT"]


@pytest.mark.parametrize(
    ("plain", "backup"), [(ALONE, BACKUP), (THREE, AWAY)], ids=["alone-volume", "three-s3"]
)
def test_renders(plain: StoreProps, backup: Backup, yaml_snapshot: SnapshotAssertion) -> None:
    own = []
    for item in objects_of(store(plain, backup), ALERTED):
        if item["metadata"]["name"].startswith(("postgres-archive", *JOBS)):
            own.append(item)
        if item["kind"] == "PrometheusRule":
            rules = item["spec"]["groups"][0]["rules"]
            own.extend(rule for rule in rules if re.search("Backup|Archive", rule["alert"]))
    for item in own:
        if item.get("kind") == "ConfigMap":
            item["data"] = sorted(item["data"])
    assert own == yaml_snapshot


@topologies
@destinations
@pytest.mark.parametrize("environment", [ALERTED, OLDEST], ids=lambda item: item.name)
def test_every_object_fits_its_cluster_and_newer_ones(
    plain: StoreProps, backup: Backup, environment: Environment
) -> None:
    objects = objects_of(store(plain, backup), environment)
    assert schema_problems(objects, environment) == []
    assert pod_findings(objects) == []


def test_there_is_nothing_of_it_without() -> None:
    names = {item["metadata"]["name"] for item in objects_of(store(backup=None))}
    assert not [name for name in names if name.startswith(("postgres-archive", *JOBS))]


@topologies
def test_C8_one_pod_archives_and_no_server_has_a_part_in_it(plain: StoreProps) -> None:
    objects = objects_of(store(plain))
    archive = of_kind(objects, "StatefulSet", "postgres-archive")["spec"]
    assert archive["replicas"] == 1
    servers = pod_of(objects, "StatefulSet", "postgres")["spec"]
    claims = [volume for volume in servers["volumes"] if "persistentVolumeClaim" in volume]
    assert claims == []
    assert "archive_command" not in yaml.safe_dump(objects)


def test_C8_every_member_keeps_what_the_archive_has_not_received() -> None:
    objects = objects_of(store(THREE))
    dynamic = of_kind(objects, "ConfigMap", "postgres-dynamic")["data"]["dynamic.yml"]
    slots = yaml.safe_load(dynamic)["bootstrap"]["dcs"]["slots"]
    assert slots == {slot_in(objects): {"type": "physical"}}


@topologies
def test_C8_a_base_backup_is_a_replicas_where_there_is_one(plain: StoreProps) -> None:
    objects = objects_of(store(plain))
    pod = pod_of(objects, "CronJob", "postgres-backup")
    variables = variables_of(container_named(pod, "base-backup"))
    # By name: behind a Service, two connections may be to two servers.
    peers = "postgres-peers.shop.svc.cluster.local"
    servers = range(3 if plain is THREE else 1)
    assert variables["PGHOST"] == ",".join(f"postgres-{n}.{peers}" for n in servers)
    assert variables["PGTARGETSESSIONATTRS"] == "prefer-standby"
    assert variables["PGUSER"] == "replication_user"
    # And it is let in there.
    ingress = of_kind(objects, "NetworkPolicy", "postgres")["spec"]["ingress"]
    assert "postgres-backup" in {
        peer["podSelector"]["matchLabels"].get("app.kubernetes.io/name")
        for rule in ingress
        if 5432 in {port["port"] for port in rule["ports"]}
        for peer in rule["from"]
        if "podSelector" in peer
    }


@topologies
def test_C8_the_archive_and_a_restore_talk_to_the_primary(plain: StoreProps) -> None:
    objects = objects_of(store(plain))
    archive = container_named(pod_of(objects, "StatefulSet", "postgres-archive"), "receive")
    restore = container_named(pod_of(objects, "CronJob", "postgres-restore"), "restore")
    for container, user in ((archive, "replication_user"), (restore, "postgres")):
        variables = variables_of(container)
        assert (variables["PGHOST"], variables["PGUSER"]) == ("postgres.shop.svc", user)


@topologies
def test_F14_passwords_are_references(plain: StoreProps) -> None:
    objects = objects_of(store(plain))
    for kind, name, step, password in (
        ("StatefulSet", "postgres-archive", "receive", key("replication")),
        ("CronJob", "postgres-backup", "base-backup", key("replication")),
        ("CronJob", "postgres-restore", "restore", key("superuser")),
    ):
        environment = container_named(pod_of(objects, kind, name), step)["env"]
        (given,) = [item for item in environment if item["name"] == "PGPASSWORD"]
        assert given["valueFrom"]["secretKeyRef"] == {"name": password.secret, "key": password.key}


@pytest.mark.parametrize("name", JOBS)
def test_C8_a_job_runs_where_the_archive_keeps_the_volume(name: str) -> None:
    def affinity(backup: Backup) -> Any:
        spec = pod_of(objects_of(store(backup=backup)), "CronJob", name)["spec"]
        return spec.get("affinity", {}).get("podAffinity")

    (term,) = affinity(BACKUP)["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = term["labelSelector"]["matchLabels"]
    assert labels["app.kubernetes.io/name"] == "postgres-archive"
    assert affinity(AWAY) is None


@topologies
def test_F21_who_connects_is_let_in(plain: StoreProps) -> None:
    objects = objects_of(store(plain))
    entry = "postgres" if plain is ALONE else "postgres-proxy"
    ingress = of_kind(objects, "NetworkPolicy", entry)["spec"]["ingress"]
    peers = {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in ingress
        for peer in rule["from"]
        if 5432 in {port["port"] for port in rule["ports"]}
    }
    assert {"postgres-archive", *JOBS} <= peers


@topologies
def test_over_tls_everybody_checks_whom_they_talk_to(plain: StoreProps) -> None:
    objects = objects_of(store(plain, tls=Tls("postgres-tls")))
    for kind, name, step in (
        ("StatefulSet", "postgres-archive", "receive"),
        ("CronJob", "postgres-backup", "base-backup"),
        ("CronJob", "postgres-restore", "restore"),
    ):
        variables = variables_of(container_named(pod_of(objects, kind, name), step))
        assert variables["PGSSLMODE"] == "verify-full"
        assert variables["PGSSLROOTCERT"] == "/etc/tls/ca.crt"


def test_libraries_that_the_data_needs_are_loaded_for_a_restore() -> None:
    loaded = store(parameters={"shared_preload_libraries": "timescaledb"})
    pod = pod_of(objects_of(loaded), "CronJob", "postgres-restore")
    assert variables_of(container_named(pod, "restore"))["PRELOAD"] == "timescaledb"


def test_a_restore_has_room_for_what_it_unpacks_where_it_runs() -> None:
    def room(job: str) -> str:
        volumes = pod_of(objects_of(store(backup=AWAY)), "CronJob", job)["spec"]["volumes"]
        (found,) = [item for item in volumes if item["name"] == "scratch-backup"]
        return str(found["emptyDir"]["sizeLimit"])

    assert room("postgres-backup") == "20Gi"
    # WAL since the base backup besides.
    assert room("postgres-restore") == "25Gi"


def test_F10_somebody_is_told_when_wal_is_not_archived() -> None:
    groups = of_kind(objects_of(store(), OPERATED), "PrometheusRule")["spec"]["groups"]
    alerts = {rule["alert"]: rule for group in groups for rule in group["rules"]}
    assert 'statefulset="postgres-archive"' in alerts["PostgresArchiveBroken"]["expr"]
    assert 'cronjob="postgres-backup"' in alerts["PostgresBackupMissing"]["expr"]


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            store(backup=replace(BACKUP, to=BackupVolume(size="15Gi"))),
            (
                "backup.to.size = '15Gi': is less than 2 x 10Gi, the servers' volume: one copy is "
                "unpacked while a backup is made or restored, besides those that are kept; use "
                "20Gi or more, or a smaller volume for the servers"
            ),
        ),
        (
            store(archive=Archive(ship_seconds=0)),
            "engine.archive.ship_seconds = 0: never pauses; use 1 or more",
        ),
        (
            store(archive=Archive(volume=Volume(size="some"))),
            "engine.archive.volume.size = 'some'",
        ),
        (
            store(version=14, image=Image("docker.io/library/postgres", tag="14.24")),
            "engine.version = 14: is older than the programs that scripts ask for; use 15 or newer",
        ),
    ],
)
def test_refuses(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError, match=re.escape(message)):
        objects_of(props)
