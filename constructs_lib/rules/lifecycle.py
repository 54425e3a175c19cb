"""How long pods may take to start and to stop agrees with how long they need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import Container, mapping, value_at
from constructs_lib.rules.shares import number

GRACE = "lifecycle/grace"
DEADLINE = "lifecycle/deadline"
PROBE = "lifecycle/probe"
NAMES = (GRACE, DEADLINE, PROBE)

_GRACE = 30
_DEADLINE = 600
_PERIOD, _TIMEOUT, _THRESHOLD = 10, 1, 3
"""What the API server takes where nothing is said.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
"""

_SLEEP = re.compile(r"(?:^|[\s;])sleep\s+([0-9]+)\b")


def grace(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each hook that waits as long as the pod may take to stop, or longer.

    The program is told to stop after the hook, and killed when the grace period is over; both
    share it. Of a hook only plain waits are known: ``sleep``, as an action or a command.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        given = number(pod.spec.get("terminationGracePeriodSeconds"), _GRACE)
        for container in fleet.containers(pod):
            wait = _waits(container)
            if wait >= given:
                message = (
                    f"{container.path}.lifecycle.preStop waits {wait:g} s of the "
                    f"{given:g} s in {pod.path}.terminationGracePeriodSeconds, so the program is "
                    "killed without being told to stop"
                )
                fix = f"give more than {wait:g} s and what the program needs, or wait less"
                findings.append(Finding(GRACE, described(pod.owner), message, fix))
    return findings


def _waits(container: Container) -> float:
    """The seconds that the hook before the stop waits for certain."""
    hook = mapping(value_at(container.body, "lifecycle.preStop"))
    seconds = value_at(hook, "sleep.seconds")
    if seconds is not None:
        return number(seconds, 0)
    words = value_at(hook, "exec.command")
    command = " ".join(map(str, words)) if isinstance(words, list) else ""
    # A script that sleeps in a loop or under a condition is not judged.
    plain = not re.search(r"\b(if|for|until|while)\b|\|\||&&", command)
    return sum(map(float, _SLEEP.findall(command))) if plain else 0.0


def deadline(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Deployment whose pods may start for longer than its rollout may stand."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        if pod.owner.get("kind") != "Deployment":
            continue
        allowed = number(value_at(pod.owner, "spec.progressDeadlineSeconds"), _DEADLINE)
        settled = number(value_at(pod.owner, "spec.minReadySeconds"), 0)
        for container in fleet.containers(pod):
            budget = _budget(mapping(container.body.get("startupProbe")))
            if budget + settled >= allowed:
                message = (
                    f"{container.path}.startupProbe lets it start for {budget:g} s (and "
                    f"minReadySeconds is {settled:g}), but the rollout counts as failed after "
                    f"{allowed:g} s (spec.progressDeadlineSeconds)"
                )
                fix = "raise progressDeadlineSeconds, or lower failureThreshold or periodSeconds"
                findings.append(Finding(DEADLINE, described(pod.owner), message, fix))
    return findings


def probes(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each probe whose times contradict each other, or those of another.

    One that may take longer than its period is always late. A liveness probe that gives up before
    readiness does restarts pods that only needed to be left alone for a while.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        for container in fleet.containers(pod):
            found = (*_late(container), *_hasty(container))
            findings += [Finding(PROBE, described(pod.owner), *each) for each in found]
    return findings


def _late(container: Container) -> Iterator[tuple[str, str]]:
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = mapping(container.body.get(name))
        timeout, period = _timing(probe)
        if probe and timeout > period:
            message = (
                f"{container.path}.{name} may take {timeout:g} s (timeoutSeconds), and is to run "
                f"every {period:g} s (periodSeconds)"
            )
            yield message, "let it take no longer than its period"


def _hasty(container: Container) -> Iterator[tuple[str, str]]:
    ready = mapping(container.body.get("readinessProbe"))
    alive = mapping(container.body.get("livenessProbe"))
    if not ready or not alive or _action(ready) != _action(alive):
        return
    if _tries(alive) < _tries(ready):
        message = (
            f"{container.path}.livenessProbe restarts it after {_tries(alive):g} s, before "
            f"readinessProbe, which asks the same, takes it out of its Services after "
            f"{_tries(ready):g} s"
        )
        yield message, "give liveness more tries or a longer period than readiness"


def _action(probe: Manifest) -> Any:
    return [probe.get(name) for name in ("httpGet", "tcpSocket", "grpc", "exec")]


def _timing(probe: Manifest) -> tuple[float, float]:
    return (
        number(probe.get("timeoutSeconds"), _TIMEOUT),
        number(probe.get("periodSeconds"), _PERIOD),
    )


def _tries(probe: Manifest) -> float:
    return number(probe.get("failureThreshold"), _THRESHOLD) * _timing(probe)[1]


def _budget(probe: Manifest) -> float:
    """How long a container may take to start; nothing where no probe says it."""
    return number(probe.get("initialDelaySeconds"), 0) + _tries(probe) if probe else 0.0
