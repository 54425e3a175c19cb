"""Overrides and extra manifests: the last word, never lost."""

import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.monitors import Metrics
from constructs_lib.refs import Ports
from constructs_lib.service import NovaService
from constructs_lib.service.overrides import Override, merge
from tests.environments import BARE, MODERN, SINGLE_REPLICA
from tests.schemas import kubernetes_problems
from tests.service.cases import SERVICE
from tests.service.rendering import new_chart, of_kind, pod_of, rendered


def overridden(kind: str, patch: dict[str, Any]) -> list[dict[str, Any]]:
    return rendered(replace(SERVICE, overrides=(Override(kind, patch),)), BARE)


def in_pod(patch: dict[str, Any]) -> Any:
    return pod_of(overridden("Deployment", {"spec": {"template": {"spec": patch}}}))["spec"]


def in_container(patch: dict[str, Any]) -> Any:
    return in_pod({"containers": [{"name": "orders", **patch}]})["containers"][0]


@pytest.mark.parametrize(
    "patch",
    [
        {"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]},
        {"somethingUnknown": {"deep": [1, "2", {"three": True}]}},
        {"lifecycle": {"stopSignal": "SIGUSR1"}},
    ],
    ids=["newer", "unknown", "newest"],
)
def test_fields_of_any_version_survive(patch: dict[str, Any]) -> None:
    container = in_container(patch)
    # Nothing is left to be merged.
    assert merge(container, patch) == container


def test_extended_resources_survive_as_plain_numbers() -> None:
    limits = in_container({"resources": {"limits": {"nvidia.com/gpu": 1}}})["resources"]["limits"]
    assert limits["nvidia.com/gpu"] == 1
    assert "memory" in limits


def test_shares_of_a_rollout_survive_as_plain_numbers() -> None:
    update = {"maxSurge": 3, "maxUnavailable": 2}
    objects = overridden("Deployment", {"spec": {"strategy": {"rollingUpdate": update}}})
    deployment = of_kind(objects, "Deployment")
    assert deployment["spec"]["strategy"]["rollingUpdate"] == update
    assert kubernetes_problems(deployment, "1.33") == []


def test_named_entries_are_merged_and_new_ones_added() -> None:
    spec = in_pod(
        {"containers": [{"name": "orders", "tty": True}, {"name": "new", "image": "a:1"}]}
    )
    main, new = spec["containers"]
    assert main["tty"] is True
    assert "image" in main
    assert new == {"name": "new", "image": "a:1"}


def test_mounts_are_told_apart_by_their_path() -> None:
    mounts = in_container(
        {
            "volumeMounts": [
                {"name": "scratch-tmp", "mountPath": "/data", "subPath": "data"},
                {"mountPath": "/tmp", "subPath": "tmp"},  # noqa: S108
            ]
        }
    )["volumeMounts"]
    assert [(m["mountPath"], m["name"], m["subPath"]) for m in mounts if "name" in m] == [
        ("/tmp", "scratch-tmp", "tmp"),  # noqa: S108
        ("/data", "scratch-tmp", "data"),
    ]


def test_none_removes_a_key() -> None:
    assert "lifecycle" not in in_container({"lifecycle": None})


def test_none_may_name_what_is_replaced_in_another_environment() -> None:
    stop = {"sleep": None, "exec": None, "httpGet": {"path": "/stop", "port": 8080}}
    container = in_container({"lifecycle": {"preStop": stop}})
    assert container["lifecycle"]["preStop"] == {"httpGet": stop["httpGet"]}


def test_an_override_means_its_own_policy_and_no_way_into_others() -> None:
    chart = new_chart()
    redis = NovaService(chart, "redis", replace(SERVICE, ports=Ports(redis=6379)))
    patch = {"metadata": {"labels": {"a": "b"}}}
    overrides = (Override("NetworkPolicy", patch),)
    props = replace(SERVICE, uses=(redis.endpoint("redis"),), overrides=overrides)
    NovaService(chart, "web", props)
    policies = [o["metadata"] for o in chart.to_json() if o["kind"] == "NetworkPolicy"]
    assert [p["name"] for p in policies if "a" in p["labels"]] == ["web"]
    assert "web-to-redis" in {p["name"] for p in policies}


def test_a_way_into_others_is_overridden_by_name() -> None:
    chart = new_chart()
    redis = NovaService(chart, "redis", replace(SERVICE, ports=Ports(redis=6379)))
    patch = {"metadata": {"labels": {"a": "b"}}}
    overrides = (Override("NetworkPolicy", patch, name="web-to-redis"),)
    props = replace(SERVICE, uses=(redis.endpoint("redis"),), overrides=overrides)
    NovaService(chart, "web", props)
    policies = [o["metadata"] for o in chart.to_json() if o["kind"] == "NetworkPolicy"]
    assert [p["name"] for p in policies if "a" in p["labels"]] == ["web-to-redis"]


def test_a_later_override_has_the_last_word() -> None:
    overrides = tuple(Override("Service", {"spec": {"type": t}}) for t in ("NodePort", "ClusterIP"))
    objects = rendered(replace(SERVICE, overrides=overrides), BARE)
    assert of_kind(objects, "Service")["spec"]["type"] == "ClusterIP"


def test_overrides_reach_extra_manifests() -> None:
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}
    override = Override("ConfigMap", {"data": {"k": "w"}}, name="a")
    objects = rendered(replace(SERVICE, extra_manifests=(extra,), overrides=(override,)))
    assert of_kind(objects, "ConfigMap", "a")["data"] == {"k": "w"}
    assert extra["data"] == {"k": "v"}


