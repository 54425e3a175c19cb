"""Selectors that select nobody, and those that are right to."""

import pytest

from constructs_lib.rules import Known
from constructs_lib.rules.labels import fixed, matches, selector_of
from tests.rules.shop import GONE, POD, Break, Change, check, found

SOLVER = {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}
POLICY = "NetworkPolicy api"
AFFINITY = "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution"
TERM = f"spec.jobTemplate.spec.template.spec.{AFFINITY}.0"

BREAKS = (
    Break(
        "selectors/service",
        Change("Service api", "spec.selector", {"app": "apy"}),
        "spec.selector (app=apy) matches no pods; the nearest, Deployment api, has app=api",
    ),
    Break(
        "selectors/service",
        Change("EndpointSlice broker", "metadata.labels", {}),
        "has neither a selector nor an EndpointSlice",
        "Service shop/broker",
    ),
    Break(
        "selectors/budget",
        Change("PodDisruptionBudget api", "spec.selector.matchLabels", {"app": "apy"}),
        "spec.selector (app=apy) matches no pods; the nearest, Deployment api, has app=api",
    ),
    Break(
        "selectors/policy",
        Change("NetworkPolicy db", "spec", {"podSelector": {"matchLabels": {"tier": "db"}}}),
        "spec.podSelector (tier=db) matches no pods; the nearest, Deployment api, has no tier",
    ),
    Break(
        "selectors/workload",
        Change("Deployment api", "spec.selector.matchLabels", {"app": "other"}),
        "spec.selector (app=other) does not match the labels of its template",
    ),
    Break(
        "selectors/one-workload",
        Change("Deployment api", "spec.selector", {"matchExpressions": [
            {"key": "app", "operator": "In", "values": ["api", "db"]}
        ]}),
        "spec.selector (app in (api,db)) also takes the pods of StatefulSet shop/db",
    ),
    Break(
        "selectors/spread",
        Change("Deployment api", f"{POD}.topologySpreadConstraints.0.labelSelector.matchLabels",
               {"app": "db"}),
        "topologySpreadConstraints[0].labelSelector (app=db) does not select the pod it stands in",
    ),
    Break(
        "selectors/spread",
        Change("Deployment api", f"{POD}.topologySpreadConstraints.0.labelSelector", GONE),
        "topologySpreadConstraints[0].labelSelector is empty, which counts no pods",
    ),
    Break(
        "selectors/affinity",
        Change("CronJob backup", f"{TERM}.labelSelector.matchLabels", {"app": "dbs"}),
        f"{AFFINITY}[0].labelSelector (app=dbs) matches no pods; the nearest, Deployment api, has",
    ),
)  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_selector_that_selects_nobody_is_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Change(POLICY, "spec", {"podSelector": {}}), id="a-policy-for-all"),
        pytest.param(Change(POLICY, "spec", {"podSelector": SOLVER}), id="solvers-of-certificates"),
        pytest.param(
            Change("Service broker", "spec", {"type": "ExternalName", "externalName": "b.com"}),
            id="a-name-elsewhere",
        ),
        pytest.param(
            Change("Service api", "spec.selector", {"statefulset.kubernetes.io/pod-name": "db-0"}),
            id="one-pod-of-a-set",
        ),
        pytest.param(
            Change("CronJob backup", f"{TERM}.namespaceSelector", {"matchLabels": {"a": "b"}}),
            id="pods-of-namespaces-by-label",
        ),
    ],
)
def test_what_may_select_what_is_not_rendered_is_accepted(change: Change) -> None:
    assert {finding.rule for finding in found(change)}.isdisjoint(
        {"selectors/service", "selectors/policy", "selectors/affinity"}
    )


def test_a_set_gives_its_pods_no_other_names() -> None:
    change = Change("Service api", "spec.selector", {"statefulset.kubernetes.io/pod-name": "db-1"})
    assert "selectors/service" in {finding.rule for finding in found(change)}


def test_pods_of_operators_are_told() -> None:
    change = Change("NetworkPolicy db", "spec", {"podSelector": {"matchLabels": {"cnpg": "db"}}})
    told = Known(pods={"shop": ({"cnpg": "db", "role": "primary"},)})
    assert [finding.rule for finding in found(change)] == ["selectors/policy"]
    assert "selectors/policy" not in {finding.rule for finding in found(change, known=told)}


@pytest.mark.parametrize(
    ("key", "operator", "values", "hit"),
    [
        ("app", "In", ["db", "x"], True),
        ("app", "In", ["x"], False),
        ("tier", "In", ["db"], False),
        ("app", "NotIn", ["db"], False),
        ("app", "NotIn", ["x"], True),
        ("tier", "NotIn", ["db"], True),
        ("app", "Exists", [], True),
        ("tier", "Exists", [], False),
        ("app", "DoesNotExist", [], False),
        ("tier", "DoesNotExist", [], True),
    ],
)
def test_every_operator_of_a_selector_is_understood(
    key: str, operator: str, values: list[str], hit: object
) -> None:
    expression = {"key": key, "operator": operator, "values": values}
    assert matches(selector_of({"matchExpressions": [expression]}), fixed({"app": "db"})) is hit


@pytest.mark.parametrize("operator", ["In", "NotIn", "Exists"])
def test_a_label_with_a_value_that_nobody_knows_may_be_any(operator: str) -> None:
    expression = {"key": "pod-template-hash", "operator": operator, "values": ["abc"]}
    selector = selector_of({"matchExpressions": [expression]})
    assert matches(selector, {"pod-template-hash": None})
