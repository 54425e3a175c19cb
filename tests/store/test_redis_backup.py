"""Backups of Redis, as they are rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from constructs_lib.store.redis.standalone import RedisStandalone
from constructs_lib.store.tls import Tls
from tests.environments import BARE
from tests.store.redis_cases import NIGHTLY, PASSWORD, TOPOLOGIES
from tests.store.rendering import container_named, of_kind, pod_of, rendered, variables_of
from tests.store.test_backups import TO_S3

BACKUP = Backup(schedule=NIGHTLY)
ALERTED = replace(BARE, cluster=replace(BARE.cluster, crds=frozenset({PROMETHEUS_RULES})))
topologies = pytest.mark.parametrize("topology", TOPOLOGIES)


def store(topology: str = "standalone", backup: Backup = BACKUP) -> StoreProps:
    return replace(TOPOLOGIES[topology], backup=backup)


def added(props: StoreProps) -> list[dict[str, Any]]:
    """What a store with backups has besides one without, scripts aside."""
    plain = rendered(replace(props, backup=None), ALERTED)
    new = [item for item in rendered(props, ALERTED) if item not in plain]
    for item in new:
        if item["kind"] == "ConfigMap":
            item["data"] = sorted(item["data"])
        if item["kind"] == "PrometheusRule":
            group = item["spec"]["groups"][0]
            group["rules"] = [rule for rule in group["rules"] if "Backup" in rule["alert"]]
    return new


@pytest.mark.parametrize("backup", [BACKUP, replace(BACKUP, to=TO_S3)], ids=["volume", "s3"])
def test_renders(backup: Backup, yaml_snapshot: SnapshotAssertion) -> None:
    assert added(store("sentinel", backup)) == yaml_snapshot


@topologies
def test_G12_a_replica_is_asked_first_and_the_master_where_it_does_not_answer(
    topology: str,
) -> None:
    pod = pod_of(rendered(store(topology)), "CronJob", "cache-backup")
    hosts = variables_of(container_named(pod, "snapshot"))["HOSTS"].split()
    expected = ["cache-replicas.shop.svc", "cache.shop.svc"]
    if topology == "replicated":
        # A Service may lead the second connection to another replica than the first.
        zone = "cache-replica-peers.shop.svc.cluster.local"
        expected = [f"cache-replica-{number}.{zone}" for number in range(2)]
        expected.append("cache-0.cache-peers.shop.svc.cluster.local")
    assert hosts == expected


@topologies
def test_G12_a_restore_writes_where_clients_write(topology: str) -> None:
    pod = pod_of(rendered(store(topology)), "CronJob", "cache-restore")
    variables = variables_of(container_named(pod, "restore"))
    assert (variables["HOST"], variables["REDIS_PORT"]) == ("cache.shop.svc", "6379")
    assert variables["FLUSH"] == ""


@topologies
def test_F14_the_password_is_a_reference_in_both_jobs(topology: str) -> None:
    objects = rendered(store(topology))
    for name, step in (("cache-backup", "snapshot"), ("cache-restore", "restore")):
        step_ = container_named(pod_of(objects, "CronJob", name), step)
        (password,) = [item for item in step_["env"] if item["name"] == "REDISCLI_AUTH"]
        assert password["valueFrom"] == {
            "secretKeyRef": {"name": PASSWORD.secret, "key": PASSWORD.key}
        }


@topologies
def test_F21_servers_let_both_jobs_in_where_clients_are(topology: str) -> None:
    objects = rendered(store(topology))
    entry = {"standalone": "cache", "replicated": "cache", "sentinel": "cache-proxy"}[topology]
    rules = of_kind(objects, "NetworkPolicy", entry)["spec"]["ingress"]
    for name in ("cache-backup", "cache-restore"):
        ports = {
            port["port"]
            for rule in rules
            for peer in rule["from"]
            if peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == name
            for port in rule["ports"]
        }
        assert 6379 in ports


def test_over_tls_both_jobs_check_whom_they_talk_to() -> None:
    encrypted = RedisStandalone(password=PASSWORD, tls=Tls("redis-tls"))
    objects = rendered(replace(store(), engine=encrypted))
    for name, step in (("cache-backup", "snapshot"), ("cache-restore", "restore")):
        variables = variables_of(container_named(pod_of(objects, "CronJob", name), step))
        assert variables["TLS"] == "--tls --cacert /etc/tls/ca.crt"


SMALL = RedisStandalone(password=PASSWORD, max_memory="256Mi")


def test_refuses_a_volume_that_is_too_small() -> None:
    backup = replace(BACKUP, keep=30, to=BackupVolume(size="5Gi"))
    message = (
        "backup.to.size = '5Gi': is less than (30 kept + 1 being made) x 256Mi (maxmemory) = "
        "7936Mi; use 7936Mi or more, or keep fewer"
    )
    with pytest.raises(PropsError, match=re.escape(message)):
        rendered(replace(store(backup=backup), engine=SMALL))


def test_who_knows_how_large_backups_are_may_say_so() -> None:
    backup = replace(BACKUP, to=replace(TO_S3, scratch="100Mi"))
    assert rendered(replace(store(backup=backup), engine=SMALL))
