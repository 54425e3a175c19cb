"""etcd, as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

from pathlib import PurePosixPath

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.store.etcd_cases import (
    FULL,
    OLD,
    ONE,
    OPERATED,
    THREE,
    TO_S3,
    member_of,
    objects_of,
)
from tests.store.rendering import (
    kinds,
    new_chart,
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
        pytest.param(OLD, OLDEST, id="full-1-27"),
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


@cases
def test_F15_a_member_comes_back_as_who_it_was(props: StoreProps, environment: Environment) -> None:
    objects = objects_of(props, environment)
    member = member_of(props, environment)
    pod = pod_of(objects, "StatefulSet")["spec"]
    variables = variables_of(member)
    host = "$(POD_NAME).etcd-peers.shop.svc.cluster.local"
    hook = member.get("lifecycle", {}).get("preStop", {})

    # It is never taken out of the cluster when it stops, and nothing is kept beside its data.
    assert set(hook) <= {"sleep"}
    assert member["command"] == ["etcd"]
    assert "args" not in member
    assert "initContainers" not in pod
    # The data are on the claim, below the folder that a new volume brings along.
    assert member["volumeMounts"][0]["name"] == "data"
    below = PurePosixPath(variables["ETCD_DATA_DIR"])
    assert below.parent == PurePosixPath(member["volumeMounts"][0]["mountPath"])
    assert variables["ETCD_NAME"] == "$(POD_NAME)"
    for name in ("ETCD_ADVERTISE_CLIENT_URLS", "ETCD_INITIAL_ADVERTISE_PEER_URLS"):
        assert variables[name].split("//")[1].startswith(host)


def test_F15_a_new_member_founds_its_cluster_unless_somebody_says_otherwise_by_hand() -> None:
    objects = objects_of(THREE)
    state = variables_of(member_of(THREE))["ETCD_INITIAL_CLUSTER_STATE"]
    reference = state["configMapKeyRef"]

    # Unset, it is "new". Only for a member that is entered anew somebody makes this ConfigMap.
    assert reference == {"name": "etcd-rejoin", "key": "state", "optional": True}
    maps = [item["metadata"]["name"] for item in objects if item["kind"] == "ConfigMap"]
    assert "etcd-rejoin" not in maps
    assert variables_of(member_of(ONE))["ETCD_INITIAL_CLUSTER_STATE"] == "new"


def test_F15_members_know_all_of_each_other_by_names_that_last() -> None:
    found = dict(
        item.split("=")
        for item in variables_of(member_of(THREE))["ETCD_INITIAL_CLUSTER"].split(",")
    )
    assert found == {
        f"etcd-{n}": f"http://etcd-{n}.etcd-peers.shop.svc.cluster.local:2380" for n in range(3)
    }


def test_F15_members_start_side_by_side_and_find_each_other_before_any_is_ready() -> None:
    objects = objects_of(THREE)
    assert of_kind(objects, "StatefulSet")["spec"]["podManagementPolicy"] == "Parallel"
    assert of_kind(objects, "Service", "etcd-peers")["spec"]["publishNotReadyAddresses"] is True


@cases
def test_F16_no_file_switches_the_gateway_off_that_patroni_speaks_to(
    props: StoreProps, environment: Environment
) -> None:
    variables = variables_of(member_of(props, environment))
    assert "ETCD_CONFIG_FILE" not in variables
    assert "ETCD_ENABLE_GRPC_GATEWAY" not in variables
    assert not any("config-file" in word for word in member_of(props, environment)["command"])


def test_F21_strangers_stay_out_with_metrics_on() -> None:
    policy = of_kind(objects_of(FULL), "NetworkPolicy", "etcd")["spec"]
    allowed = {
        (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], rule_port)
        for rule in policy["ingress"]
        for peer in rule["from"]
        for port in rule["ports"]
        for rule_port in range(port["port"], port.get("endPort", port["port"]) + 1)
    }
    assert allowed == {
        ("etcd", 2379),
        ("etcd", 2380),
        ("etcd-backup", 2379),
        ("etcd-defragment", 2379),
        ("etcd-rejoin", 2379),
        ("postgres", 2379),
        ("prometheus", 2381),
    }


def test_C4_three_members_of_which_one_may_go() -> None:
    objects = objects_of(THREE)
    budget = of_kind(objects, "PodDisruptionBudget")["spec"]
    assert of_kind(objects, "StatefulSet")["spec"]["replicas"] == 3
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_a_single_member_can_always_be_drained() -> None:
    assert "PodDisruptionBudget" not in kinds(objects_of(ONE))


def test_clients_are_told_the_service_and_the_members() -> None:
    store = ResilientStatefulStore(new_chart(), "etcd", FULL)
    binding = store.client()
    assert binding.variables["ETCD_URL"] == "https://dcs.shop.svc:2379"
    assert str(binding.variables["ETCD_ENDPOINTS"]).count("https://etcd-") == 5
    assert store.endpoint_of("client").address == "dcs.shop.svc:2379"
