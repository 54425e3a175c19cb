"""Deployments and CronJobs.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.cron import cron_problems, time_zone_problems
from constructs_lib.quantity import INT32
from constructs_lib.values import Value

_SHARES = ("max_surge", "max_unavailable")


class RollingUpdate(Value):
    """Pods are replaced a few at a time."""

    max_surge: int | str = 1
    """Pods, or a percentage such as ``25%``, above the replicas while it lasts. Default 1."""

    max_unavailable: int | str = 0
    """Pods, or a percentage, below the replicas while it lasts. Default 0: nobody notices."""

    def problems(self) -> Iterator[Problem]:
        """Numbers or percentages, not both zero."""
        wrong = [name for name in _SHARES if not _is_share(getattr(self, name))]
        for name in wrong:
            fix = "write 1, or '25%'"
            yield Problem(name, getattr(self, name), "is neither number nor percentage", fix)
        if wrong:
            return
        away = self.max_unavailable
        if isinstance(away, str) and int(away[:-1]) > 100:  # noqa: PLR2004
            yield Problem("max_unavailable", away, "is more than all", "use at most '100%'")
        for name in _SHARES:
            share = getattr(self, name)
            if int(str(share).rstrip("%")) > INT32:
                yield Problem(name, share, "is more than the API takes", f"use at most {INT32}")
        if _pods(self.max_surge, 100, up=True) == _pods(self.max_unavailable, 100, up=True) == 0:
            fix = "let one of the two be at least 1"
            yield Problem("max_surge", self.max_surge, "and max_unavailable of 0 move nothing", fix)

    def pods_above(self, replicas: int) -> int:
        """How many pods beyond ``replicas`` a rollout needs room for.

        0 where old pods may go first to make room: then a surge that finds none only waits. The
        controller rounds shares of the surge up, and shares of what may be away down.
        """
        if _pods(self.max_unavailable, replicas, up=False) > 0:
            return 0
        return self.pods_added(replicas)

    def pods_added(self, replicas: int) -> int:
        """How many pods beyond ``replicas`` may run while a rollout lasts, where there is room."""
        return _pods(self.max_surge, replicas, up=True)


class Recreate(Value):
    """All old pods stop before the first new one starts: for what must never run twice."""


class Rollout(Value):
    """How a change reaches the pods."""

    strategy: RollingUpdate | Recreate = RollingUpdate()
    """Default: one more pod, none fewer."""

    min_ready_seconds: int = 0
    """How long a new pod has to stay ready before it counts. Default 0."""

    progress_deadline_seconds: int = 600
    """Time without progress after which the rollout is reported failed. Default 600 s."""

    revisions: int = 5
    """Old ReplicaSets kept for a roll back. Default 5."""

    def problems(self) -> Iterator[Problem]:
        """Times in order."""
        if self.min_ready_seconds < 0:
            fix = "use 0 or more"
            yield Problem("min_ready_seconds", self.min_ready_seconds, "is negative", fix)
        if self.progress_deadline_seconds <= self.min_ready_seconds:
            why = f"is not above min_ready_seconds ({self.min_ready_seconds})"
            fix = "raise it"
            yield Problem("progress_deadline_seconds", self.progress_deadline_seconds, why, fix)
        if self.revisions < 1:
            yield Problem("revisions", self.revisions, "leaves nothing to roll back to", "keep 1")


class Schedule(Value):
    """When a CronJob runs, and what happens around it."""

    cron: str
    """Five fields: minute, hour, day of month, month, day of week."""

    time_zone: str = "Etc/UTC"
    """Time zone of ``cron``, by its IANA name. Default UTC, since the controller's own zone is
    anybody's guess."""

    concurrency: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    """What happens when the last run still goes on. Default: the new one is skipped."""

    starting_deadline_seconds: int = 300
    """How late a run may start. Default 300 s; without one, 100 missed runs stop the CronJob."""

    active_deadline_seconds: int = 3600
    """When a run is stopped. Default 3600 s."""

    retries: int = 2
    """How often a failed run is repeated. Default 2."""

    history: int = 3
    """Finished runs kept, and failed ones likewise. Default 3."""

    suspend: bool = False
    """Whether it pauses. Default False."""

    def problems(self) -> Iterator[Problem]:
        """A schedule and a time zone that the controller reads, positive times."""
        yield from cron_problems("cron", self.cron)
        yield from time_zone_problems("time_zone", self.time_zone)
        # The controller looks every 10 s, so a shorter deadline may never be met.
        if self.starting_deadline_seconds < 10:  # noqa: PLR2004
            why = "is shorter than the controller's own period"
            yield Problem(
                "starting_deadline_seconds", self.starting_deadline_seconds, why, "use 10 or more"
            )
        if self.active_deadline_seconds < 1:
            fix = "use 1 or more"
            yield Problem(
                "active_deadline_seconds", self.active_deadline_seconds, "ends every run", fix
            )
        for name in ("retries", "history"):
            if getattr(self, name) < 0:
                yield Problem(name, getattr(self, name), "is negative", "use 0 or more")


def deployment(
    metadata: Body,
    pod_template: Body,
    selector: Mapping[str, str],
    rollout: Rollout,
    *,
    replicas: int | None,
) -> Body:
    """A Deployment; ``replicas=None`` leaves the number to an autoscaler."""
    spec = body(
        replicas=replicas,
        revisionHistoryLimit=rollout.revisions,
        progressDeadlineSeconds=rollout.progress_deadline_seconds,
        minReadySeconds=rollout.min_ready_seconds or None,
        strategy=_strategy(rollout.strategy),
        selector={"matchLabels": dict(selector)},
        template=pod_template,
    )
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def cron_job(metadata: Body, pod_template: Body, schedule: Schedule) -> Body:
    """A CronJob whose runs are pods of ``pod_template``."""
    template = {
        **pod_template,
        "spec": {**pod_template["spec"], "restartPolicy": "Never"},
    }
    spec = body(
        schedule=schedule.cron,
        timeZone=schedule.time_zone,
        concurrencyPolicy=schedule.concurrency,
        startingDeadlineSeconds=schedule.starting_deadline_seconds,
        suspend=schedule.suspend or None,
        successfulJobsHistoryLimit=schedule.history,
        failedJobsHistoryLimit=schedule.history,
        jobTemplate={
            "metadata": {"labels": pod_template["metadata"]["labels"]},
            "spec": {
                "backoffLimit": schedule.retries,
                "activeDeadlineSeconds": schedule.active_deadline_seconds,
                "template": template,
            },
        },
    )
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}


def _strategy(strategy: RollingUpdate | Recreate) -> Body:
    if isinstance(strategy, Recreate):
        return {"type": "Recreate"}
    update = {"maxSurge": strategy.max_surge, "maxUnavailable": strategy.max_unavailable}
    return {"type": "RollingUpdate", "rollingUpdate": update}


def _pods(share: int | str, replicas: int, *, up: bool) -> int:
    """How many of ``replicas`` a valid ``share`` is."""
    if isinstance(share, int):
        return share
    exact = int(share[:-1]) * replicas
    return -(-exact // 100) if up else exact // 100


def _is_share(share: int | str) -> bool:
    if isinstance(share, int):
        return share >= 0
    return share.endswith("%") and share[:-1].isascii() and share[:-1].isdigit()
