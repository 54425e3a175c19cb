"""PostgreSQL servers, as they are rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import fields, replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.store.postgres_servers_cases import (
    ALONE,
    CLIENT,
    FULL,
    FULL_ALONE,
    THREE,
    altered,
    cases,
    containers,
    etcd,
    named,
    objects_of,
    server_of,
)
from tests.store.rendering import kinds, new_chart, of_kind, pod_findings, pod_of, schema_problems


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
    secret = [
        item
        for _, container in containers(objects)
        for item in container.get("env", ())
        if "PASSWORD" in item["name"]
    ]
    assert secret
    assert all("secretKeyRef" in item["valueFrom"] for item in secret)


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


def test_L2_both_services_lead_to_the_only_server() -> None:
    objects = objects_of(ALONE)
    assert of_kind(objects, "StatefulSet", "postgres")["spec"]["replicas"] == 1
    assert "Deployment" not in kinds(objects)
    for service in ("postgres", "postgres-replicas"):
        selector = of_kind(objects, "Service", service)["spec"]["selector"]
        assert selector["app.kubernetes.io/name"] == "postgres"


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
    # Where the interface is encrypted, so are the questions.
    probes = [server_of(FULL)[f"{name}Probe"] for name in ("startup", "readiness", "liveness")]
    assert {item["httpGet"]["scheme"] for item in probes} == {"HTTPS"}


def test_C9_one_server_that_recovers_is_alive_and_not_ready() -> None:
    server = server_of(ALONE)
    assert server["livenessProbe"]["exec"] == server["startupProbe"]["exec"]
    assert server["readinessProbe"]["exec"]["command"][0] == "pg_isready"


@cases
def test_C9_a_first_start_may_take_ten_minutes(props: StoreProps, environment: Environment) -> None:
    probe = server_of(props, environment)["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 600


@cases
def test_C9_servers_have_the_time_that_a_shutdown_takes(
    props: StoreProps, environment: Environment
) -> None:
    objects = objects_of(props, environment)
    pod = pod_of(objects, "StatefulSet", "postgres")["spec"]
    stop = props.engine.shutdown  # type: ignore[attr-defined]
    assert pod["terminationGracePeriodSeconds"] == stop.grace_period_seconds
    assert stop.drain_seconds + stop.stop_seconds < stop.grace_period_seconds
    # Patroni itself hands over, so nothing delays the signal that tells it to.
    assert "lifecycle" not in server_of(props, environment)


@cases
def test_C9_a_drain_takes_one_pod_at_a_time_and_never_waits_for_the_only_one(
    props: StoreProps, environment: Environment
) -> None:
    objects = objects_of(props, environment)
    budgets = [item for item in objects if item["kind"] == "PodDisruptionBudget"]
    wanted = set() if props in (ALONE, FULL_ALONE) else {"postgres", "postgres-proxy"}
    assert {item["metadata"]["name"] for item in budgets} == wanted
    for item in budgets:
        assert item["spec"]["maxUnavailable"] == 1
        assert item["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


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

    def span(port: dict[str, Any]) -> range:
        return range(port.get("endPort", port["port"]) - port["port"] + 1)

    assert ports("postgres-proxy") == [5432, 5433]
    assert ports("postgres") == []
