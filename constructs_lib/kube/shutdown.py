"""How a pod stops: leave the Service, drain, finish, within the grace period.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from constructs_lib.environment import Cluster
from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.values import Value

SLEEP_ACTION = "1.30"
"""First version that takes ``preStop.sleep`` without a feature gate."""


class Shutdown(Value):
    """Times of an orderly stop, in seconds.

    They have to fit the grace period, since SIGKILL comes at its end whatever is still going on.
    """

    grace_period_seconds: int = 30
    """From the stop request to SIGKILL. Default 30 s."""

    drain_seconds: int = 5
    """How long the pod goes on serving before SIGTERM, while proxies learn that it goes. Default
    5 s, enough inside the cluster; a load balancer learns it by health checks, which take 10 s or
    more. Rendered as preStop ``sleep``, of plain sidecars too; before Kubernetes 1.30 as the
    command ``sleep``, which the image must then have. 0 renders none."""

    stop_seconds: int = 20
    """What the process needs from SIGTERM to its end. Default 20 s."""

    command: ExecCommand | None = None
    """A preStop command in place of the sleep; ``drain_seconds`` is then the time it needs."""

    def problems(self) -> Iterator[Problem]:
        """The parts fit the whole."""
        for name in ("grace_period_seconds", "drain_seconds", "stop_seconds"):
            if getattr(self, name) < 0:
                yield Problem(name, getattr(self, name), "is negative", "use 0 or more")
        needed = self.drain_seconds + self.stop_seconds
        if self.grace_period_seconds < needed:
            why = (
                f"is shorter than drain_seconds + stop_seconds = "
                f"{self.drain_seconds} + {self.stop_seconds} = {needed}"
            )
            fix = f"use {needed} or more, or shorten the parts"
            yield Problem("grace_period_seconds", self.grace_period_seconds, why, fix)


BEHIND_LOAD_BALANCER = Shutdown(grace_period_seconds=40, drain_seconds=15)
"""What a workload with a load balancer does by itself."""


def drain(shutdown: Shutdown, cluster: Cluster) -> Body:
    """``lifecycle`` of a container beside the workload, which waits while the workload drains."""
    return lifecycle(replace(shutdown, command=None), cluster)


def lifecycle(shutdown: Shutdown, cluster: Cluster) -> Body:
    """``lifecycle`` of a container; empty where there is nothing to do before SIGTERM."""
    if shutdown.command is not None:
        handler: Body = {"exec": {"command": list(shutdown.command.command)}}
    elif shutdown.drain_seconds == 0:
        return {}
    elif cluster.at_least(SLEEP_ACTION):
        handler = {"sleep": {"seconds": shutdown.drain_seconds}}
    else:
        handler = {"exec": {"command": ["sleep", str(shutdown.drain_seconds)]}}
    return body(lifecycle={"preStop": handler})
