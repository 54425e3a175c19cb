"""How many pods there are of each workload, and when."""

from typing import Any

import pytest

from tests.placement.specs import autoscaler, cluster, found, pool, recreate, simulated, workload


def least(*objects: dict[str, Any], nodes: int = 3) -> int:
    """How many pods are placed at the least."""
    return len(simulated(objects, cluster(count=nodes)).pods)


@pytest.mark.parametrize(
    ("item", "pods"),
    [
        (workload("Pod"), 1),
        (workload("Deployment"), 1),
        (workload("StatefulSet", replicas=2), 2),
        (workload("ReplicaSet", replicas=0), 0),
        (workload("DaemonSet"), 3),
        (workload("Job", parallelism=4, completions=2), 2),
        (workload("Job", parallelism=2), 2),
        (workload("Job", suspend=True), 0),
        (workload("CronJob", job={"parallelism": 3}), 3),
        (workload("CronJob", suspend=True), 0),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_pods_at_the_least(item: dict[str, Any], pods: int) -> None:
    assert least(item) == pods


def test_an_autoscaler_starts_with_its_minimum() -> None:
    assert least(workload(), autoscaler(3, 10)) == 3


@pytest.mark.parametrize(("given", "pods"), [(1, 2), (3, 3), (9, 4)])
def test_replicas_that_are_rendered_hold_within_its_bounds(given: int, pods: int) -> None:
    assert least(workload(replicas=given), autoscaler(2, 4)) == pods


def test_an_autoscaler_of_another_workload_says_nothing() -> None:
    assert least(workload(), autoscaler(3, 10, target="other")) == 1


def test_a_scaled_object_is_an_autoscaler_too() -> None:
    spec = {"scaleTargetRef": {"name": "api"}, "minReplicaCount": 2, "maxReplicaCount": 5}
    scaled = {"kind": "ScaledObject", "metadata": {"name": "a", "namespace": "shop"}, "spec": spec}
    (api,) = simulated([workload(), scaled], cluster()).scene.workloads
    assert (api.replicas, api.most) == (2, 5)


def test_all_runs_happen_at_once() -> None:
    night = [workload("CronJob", name, cpu="600m") for name in ("backup", "report", "clean")]
    assert found(night[:2], cluster()) == []
    assert found(night, cluster()) == [
        "its pod cannot be placed: 0/2 nodes: 2 have 400m cpu left of the 600m asked"
    ]


def test_a_suspended_run_has_to_fit_beside_everything_but_other_suspended_ones() -> None:
    api = workload(cpu="500m", strategy=recreate())
    restores = [
        workload("CronJob", name, cpu="500m", suspend=True) for name in ("restore", "repair")
    ]
    assert found([api, *restores], cluster(count=1)) == []
    assert found([api, workload("Job", cpu="100m"), restores[0]], cluster(count=1)) == [
        (
            "is suspended, and when it is run its pod cannot be placed beside what is there: "
            "0/1 nodes: 1 has 400m cpu left of the 500m asked"
        )
    ]


def rolling(surge: int | str, unavailable: int | str, replicas: int = 1) -> dict[str, Any]:
    """A Deployment of 600m, rolled out in this way."""
    rollout = {"maxSurge": surge, "maxUnavailable": unavailable}
    return workload(cpu="600m", replicas=replicas, strategy={"rollingUpdate": rollout})


def test_a_rollout_needs_room_for_what_it_starts_beside_the_old_pods() -> None:
    assert found([rolling(1, 0)], cluster(count=2)) == []
    assert found([rolling(1, 0)], cluster(count=1)) == [
        (
            "a rollout waits for 1 new before an old one goes, and its pod cannot be placed beside "
            "what is there: 0/1 nodes: 1 has 400m cpu left of the 600m asked"
        )
    ]


@pytest.mark.parametrize(
    "item",
    [
        rolling(1, 1),
        rolling("50%", "100%"),
        workload(cpu="600m", strategy=recreate()),
        workload("StatefulSet", cpu="600m", replicas=1),
    ],
)
def test_a_rollout_in_which_old_pods_go_first_needs_none(item: dict[str, Any]) -> None:
    assert found([item], cluster(count=1)) == []


@pytest.mark.parametrize(
    ("replicas", "surge"), [(1, 1), (4, 0)], ids=["one-old-pod-stays", "one-of-four-may-go"]
)
def test_shares_are_rounded_as_the_controller_does(replicas: int, surge: int) -> None:
    """By default a quarter may go, rounded down, and a quarter comes beside, rounded up."""
    (api,) = simulated([workload(replicas=replicas)], cluster()).scene.workloads
    assert api.surge == surge


def test_a_surge_is_no_more_than_there_are_replicas() -> None:
    (api,) = simulated([rolling(5, 0, replicas=2)], cluster()).scene.workloads
    assert api.surge == 2


def test_rollouts_are_placed_one_by_one() -> None:
    first, second = rolling(1, 0), rolling(1, 0)
    second["metadata"] = {"name": "other", "namespace": "shop"}
    assert found([first, second], cluster(count=3)) == []


def test_a_daemon_set_has_a_pod_on_each_node_that_takes_it() -> None:
    agent = workload("DaemonSet", "agent", cpu="300m", pod={"nodeSelector": {"disk": "ssd"}})
    api = workload("StatefulSet", cpu="800m", replicas=1)
    assert found([agent, api], [pool("ssd", labels={"disk": "ssd"}), pool("hdd")]) == []
    assert len(found([agent, api], [pool("ssd", labels={"disk": "ssd"})])) == 1


def test_a_daemon_set_whose_pod_does_not_fit_its_node() -> None:
    assert found([workload("DaemonSet", "agent", cpu="1100m")], cluster(count=1)) == [
        "its pod cannot be placed: 0/1 nodes: 1 has 1 cpu left of the 1100m asked"
    ]


def test_a_daemon_set_that_rolls_out_beside_its_old_pods() -> None:
    surge = {"updateStrategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}
    assert found([workload("DaemonSet", "agent", cpu="500m", **surge)], cluster()) == []
    assert len(found([workload("DaemonSet", "agent", cpu="600m", **surge)], cluster())) == 1


def test_what_has_no_place_at_the_least_is_told_once() -> None:
    """Its rollout has none either, which would be the same again."""
    assert len(found([rolling(1, 0, replicas=3)], cluster())) == 1


def test_important_pods_are_placed_first() -> None:
    important = {"kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000}
    first = workload("StatefulSet", "first", cpu="700m", replicas=2)
    later = workload(
        "StatefulSet", "later", cpu="700m", replicas=1, pod={"priorityClassName": "high"}
    )
    (short,) = simulated([important, first, later], cluster()).base.left_over
    assert short.kind.owner == "StatefulSet shop/first"


def test_a_quantity_that_cannot_be_read_is_a_finding() -> None:
    assert found([workload(cpu="a lot"), workload("Job", cpu="2")], cluster()) == [
        "'a lot' is not a quantity such as 250m, 0.5, 512Mi or 1Gi",
        "its pod cannot be placed: 0/2 nodes: 2 have 1 cpu left of the 2 asked",
    ]
