"""Pods that leave, that nobody has placed, and whose node is lost."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.cli.diagnosis import Stage, State, state_of
from constructs_lib.cli.reading import snapshot
from constructs_lib.cli.rendered import load, workloads
from tests.cli.stub import RENDERED, recorded


def of_web(change: Callable[[dict[str, Any]], object], answer: str = "starting") -> State:
    """How the web is once its pod was changed."""
    objects = recorded(answer)["items"]
    change(pod_of_web(objects))
    return state_of_web(objects)


def pod_of_web(objects: list[dict[str, Any]]) -> dict[str, Any]:
    name = "web-7d9c5b6f4d-x2x7k"
    found = (one for one in objects if one["metadata"]["name"] == name and one["kind"] == "Pod")
    return next(found)


def state_of_web(objects: list[dict[str, Any]]) -> State:
    web = next(one for one in workloads(load(RENDERED)) if one.key.name == "web")
    return state_of(web, snapshot(objects))


LEAVES = {"deletionTimestamp": "2026-03-02T09:10:30Z", "deletionGracePeriodSeconds": 30}
SINCE = "its pod web-7d9c5b6f4d-x2x7k has been ending since 2026-03-02T09:10:00Z"
LOST: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "kind-control-plane"},
    "status": {
        "conditions": [
            {
                "type": "Ready",
                "status": "Unknown",
                "reason": "NodeStatusUnknown",
                "message": "Kubelet stopped posting node status.",
            }
        ]
    },
}


def test_a_pod_that_is_ending_is_told_since_when() -> None:
    state = of_web(lambda pod: pod["metadata"].update(LEAVES))
    assert (state.stage, state.why) == (Stage.STARTING, SINCE)


def test_a_pod_that_does_not_end_is_told_with_its_finalizers() -> None:
    held = LEAVES | {"finalizers": ["shop.example.com/drain"]}
    why = of_web(lambda pod: pod["metadata"].update(held)).why
    assert why == f"{SINCE}: whoever set the finalizer shop.example.com/drain has not removed it"


def test_a_pod_that_cannot_be_killed_is_told_with_the_kubelets_words() -> None:
    objects = recorded("starting")["items"]
    pod_of_web(objects)["metadata"].update(LEAVES)
    event = next(one for one in objects if one["kind"] == "Event")
    event |= {"reason": "FailedKillPod", "message": "error killing pod: context deadline exceeded"}
    assert state_of_web(objects).why == f"{SINCE}: error killing pod: context deadline exceeded"


@pytest.mark.parametrize(
    ("leaves", "stage", "start"),
    [(LEAVES, Stage.STARTING, f"{SINCE}: "), ({}, Stage.FAILING, "")],
    ids=["ending", "starting"],
)
def test_a_node_that_is_lost_is_told(leaves: dict[str, Any], stage: Stage, start: str) -> None:
    objects = [*recorded("starting")["items"], LOST]
    pod_of_web(objects)["metadata"].update(leaves)
    state = state_of_web(objects)
    lost = "its node kind-control-plane is not ready: Kubelet stopped posting node status."
    assert (state.stage, state.why) == (stage, f"{start}{lost}")


def test_a_pod_that_no_scheduler_has_seen_is_told() -> None:
    def unseen(pod: dict[str, Any]) -> None:
        pod["status"] = {"phase": "Pending", "qosClass": "Burstable"}
        del pod["spec"]["nodeName"]

    state = of_web(unseen)
    assert (state.stage, state.why) == (
        Stage.STARTING,
        "pending: no scheduler has looked at it",
    )


@pytest.mark.parametrize(
    ("made", "stage", "why"),
    [
        ("2026-03-02T08:00:00Z", Stage.STARTING, "pulls docker.io/library/nginx:1.29.3-alpine"),
        ("2026-03-02T09:30:00Z", Stage.FAILING, "Evicted: low on memory"),
    ],
    ids=["older", "younger"],
)
def test_an_evicted_pod_counts_until_there_is_one_after_it(
    made: str, stage: Stage, why: str
) -> None:
    objects = recorded("starting")["items"]
    evicted = copy.deepcopy(pod_of_web(objects))
    evicted["metadata"] |= {"name": "web-7d9c5b6f4d-old", "creationTimestamp": made}
    evicted["status"] = {"phase": "Failed", "reason": "Evicted", "message": "low on memory"}
    state = state_of_web([*objects, evicted])
    assert (state.stage, state.why) == (stage, why)
