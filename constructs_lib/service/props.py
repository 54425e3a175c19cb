"""Props of NovaService, NovaWorker and NovaCronJob."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.network import Client
from constructs_lib.kube.objectives import Objectives, Presence, Requests
from constructs_lib.kube.services import ClusterService, LoadBalancer, SessionAffinity
from constructs_lib.kube.shutdown import BEHIND_LOAD_BALANCER, Shutdown
from constructs_lib.kube.signals import SignalsKind
from constructs_lib.kube.workloads import Rollout, Schedule
from constructs_lib.quantity import INT32
from constructs_lib.refs import Port
from constructs_lib.service.objective_checks import signal_problems
from constructs_lib.service.pod_props import PodProps, ServingProps


class NovaWorkerProps(ServingProps):
    """A long-running workload that nobody connects to but, perhaps, a scraper."""

    replicas: int = 2
    """How many pods, without autoscaling. Default 2. One where the environment says so."""

    autoscaling: Autoscaling | None = None
    """How many pods by load; None keeps ``replicas``."""

    disruption: Disruption | None = None
    """How many pods a drain may take; None takes one at a time where there may be more than one
    pod, and renders nothing where there never is. An environment of single replicas renders none,
    whatever is said here."""

    rollout: Rollout = Rollout()
    """How a change reaches the pods. Default: one more, none fewer."""

    requests: Requests | None = None
    """Which of its metrics count requests, failures and durations: rates, error ratios and
    latencies are recorded of them. ``Requests()`` has the usual names; None records nothing."""

    objectives: Objectives | None = None
    """What it promises: alerts fire when it uses up what may go wrong too fast. None promises
    nothing, and alerts tell only of pods whose metrics are gone."""

    presence: Presence = Presence()
    """Who is told, and how soon, when none of its pods answers when asked for metrics. Default:
    critical after two minutes."""

    alerts: tuple[Alert, ...] = ()
    """What alarms besides, of its own metrics. Default nothing."""

    signals_kind: SignalsKind = "service"
    """What it is to dashboards and runbooks, where it is a known program. Default a service."""

    def problems(self) -> Iterator[Problem]:
        """As for every pod, a number of replicas, and objectives that can be measured."""
        yield from super().problems()
        yield from signal_problems(self)
        if self.replicas < 0:
            yield Problem("replicas", self.replicas, "is negative", "use 0 or more")
        if self.replicas > INT32:
            why = "is more than the API takes"
            yield Problem("replicas", self.replicas, why, f"use at most {INT32}")

    @property
    def fewest(self) -> int:
        """How many pods there are at least."""
        return self.autoscaling.minimum if self.autoscaling else self.replicas

    @property
    def most(self) -> int:
        """How many pods there are at most, rollouts aside."""
        return self.autoscaling.maximum if self.autoscaling else self.replicas

    def client_ports(self, client: Client) -> tuple[Port, ...]:
        """The ports that ``client`` may connect to."""
        if client.ports:
            return tuple(self.ports[name] for name in client.ports)
        metrics = self.metrics.port if self.metrics else None
        shared = self._shared_ports()
        return tuple(port for port in self.ports if port.name != metrics or port.name in shared)

    def _shared_ports(self) -> set[str]:
        """Names of ports that serve more than metrics, whatever else they serve.

        That a probe asks a port says nothing of clients: a kubelet needs no policy, and health and
        metrics often share a port that nobody else should reach.
        """
        return {port.name for port in self.ports.each[:1]}


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
        for port in self.ports if self.service.headless else ():
            if port.offered != port.number:
                where = f"ports[{port.name!r}].service_port"
                why = f"is no port of a headless Service, whose name leads to pods at {port.number}"
                yield Problem(where, port.service_port, why, "leave it out, or headless")
        if self.load_balancer is not None:
            for name in self.load_balancer.ports:
                if name not in self.ports:
                    known = ", ".join(port.name for port in self.ports) or "none"
                    fix = f"its ports: {known}"
                    yield Problem("load_balancer.ports", name, "is no port of it", fix)

    @property
    def stop(self) -> Shutdown:
        """How it stops: a load balancer's health checks take longer than the cluster's proxies."""
        if self.shutdown is None and self.load_balancer is not None:
            return BEHIND_LOAD_BALANCER
        return super().stop

    def _shared_ports(self) -> set[str]:
        return super()._shared_ports() | set(self.load_balancer.ports if self.load_balancer else ())


class NovaCronJobProps(PodProps):
    """A pod that runs on a schedule."""

    schedule: Schedule
    """When it runs."""
