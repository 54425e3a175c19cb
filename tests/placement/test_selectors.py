"""Selectors of labels and nodes, and what tolerations put up with."""

from typing import Any

import pytest

from constructs_lib.placement.nodes import Node, Taint
from constructs_lib.placement.selectors import selects, untolerated, wants_node

LABELS = {"disk": "ssd", "generation": "7"}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


def node(*taints: Taint) -> Node:
    return Node("node-1", LABELS, taints, {})


def wanting(*terms: dict[str, Any]) -> dict[str, Any]:
    required = {"nodeSelectorTerms": list(terms)}
    field = "requiredDuringSchedulingIgnoredDuringExecution"
    return {"affinity": {"nodeAffinity": {field: required}}}


HOLD = [
    expression("disk", "In", "ssd", "nvme"),
    expression("disk", "NotIn", "hdd"),
    expression("region", "NotIn", "west"),
    expression("disk", "Exists"),
    expression("region", "DoesNotExist"),
    expression("generation", "Gt", "6"),
    expression("generation", "Lt", "8"),
]
FAIL = [
    expression("disk", "In", "hdd"),
    expression("region", "In", "west"),
    expression("disk", "NotIn", "ssd"),
    expression("region", "Exists"),
    expression("disk", "DoesNotExist"),
    expression("generation", "Gt", "7"),
    expression("generation", "Lt", "7"),
    expression("region", "Gt", "1"),
    expression("disk", "Gt", "1"),
    expression("disk", "Resembles", "ssd"),
]


@pytest.mark.parametrize("item", HOLD, ids=lambda e: f"{e['key']}-{e['operator']}")
def test_an_expression_holds(item: dict[str, Any]) -> None:
    assert selects({"matchExpressions": [item]}, LABELS)


@pytest.mark.parametrize("item", FAIL, ids=lambda e: f"{e['key']}-{e['operator']}")
def test_an_expression_does_not_hold(item: dict[str, Any]) -> None:
    assert not selects({"matchExpressions": [item]}, LABELS)


def test_an_empty_selector_means_everything_and_a_missing_one_nothing() -> None:
    assert selects({}, LABELS)
    assert not selects(None, LABELS)


def test_labels_and_expressions_hold_together() -> None:
    both = {"matchLabels": {"disk": "ssd"}, "matchExpressions": [FAIL[0]]}
    assert not selects(both, LABELS)
    assert not selects({"matchLabels": {"disk": "hdd"}}, LABELS)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"nodeSelector": {"disk": "ssd"}},
        {"nodeName": "node-1"},
        wanting({"matchExpressions": [FAIL[0]]}, {"matchExpressions": [HOLD[0]]}),
        wanting({"matchFields": [expression("metadata.name", "In", "node-1")]}),
    ],
)
def test_a_pod_wants_a_node(spec: dict[str, Any]) -> None:
    assert wants_node(spec, node())


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeSelector": {"disk": "hdd"}},
        {"nodeName": "node-2"},
        wanting({"matchExpressions": [HOLD[0], FAIL[0]]}),
        wanting({"matchFields": [expression("metadata.name", "In", "node-2")]}),
        wanting({}),
        wanting(),
        {"nodeSelector": {"disk": "hdd"}, **wanting({"matchExpressions": [HOLD[0]]})},
    ],
)
def test_a_pod_does_not_want_a_node(spec: dict[str, Any]) -> None:
    assert not wants_node(spec, node())


@pytest.mark.parametrize(
    "toleration",
    [
        {"operator": "Exists"},
        {"key": "gpu", "operator": "Exists"},
        {"key": "gpu", "value": "yes"},
        {"key": "gpu", "value": "yes", "effect": "NoSchedule"},
    ],
)
def test_a_taint_is_tolerated(toleration: dict[str, str]) -> None:
    tainted = node(Taint("gpu", "yes", "NoSchedule"))
    assert untolerated({"tolerations": [toleration]}, tainted) is None


@pytest.mark.parametrize(
    "toleration",
    [
        {},
        {"key": "gpu"},
        {"key": "gpu", "value": "no"},
        {"key": "cpu", "operator": "Exists"},
        {"key": "gpu", "operator": "Exists", "effect": "NoExecute"},
    ],
)
def test_a_taint_is_not_tolerated(toleration: dict[str, str]) -> None:
    taint = Taint("gpu", "yes", "NoSchedule")
    assert untolerated({"tolerations": [toleration]}, node(taint)) == taint


def test_a_taint_that_only_warns_keeps_nobody_off() -> None:
    assert untolerated({}, node(Taint("gpu", "yes", "PreferNoSchedule"))) is None
