"""How a workload is, in one line: ready, starting, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from constructs_lib.cli.answers import Body, Condition, Pod, Snapshot
from constructs_lib.cli.pod_problems import LogSource, ending_of, problem_of, waiting_for
from constructs_lib.cli.reading import conditions
from constructs_lib.cli.rendered import Key, Workload
from constructs_lib.rules.pods import mapping, value_at


class Stage(StrEnum):
    """Where a workload is."""

    READY = "ready"
    """All its pods run and are ready; a Job is complete."""

    STARTING = "starting"
    """On its way, as far as the cluster tells."""

    FAILING = "failing"
    """Something is wrong. It may still come right, since the cluster goes on trying."""

    ABSENT = "absent"
    """The cluster does not have it."""


@dataclass(frozen=True)
class State:
    """How one workload is."""

    app: str
    """Its app."""

    key: Key
    """Kind, namespace, name."""

    stage: Stage
    """Where it is."""

    ready: int
    """Pods that are ready; of a Job, those that ended well."""

    wanted: int
    """Pods that are to be ready."""

    why: str = ""
    """What it waits for, or what is wrong; nothing where it is ready."""

    log: LogSource | None = None
    """The log that says more."""

    last_lines: tuple[str, ...] = ()
    """The last lines of that log, once they were asked for."""

    def __str__(self) -> str:
        """One line: workload, pods, stage, reason, and the log's last lines."""
        line = f"{self.key}  {self.ready}/{self.wanted}  {self.stage}"
        if self.why:
            line += f": {self.why}"
        return f"{line}; its log ends: {' | '.join(self.last_lines)}" if self.last_lines else line


@dataclass(frozen=True)
class _Count:
    wanted: int
    ready: int
    settled: bool


def state_of(workload: Workload, snapshot: Snapshot) -> State:
    """How a rendered workload is in the cluster."""
    live = snapshot.objects.get(workload.key)
    if live is None:
        wanted = _counted(workload.body).wanted
        return State(
            workload.app, workload.key, Stage.ABSENT, 0, wanted, "it is not in the cluster"
        )
    count = _counted(live)
    state = State(workload.app, workload.key, Stage.STARTING, count.ready, count.wanted)
    if count.settled and count.ready >= count.wanted:
        return replace(state, stage=Stage.READY)
    return _explained(state, live, snapshot)


def _explained(state: State, live: Body, snapshot: Snapshot) -> State:
    made = snapshot.pods_of(state.key)
    pods = _counting(state.key, [pod for pod in made if not pod.ending])
    problems = [found for pod in pods if (found := problem_of(pod, snapshot))]
    refused = _refused(state.key, live, snapshot)
    over = _over(conditions(live))
    if problems:
        # A Job's end is told by the pod that failed; the count of tries is added.
        why = f"{over}: {problems[0].why}" if over else problems[0].why
        return replace(state, stage=Stage.FAILING, why=why, log=problems[0].log)
    if refused and len(pods) < state.wanted:
        return replace(state, stage=Stage.FAILING, why=refused)
    if over:
        return replace(state, stage=Stage.FAILING, why=over)
    waits = [waiting_for(pod, snapshot) for pod in pods if not _is_ready(pod.conditions)]
    waits += [ending_of(pod, snapshot) for pod in made if pod.ending]
    return replace(state, why=waits[0] if waits else "waits for its controller")


def _counting(key: Key, pods: Sequence[Pod]) -> list[Pod]:
    """``pods``, the latest first, without those that have ended and that another has replaced.

    Only a Deployment's stay beside their successors; each of a Job's is a try that counts.
    """
    running = [pod.created for pod in pods if pod.phase != "Failed"]
    return [
        pod
        for pod in pods
        if key.kind != "Deployment"
        or pod.phase != "Failed"
        or not any(made > pod.created for made in running)
    ]


def _is_ready(found: Mapping[str, Condition]) -> bool:
    ready = found.get("Ready")
    return ready is not None and ready.status == "True"


def _refused(key: Key, live: Body, snapshot: Snapshot) -> str:
    """Why no pod could be made: a quota, Pod Security, a missing account."""
    failure = conditions(live).get("ReplicaFailure")
    if failure is not None and failure.status == "True":
        return f"no pod could be made: {_cut(failure.message)}"
    for maker in (key, *snapshot.made_by(key)):
        for event in snapshot.events_of(maker):
            if event.reason == "FailedCreate":
                return f"no pod could be made: {_cut(event.message)}"
            if event.reason == "SuccessfulCreate":
                break
    return ""


def _cut(message: str) -> str:
    """The API server's sentence, without those that controllers put before it."""
    said = re.search(r'(?:pods|persistentvolumeclaims) "[^"]*" is forbidden: (.*)', message)
    return said[1] if said else message.removeprefix("Error creating: ")


def _over(found: Mapping[str, Condition]) -> str:
    """What a controller says when it has given up."""
    failed = found.get("Failed")
    if failed is not None and failed.status == "True":
        return f"the Job failed ({failed.reason})"
    progressing = found.get("Progressing")
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        return f"the rollout is stuck: {progressing.message}"
    return ""


def _counted(body: Body) -> _Count:
    return _COUNTS[str(body["kind"])](mapping(body.get("spec")), mapping(body.get("status")), body)


def _seen(status: Body, body: Body) -> bool:
    """Whether the status is about the object as it stands, and not as it was before."""
    generation = value_at(body, "metadata.generation") or 0
    return int(status.get("observedGeneration") or 0) >= int(generation)


def _deployment(spec: Body, status: Body, body: Body) -> _Count:
    wanted = _number(spec, "replicas", 1)
    # Pods of the template before this one would still answer.
    rolled = _number(status, "updatedReplicas") >= wanted >= _number(status, "replicas")
    return _Count(wanted, _number(status, "availableReplicas"), _seen(status, body) and rolled)


def _stateful_set(spec: Body, status: Body, body: Body) -> _Count:
    wanted = _number(spec, "replicas", 1)
    rolled = status.get("currentRevision") == status.get("updateRevision")
    return _Count(wanted, _number(status, "readyReplicas"), _seen(status, body) and rolled)


def _daemon_set(_: Body, status: Body, body: Body) -> _Count:
    wanted = _number(status, "desiredNumberScheduled")
    rolled = _number(status, "updatedNumberScheduled") >= wanted
    return _Count(wanted, _number(status, "numberReady"), _seen(status, body) and rolled)


def _job(spec: Body, status: Body, body: Body) -> _Count:
    complete = conditions(body).get("Complete")
    done = complete is not None and complete.status == "True"
    return _Count(_number(spec, "completions", 1), _number(status, "succeeded"), done)


def _number(body: Body, name: str, default: int = 0) -> int:
    value: Any = body.get(name)
    return default if value is None else int(value)


_COUNTS: Mapping[str, Callable[[Body, Body, Body], _Count]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "StatefulSet": _stateful_set,
}
