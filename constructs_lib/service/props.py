"""Props of NovaService, NovaWorker and NovaCronJob."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.services import ClusterService, LoadBalancer, SessionAffinity
from constructs_lib.kube.workloads import Rollout, Schedule
from constructs_lib.service.pod_props import PodProps, ServingProps


class NovaWorkerProps(ServingProps):
    """A long-running workload that nobody connects to but, perhaps, a scraper."""

    replicas: int = 2
    """How many pods, without autoscaling. Default 2. One where the environment says so."""

    autoscaling: Autoscaling | None = None
    """How many pods by load; None keeps ``replicas``."""

    disruption: Disruption | None = None
    """How many pods a drain may take; None takes one at a time from two replicas on, and renders
    nothing for a single one, which would keep its node from ever being drained."""

    rollout: Rollout = Rollout()
    """How a change reaches the pods. Default: one more, none fewer."""

    def problems(self) -> Iterator[Problem]:
        """As for every pod, and a number of replicas."""
        yield from super().problems()
        if self.replicas < 0:
            yield Problem("replicas", self.replicas, "is negative", "use 0 or more")


class NovaServiceProps(NovaWorkerProps):
    """A long-running workload behind Services."""

    service: ClusterService = ClusterService()
    """The Service inside the cluster, named like the workload."""

    load_balancer: LoadBalancer | None = None
    """A second Service for clients outside the cluster; None has none."""

    session_affinity: SessionAffinity | None = None
    """Whether a client address keeps its pod, on both Services; None does not."""

    def problems(self) -> Iterator[Problem]:
        """As for every workload, and something to serve."""
        yield from super().problems()
        if len(self.ports) == 0:
            fix = "give ports, or use NovaWorker"
            yield Problem("ports", self.ports, "offers nothing", fix)
        if self.load_balancer is not None:
            for name in self.load_balancer.ports:
                if name not in self.ports:
                    known = ", ".join(port.name for port in self.ports) or "none"
                    fix = f"its ports: {known}"
                    yield Problem("load_balancer.ports", name, "is no port of it", fix)


class NovaCronJobProps(PodProps):
    """A pod that runs on a schedule."""

    schedule: Schedule
    """When it runs."""
