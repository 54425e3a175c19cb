"""What is wrong with one pod, in one line, and which log says more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.cli.answers import Container, Ended, Pod, Snapshot
from constructs_lib.cli.reading import conditions
from constructs_lib.cli.rendered import Key

_PULL = ("ErrImagePull", "ImagePullBackOff")
_BAD_IMAGE = ("ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable")
_CANNOT_START = (
    *("CreateContainerConfigError", "CreateContainerError", "RunContainerError"),
    *("PreCreateHookError", "PostStartHookError"),
)
_MOUNTS = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_PULLED = "Failed to pull image"
_SIGNALS = 128
_KILLED = 137


@dataclass(frozen=True)
class LogSource:
    """The log of one container."""

    namespace: str
    """Namespace of the pod."""

    pod: str
    """Name of the pod."""

    container: str
    """Name of the container."""

    previous: bool
    """Whether the log is that of the process that ended, and not of the one after it."""


@dataclass(frozen=True)
class PodProblem:
    """Why a pod does not run."""

    why: str
    """One line."""

    log: LogSource | None = None
    """The log whose last lines tell more."""


def problem_of(pod: Pod, snapshot: Snapshot) -> PodProblem | None:
    """What keeps a pod from being ready; None while it only takes its time."""
    if pod.phase == "Failed" and pod.reason:
        return PodProblem(f"{pod.reason}: {pod.message}")
    scheduled = pod.conditions.get("PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        return PodProblem(f"pending: {_unscheduled(pod, scheduled.message, snapshot)}")
    lost = _lost_node(pod, snapshot)
    if lost:
        return PodProblem(lost)
    for container in pod.containers:
        found = _of_container(pod, container, snapshot)
        if found:
            return found
    return _mount(pod, snapshot) or _probe(pod, snapshot)


def waiting_for(pod: Pod, snapshot: Snapshot) -> str:
    """What a pod without a problem is about to do."""
    if pod.phase == "Pending" and not pod.node and "PodScheduled" not in pod.conditions:
        return "pending: no scheduler has looked at it"
    for container in pod.containers:
        if container.initial and container.running and not container.ready:
            return f"init container {container.name} runs"
    latest = next(snapshot.events_of(pod.key), None)
    if latest is not None and latest.reason == "Pulling":
        image = latest.message.partition('"')[2].rstrip('"')
        return f"pulls {image}"
    unready = [c.name for c in pod.containers if c.running and not c.ready and not c.initial]
    return f"{', '.join(unready)} not ready yet" if unready else "starts"


def ending_of(pod: Pod, snapshot: Snapshot) -> str:
    """Since when a pod is on its way out, and what may keep it."""
    since = f"its pod {pod.key.name} has been ending since {pod.ending}"
    why = _lost_node(pod, snapshot) or _held(pod) or _unkilled(pod, snapshot)
    return f"{since}: {why}" if why else since


def _lost_node(pod: Pod, snapshot: Snapshot) -> str:
    node = snapshot.objects.get(Key("Node", "", pod.node), {})
    ready = conditions(node).get("Ready")
    if ready is None or ready.status == "True":
        return ""
    return f"its node {pod.node} is not ready: {ready.message}"


def _held(pod: Pod) -> str:
    if not pod.finalizers:
        return ""
    one, them = ("finalizer", "it") if len(pod.finalizers) == 1 else ("finalizers", "them")
    return f"whoever set the {one} {', '.join(pod.finalizers)} has not removed {them}"


def _unkilled(pod: Pod, snapshot: Snapshot) -> str:
    events = snapshot.events_of(pod.key)
    return next((event.message for event in events if event.reason == "FailedKillPod"), "")


def _of_container(pod: Pod, container: Container, snapshot: Snapshot) -> PodProblem | None:
    if container.waiting in (*_PULL, *_BAD_IMAGE):
        return PodProblem(f"image {container.image}: {_registry(pod, container, snapshot)}")
    if container.waiting in _CANNOT_START:
        return PodProblem(f"{container.name} cannot be started: {container.message}")
    ended = container.ended or container.before
    crashing = container.waiting == "CrashLoopBackOff"
    failed = container.ended is not None and container.ended.code != 0
    # Between two crashes the process runs, and looks as if it only took its time.
    again = container.running and not container.ready and bool(ended and ended.code)
    if (crashing or failed or again) and ended is not None:
        previous = container.ended is None
        log = LogSource(pod.key.namespace, pod.key.name, container.name, previous)
        return PodProblem(_crashed(container, ended, pod, snapshot), log)
    return None


def _crashed(container: Container, ended: Ended, pod: Pod, snapshot: Snapshot) -> str:
    times = f", started again {container.restarts} times" if container.restarts > 1 else ""
    end = f"{container.name} ended with exit code {ended.code}"
    if ended.reason == "OOMKilled":
        end = f"{container.name} was ended for taking more memory than its limit"
    elif ended.code > _SIGNALS and _liveness(pod, container, snapshot):
        end = f"{container.name} was ended by its probe"
    elif ended.code == _KILLED:
        end = f"{container.name} was killed (exit code {_KILLED})"
    return f"{end}{times}" + (f": {ended.message}" if ended.message else "")


def _liveness(pod: Pod, container: Container, snapshot: Snapshot) -> bool:
    start = f"Container {container.name} failed"
    return any(
        event.reason == "Killing" and event.message.startswith(start) and "probe" in event.message
        for event in snapshot.events_of(pod.key)
    )


def _registry(pod: Pod, container: Container, snapshot: Snapshot) -> str:
    """The registry's own words: while the kubelet backs off, they stand in an event only."""
    said = [container.message] if container.waiting not in _PULL[1:] else []
    said += [
        event.message.partition(": ")[2]
        for event in snapshot.events_of(pod.key)
        if event.message.startswith(_PULLED) and container.image in event.message
    ]
    words = next((text for text in said if text), container.message)
    # Newer kubelets repeat the error after the notice that they back off.
    words = re.sub(r'^Back-off pulling image "[^"]*": (ErrImagePull: )?', "", words)
    # Which call inside the node failed says nothing to whoever reads this.
    words = re.sub(r"rpc error: code = \w+ desc = ", "", words)
    return re.sub(r'^failed to pull and unpack image "[^"]*": ', "", words) or container.waiting


