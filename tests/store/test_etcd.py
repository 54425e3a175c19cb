"""etcd, as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

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
from tests.store.etcd_cases import FULL, OLD, ONE, OPERATED, THREE, TO_S3, altered
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
        pytest.param(OLD, OLDEST, id="full-1-27"),
        pytest.param(TO_S3, BARE, id="to-s3"),
    ],
)


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    return rendered(props, environment, "etcd")


def member_of(props: StoreProps, environment: Environment = MODERN) -> Any:
    return container_named(pod_of(objects_of(props, environment), "StatefulSet"), "etcd")


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
    assert member["volumeMounts"][0] == {"name": "data", "mountPath": "/var/lib/etcd"}
    assert variables["ETCD_DATA_DIR"] == "/var/lib/etcd/data"
    assert variables["ETCD_INITIAL_CLUSTER_STATE"] == "new"
    assert variables["ETCD_NAME"] == "$(POD_NAME)"
    for name in ("ETCD_ADVERTISE_CLIENT_URLS", "ETCD_INITIAL_ADVERTISE_PEER_URLS"):
        assert variables[name].split("//")[1].startswith(host)


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


@pytest.mark.parametrize("props", [ONE, THREE, FULL])
def test_F17_the_volume_and_the_memory_hold_a_full_database(props: StoreProps) -> None:
    stateful = of_kind(objects_of(props), "StatefulSet")["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    member = member_of(props)
    quota = Decimal(variables_of(member)["ETCD_QUOTA_BACKEND_BYTES"])

    assert quota < parse(claim["spec"]["resources"]["requests"]["storage"]) / 3
    assert quota < parse(member["resources"]["limits"]["memory"])


@pytest.mark.parametrize(
    ("version", "alive", "ready"),
    [
        ("3.4.23", "/metrics", "/health?exclude=NOSPACE"),
        ("3.4.29", "/livez", "/readyz"),
        ("3.5.3", "/health?serializable=true&exclude=NOSPACE", "/health?exclude=NOSPACE"),
        ("3.5.12", "/livez", "/readyz"),
        ("3.6.16", "/livez", "/readyz"),
    ],
)
def test_only_readiness_asks_for_a_leader(version: str, alive: str, ready: str) -> None:
    member = member_of(altered(THREE, version=version))
    asked = {kind: member[kind]["httpGet"] for kind in member if kind.endswith("Probe")}
    assert asked == {
        "startupProbe": {"path": alive, "port": "metrics"},
        "livenessProbe": {"path": alive, "port": "metrics"},
        "readinessProbe": {"path": ready, "port": "metrics"},
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "3.4.38",
            {
                "ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK": "true",
                "ETCD_EXPERIMENTAL_PEER_SKIP_CLIENT_SAN_VERIFICATION": "true",
                "ETCD_PRE_VOTE": "true",
                "ETCD_LOGGER": "zap",
            },
        ),
        (
            "3.5.4",
            {
                "ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK": "true",
                "ETCD_EXPERIMENTAL_PEER_SKIP_CLIENT_SAN_VERIFICATION": "true",
            },
        ),
        (
            "3.5.24",
            {
                "ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK": "true",
                "ETCD_EXPERIMENTAL_COMPACT_HASH_CHECK_ENABLED": "true",
                "ETCD_EXPERIMENTAL_PEER_SKIP_CLIENT_SAN_VERIFICATION": "true",
            },
        ),
        (
            "3.7.2",
            {
                "ETCD_FEATURE_GATES": "InitialCorruptCheck=true,CompactHashCheck=true",
                "ETCD_PEER_SKIP_CLIENT_SAN_VERIFICATION": "true",
            },
        ),
    ],
)
def test_a_release_is_told_what_it_knows(version: str, expected: dict[str, str]) -> None:
    variables = variables_of(member_of(altered(FULL, version=version, image=None)))
    differing = ("EXPERIMENTAL", "FEATURE", "SKIP", "PRE_VOTE", "LOGGER")
    found = {name: variables[name] for name in variables if any(w in name for w in differing)}
    assert found == expected


def test_the_release_names_the_image() -> None:
    image = member_of(altered(THREE, version="3.5.24"))["image"]
    assert image == "gcr.io/etcd-development/etcd:v3.5.24"


def test_members_tell_the_kubelet_how_they_are_without_a_certificate() -> None:
    variables = variables_of(member_of(FULL))
    assert variables["ETCD_LISTEN_METRICS_URLS"] == "http://0.0.0.0:2381"
    assert variables["ETCD_LISTEN_CLIENT_URLS"] == "https://0.0.0.0:2379"
    assert variables["ETCD_CLIENT_CERT_AUTH"] == "true"
    assert variables["ETCD_PEER_CLIENT_CERT_AUTH"] == "true"


def test_members_ask_clients_for_certificates_only_where_they_are_to() -> None:
    variables = variables_of(member_of(altered(FULL, client_certificates=False)))
    assert "ETCD_TRUSTED_CA_FILE" not in variables
    assert "ETCD_CLIENT_CERT_AUTH" not in variables
    assert variables["ETCD_PEER_TRUSTED_CA_FILE"] == "/etc/tls/ca.crt"


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
        ("postgres", 2379),
        ("prometheus", 2381),
    }


@pytest.mark.parametrize(
    ("version", "program"), [("3.4.38", "etcdctl"), ("3.5.24", "etcdutl"), ("3.6.16", "etcdutl")]
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
    assert [item["name"] for item in pod["spec"]["initContainers"]] == ["begin", "snapshot"]


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
