"""PostgreSQL servers, as they are rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import cdk8s
import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.claims import Volume
from constructs_lib.quantity import parse
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.files import text_of
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.schemas import is_custom, kubernetes_problems, newest_version
from tests.store.postgres_servers_cases import (
    ALONE,
    CLIENT,
    FULL,
    FULL_ALONE,
    OPERATED,
    THREE,
    altered,
    etcd,
    sized,
)
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
        pytest.param(ALONE, BARE, id="alone"),
        pytest.param(FULL_ALONE, OPERATED, id="alone-full"),
        pytest.param(THREE, MODERN, id="three"),
        pytest.param(FULL, OPERATED, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
    ],
)
replicated = pytest.mark.parametrize("props", [THREE, FULL], ids=["three", "full"])


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(props, environment, "postgres")


def server_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    pod = pod_of(objects_of(props, environment), "StatefulSet", "postgres")
    return container_named(pod, "postgres")


def dynamic_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    files = of_kind(objects_of(props, environment), "ConfigMap", "postgres-dynamic")["data"]
    return yaml.safe_load(files["dynamic.yml"])["bootstrap"]["dcs"]


def parameters_of(props: StoreProps, environment: Environment = MODERN) -> dict[str, str]:
    """Settings, however they reach the server."""
    if isinstance(props.engine, PostgresHA):
        return dict(dynamic_of(props, environment)["postgresql"]["parameters"])
    files = of_kind(objects_of(props, environment), "ConfigMap", "postgres-files")["data"]
    lines = files["opt-postgres-postgresql.conf"].splitlines()
    pairs = [line.split(" = ", 1) for line in lines if " = " in line and line[0] != "#"]
    return {name: value.strip("'") for name, value in pairs}


def size(text: str) -> Decimal:
    """Bytes of a setting."""
    return parse(text.replace("MB", "Mi").replace("kB", "Ki"))


def jobs_of(props: StoreProps) -> list[str]:
    return [name for name in named(objects_of(props), "Job") if "configuration" in name]


def named(objects: list[dict[str, Any]], kind: str) -> list[str]:
    return [item["metadata"]["name"] for item in objects if item["kind"] == kind]


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


@pytest.mark.parametrize("props", [FULL, FULL_ALONE], ids=["replicated", "alone"])
def test_the_full_cases_leave_no_field_as_it_is(props: StoreProps) -> None:
    # What is inside the servers has tests of its own.
    inside = {"databases", "logins", "archive"}
    engine = props.engine
    same = [f.name for f in fields(engine) if getattr(engine, f.name) == f.default]
    assert set(same) <= inside


@cases
def test_F14_no_password_is_written_anywhere(props: StoreProps, environment: Environment) -> None:
    objects = objects_of(props, environment)
    assert objects == objects_of(props, environment)
    assert "Secret" not in kinds(objects)
    for container in pod_of(objects, "StatefulSet", "postgres")["spec"]["containers"]:
        for item in container.get("env", ()):
            if item["name"].endswith("PASSWORD"):
                assert "secretKeyRef" in item["valueFrom"]


@cases
def test_L5_both_services_have_the_same_names_and_port_in_every_topology(
    props: StoreProps, environment: Environment
) -> None:
    chart = new_chart(environment)
    usual = replace(props, write_service="postgres-primary", read_service="postgres-replicas")
    store = ResilientStatefulStore(chart, "postgres", usual)
    assert store.endpoint_of("write").address == "postgres-primary.shop.svc:5432"
    assert store.read_endpoint.address == "postgres-replicas.shop.svc:5432"
    for service in ("postgres-primary", "postgres-replicas"):
        (port,) = of_kind(list(chart.to_json()), "Service", service)["spec"]["ports"]
        assert port["port"] == 5432


@replicated
def test_F8_clients_are_led_by_what_each_member_says_of_itself(props: StoreProps) -> None:
    objects = objects_of(props)
    for service in {props.write_service or "postgres", props.read_service or "postgres-replicas"}:
        selector = of_kind(objects, "Service", service)["spec"]["selector"]
        assert selector["app.kubernetes.io/name"] == "postgres-proxy"
    files = of_kind(objects, "ConfigMap", "postgres-proxy-files")["data"]
    text = files["etc-haproxy-haproxy.cfg"]
    primary, reading = text.split("\nbackend primary")[1].split("\nbackend replicas")
    assert "uri /primary" in primary
    assert 'uri "/replica?lag=' in reading
    assert "on-marked-down shutdown-sessions" in text
    # Names that are asked for again and again, and none that has to be there at the start.
    assert "parse-resolv-conf" in text
    assert "init-addr none" in text
    engine = props.engine
    assert isinstance(engine, PostgresHA)
    for backend in (primary, reading):
        servers = [line.split() for line in backend.splitlines() if line.startswith("    server ")]
        assert [name for _, name, _ in servers] == [f"postgres-{n}" for n in range(engine.replicas)]
        assert all(host.startswith(f"{name}.postgres-peers.shop.svc") for _, name, host in servers)


@cases
def test_F9_the_data_is_below_the_volume_and_the_kubelet_walks_it_once(
    props: StoreProps, environment: Environment
) -> None:
    pod = pod_of(objects_of(props, environment), "StatefulSet", "postgres")
    server = container_named(pod, "postgres")
    variables = variables_of(server)
    data = variables.get("PGDATA") or variables["PATRONI_POSTGRESQL_DATA_DIR"]
    mount = server["volumeMounts"][0]["mountPath"]
    assert data == f"{mount}/pgdata"
    assert pod["spec"]["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
    (script,) = [word for word in server["command"] if "start" in word]
    text = text_of(f"postgres/{script.rpartition('/')[2]}")
    assert "chmod u=rwx,go=" in text


@cases
def test_F10_write_ahead_logs_never_fill_the_volume(
    props: StoreProps, environment: Environment
) -> None:
    found = parameters_of(props, environment)
    kept, usual = size(found["max_slot_wal_keep_size"]), size(found["max_wal_size"])
    assert 0 < kept + usual <= parse(props.volume.size) / 2


@pytest.mark.parametrize(("volume", "kept"), [("1Gi", "307MB"), ("20Gi", "6144MB")])
def test_F10_the_limit_of_slots_follows_the_volume(volume: str, kept: str) -> None:
    for props in (ALONE, THREE):
        found = parameters_of(props, sized("1Gi", volume))
        assert found["max_slot_wal_keep_size"] == kept


@pytest.mark.parametrize("props", [ALONE, THREE, FULL], ids=["alone", "three", "full"])
def test_F10_somebody_is_told_before_the_volume_is_full(props: StoreProps) -> None:
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", props)
    told = {alert.name for alert in store.alerts}
    assert {
        "PostgresVolumeFillsUp",
        "PostgresSlotHoldsWal",
        "PostgresSlotAboutToBeLost",
        "PostgresArchiverFails",
    } <= told


@replicated
def test_F11_a_member_that_cannot_be_rewound_is_made_anew(props: StoreProps) -> None:
    files = of_kind(objects_of(props), "ConfigMap", "postgres-files")["data"]
    patroni = yaml.safe_load(files["opt-postgres-patroni.yml"])
    assert patroni["postgresql"]["remove_data_directory_on_rewind_failure"] is True
    assert patroni["postgresql"]["remove_data_directory_on_diverged_timelines"] is True
    assert "data-checksums" in patroni["bootstrap"]["initdb"]
    dynamic = dynamic_of(props)["postgresql"]
    assert dynamic["use_pg_rewind"] is True
    assert dynamic["parameters"]["wal_log_hints"] == "on"
    # A rewind connects as the superuser, which may read every file.
    assert "PATRONI_SUPERUSER_PASSWORD" in variables_of(server_of(props))


def test_F11_somebody_is_told_of_a_replica_that_does_not_follow() -> None:
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", THREE)
    (alert,) = [item for item in store.alerts if item.name == "PostgresReplicaOutOfStep"]
    assert "patroni_postgres_streaming" in alert.expression


@replicated
def test_F16_etcd_is_spoken_to_by_version_3_of_its_api(props: StoreProps) -> None:
    variables = variables_of(server_of(props))
    assert "PATRONI_ETCD_HOSTS" not in variables
    hosts = variables["PATRONI_ETCD3_HOSTS"].split(",")
    assert [host.partition(".")[0] for host in hosts] == ["etcd-0", "etcd-1", "etcd-2"]
    assert all(host.endswith(":2379") for host in hosts)
    files = of_kind(objects_of(props), "ConfigMap", "postgres-files")["data"]
    assert not {"etcd", "etcd3"} & yaml.safe_load(files["opt-postgres-patroni.yml"]).keys()


def test_F18_no_two_stores_share_a_folder_in_etcd() -> None:
    places = set()
    for app, name in (("shop", "postgres"), ("shop", "other"), ("books", "postgres")):
        chart = AppChart(cdk8s.App(), app, environment=BARE, team="checkout")
        ResilientStatefulStore(chart, name, THREE)
        pod = pod_of(list(chart.to_json()), "StatefulSet", name)
        variables = variables_of(container_named(pod, "postgres"))
        places.add((variables["PATRONI_NAMESPACE"], variables["PATRONI_SCOPE"]))
    assert places == {("/shop", "postgres"), ("/shop", "other"), ("/books", "postgres")}


def test_F18_data_and_who_it_belongs_to_are_kept_alike() -> None:
    chart = new_chart(BARE)
    volume = Volume()
    keeper = ResilientStatefulStore(chart, "etcd", StoreProps(engine=Etcd(), volume=volume))
    ResilientStatefulStore(chart, "postgres", altered(THREE, etcd=keeper.client()))
    kept = [
        of_kind(list(chart.to_json()), "StatefulSet", name)["spec"][
            "persistentVolumeClaimRetentionPolicy"
        ]
        for name in ("etcd", "postgres")
    ]
    assert kept == [{"whenDeleted": "Retain", "whenScaled": "Retain"}] * 2


CHANGES = [
    {"max_connections": 120},
    {"parameters": {"random_page_cost": "1.1"}},
    {"synchronous": "off"},
    {"ttl": 30},
    {"max_slot_wal_keep_size": "1Gi"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_F19_a_changed_setting_is_another_job_and_rolls_no_pod(change: dict[str, Any]) -> None:
    (before,), (after,) = jobs_of(THREE), jobs_of(altered(THREE, **change))
    assert before != after
    assert before.rpartition("-")[0] == after.rpartition("-")[0] == "postgres-configuration"
    pods = [pod_of(objects_of(p), "StatefulSet") for p in (THREE, altered(THREE, **change))]
    assert pods[0] == pods[1]


def test_F19_the_job_and_a_new_cluster_are_told_the_same() -> None:
    objects = objects_of(THREE)
    files = of_kind(objects, "ConfigMap", "postgres-configuration-files")["data"]
    told = json.loads(files["opt-postgres-dynamic.yml"])
    assert told["bootstrap"]["dcs"] == dynamic_of(THREE)


@replicated
def test_F19_nothing_is_left_to_what_patroni_does_once(props: StoreProps) -> None:
    files = of_kind(objects_of(props), "ConfigMap", "postgres-files")["data"]
    patroni = yaml.safe_load(files["opt-postgres-patroni.yml"])
    assert set(patroni["bootstrap"]) == {"initdb"}


def test_C5_members_start_side_by_side_and_find_each_other_before_any_is_ready() -> None:
    objects = objects_of(THREE)
    servers = of_kind(objects, "StatefulSet", "postgres")["spec"]
    assert (servers["replicas"], servers["podManagementPolicy"]) == (3, "Parallel")
    peers = of_kind(objects, "Service", "postgres-peers")["spec"]
    assert peers["publishNotReadyAddresses"] is True
    assert pod_of(objects, "StatefulSet")["spec"]["enableServiceLinks"] is False


def test_C9_probes_ask_a_member_for_itself_alone() -> None:
    server = server_of(THREE)
    asked = {name: server[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness")}
    assert {item["path"] for item in asked.values()} == {"/liveness"}
    assert server["readinessProbe"]["httpGet"]["path"] == "/readiness"
    assert {item["scheme"] for item in (server_of(FULL)["livenessProbe"]["httpGet"],)} == {"HTTPS"}


def test_C9_one_server_that_recovers_is_alive_and_not_ready() -> None:
    server = server_of(ALONE)
    assert server["livenessProbe"]["exec"] == server["startupProbe"]["exec"]
    assert server["readinessProbe"]["exec"]["command"][0] == "pg_isready"


def test_etcd_lets_members_in_where_it_is_in_the_same_namespace() -> None:
    policies = [item for item in objects_of(THREE) if item["kind"] == "NetworkPolicy"]
    (way,) = [item for item in policies if item["metadata"]["name"] == "postgres-to-etcd"]
    assert way["spec"]["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "etcd"}
    assert way["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 2379}]
    # Elsewhere its owner names its clients.
    elsewhere = objects_of(altered(THREE, etcd=etcd("decisions")))
    assert "postgres-to-etcd" not in named(elsewhere, "NetworkPolicy")


def test_F21_clients_reach_proxies_and_never_a_member_or_its_api() -> None:
    objects = objects_of(replace(THREE, clients=(CLIENT,)))
    who = {"kubernetes.io/metadata.name": CLIENT.namespace}

    def ports(policy: str) -> list[int]:
        rules = of_kind(objects, "NetworkPolicy", policy)["spec"]["ingress"]
        letting = [
            rule
            for rule in rules
            for peer in rule["from"]
            if peer["namespaceSelector"]["matchLabels"] == who
        ]
        return [port["port"] + n for rule in letting for port in rule["ports"] for n in span(port)]

    def span(port: dict[str, int]) -> range:
        return range(port.get("endPort", port["port"]) - port["port"] + 1)

    assert ports("postgres-proxy") == [5432, 5433]
    assert ports("postgres") == []


def test_memory_is_divided_by_the_limit() -> None:
    small, large = (parameters_of(ALONE, sized(memory)) for memory in ("512Mi", "4Gi"))
    assert (small["shared_buffers"], large["shared_buffers"]) == ("128MB", "1024MB")
    assert size(small["work_mem"]) < size(large["work_mem"]) == size("4MB")


def test_parallel_queries_have_room_to_meet() -> None:
    volumes = pod_of(objects_of(ALONE), "StatefulSet")["spec"]["volumes"]
    (shared,) = [item for item in volumes if item["name"] == "scratch-dev-shm"]
    assert shared["emptyDir"] == {"sizeLimit": "256Mi", "medium": "Memory"}


def test_values_of_settings_are_quoted_as_the_server_reads_them() -> None:
    files = of_kind(objects_of(FULL_ALONE), "ConfigMap", "postgres-files")["data"]
    lines = files["opt-postgres-postgresql.conf"].splitlines()
    assert r"log_statement = 'it''s \\ ddl'" in lines


def test_with_tls_others_are_refused_and_names_are_checked() -> None:
    for props in (FULL, FULL_ALONE):
        files = of_kind(objects_of(props), "ConfigMap", "postgres-files")["data"]
        told = files.get("opt-postgres-pg_hba.conf") or "\n".join(
            dynamic_of(props)["postgresql"]["pg_hba"]
        )
        letting = [line.split() for line in told.splitlines() if line.startswith("host")]
        assert {line[0] for line in letting if line[-1] != "reject"} == {"hostssl"}
        assert parameters_of(props)["ssl"] == "on"
    variables = variables_of(server_of(FULL))
    assert variables["PATRONI_REPLICATION_SSLMODE"] == "verify-full"
    assert variables["PATRONI_ETCD3_PROTOCOL"] == "https"
