"""What etcd is told, by its release and its limits."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from constructs_lib.quantity import parse
from constructs_lib.store.props import StoreProps
from tests.store.etcd_cases import (
    FULL,
    ONE,
    THREE,
    altered,
    member_of,
    objects_of,
)
from tests.store.rendering import (
    container_named,
    of_kind,
    pod_of,
    variables_of,
)


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
        ("3.6.15", "/livez", "/readyz"),
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


@pytest.mark.parametrize(("props", "path"), [(THREE, "/var/lib/etcd"), (FULL, "/etcd/")])
def test_data_are_below_where_the_volume_is_mounted(props: StoreProps, path: str) -> None:
    def mounted(container: Any) -> Any:
        return {item["name"]: item["mountPath"] for item in container["volumeMounts"]}

    folder = f"{path.rstrip('/')}/data"
    assert mounted(member_of(props))["data"] == path
    assert variables_of(member_of(props))["ETCD_DATA_DIR"] == folder
    objects = objects_of(replace(props, backup=FULL.backup))
    pod = pod_of(objects, "CronJob", "etcd-restore-0")
    restore = container_named(pod, "restore")
    assert mounted(restore)["data-etcd-0"] == path
    assert f"--data-dir={folder}" in restore["command"]
    assert container_named(pod, "set-aside")["command"][-1] == folder
