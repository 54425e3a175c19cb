"""What the schema checks find, and what they let pass."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.schemas import (
    custom_resource_problems,
    is_custom,
    kubernetes_problems,
    newest_version,
)

CRDS = Path(__file__).parent.parent / "crds"
VERSIONS = ("1.27", "1.33", newest_version())

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {
                "containers": [
                    {
                        "name": "api",
                        "image": "api:1",
                        "ports": [{"containerPort": 80, "name": "http"}],
                        "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
                    }
                ]
            },
        },
    },
}
ROUTE: dict[str, Any] = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "api", "namespace": "shop", "labels": {"app": "api"}},
    "spec": {
        "parentRefs": [{"name": "public"}],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": "api", "port": 80}],
                "timeouts": {"request": "30s"},
            }
        ],
    },
}
POLICY: dict[str, Any] = {
    "apiVersion": "gateway.envoyproxy.io/v1alpha1",
    "kind": "BackendTrafficPolicy",
    "metadata": {"name": "api"},
    "spec": {"requestBuffer": {"limit": "100Mi"}},
}
CONTAINER = "spec.template.spec.containers.0"
RULE = "spec.rules.0"


def changed(manifest: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of ``manifest`` with ``value`` at the dotted ``path``, or nothing there for None."""
    copied = dict(copy.deepcopy(manifest))
    *parents, last = path.split(".")
    node: Any = copied
    for step in parents:
        node = node[int(step)] if step.isdecimal() else node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return copied


@pytest.mark.parametrize("version", VERSIONS)
def test_a_correct_builtin_object_has_no_problems(version: str) -> None:
    assert kubernetes_problems(DEPLOYMENT, version) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (f"{CONTAINER}.imagePullPolice", "Always", "containers[0]: unknown field 'imagePull"),
        (f"{CONTAINER}.ports.0.containerPort", "80", "[0].containerPort: '80' is not of type"),
        (f"{CONTAINER}.name", None, "containers[0]: 'name' is a required property"),
        ("spec.template.metadata.lables", {}, "template.metadata: unknown field 'lables'"),
    ],
    ids=["unknown field", "wrong type", "missing field", "unknown metadata"],
)
def test_a_wrong_builtin_object_is_told(
    version: str, path: str, value: object, problem: str
) -> None:
    (told,) = kubernetes_problems(changed(DEPLOYMENT, path, value), version)
    assert told.startswith("Deployment shop/api: $.spec.template.")
    assert problem in told


@pytest.mark.parametrize(
    ("api_version", "kind"), [("policy/v1beta1", "PodDisruptionBudget"), ("apps/v1", "Deploiment")]
)
def test_a_kind_the_version_does_not_serve_is_told(api_version: str, kind: str) -> None:
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "api"}}
    assert kubernetes_problems(manifest, "1.33") == [
        f"{kind} api: $.apiVersion: Kubernetes 1.33 serves no {api_version} {kind}"
    ]


def test_the_field_of_a_newer_version_is_a_problem_in_an_older_one() -> None:
    sleep = {"preStop": {"sleep": {"seconds": 5}}}
    manifest = changed(DEPLOYMENT, f"{CONTAINER}.lifecycle", sleep)
    assert kubernetes_problems(manifest, "1.33") == []
    assert "unknown field 'sleep'" in kubernetes_problems(manifest, "1.27")[0]


def test_a_version_without_schemas_is_refused() -> None:
    with pytest.raises(ValueError, match=rf"'9.99'.*1\.25 to {newest_version()}"):
        kubernetes_problems(DEPLOYMENT, "9.99")


@pytest.mark.parametrize("manifest", [ROUTE, POLICY], ids=lambda m: str(m["kind"]))
def test_a_correct_custom_resource_has_no_problems(manifest: dict[str, Any]) -> None:
    assert custom_resource_problems(manifest, CRDS) == []


def test_a_field_of_integer_or_text_takes_both_and_nothing_else() -> None:
    number, flag = (changed(POLICY, "spec.requestBuffer.limit", value) for value in (1024, [1]))
    assert custom_resource_problems(number, CRDS) == []
    assert "$.spec.requestBuffer.limit: [1] is not of" in custom_resource_problems(flag, CRDS)[0]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (f"{RULE}.backendRef", [], "$.spec.rules[0]: unknown field 'backendRef'"),
        (f"{RULE}.backendRefs.0.port", "80", "backendRefs[0].port: '80' is not of type 'integer'"),
        (f"{RULE}.backendRefs.0.name", None, "backendRefs[0]: 'name' is a required property"),
        (f"{RULE}.matches.0.method", "FETCH", "[0].method: 'FETCH' is not one of ['GET', "),
        (f"{RULE}.timeouts.request", "1.5s", "timeouts.request: '1.5s' does not match"),
        (f"{RULE}.backendRefs.0.port", 0, "[0].port: 0 is less than the minimum of 1"),
        ("metadata.lables", {}, "$.metadata: unknown field 'lables'"),
        ("apiVersion", "gateway.networking.k8s.io/v3", "$.apiVersion: v3 is not served, only v1"),
        ("kind", "HTTPPath", "$.kind: no schema of gateway.networking.k8s.io HTTPPath in crds/"),
    ],
    ids=lambda value: str(value).partition(":")[0],
)
def test_a_wrong_custom_resource_is_told(path: str, value: object, problem: str) -> None:
    (told,) = custom_resource_problems(changed(ROUTE, path, value), CRDS)
    assert " shop/api: $." in told
    assert problem in told


def test_entries_of_a_keyed_list_must_differ() -> None:
    headers = [{"name": "x-a", "value": "1"}, {"name": "x-a", "value": "2"}]
    manifest = changed(ROUTE, f"{RULE}.matches.0.headers", headers)
    assert "two entries with the same name" in custom_resource_problems(manifest, CRDS)[0]


def test_what_a_schema_keeps_unknown_or_allows_as_null_is_no_problem(tmp_path: Path) -> None:
    fields = {
        "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "mode": {"type": "string", "enum": ["a"], "nullable": True},
        "count": {"type": "integer", "format": "int32"},
        "empty": {"type": "object"},
    }
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    version = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": schema}}
    crd = {"spec": {"names": {"kind": "Thing"}, "versions": [version]}}
    (tmp_path / "example.com_things.yaml").write_text(yaml.safe_dump(crd))
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}}
    good = {"extra": {"any": 1}, "mode": None, "count": 2**40, "empty": {}}
    assert custom_resource_problems({**thing, "spec": good}, tmp_path) == []
    bad = {"mode": "b", "empty": {"any": 1}}
    problems = custom_resource_problems({**thing, "spec": bad}, tmp_path)
    assert [problem.partition(": ")[2] for problem in problems] == [
        "$.spec.empty: unknown field 'any'",
        "$.spec.mode: 'b' is not one of ['a', None]",
    ]


@pytest.mark.parametrize(
    ("api_version", "custom"),
    [
        ("v1", False),
        ("batch/v1", False),
        ("networking.k8s.io/v1", False),
        ("gateway.networking.k8s.io/v1", True),
        ("cert-manager.io/v1", True),
    ],
)
def test_an_object_is_custom_by_its_group(api_version: str, custom: bool) -> None:  # noqa: FBT001
    assert is_custom({"apiVersion": api_version, "kind": "Any"}) is custom
