"""Budgets that stop every drain, and autoscalers that cannot do their work."""

import copy
from typing import Any

import pytest

from constructs_lib.rules import FLEET_RULES, Finding, Fleet
from tests.rules.shop import API, GONE, KNOWN, Break, Change, check, found, shop

BUDGET, SCALER = "PodDisruptionBudget api", "HorizontalPodAutoscaler api"
SELECTOR = {"matchLabels": {"app": "api"}}

BREAKS = (
    Break(
        "disruption/drain",
        Change(BUDGET, "spec", {"minAvailable": 3, "selector": SELECTOR}),
        "minAvailable 3 of the 3 pods that Deployment shop/api has at least lets none go",
    ),
    Break(
        "disruption/drain",
        Change(BUDGET, "spec", {"minAvailable": "70%", "selector": SELECTOR}),
        "minAvailable 70% of the 3 pods",
    ),
    Break(
        "disruption/drain", Change(BUDGET, "spec.maxUnavailable", 0), "maxUnavailable 0 of the 3"
    ),
    Break(
        "disruption/drain",
        Change(BUDGET, "spec.maxUnavailable", "0%"),
        "maxUnavailable 0% of the 3 pods",
    ),
    Break(
        "autoscaling/replicas",
        Change("Deployment api", "spec.replicas", 3),
        "spec.replicas is 3, but an autoscaler sets it",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_what_stops_the_cluster_is_found(broken: Break) -> None:
    check(broken)


def doubled(title: str) -> list[Finding]:
    """What the rules find where a second object does what the first one does."""
    kind, name = title.split(" ")
    objects = shop()
    (first,) = (o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))
    second: dict[str, Any] = copy.deepcopy(first)
    second["metadata"]["name"] = "second"
    fleet = Fleet([*objects, second], KNOWN)
    return [finding for rule in FLEET_RULES for finding in rule(fleet)]


def test_pods_under_two_budgets_are_found() -> None:
    (finding,) = doubled(BUDGET)
    assert (finding.rule, finding.object) == ("disruption/one-budget", "Deployment shop/api")
    assert "PodDisruptionBudget shop/api and PodDisruptionBudget shop/second" in finding.message


def test_a_workload_with_two_autoscalers_is_found() -> None:
    (finding,) = doubled(SCALER)
    assert finding.rule == "autoscaling/one-scaler"
    assert finding.object == "HorizontalPodAutoscaler shop/second"
    assert "Deployment api, which HorizontalPodAutoscaler shop/api scales" in finding.message


def test_a_share_of_a_request_that_is_not_there_is_found() -> None:
    quota = Change("ResourceQuota quota", "spec.hard", {})
    (finding,) = found(quota, Change("Deployment api", f"{API}.resources", {}))
    assert (finding.rule, finding.object) == ("autoscaling/requests", "Deployment shop/api")
    assert "containers[api] requests no cpu, and is scaled by a share of it" in finding.message


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            Change(BUDGET, "spec", {"minAvailable": 2, "selector": SELECTOR}), id="one-may-go"
        ),
        pytest.param(
            Change(BUDGET, "spec", {"minAvailable": "50%", "selector": SELECTOR}), id="half-may-go"
        ),
        pytest.param(Change(BUDGET, "spec.maxUnavailable", "1%"), id="a-share-is-rounded-up"),
        pytest.param(
            Change("Deployment api", f"{API}.resources.requests.cpu", GONE), id="limit-as-request"
        ),
    ],
)
def test_what_leaves_a_way_is_accepted(change: Change) -> None:
    quota = Change("ResourceQuota quota", "spec.hard", {})
    assert found(quota, change) == []
