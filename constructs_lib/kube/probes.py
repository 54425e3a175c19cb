"""Probes, and the arithmetic that keeps them from killing healthy pods.

https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.refs import Ports
from constructs_lib.values import Value


class HttpGet(Value):
    """Healthy while a GET answers with 200 to 399."""

    path: str = field(kw_only=False)
    """Path, for example ``/health``."""

    port: str = "http"
    """Name of the container's port. Default ``http``."""

    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    """Scheme; the kubelet does not verify certificates. Default HTTP."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers, for example ``Host``."""

    def problems(self) -> Iterator[Problem]:
        """The path is absolute."""
        if not self.path.startswith("/"):
            yield Problem("path", self.path, "is not an absolute path", f"write '/{self.path}'")


class TcpConnect(Value):
    """Healthy while a connection opens."""

    port: str = field(kw_only=False)
    """Name of the container's port."""


class ExecCommand(Value):
    """Healthy while a command in the container exits with 0."""

    command: tuple[str, ...] = field(kw_only=False)
    """Program and arguments; no shell unless it is named."""

    def problems(self) -> Iterator[Problem]:
        """There is a command."""
        if not self.command:
            yield Problem("command", self.command, "runs nothing", "name a program")


class GrpcCheck(Value):
    """Healthy while ``grpc.health.v1.Health/Check`` answers SERVING."""

    port: str = "grpc"
    """Name of the container's port. Default ``grpc``."""

    service: str | None = None
    """Service name in the request; None asks for the server as a whole."""


Check = HttpGet | TcpConnect | ExecCommand | GrpcCheck


class Probe(Value):
    """One check and its schedule."""

    check: Check = field(kw_only=False)
    """What is asked."""

    period_seconds: int = 10
    """Time between two checks. Default 10 s."""

    timeout_seconds: int = 2
    """Time until an unanswered check has failed. Default 2 s; Kubernetes' own default of 1 s fails
    on one long garbage collection."""

    failure_threshold: int = 3
    """Failures in a row until the probe has failed. Default 3."""

    success_threshold: int = 1
    """Successes in a row until it has recovered; only readiness may want more. Default 1."""

    initial_delay_seconds: int = 0
    """Time from the container's start to the first check. Default 0."""

    @property
    def budget_seconds(self) -> int:
        """How long it may go on failing before it has failed."""
        return self.period_seconds * self.failure_threshold

    def problems(self) -> Iterator[Problem]:
        """Positive times, and a check over before the next one starts."""
        for name in ("period_seconds", "timeout_seconds", "failure_threshold", "success_threshold"):
            if getattr(self, name) < 1:
                yield Problem(name, getattr(self, name), "must be positive", "use 1 or more")
        if self.initial_delay_seconds < 0:
            yield Problem(
                "initial_delay_seconds", self.initial_delay_seconds, "is negative", "use 0 or more"
            )
        if self.timeout_seconds > self.period_seconds:
            why = f"is longer than the period of {self.period_seconds} s, so checks overlap"
            yield Problem("timeout_seconds", self.timeout_seconds, why, "lengthen the period")


class Probes(Value):
    """The three probes of a container. ``Probes.http("/health")`` sets them all."""

    startup: Probe | None = None
    """Until it succeeded once the other two wait; its budget is the longest start allowed."""

    readiness: Probe | None = None
    """While it fails the pod gets no traffic."""

    liveness: Probe | None = None
    """Where it fails the container is restarted, so it must never ask for more than the process
    itself: a liveness probe that asks the database restarts the fleet when the database is slow."""

    @classmethod
    def http(cls, path: str, port: str = "http") -> Probes:
        """All three on one path: 150 s to start, unready after 15 s, restarted after 30 s."""
        return cls.of(HttpGet(path, port=port))

    @classmethod
    def of(cls, check: Check) -> Probes:
        """All three with one check: 150 s to start, unready after 15 s, restarted after 30 s."""
        return cls(
            startup=Probe(check, period_seconds=5, failure_threshold=30),
            readiness=Probe(check, period_seconds=5),
            liveness=Probe(check),
        )

    def named(self) -> dict[str, Probe]:
        """The probes there are, by their Kubernetes names."""
        probes = {
            "startupProbe": self.startup,
            "readinessProbe": self.readiness,
            "livenessProbe": self.liveness,
        }
        return {name: probe for name, probe in probes.items() if probe is not None}

    def problems(self) -> Iterator[Problem]:
        """Liveness gives up last, is not started before the process can answer, and recovers."""
        for name in ("startup", "liveness"):
            probe = getattr(self, name)
            if probe is not None and probe.success_threshold != 1:
                yield Problem(
                    f"{name}.success_threshold",
                    probe.success_threshold,
                    "must be 1 for this probe",
                    "leave it out",
                )
        live, ready = self.liveness, self.readiness
        if live and ready and live.budget_seconds < ready.budget_seconds:
            why = (
                f"restarts after {live.budget_seconds} s a pod that leaves its Service only after "
                f"{ready.budget_seconds} s"
            )
            fix = "raise liveness.failure_threshold, or lower readiness.failure_threshold"
            yield Problem("liveness", live, why, fix)
        if live and not self.startup and live.initial_delay_seconds == 0:
            why = f"restarts a pod that needs more than {live.budget_seconds} s to start"
            yield Problem("liveness", live, why, "add a startup probe, or an initial delay")


def probe_bodies(probes: Probes, ports: Ports) -> Body:
    """``startupProbe``, ``readinessProbe`` and ``livenessProbe``, as many as there are."""
    return {name: _probe(probe, ports) for name, probe in probes.named().items()}


def _probe(probe: Probe, ports: Ports) -> Body:
    return body(
        **_action(probe.check, ports),
        initialDelaySeconds=probe.initial_delay_seconds or None,
        periodSeconds=probe.period_seconds,
        timeoutSeconds=probe.timeout_seconds,
        failureThreshold=probe.failure_threshold,
        successThreshold=None if probe.success_threshold == 1 else probe.success_threshold,
    )


def _action(check: Check, ports: Ports) -> Body:
    match check:
        case HttpGet():
            headers = [{"name": name, "value": text} for name, text in check.headers.items()]
            scheme = None if check.scheme == "HTTP" else check.scheme
            get = body(path=check.path, port=check.port, scheme=scheme, httpHeaders=headers)
            return {"httpGet": get}
        case TcpConnect():
            return {"tcpSocket": {"port": check.port}}
        case ExecCommand():
            return {"exec": {"command": list(check.command)}}
        case GrpcCheck():
            # The API takes no port name here.
            return {"grpc": body(port=ports[check.port].number, service=check.service)}


def probe_port_problems(field_name: str, probes: Probes, ports: Ports) -> Iterator[Problem]:
    """Whether every port that ``probes`` name is one of ``ports``, and speaks TCP."""
    for name in ("startup", "readiness", "liveness"):
        probe = getattr(probes, name)
        port = getattr(probe.check, "port", None) if probe is not None else None
        where = f"{field_name}.{name}.check.port"
        if port is not None and port not in ports:
            why = f"the container has no port {port!r}"
            yield Problem(where, port, why, f"its ports: {_names(ports)}")
        elif port is not None and ports[port].protocol != "TCP":
            why = f"is a {ports[port].protocol} port, and probes connect by TCP"
            yield Problem(where, port, why, f"its ports: {_names(ports)}")


def _names(ports: Ports) -> str:
    return ", ".join(port.name for port in ports) or "none"
