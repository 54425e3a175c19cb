"""What quotas and limit ranges refuse, before any node is asked."""

from typing import Any

import pytest

from constructs_lib.placement.admission import REFUSED
from tests.placement.specs import (
    autoscaler,
    claim,
    claim_spec,
    cluster,
    container,
    findings,
    found,
    simulated,
    thing,
    workload,
)

LARGE = cluster(count=1, cpu="100", memory="100Gi")


def quota(**hard: str) -> dict[str, Any]:
    """A ResourceQuota; a dot in a figure's name is written as two underscores."""
    figures = {name.replace("__", "."): amount for name, amount in hard.items()}
    return thing("ResourceQuota", "quota", spec={"hard": figures})


def limits(sort: str = "Container", **entry: Any) -> dict[str, Any]:
    """A LimitRange with one entry."""
    return thing("LimitRange", "limits", spec={"limits": [{"type": sort, **entry}]})


def three(**fields: Any) -> dict[str, Any]:
    return workload("StatefulSet", replicas=3, **fields)


@pytest.mark.parametrize(
    ("enough", "short"),
    [
        (quota(pods="3"), quota(pods="2")),
        (quota(**{"count/pods": "3"}), quota(**{"count/pods": "2"})),
        (quota(requests__cpu="300m"), quota(requests__cpu="299m")),
        (quota(cpu="300m"), quota(cpu="200m")),
        (quota(requests__memory="96Mi"), quota(requests__memory="64Mi")),
    ],
)
def test_a_quota_has_room_or_not(enough: dict[str, Any], short: dict[str, Any]) -> None:
    api = three(memory="32Mi")
    assert found([enough, api], LARGE) == []
    assert [item.rule for item in findings([short, api], LARGE)] == [REFUSED]


def test_a_quota_says_what_is_left_and_how_much_would_do() -> None:
    (finding,) = findings([quota(requests__cpu="150m"), three()], LARGE)
    assert finding.object == "StatefulSet shop/api"
    assert finding.message == (
        "ResourceQuota shop/quota refuses 2 pods: "
        "50m of 150m requests.cpu is left of the 100m asked for each"
    )
    assert finding.fix == "raise requests.cpu to 300m or more, or ask for less"


def test_a_quota_of_another_namespace_says_nothing() -> None:
    other = {**quota(pods="0"), "metadata": {"name": "quota", "namespace": "bank"}}
    assert found([other, three()], LARGE) == []


def test_a_quota_refuses_a_container_that_does_not_state_what_it_counts() -> None:
    assert found([quota(limits__cpu="9"), three()], LARGE) == [
        "ResourceQuota shop/quota refuses 3 pods: container main states no limits.cpu"
    ]


def test_a_rollout_and_a_suspended_run_are_counted_too() -> None:
    job = workload("CronJob", "restore", suspend=True)
    assert found([quota(pods="2"), workload(), job], LARGE) == []
    messages = found([quota(pods="1"), workload(), job], LARGE)
    assert [message.split(":")[0] for message in messages] == [
        "ResourceQuota shop/quota refuses a pod",
        "ResourceQuota shop/quota refuses a pod",
    ]


def test_an_autoscaler_that_the_quota_stops_short_is_no_finding() -> None:
    assert found([quota(pods="3"), workload(), autoscaler(2, 9)], LARGE) == []


def test_what_a_limit_range_refuses_takes_no_room() -> None:
    rule = limits(max={"cpu": "500m"})
    outcome = simulated([rule, limited("600m", "1")], cluster(count=1))
    assert outcome.pods == ()
    assert len(outcome.findings) == 1


def test_what_a_quota_refuses_takes_no_room() -> None:
    small = cluster(count=1)
    assert len(found([quota(pods="1"), three(cpu="600m")], small)) == 1
    assert simulated([quota(pods="1"), three(cpu="600m")], small).base.left_over == []


@pytest.mark.parametrize(
    ("scope", "pod"),
    [
        ("Terminating", {"activeDeadlineSeconds": 60}),
        ("NotTerminating", {}),
        ("BestEffort", {"containers": [{"name": "main"}]}),
        ("NotBestEffort", {}),
    ],
)
def test_a_quota_counts_pods_in_its_scope(scope: str, pod: dict[str, Any]) -> None:
    opposite = {
        "Terminating": "NotTerminating",
        "NotTerminating": "Terminating",
        "BestEffort": "NotBestEffort",
        "NotBestEffort": "BestEffort",
    }
    for name, count in ((scope, 1), (opposite[scope], 0)):
        scoped = thing("ResourceQuota", "q", spec={"hard": {"pods": "0"}, "scopes": [name]})
        assert len(found([scoped, workload("Pod", pod=pod)], LARGE)) == count