MERGED: dict[str, tuple[Any, Any, Any]] = {
    "nested": ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
    "removed": ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    "removed-inside-what-is-new": ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    "plain-list": ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    "emptied-list": ({"a": [{"name": "x"}]}, {"a": []}, {"a": []}),
    "list-without-names": ({"a": [{"k": 1}]}, {"a": [{"k": 2}]}, {"a": [{"k": 2}]}),
    "by-name": (
        {"a": [{"name": "x", "v": 1}, {"name": "y"}]},
        {"a": [{"name": "y", "v": 2}]},
        {"a": [{"name": "x", "v": 1}, {"name": "y", "v": 2}]},
    ),
    "tuple-by-name": (
        {"a": [{"name": "x"}]},
        {"a": ({"name": "z"},)},
        {"a": [{"name": "x"}, {"name": "z"}]},
    ),
    "scalar-for-mapping": ({"a": {"b": 1}}, {"a": "c"}, {"a": "c"}),
    "mapping-for-scalar": ({"a": "c"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
}


@pytest.mark.parametrize(("document", "patch", "expected"), MERGED.values(), ids=MERGED.keys())
def test_merging(document: Any, patch: Any, expected: Any) -> None:
    before = repr(document)
    assert merge(document, patch) == expected
    assert repr(document) == before


@pytest.mark.parametrize("kind", ["HorizontalPodAutoscaler", "PodDisruptionBudget"])
def test_an_override_of_what_the_environment_leaves_out_is_no_mistake(kind: str) -> None:
    props = replace(
        SERVICE,
        autoscaling=Autoscaling(minimum=2, maximum=4, cpu=70),
        overrides=(Override(kind, {"metadata": {"annotations": {"a": "b"}}}),),
    )
    assert of_kind(rendered(props, MODERN), kind)["metadata"]["annotations"] == {"a": "b"}
    assert kind not in {o["kind"] for o in rendered(props, SINGLE_REPLICA)}


@pytest.mark.parametrize("environment", [MODERN, BARE], ids=["crd", "no-crd"])
def test_an_override_of_a_monitor_is_no_mistake_without_the_crd(environment: Environment) -> None:
    override = Override("ServiceMonitor", {"metadata": {"labels": {"release": "a"}}})
    props = replace(SERVICE, metrics=Metrics(port="http"), overrides=(override,))
    found = [o for o in rendered(props, environment) if o["kind"] == "ServiceMonitor"]
    assert [o["metadata"]["labels"]["release"] for o in found] == ["a"] * (environment is MODERN)


def test_a_refused_override_leaves_the_name_free() -> None:
    chart = new_chart()
    with pytest.raises(PropsError, match=re.escape("overrides[0] = 'Job': meets no object")):
        NovaService(chart, "api", replace(SERVICE, overrides=(Override("Job", {"a": 1}),)))
    NovaService(chart, "api", SERVICE)
    assert of_kind(list(chart.to_json()), "Deployment")["metadata"]["name"] == "api"


def test_extra_manifests_take_namespace_and_labels_but_keep_their_own() -> None:
    extra = {
        "apiVersion": "example.com/v1",
        "kind": "Gizmo",
        "metadata": {"name": "a", "labels": {"team": "other"}, "finalizers": ["x"], "uid": None},
        "spec": {"size": 1, "list": [1, None], "none": None},
    }
    manifest = of_kind(rendered(replace(SERVICE, extra_manifests=(extra,))), "Gizmo")
    assert manifest["metadata"]["namespace"] == "shop"
    assert manifest["metadata"]["labels"]["app.kubernetes.io/name"] == "orders"
    assert manifest["metadata"]["labels"]["team"] == "other"
    assert manifest["metadata"]["finalizers"] == ["x"]
    assert "uid" not in manifest["metadata"]
    assert "none" not in manifest["spec"]


def test_extra_manifests_of_the_cluster_have_no_namespace() -> None:
    extra = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"}}
    manifest = of_kind(rendered(replace(SERVICE, extra_manifests=(extra,))), "PersistentVolume")
    assert "namespace" not in manifest["metadata"]
