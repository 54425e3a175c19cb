"""Times that contradict each other."""

from typing import Any

import pytest

from tests.rules.shop import API, POD, Break, Change, check, found

HOOK = f"{API}.lifecycle.preStop"


def running(*command: str) -> dict[str, Any]:
    return {"exec": {"command": list(command)}}


BREAKS = (
    Break(
        "lifecycle/grace",
        Change("Deployment api", f"{HOOK}.sleep.seconds", 30),
        "containers[api].lifecycle.preStop waits 30 s of the 30 s in "
        "spec.template.spec.terminationGracePeriodSeconds",
    ),
    Break(
        "lifecycle/grace",
        Change("Deployment api", HOOK, running("sh", "-c", "sleep 20; sleep 15")),
        "containers[api].lifecycle.preStop waits 35 s of the 30 s",
    ),
    Break(
        "lifecycle/grace",
        Change("Deployment api", f"{POD}.terminationGracePeriodSeconds", 5),
        "waits 5 s of the 5 s",
    ),
    Break(
        "lifecycle/deadline",
        Change("Deployment api", f"{API}.startupProbe.failureThreshold", 200),
        "startupProbe lets it start for 1000 s (and minReadySeconds is 0), but the rollout counts "
        "as failed after 600 s",
    ),
    Break(
        "lifecycle/deadline",
        Change("Deployment api", "spec.minReadySeconds", 500),
        "startupProbe lets it start for 150 s (and minReadySeconds is 500)",
    ),
    Break(
        "lifecycle/probe",
        Change("Deployment api", f"{API}.readinessProbe.timeoutSeconds", 6),
        "readinessProbe may take 6 s (timeoutSeconds), and is to run every 5 s (periodSeconds)",
    ),
    Break(
        "lifecycle/probe",
        Change("Deployment api", f"{API}.livenessProbe.failureThreshold", 1),
        "livenessProbe restarts it after 10 s, before readinessProbe, which asks the same, takes",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_times_that_contradict_each_other_are_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize(
    "hook",
    [
        running("sh", "-c", "while busy; do sleep 40; done"),
        running("sh", "-c", "test -f /tmp/idle || sleep 40"),
        running("sh", "/opt/hand-over.sh"),
        running("sleep", "29"),
    ],
)
def test_only_waits_that_are_certain_count(hook: dict[str, Any]) -> None:
    assert found(Change("Deployment api", HOOK, hook)) == []


def test_a_probe_of_something_else_may_be_quicker() -> None:
    path = f"{API}.livenessProbe"
    quick = {"httpGet": {"path": "/alive", "port": "http"}, "failureThreshold": 1}
    assert found(Change("Deployment api", path, quick)) == []
