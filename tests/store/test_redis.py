"""Redis in every topology, as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, OLDEST
from tests.store.redis_cases import FULL, OPERATED, TOPOLOGIES, server_pods
from tests.store.rendering import (
    kinds,
    new_chart,
    of_kind,
    pod_findings,
    pod_of,
    rendered,
    schema_problems,
)

cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        case
        for name in TOPOLOGIES
        for case in (
            pytest.param(TOPOLOGIES[name], BARE, id=f"{name}-smallest"),
            pytest.param(FULL[name], OPERATED, id=f"{name}-full"),
            pytest.param(FULL[name], OLDEST, id=f"{name}-full-1-27"),
        )
    ],
)
topologies = pytest.mark.parametrize("props", TOPOLOGIES.values(), ids=list(TOPOLOGIES))
full = pytest.mark.parametrize("props", FULL.values(), ids=list(FULL))


@cases
def test_renders(
    props: StoreProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert rendered(props, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: StoreProps, environment: Environment
) -> None:
    assert schema_problems(rendered(props, environment), environment) == []


@cases
def test_every_pod_is_restricted(props: StoreProps, environment: Environment) -> None:
    assert pod_findings(rendered(props, environment)) == []


@full
def test_the_full_case_sets_every_field(props: StoreProps) -> None:
    engine = props.engine
    plain = type(engine)(password=engine.password)  # type: ignore[attr-defined, call-arg]
    same = [
        field
        for field in engine.__dataclass_fields__
        if field not in ("password", "failover_timeout_seconds")
        and getattr(engine, field) == getattr(plain, field)
    ]
    assert same == []


@topologies
def test_L5_clients_have_the_same_names_in_every_topology(props: StoreProps) -> None:
    named = replace(props, write_service="redis-service", read_service="redis-read")
    store = ResilientStatefulStore(new_chart(), "cache", named)
    variables = store.client().variables
    who = "default:$(REDIS_PASSWORD)"

    assert (store.endpoint.address, store.read_endpoint.address) == (
        "redis-service.shop.svc:6379",
        "redis-read.shop.svc:6379",
    )
    assert variables["REDIS_URL"] == f"redis://{who}@redis-service.shop.svc:6379/0"
    assert variables["REDIS_READ_URL"] == f"redis://{who}@redis-read.shop.svc:6379/0"
    assert list(variables).index("REDIS_PASSWORD") < list(variables).index("REDIS_URL")


@full
def test_a_client_whose_pool_is_counted_is_told_its_size(props: StoreProps) -> None:
    store = ResilientStatefulStore(new_chart(), "cache", props)
    anybody, orders = store.client(), store.client("shop/orders")

    assert (anybody.pool, anybody.pods, anybody.surge) == (None, None, None)
    assert (orders.pool, orders.pods, orders.surge) == (20, 10, 2)
    assert orders.variables == {**anybody.variables, "REDIS_POOL_SIZE": "20"}
    with pytest.raises(NovaError, match="no client 'shop/order': did you mean 'shop/orders'"):
        store.client("shop/order")


@full
def test_over_tls_clients_are_told_so(props: StoreProps) -> None:
    variables = ResilientStatefulStore(new_chart(), "cache", props).client().variables
    assert str(variables["REDIS_URL"]).startswith("rediss://default:")
    assert str(variables["REDIS_READ_URL"]).startswith("rediss://default:")


@pytest.mark.parametrize(
    ("topology", "write", "read"),
    [
        ("standalone", ("cache", 6379), ("cache", 6379)),
        ("replicated", ("cache", 6379), ("cache-replica", 6379)),
        ("sentinel", ("cache-proxy", 6379), ("cache-proxy", 6380)),
    ],
)
def test_services_lead_to_whom_is_meant(
    topology: str, write: tuple[str, int], read: tuple[str, int]
) -> None:
    objects = rendered(TOPOLOGIES[topology])
    workloads = [item for item in objects if item["kind"] in ("StatefulSet", "Deployment")]

    def led_to(service: str) -> tuple[str, int]:
        spec = of_kind(objects, "Service", service)["spec"]
        (port,) = spec["ports"]
        (owner,) = [
            item
            for item in workloads
            if item["spec"]["selector"]["matchLabels"] == spec["selector"]
        ]
        numbers = {
            own["name"]: own["containerPort"]
            for container in owner["spec"]["template"]["spec"]["containers"]
            for own in container.get("ports", [])
        }
        assert port["port"] == 6379
        return owner["metadata"]["name"], numbers[port["targetPort"]]

    assert (led_to("cache"), led_to("cache-replicas")) == (write, read)


@topologies
def test_F7_no_probe_asks_anybody_but_the_pods_own_server(props: StoreProps) -> None:
    objects = rendered(props)
    probes = [
        container[probe]
        for pod in server_pods(objects)
        for container in pod["spec"]["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
        if probe in container
    ]
    commands = {tuple(probe["exec"]["command"]) for probe in probes if "exec" in probe}
    scripts = of_kind(objects, "ConfigMap", "cache-files")["data"]

    assert {command[1] for command in commands} == {"/etc/redis/alive.sh", "/etc/redis/ready.sh"}
    assert all("host" not in probe["httpGet"] for probe in probes if "httpGet" in probe)
    for name in ("alive.sh", "ready.sh"):
        asked = [line for line in scripts[f"etc-redis-{name}"].splitlines() if "$(at " in line]
        assert asked
        assert all("$(at 127.0.0.1 " in line for line in asked)


@topologies
def test_strangers_find_no_way_in_by_variables_or_labels(props: StoreProps) -> None:
    for pod in server_pods(rendered(props)):
        assert pod["spec"]["enableServiceLinks"] is False
        assert pod["spec"]["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("topology", "budgets"),
    [
        ("standalone", []),
        ("replicated", ["cache-replica"]),
        ("sentinel", ["cache", "cache-proxy"]),
    ],
)
def test_only_what_can_be_drained_has_a_budget(topology: str, budgets: list[str]) -> None:
    objects = rendered(TOPOLOGIES[topology])
    found = [item["metadata"]["name"] for item in objects if item["kind"] == "PodDisruptionBudget"]
    assert found == budgets


@pytest.mark.parametrize("spread", ["hard", "soft"])
def test_servers_and_proxies_keep_apart_as_asked(spread: Any) -> None:
    objects = rendered(replace(TOPOLOGIES["sentinel"], spread=spread))
    servers = pod_of(objects, "StatefulSet")["spec"]["affinity"]["podAntiAffinity"]
    proxies = pod_of(objects, "Deployment")["spec"]["affinity"]["podAntiAffinity"]
    kind = {"hard": "required", "soft": "preferred"}[spread]

    assert list(servers) == [f"{kind}DuringSchedulingIgnoredDuringExecution"]
    assert list(proxies) == list(servers)


@full
def test_F14_passwords_are_references_and_stay_what_they_are(props: StoreProps) -> None:
    objects = rendered(props)
    values = [
        (variable["name"], variable.get("valueFrom"))
        for item in objects
        if item["kind"] in ("StatefulSet", "Deployment", "CronJob")
        for container in pod_of([item], item["kind"])["spec"]["containers"]
        for variable in container.get("env", [])
        if variable["name"] in ("REDISCLI_AUTH", "REDIS_PASSWORD")
    ]
    reference = {"secretKeyRef": {"name": "redis-login", "key": "password"}}

    assert {name for name, _ in values} == {"REDISCLI_AUTH", "REDIS_PASSWORD"}
    assert all(value == reference for _, value in values)
    assert "Secret" not in kinds(objects)
    assert rendered(props) == objects
