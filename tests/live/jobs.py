"""Jobs: pods that are tried until one has succeeded."""

import copy
import random
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from tests.live.journal import Journal
from tests.live.manifests import Document, ManifestError, namespace_of
from tests.live.pod import Pod
from tests.live.workloads import LETTERS, Maker, Wanted

_ONE_POD = ("completions", "parallelism")
_NOT_RUN = ("podFailurePolicy", "successPolicy", "backoffLimitPerIndex")


class JobError(Exception):
    """A Job that has failed, with what its last pod has written."""


class Job:
    """One Job, and its pod of the moment."""

    kind = "Job"

    def __init__(self, item: Document, make: Maker, journal: Journal, back_off: float) -> None:
        self.namespace = namespace_of(item)
        self.name = str(item["metadata"]["name"])
        self.pods: list[Pod] = []
        self.ended: list[Pod] = []
        """Pods that are over, the last one last. Their logs stay."""

        self.succeeded: bool | None = None
        self._spec = item["spec"]
        self._make = make
        self._journal = journal
        self._back_off = back_off
        self._limit = int(self._spec.get("backoffLimit", 6))
        self._closed = False
        self._making = threading.Lock()
        _check(self.name, self._spec)

    @property
    def over(self) -> bool:
        """Whether no further pod will follow."""
        return self.succeeded is not None or self._closed

    @property
    def suspended(self) -> bool:
        """Whether it is not to run yet."""
        return bool(self._spec.get("suspend"))

    def start(self) -> None:
        """Run its first pod from now on, and others after it where it fails."""
        pod = self._following()  # here, so that a manifest that is wrong fails here
        if pod:
            threading.Thread(target=self._run, args=(pod,), daemon=True).start()

    def close(self) -> None:
        """Let no further pod follow."""
        with self._making:
            self._closed = True
        self._journal.note(f"{self.namespace}/{self.name}", "is closed")

    def result(self) -> Pod:
        """The pod that has succeeded; raises `JobError`."""
        if self.succeeded:
            return self.ended[-1]
        msg = f"Job {self.namespace}/{self.name} failed, pods: {len(self.ended)}"
        raise JobError("\n".join([msg, *map(_failure, self.ended[-1:])]))

    def _run(self, pod: Pod | None) -> None:
        failures = 0
        limit = self._spec.get("activeDeadlineSeconds")
        deadline = None if limit is None else time.monotonic() + limit
        while pod:
            in_time = self._wait(partial(self._is_over, pod), deadline)
            succeeded = bool(pod.succeeded) and not pod.terminating
            if self._closed or pod.terminating or pod.succeeded is not None:
                pod.kill()
            else:
                pod.stop()
            self.pods.remove(pod)
            self.ended.append(pod)
            failures += not succeeded
            if succeeded or not in_time or failures > self._tries:
                self.succeeded = succeeded
                text = "is complete" if succeeded else "has failed"
                self._journal.note(f"{self.namespace}/{self.name}", text)
                return
            pause = min(10 * 2 ** (failures - 1), 360) * self._back_off
            self._wait(lambda: self._closed, time.monotonic() + pause)
            pod = self._following()

    @property
    def _tries(self) -> int:
        """How many pods may fail for another one to follow."""
        return 0 if self._in_place else self._limit

    @property
    def _in_place(self) -> bool:
        """Whether containers are started again in the same pod."""
        return bool(self._spec["template"]["spec"].get("restartPolicy") == "OnFailure")

    def _is_over(self, pod: Pod) -> bool:
        restarts = sum(item.restarts for item in pod.containers.values())
        too_often = self._in_place and restarts >= max(self._limit, 1)
        return self._closed or pod.terminating or pod.succeeded is not None or too_often

    def _wait(self, condition: Callable[[], bool], deadline: float | None) -> bool:
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        return self._journal.wait(condition, left)

    def _following(self) -> Pod | None:
        with self._making:
            if self._closed:
                return None
            pod = self._make(self._wanted())
            self.pods.append(pod)
            pod.start()
            return pod

    def _wanted(self) -> Wanted:
        template = self._spec["template"]
        suffix = "".join(random.choices(LETTERS, k=5))  # noqa: S311 (a name, no secret)
        name = f"{self.name}-{suffix}"
        own = dict.fromkeys(("job-name", "batch.kubernetes.io/job-name"), self.name)
        return Wanted(
            namespace=self.namespace,
            name=name,
            template=template,
            labels={**template.get("metadata", {}).get("labels", {}), **own},
            hostname=template["spec"].get("hostname", name),
            subdomain=template["spec"].get("subdomain", ""),
            claims={},
        )


def by_hand(item: Document, variables: Mapping[str, str]) -> Document:
    """The Job that `kubectl create job --from` makes of a CronJob, or a Job another time, with
    variables of all its containers changed. That either is suspended does not matter."""
    is_cron_job = item["kind"] == "CronJob"
    source = item["spec"]["jobTemplate"] if is_cron_job else item
    spec = {**copy.deepcopy(dict(source["spec"])), "suspend": False}
    pod = spec["template"]["spec"]
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        container["env"] = _changed(container.get("env", ()), variables)
    metadata = dict(item["metadata"])
    if is_cron_job:
        metadata["name"] = f"{metadata['name']}-by-hand"
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def _changed(env: list[Document], variables: Mapping[str, str]) -> list[Document]:
    changed = {name: {"name": name, "value": value} for name, value in variables.items()}
    # In their places, since a variable can refer to those before it.
    kept = [changed.pop(item["name"], item) for item in env]
    return [*changed.values(), *kept]


def _check(name: str, spec: Document) -> None:
    several = [field for field in _ONE_POD if spec.get(field, 1) != 1]
    for field in (*several, *(field for field in _NOT_RUN if field in spec)):
        msg = f"Job {name}: {field} {spec[field]!r} is not run here"
        raise ManifestError(msg)


def _failure(pod: Pod) -> str:
    """What the container that has failed has written last, or all where none has."""
    failed = [item for item in pod.containers.values() if item.exit_codes and item.exit_codes[-1]]
    lines = [
        f"{pod.name} {item.name}, exit codes {item.exit_codes}:\n{item.log[-4000:]}"
        for item in failed or pod.containers.values()
    ]
    return "\n".join(lines)
