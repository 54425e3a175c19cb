"""What users write as objects, or parts of them, is plain JSON."""

from typing import Any

import pytest

from constructs_lib.json_body import object_problems, plain_json_problems
from constructs_lib.service.overrides import Override
from tests.service.refusals import Refusal, assert_refused, service

MANIFEST: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}

NO_JSON: dict[str, tuple[Any, str]] = {
    "set": ({"a": [1, {2}]}, "b.a[1] = <set, not shown>: is no plain JSON; "),
    "object": ({"a": object()}, "b.a = <object, not shown>: is no plain JSON; "),
    "bytes": ({"a": {"c": b"x"}}, "b.a.c = <bytes, not shown>: is no plain JSON; "),
    "key": ({"a": {5: "x"}}, "b.a = 5: is a key that is no string; write '5'"),
    "not-finite": ({"a": float("inf")}, "b.a = inf: is no number of JSON; write a finite one"),
}


@pytest.mark.parametrize(("value", "told"), NO_JSON.values(), ids=NO_JSON.keys())
def test_what_json_has_no_word_for_is_found(value: Any, told: str) -> None:
    (problem,) = plain_json_problems("b", value)
    assert str(problem).startswith(told)


def test_json_is_accepted() -> None:
    value: Any = {"a": [None, True, 1, 1.5, "x", {}, ()], "b": {"c": []}}
    assert list(plain_json_problems("b", value)) == []


@pytest.mark.parametrize("path", [(), ("spec", "template"), ("spec", "jobTemplate")])
@pytest.mark.parametrize("key", ["labels", "annotations"])
def test_labels_and_annotations_are_strings(path: tuple[str, ...], key: str) -> None:
    body: Any = {"metadata": {key: {"a": 1, "b": "x", "c": None}}}
    for step in reversed(path):
        body = {step: body}
    (problem,) = object_problems("b", body)
    where = ".".join(("b", *path, "metadata", key))
    assert str(problem) == f"{where}['a'] = 1: is no string; write '1'"


REFUSALS = {
    "override-that-is-no-json": Refusal(
        service(overrides=(Override("Service", {"spec": {"ports": {1, 2}}}),)),
        "overrides[0].patch.spec.ports = <set, not shown>: is no plain JSON; "
        "write strings, numbers, booleans, None, lists and dicts",
    ),
    "override-of-labels": Refusal(
        service(overrides=(Override("Service", {"metadata": {"labels": ["a"]}}),)),
        "overrides[0].patch.metadata.labels = ['a']: is no mapping; write {name: value}",
    ),
    "override-of-a-pods-metadata": Refusal(
        service(overrides=(Override("Deployment", {"spec": {"template": {"metadata": "a"}}}),)),
        "overrides[0].patch.spec.template.metadata = 'a': is no mapping; write {name: value}",
    ),
    "extra-manifest-that-is-no-json": Refusal(
        service(extra_manifests=({**MANIFEST, "data": {"a": object()}},)),
        "extra_manifests[0].data.a = <object, not shown>: is no plain JSON; "
        "write strings, numbers, booleans, None, lists and dicts",
    ),
    "extra-manifest-of-no-kind": Refusal(
        service(extra_manifests=({**MANIFEST, "kind": 5},)),
        "extra_manifests[0].kind = 5: is no string; write a string",
    ),
    "extra-manifest-with-a-list-of-labels": Refusal(
        service(extra_manifests=({**MANIFEST, "metadata": {"name": "a", "labels": ["x"]}},)),
        "extra_manifests[0].metadata.labels = ['x']: is no mapping; write {name: value}",
    ),
    "extra-manifest-in-no-namespace": Refusal(
        service(extra_manifests=({**MANIFEST, "metadata": {"name": "a", "namespace": 5}},)),
        "extra_manifests[0].metadata.namespace = 5: is no string; write a string",
    ),
    "extra-secret-without-a-name": Refusal(
        service(extra_manifests=({"kind": "Secret", "stringData": {"PASSWORD": "hunter2"}},)),
        "extra_manifests[0] = {'kind': 'Secret'}: is no Kubernetes object; "
        "give it apiVersion, kind and metadata.name",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