@pytest.mark.parametrize(("operator", "count"), [("In", 1), ("NotIn", 0), ("Exists", 1)])
def test_a_quota_counts_pods_of_a_priority(operator: str, count: int) -> None:
    scope = {"scopeName": "PriorityClass", "operator": operator, "values": ["high"]}
    spec = {"hard": {"pods": "0"}, "scopeSelector": {"matchExpressions": [scope]}}
    api = workload("Pod", pod={"priorityClassName": "high"})
    assert len(found([thing("ResourceQuota", "q", spec=spec), api], LARGE)) == count


@pytest.mark.parametrize(
    ("enough", "short"),
    [
        (quota(persistentvolumeclaims="4"), quota(persistentvolumeclaims="3")),
        (quota(requests__storage="7Gi"), quota(requests__storage="6Gi")),
    ],
)
def test_claims_are_counted(enough: dict[str, Any], short: dict[str, Any]) -> None:
    templates = [{"metadata": {"name": "data"}, "spec": claim_spec(size="2Gi")}]
    objects = [claim("own"), three(volumeClaimTemplates=templates)]
    assert found([enough, *objects], LARGE) == []
    (finding,) = findings([short, *objects], LARGE)
    assert finding.object == "StatefulSet shop/api"
    assert "refuses claim shop/data-api-" in finding.message


def test_a_limit_range_gives_requests_that_count() -> None:
    given = limits(defaultRequest={"cpu": "700m"}, default={"cpu": "1"})
    silent = workload("StatefulSet", replicas=2, pod={"containers": [{"name": "main"}]})
    assert found([silent], cluster(count=1)) == []
    assert found([given, silent], cluster(count=1)) == [
        "1 of its 2 pods cannot be placed: 0/1 nodes: 1 has 300m cpu left of the 700m asked"
    ]


def limited(cpu: str, limit: str) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu}, "limits": {"cpu": limit}}
    return workload("StatefulSet", replicas=2, pod={"containers": [container(resources=resources)]})


@pytest.mark.parametrize(
    ("entry", "fits", "refused", "why"),
    [
        (
            {"max": {"cpu": "1"}},
            limited("100m", "1"),
            limited("100m", "2"),
            "container main, which has 2 cpu and may have 1",
        ),
        (
            {"min": {"cpu": "100m"}},
            limited("100m", "1"),
            limited("50m", "1"),
            "container main, which has 50m cpu and needs 100m",
        ),
        (
            {"maxLimitRequestRatio": {"cpu": "4"}},
            limited("250m", "1"),
            limited("200m", "1"),
            "container main, whose limit of cpu may be 4 times its request and no more",
        ),
        (
            {"type": "Pod", "max": {"cpu": "1"}},
            limited("100m", "1"),
            workload("StatefulSet", replicas=2),
            "the pod, which needs a limit of cpu, at most 1",
        ),
        (
            {"type": "Pod", "min": {"memory": "1Gi"}},
            workload("StatefulSet", memory="1Gi"),
            limited("100m", "1"),
            "the pod, which has no memory and needs 1Gi",
        ),
    ],
    ids=["max", "min", "ratio", "pod-max", "pod-min"],
)
def test_a_limit_range_admits_or_refuses(
    entry: dict[str, Any], fits: dict[str, Any], refused: dict[str, Any], why: str
) -> None:
    rule = limits(**{"sort": entry.get("type", "Container"), **entry})
    assert found([rule, fits], LARGE) == []
    assert found([rule, refused], LARGE) == [f"LimitRange shop/limits refuses {why}"]


def test_a_limit_range_bounds_claims() -> None:
    rule = limits("PersistentVolumeClaim", max={"storage": "5Gi"}, min={"storage": "1Gi"})
    assert found([rule, claim("own", size="5Gi")], LARGE) == []
    assert found([rule, claim("own", size="6Gi")], LARGE) == [
        "LimitRange shop/limits refuses claim shop/own, which has 6Gi storage and may have 5Gi"
    ]
    assert len(found([rule, claim("own", size="1")], LARGE)) == 1


def test_a_figure_of_a_quota_that_cannot_be_read_is_a_finding() -> None:
    assert [item.rule for item in findings([quota(pods="lots")], LARGE)] == ["placement/quantity"]
