"""Quotas without room for what is deployed."""

from decimal import Decimal

import pytest

from constructs_lib.rules.shares import pods_of, quantity
from tests.rules.shop import API, POD, Break, Change, check, found, shop

QUOTA = "ResourceQuota quota"
BACKUP = next(o for o in shop() if o["kind"] == "CronJob")["spec"]["jobTemplate"]["spec"]
SECURED = {
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
}
SIDECAR = {"restartPolicy": "Always"}

BREAKS = (
    Break(
        "quotas/room",
        Change(QUOTA, "spec.hard.pods", "9"),
        "spec.hard.pods is 9, and 10 is deployed at the busiest; most of it, 8, is Deployment "
        "shop/api",
    ),
    Break(
        "quotas/room",
        Change(QUOTA, "spec.hard[requests.cpu]", "2400m"),
        "spec.hard.requests.cpu is 2400m, and 2.5 is deployed at the busiest",
    ),
    Break(
        "quotas/room",
        Change(QUOTA, "spec.hard[persistentvolumeclaims]", "0"),
        "spec.hard.persistentvolumeclaims is 0, and 1 is deployed",
    ),
    Break(
        "quotas/room",
        Change(QUOTA, "spec.hard[requests.storage]", "9Gi"),
        "spec.hard.requests.storage is 9Gi, and 10737418240 is deployed",
    ),
    Break(
        "quotas/range",
        Change("Deployment api", f"{API}.resources.requests.cpu", "5m"),
        "containers[api].resources.requests.cpu is below the minimum 10m of LimitRange shop/quota",
    ),
    Break(
        "quotas/stated",
        Change("StatefulSet db", f"{POD}.containers.0.resources", {"limits": {"memory": "512Mi"}}),
        "containers[db].resources.requests.cpu is missing, and ResourceQuota shop/quota counts it",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_quota_without_room_is_found(broken: Break) -> None:
    check(broken)


def test_what_is_above_the_range_is_found() -> None:
    findings = found(Change("LimitRange quota", "spec.limits.0.max.memory", "400Mi"))
    objects = ("CronJob shop/backup", "Deployment shop/api", "StatefulSet shop/db")
    assert sorted(finding.object for finding in findings) == list(objects)
    assert {finding.rule for finding in findings} == {"quotas/range"}
    assert "resources.limits.memory is above the maximum 400Mi" in findings[0].message


@pytest.mark.parametrize(
    ("change", "pods"),
    [
        (Change("HorizontalPodAutoscaler api", "spec.maxReplicas", 8), "12"),
        (Change("Deployment api", "spec.strategy", {"rollingUpdate": {"maxSurge": 3}}), "11"),
        (Change("CronJob backup", "spec.concurrencyPolicy", "Allow"), "11"),
        (Change("CronJob backup", "spec.jobTemplate.spec.parallelism", 4), "13"),
        (Change("StatefulSet db", "spec.replicas", 2), "11"),
    ],
)
def test_everything_that_may_run_at_once_is_counted(change: Change, pods: str) -> None:
    hard = Change(QUOTA, "spec.hard", {"pods": "10"})
    (finding,) = found(hard, change)
    assert f"and {pods} is deployed at the busiest" in finding.message


def test_an_init_container_counts_where_it_is_the_largest() -> None:
    size = {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}
    first = {"name": "migrate", "image": "api:1", "resources": size, **SECURED}
    added = Change("Deployment api", f"{POD}.initContainers", [first])
    findings = found(added)
    told = next(f.message for f in findings if "requests.cpu" in f.message)
    assert "most of it, 8, is Deployment shop/api" in told
    sidecar = Change("Deployment api", f"{POD}.initContainers", [{**first, **SIDECAR}])
    told = next(f.message for f in found(sidecar) if "requests.cpu" in f.message)
    assert "most of it, 10, is Deployment shop/api" in told


def test_what_a_pod_states_as_a_whole_goes_before_its_containers() -> None:
    whole = {"requests": {"cpu": "1"}, "limits": {"memory": "256Mi"}}
    stated = Change("StatefulSet db", f"{POD}.resources", whole)
    (finding,) = found(stated)
    assert finding.message.startswith("spec.hard.requests.cpu is 2500m, and 3.25 is deployed")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            (
                Change(
                    "CronJob backup",
                    "spec.jobTemplate.spec",
                    {**BACKUP, "parallelism": 9, "completions": 1},
                ),
            ),
            id="no-more-than-completions",
        ),
        pytest.param(
            (Change(QUOTA, "spec", {"scopes": ["Terminating"], "hard": {"pods": "0"}}),),
            id="a-quota-of-some-pods",
        ),
        pytest.param(
            (
                Change("LimitRange quota", "spec.limits.0.defaultRequest", {"cpu": "50m"}),
                Change("StatefulSet db", f"{POD}.containers.0.resources", {}),
            ),
            id="a-default-of-the-namespace",
        ),
        pytest.param(
            (Change("Deployment api", "spec.strategy", {"type": "Recreate"}),), id="no-surge"
        ),
        pytest.param((Change(QUOTA, "spec.hard", {"count/secrets": "1"}),), id="other-figures"),
    ],
)
def test_what_is_admitted_is_accepted(changes: tuple[Change, ...]) -> None:
    assert found(*changes) == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("250m", "0.25"),
        ("1Gi", "1073741824"),
        ("1k", "1000"),
        ("2e3", "2000"),
        (3, "3"),
        ("1E", "1e18"),
        ("5u", "0.000005"),
        ("1.5Mi", "1572864"),
    ],
)
def test_quantities_are_read(written: object, number: str) -> None:
    assert quantity(written) == Decimal(number)


@pytest.mark.parametrize("written", ["", "x", "1Qi", "1.2.3", None, "m"])
def test_what_is_no_quantity_is_none(written: object) -> None:
    assert quantity(written) is None


@pytest.mark.parametrize(
    ("share", "pods"), [("25%", 1), ("0%", 0), (2, 2), ("100%", 3), ("x", None), (None, None)]
)
def test_shares_of_pods_are_rounded_up(share: object, pods: int | None) -> None:
    assert pods_of(share, 3) == pods


def test_of_no_replicas_a_rollout_starts_none() -> None:
    surge = {"rollingUpdate": {"maxSurge": 3}}
    none = [
        Change("HorizontalPodAutoscaler api", "spec.scaleTargetRef.name", "db"),
        Change("Deployment api", "spec.replicas", 0),
        Change("Deployment api", "spec.strategy", surge),
        Change(QUOTA, "spec.hard.pods", "2"),
    ]
    assert [item for item in found(*none) if item.rule == "quotas/room"] == []
