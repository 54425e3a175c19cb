import gc
from typing import Any

import cdk8s
import pytest

from constructs_lib.manifest import Manifest, is_cluster_scoped
from constructs_lib.output import documents
from constructs_lib.service import NovaService
from tests.service.cases import SERVICE
from tests.service.full_service import FULL_SERVICE
from tests.service.rendering import new_chart

BODY: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": "api",
        "namespace": "shop",
        "labels": {"a": "b"},
        "finalizers": ["example.com/keep"],
    },
    "spec": {"trafficDistribution": "PreferClose", "unknown": {}, "list": [], "off": False},
}


def plain_chart() -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.App(), "plain", namespace="elsewhere", labels={"team": "x"})


def test_a_body_is_rendered_as_it_is() -> None:
    chart = plain_chart()
    Manifest(chart, "api", BODY)
    assert chart.to_json() == [BODY]
    assert cdk8s.Testing.synth(chart) == [BODY]


def test_keys_that_say_none_are_left_out_on_both_ways() -> None:
    chart = plain_chart()
    spec = {"list": [1, None, {"a": None}], "none": None, "nested": {"a": None, "b": ()}}
    Manifest(chart, "api", {**BODY, "spec": spec})
    (rendered,) = documents(chart)
    assert rendered["spec"] == {"list": [1, None, {}], "nested": {"b": []}}
    assert [rendered] == chart.to_json() == cdk8s.Testing.synth(chart)


def test_chart_and_synth_render_the_same() -> None:
    chart = new_chart(create_namespace=True)
    NovaService(chart, "orders", FULL_SERVICE)
    assert cdk8s.Testing.synth(chart) == chart.to_json()


def test_rendering_twice_gives_the_same() -> None:
    chart = new_chart()
    NovaService(chart, "orders", FULL_SERVICE)
    assert chart.to_json() == chart.to_json()


def test_an_object_that_nobody_holds_is_rendered() -> None:
    chart = plain_chart()
    Manifest(chart, "api", BODY)
    gc.collect()
    assert chart.to_json() == [BODY]


def test_patches_keep_every_field() -> None:
    chart = plain_chart()
    manifest = Manifest(chart, "api", BODY)
    manifest.add_json_patch(
        cdk8s.JsonPatch.add("/spec/newest", {"maxSurge": 1, "gpu": 2, "on": True, "off": False}),
        cdk8s.JsonPatch.replace("/metadata/labels/a", "c"),
    )
    manifest.add_json_patch(cdk8s.JsonPatch.remove("/spec/list"))
    (rendered,) = chart.to_json()
    spec = {key: value for key, value in BODY["spec"].items() if key != "list"}
    newest = {"maxSurge": 1, "gpu": 2, "on": True, "off": False}
    assert rendered["spec"] == {**spec, "newest": newest}
    assert rendered["metadata"] == {**BODY["metadata"], "labels": {"a": "c"}}
    assert type(rendered["spec"]["newest"]["maxSurge"]) is int


def test_a_patch_does_not_reach_the_body_it_came_from() -> None:
    manifest = Manifest(plain_chart(), "api", BODY)
    manifest.add_json_patch(cdk8s.JsonPatch.replace("/metadata/labels/a", "c"))
    manifest.to_json()
    assert manifest.body["metadata"]["labels"] == {"a": "b"}


def test_labels_and_annotations_added_later_are_rendered() -> None:
    chart = plain_chart()
    manifest = Manifest(chart, "api", BODY)
    manifest.metadata.add_label("late", "label")
    manifest.metadata.add_annotation("late", "annotation")
    (rendered,) = chart.to_json()
    assert rendered["metadata"]["labels"].items() >= {"a": "b", "late": "label"}.items()
    assert rendered["metadata"]["annotations"] == {"late": "annotation"}
    assert rendered["metadata"]["finalizers"] == ["example.com/keep"]
    assert rendered["spec"] == BODY["spec"]


def test_labels_added_while_walking_the_tree_are_rendered() -> None:
    chart = new_chart()
    NovaService(chart, "orders", SERVICE)
    for construct in chart.node.find_all():
        if isinstance(construct, cdk8s.ApiObject):
            construct.metadata.add_label("walked", "yes")
    assert {o["metadata"]["labels"].get("walked") for o in chart.to_json()} == {"yes"}


def test_patches_and_late_labels_go_together() -> None:
    chart = plain_chart()
    manifest = Manifest(chart, "api", BODY)
    manifest.metadata.add_label("late", "label")
    manifest.add_json_patch(cdk8s.JsonPatch.add("/metadata/labels/patched", "yes"))
    (rendered,) = chart.to_json()
    assert {"late", "patched"} <= rendered["metadata"]["labels"].keys()


@pytest.mark.parametrize(
    ("kind", "expected"), [("Service", "elsewhere"), ("ClusterRole", None), ("Namespace", None)]
)
def test_a_body_without_namespace_takes_the_charts(kind: str, expected: str | None) -> None:
    chart = plain_chart()
    Manifest(chart, "a", {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}})
    (rendered,) = chart.to_json()
    assert rendered["metadata"].get("namespace") == expected


def test_dependencies_decide_the_order() -> None:
    chart = plain_chart()
    first, second = (
        Manifest(chart, name, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}})
        for name in ("first", "second")
    )
    first.add_dependency(second)
    assert [o["metadata"]["name"] for o in chart.to_json()] == ["second", "first"]


def test_dependencies_between_constructs_decide_the_order() -> None:
    chart = new_chart()
    early, late = (NovaService(chart, name, SERVICE) for name in ("early", "late"))
    early.node.add_dependency(late)
    owners = [o["metadata"]["labels"]["app.kubernetes.io/name"] for o in chart.to_json()]
    assert owners.index("late") < owners.index("early")
    assert sorted(owners, reverse=True) == owners


def test_a_key_is_discarded_without_touching_the_rest() -> None:
    manifest = Manifest(plain_chart(), "api", BODY)
    manifest.discard("spec", "unknown")
    manifest.discard("spec", "nowhere", "deeper")
    assert "unknown" not in manifest.body["spec"]
    assert "unknown" in BODY["spec"]
    assert manifest.body["spec"]["trafficDistribution"] == "PreferClose"


@pytest.mark.parametrize(
    "kind", ["Namespace", "ClusterRoleBinding", "ValidatingWebhookConfiguration", "APIService"]
)
def test_kinds_of_the_cluster_are_known(kind: str) -> None:
    assert is_cluster_scoped(kind)


def test_kinds_of_a_namespace_are_known() -> None:
    assert not is_cluster_scoped("Role")
