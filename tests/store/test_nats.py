"""NATS with JetStream, as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from decimal import Decimal
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.schemas import is_custom, kubernetes_problems, newest_version
from tests.store.nats_cases import FULL, ONE, OPERATED, THREE, TO_S3, altered, in_environment
from tests.store.rendering import (
    container_named,
    kinds,
    new_chart,
    of_kind,
    pod_of,
    rendered,
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


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(props, environment, "nats")


def files_of(props: StoreProps, environment: Environment = MODERN) -> dict[str, str]:
    data = of_kind(objects_of(props, environment), "ConfigMap", "nats-files")["data"]
    return {name.removeprefix("etc-nats-"): text for name, text in data.items()}


def server_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    return container_named(pod_of(objects_of(props, environment), "StatefulSet"), "nats")


def setting(text: str, name: str) -> str:
    (found,) = re.findall(rf"(?m)^\s*{name}: (.*)$", text)
    return str(found).strip('"')


@cases
def test_renders(
    props: StoreProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert objects_of(props, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: StoreProps, environment: Environment
) -> None:
    objects = [item for item in objects_of(props, environment) if not is_custom(item)]
    versions = (environment.cluster.kubernetes, newest_version())
    assert [p for item in objects for v in versions for p in kubernetes_problems(item, v)] == []


@cases
def test_every_pod_is_restricted(props: StoreProps, environment: Environment) -> None:
    objects = objects_of(props, environment)
    assert [str(finding) for finding in (*restricted(objects), *numeric_user(objects))] == []


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


@pytest.mark.parametrize(
    ("props", "environment"),
    [
        (ONE, MODERN),
        (THREE, MODERN),
        (THREE, in_environment("1Gi", "128Mi")),
        (THREE, in_environment("900Mi", "1Gi")),
        (FULL, MODERN),
    ],
)
def test_F13_streams_never_fill_the_volume_nor_the_memory(
    props: StoreProps, environment: Environment
) -> None:
    stateful = of_kind(objects_of(props, environment), "StatefulSet")["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    volume = parse(claim["spec"]["resources"]["requests"]["storage"])
    limit = parse(server_of(props, environment)["resources"]["limits"]["memory"])
    text = files_of(props, environment)["nats.conf"]

    assert Decimal(setting(text, "max_file_store")) <= volume * Decimal("0.9")
    assert Decimal(setting(text, "max_memory_store")) <= limit / 2
    assert Decimal(variables_of(server_of(props, environment))["GOMEMLIMIT"]) < limit


def test_F13_somebody_is_told_before_a_volume_is_full() -> None:
    rule = of_kind(objects_of(FULL, OPERATED), "PrometheusRule")
    (group,) = rule["spec"]["groups"]
    expressions = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    assert 'persistentvolumeclaim=~"data-nats-[0-9]+"' in expressions["NatsVolumeFilling"]
    assert "nats_server_max_storage" in expressions["NatsStorageFilling"]


def test_F14_passwords_are_references_and_stay_what_they_are() -> None:
    passwords = {
        name: value
        for name, value in variables_of(server_of(FULL)).items()
        if name.endswith("_PASSWORD")
    }
    assert {name: value["secretKeyRef"]["key"] for name, value in passwords.items()} == {
        "NATS_ORDERS_PASSWORD": "orders",
        "NATS_ADMIN_PASSWORD": "admin",
        "NATS_METER_PASSWORD": "meter",
        "NATS_SYS_PASSWORD": "system",
        "NATS_BACKUP_PASSWORD": "backup",
        "NATS_ROUTE_PASSWORD": "route",
    }
    named = re.findall(r"(?m)^\s*password: (.*)$", "".join(files_of(FULL).values()))
    assert {name.strip("$") for name in named} == {f"{name}_TEXT" for name in passwords}
    assert objects_of(FULL) == objects_of(FULL)


def test_a_password_of_digits_is_a_text() -> None:
    variables = variables_of(server_of(THREE))
    assert variables["NATS_ADMIN_PASSWORD_TEXT"].split("$") == ["'", "(NATS_ADMIN_PASSWORD)'"]


def test_a_user_may_do_what_it_is_there_for() -> None:
    accounts = files_of(FULL)["accounts.conf"]
    rules = {
        name: re.findall(r"(?:publish|subscribe) \{ allow: \[(.*)\] \}", text)
        for name, text in re.findall(r'(?s)user: "(\w+)"(.*?allow_responses)', accounts)
    }
    assert rules["admin"] == ['">"', '">"']
    assert rules["meter"] == ['"meters.>"', '">"']
    assert rules["orders"] == [
        '"orders.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>"',
        '"orders.*.new", "jobs.>", "_INBOX.>"',
    ]
    assert "$JS.API.STREAM.DELETE" not in rules["backup"][0]
    assert rules["backup"][1] == '"_INBOX.>"'


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


@pytest.mark.parametrize("change", [{"max_payload": "2Mi"}, {"sync_interval": "1m"}])
def test_a_changed_configuration_rolls_the_pods(change: dict[str, str]) -> None:
    templates = [
        pod_of(objects_of(props), "StatefulSet") for props in (THREE, altered(THREE, **change))
    ]
    first, second = (item["metadata"]["annotations"]["checksum/config"] for item in templates)
    assert first != second


def test_L5_clients_connect_to_the_same_name_in_every_topology() -> None:
    stores = [ResilientStatefulStore(new_chart(), "nats", props) for props in (ONE, THREE)]
    one, three = (store.client() for store in stores)

    assert one.endpoint == three.endpoint
    assert one.variables["NATS_URL"] == "nats://admin:$(NATS_PASSWORD)@nats.shop.svc:4222"
    assert one.variables["NATS_URL"] == three.variables["NATS_URL"]


def test_a_store_answers_for_its_logins() -> None:
    store = ResilientStatefulStore(new_chart(), "nats", FULL)
    orders = store.login("orders")

    assert store.client() == orders
    assert orders.variables["NATS_USER"] == "orders"
    assert orders.variables["NATS_URL"] == "tls://orders:$(NATS_PASSWORD)@messages.shop.svc:4222"
    assert str(orders.variables["NATS_SERVERS"]).count("tls://") == 5
    assert store.endpoint_of("client").address == "messages.shop.svc:4222"


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

    assert {rule["alert"] for rule in group["rules"]} == {"NatsVolumeFilling", "NatsBackupMissing"}
    assert "PodMonitor" not in kinds(objects)
