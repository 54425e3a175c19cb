"""NATS with JetStream, as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.store.nats_cases import (
    FULL,
    ONE,
    OPERATED,
    THREE,
    TO_S3,
    altered,
    files_of,
    objects_of,
    server_of,
    setting,
)
from tests.store.rendering import (
    container_named,
    kinds,
    of_kind,
    pod_findings,
    pod_of,
    schema_problems,
    variables_of,
)

cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(ONE, BARE, id="smallest"),
        pytest.param(THREE, MODERN, id="three"),
        pytest.param(FULL, OPERATED, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
        pytest.param(TO_S3, BARE, id="to-s3"),
    ],
)


@cases
def test_renders(
    props: StoreProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert objects_of(props, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: StoreProps, environment: Environment
) -> None:
    assert schema_problems(objects_of(props, environment), environment) == []


@cases
def test_every_pod_is_restricted(props: StoreProps, environment: Environment) -> None:
    assert pod_findings(objects_of(props, environment)) == []


def test_F12_servers_start_side_by_side_and_find_each_other_before_any_is_ready() -> None:
    objects = objects_of(THREE)
    peers = of_kind(objects, "Service", "nats-peers")["spec"]
    stateful = of_kind(objects, "StatefulSet")["spec"]
    routes = variables_of(server_of(THREE))["NATS_ROUTES"]

    assert stateful["podManagementPolicy"] == "Parallel"
    assert peers["publishNotReadyAddresses"] is True
    assert re.findall(r"@([^:]+):(\d+)", routes) == [
        (f"nats-{n}.nats-peers.shop.svc.cluster.local", "6222") for n in range(3)
    ]


@pytest.mark.parametrize(
    ("probe", "path"),
    [
        ("startupProbe", "/healthz?js-server-only=true"),
        ("readinessProbe", "/healthz?js-server-only=true"),
        ("livenessProbe", "/healthz?js-enabled-only=true"),
    ],
)
def test_F12_no_probe_asks_for_streams_or_a_leader(probe: str, path: str) -> None:
    assert server_of(THREE)[probe]["httpGet"] == {"path": path, "port": "monitor"}


def test_F12_a_server_has_a_quarter_of_an_hour_to_read_what_it_has_stored() -> None:
    probe = server_of(THREE)["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 900


@pytest.mark.parametrize("props", [THREE, FULL], ids=["default", "longer"])
def test_F12_a_server_has_left_its_streams_and_clients_when_its_time_is_over(
    props: StoreProps,
) -> None:
    pod = pod_of(objects_of(props), "StatefulSet")["spec"]
    hook = server_of(props)["lifecycle"]["preStop"]["exec"]["command"]
    lame_duck = int(setting(files_of(props)["nats.conf"], "lame_duck_duration").rstrip("s"))

    assert hook == ["nats-server", "-sl=ldm=/run/nats/nats.pid"]
    assert setting(files_of(props)["nats.conf"], "pid_file") == "/run/nats/nats.pid"
    assert lame_duck >= 30
    assert pod["terminationGracePeriodSeconds"] >= lame_duck + 20


def test_a_server_is_watched_before_the_next_one_is_rolled() -> None:
    assert of_kind(objects_of(THREE), "StatefulSet")["spec"]["minReadySeconds"] >= 20


def test_a_single_server_stops_at_once_and_is_no_cluster() -> None:
    objects = objects_of(ONE)
    ports = [port["name"] for port in of_kind(objects, "Service", "nats-peers")["spec"]["ports"]]

    assert "lifecycle" not in server_of(ONE)
    assert "cluster.conf" not in files_of(ONE)
    assert "routes" not in ports
    assert "PodDisruptionBudget" not in kinds(objects)


def test_F21_strangers_stay_out_with_metrics_on() -> None:
    policy = of_kind(objects_of(FULL), "NetworkPolicy", "nats")["spec"]
    allowed = {
        (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], port["port"])
        for rule in policy["ingress"]
        for peer in rule["from"]
        for port in rule["ports"]
    }
    assert allowed == {
        ("nats", 6222),
        ("nats-backup", 4222),
        ("nats-restore", 4222),
        ("web", 4222),
        ("prometheus", 7777),
    }


def test_G1_three_servers_of_ten_gibibytes_with_names_of_their_own() -> None:
    objects = objects_of(THREE)
    stateful = of_kind(objects, "StatefulSet")["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    server = server_of(THREE)

    assert stateful["replicas"] == 3
    assert stateful["serviceName"] == "nats-peers"
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi"
    assert {port["name"]: port["containerPort"] for port in server["ports"]} == {
        "client": 4222,
        "routes": 6222,
        "monitor": 8222,
    }
    assert server["resources"] == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": "500m", "memory": "512Mi"},
    }
    assert server["readinessProbe"]["httpGet"]["path"].startswith("/healthz")


def test_G12_a_backup_reads_streams_and_a_restore_waits_to_be_asked() -> None:
    objects = objects_of(FULL)
    backup = pod_of(objects, "CronJob", "nats-backup")
    restore = of_kind(objects, "CronJob", "nats-restore")["spec"]
    scripts = of_kind(objects, "ConfigMap", "nats-backup-files")["data"]

    assert [item["name"] for item in backup["spec"]["initContainers"]] == ["begin", "nats"]
    assert container_named(backup, "nats")["command"] == ["/bin/sh", "/opt/backup/backup.sh"]
    assert "nats account backup --force" in scripts["opt-backup-backup.sh"]
    assert variables_of(container_named(backup, "nats"))["NATS_USER"] == "backup"
    assert restore["suspend"] is True


def test_without_an_exporter_nobody_waits_for_its_metrics() -> None:
    objects = objects_of(altered(FULL, exporter=None), OPERATED)
    (group,) = of_kind(objects, "PrometheusRule")["spec"]["groups"]

    assert {rule["alert"] for rule in group["rules"]} == {
        "NatsVolumeFilling",
        "NatsVolumeFullSoon",
        "NatsBackupMissing",
        "NatsBackupVolumeFilling",
    }
    assert "PodMonitor" not in kinds(objects)


def test_G12_a_backup_has_room_for_all_that_streams_of_one_copy_may_hold() -> None:
    _room_for_a_copy_of_each_stream(1)


def test_streams_of_three_copies_are_a_third_of_what_the_account_may_keep() -> None:
    _room_for_a_copy_of_each_stream(3)


def _room_for_a_copy_of_each_stream(copies: int) -> None:
    props = altered(TO_S3, fewest_copies=copies)
    account = files_of(props)["accounts.conf"]
    volumes = pod_of(objects_of(props), "CronJob", "nats-backup")["spec"]["volumes"]
    (room,) = [item for item in volumes if item["name"] == "scratch-backup"]
    kept, size = int(setting(account, "max_file")), parse(room["emptyDir"]["sizeLimit"])
    assert kept / copies <= size <= kept / copies + 2**20