def _unscheduled(pod: Pod, message: str, snapshot: Snapshot) -> str:
    why = message.partition(" preemption:")[0].rstrip(".")
    claims = [reason for name in pod.claims for reason in _claim(pod, name, snapshot)]
    if claims and ("PersistentVolumeClaim" in message or "persistentvolumeclaim" in message):
        return f"{why} ({'; '.join(claims)})"
    return why


def _claim(pod: Pod, name: str, snapshot: Snapshot) -> Iterator[str]:
    key = Key("PersistentVolumeClaim", pod.key.namespace, name)
    warnings = (event.message for event in snapshot.events_of(key) if event.warning)
    said = next(warnings, None)
    if said:
        yield f"claim {name}: {said}"


def _mount(pod: Pod, snapshot: Snapshot) -> PodProblem | None:
    if any(c.running or c.ended or c.before for c in pod.containers):
        return None
    for event in snapshot.events_of(pod.key):
        if event.reason in _MOUNTS:
            return PodProblem(f"volume: {event.message}")
        if event.reason == "FailedCreatePodSandBox":
            return PodProblem(f"network: {event.message}")
    return None


def _probe(pod: Pod, snapshot: Snapshot) -> PodProblem | None:
    waiting = [c for c in pod.containers if c.running and not c.ready]
    for event in snapshot.events_of(pod.key):
        if waiting and event.reason == "Unhealthy":
            container = waiting[0].name
            log = LogSource(pod.key.namespace, pod.key.name, container, previous=False)
            first = event.message[:1].lower() + event.message[1:]
            return PodProblem(f"{container} is not ready: {first}", log)
    return None
