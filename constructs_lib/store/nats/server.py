"""The pods of NATS servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import ExecCommand, HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.refs import Pods, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.nats.config import CLUSTER_PORT, Settings, configuration, variables
from constructs_lib.store.nats.metrics import EXPORTER
from constructs_lib.store.part import NO_STOP, Access, Container, Servers
from constructs_lib.store.tls import Tls, tls_files
from constructs_lib.values import Value

CLIENT = Port("client", 4222)
_ROUTES = Port("routes", CLUSTER_PORT)
_MONITOR = Port("monitor", 8222)
_METRICS = Port("metrics", 7777)

_PID_FILE = "/run/nats/nats.pid"

_PROBES = Probes(
    # JetStream reads what it has stored: a full volume takes minutes. Whether other servers are
    # there is not asked: each would wait for the others.
    startup=Probe(
        HttpGet("/healthz?js-server-only=true", port=_MONITOR.name),
        period_seconds=2,
        failure_threshold=450,
    ),
    # Without the state of streams and consumers: one that is broken would take every server out.
    readiness=Probe(HttpGet("/healthz?js-server-only=true", port=_MONITOR.name), period_seconds=2),
    # Only what a restart mends: JetStream that has switched itself off.
    liveness=Probe(HttpGet("/healthz?js-enabled-only=true", port=_MONITOR.name), timeout_seconds=5),
)

_SHORTEST_LAME_DUCK = 30
_LAST_STEPS = 20
_SETTLED_SECONDS = 20
"""For how long a new server is watched before the next one is rolled: its streams catch up."""


class NatsExporter(Value):
    """What tells Prometheus about a server.

    https://github.com/nats-io/prometheus-nats-exporter
    """

    image: Image = Image("docker.io/natsio/prometheus-nats-exporter", tag="0.17.3")
    """Its image. Default NATS' own."""

    resources: Resources = Resources(cpu="10m", memory="32Mi", cpu_limit="100m")
    """Requests and limits. Default 10m to 100m, 32Mi."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server, with everything decided."""

    image: Image
    user: int
    group: int | None
    resources: Resources
    shutdown: Shutdown
    exporter: NatsExporter | None
    tls: Tls | None
    settings: Settings

    operators: tuple[Pods, ...]
    """Who connects for the store itself: jobs."""

    @property
    def security(self) -> Security:
        """As whom its pods run."""
        return Security(user=self.user, group=self.group)

    @property
    def client_ports(self) -> Ports:
        """What its Service offers."""
        return Ports(CLIENT)


def server_part(place: Place, server: Server) -> Servers:
    """The StatefulSet of the servers."""
    settings = server.settings
    clustered = settings.replicas > 1
    peers = (place.pods(),)
    exporter = () if server.exporter is None else (_exporter(server.exporter),)
    configuration_files = ConfigFiles(configuration(place, settings))
    return Servers(
        name=place.name,
        replicas=settings.replicas,
        headless=place.headless,
        volume=place.volume,
        data_path=settings.data_path,
        containers=(_server(place, server), *exporter),
        security=server.security,
        grace_seconds=server.shutdown.grace_period_seconds,
        files=(FileMount("/etc/nats", source=configuration_files), *tls_files(server.tls)),
        writable=(WritablePath("/run/nats", size="1Mi"),),
        client_ports=(CLIENT.name,),
        accepts=(
            *((Access(peers=peers, ports=(_ROUTES.name,)),) if clustered else ()),
            *((Access(peers=server.operators, ports=(CLIENT.name,)),) if server.operators else ()),
        ),
        reaches=(Traffic(peers, ports=(_ROUTES.number,)),) if clustered else (),
        metrics=_metrics(server),
        min_ready_seconds=_SETTLED_SECONDS if clustered else 0,
    )


def stop_problems(field: str, stop: Shutdown) -> Iterator[Problem]:
    """Whether a server has left its streams and its clients before it is killed."""
    if stop.command is not None:
        fix = "leave it out, and say how long it may take by drain_seconds"
        yield Problem(f"{field}.command", stop.command, "is the engine's to choose", fix)
    if stop.drain_seconds < _SHORTEST_LAME_DUCK:
        why = f"is a lame duck mode shorter than {_SHORTEST_LAME_DUCK} s, which servers refuse"
        fix = f"use {_SHORTEST_LAME_DUCK} or more"
        yield Problem(f"{field}.drain_seconds", stop.drain_seconds, why, fix)
    if stop.stop_seconds < _LAST_STEPS:
        why = (
            f"leaves less than {_LAST_STEPS} s between lame duck mode and SIGKILL, in which the "
            "server closes its streams"
        )
        yield Problem(f"{field}.stop_seconds", stop.stop_seconds, why, f"use {_LAST_STEPS}")


def _server(place: Place, server: Server) -> Container:
    clustered = server.settings.replicas > 1
    return Container(
        name="nats",
        image=server.image,
        resources=server.resources,
        command=("nats-server", "--config", "/etc/nats/nats.conf"),
        variables=variables(place, server.settings),
        ports=Ports(CLIENT, *([_ROUTES] if clustered else []), _MONITOR),
        probes=_PROBES,
        stop=_lame_duck(server.shutdown) if clustered else NO_STOP,
        data=True,
    )


def _metrics(server: Server) -> tuple[Metrics, ...]:
    return () if server.exporter is None else (Metrics(port=_METRICS.name, exposes=EXPORTER),)


def _lame_duck(shutdown: Shutdown) -> Shutdown:
    """The command returns at once. The server ignores SIGTERM from then on and ends by itself."""
    command = ExecCommand(("nats-server", f"-sl=ldm={_PID_FILE}"))
    return replace(shutdown, command=command)


def _exporter(exporter: NatsExporter) -> Container:
    return Container(
        name="exporter",
        image=exporter.image,
        resources=exporter.resources,
        args=(
            f"-port={_METRICS.number}",
            # What its metrics begin with; its default is the server's name of ten years ago.
            "-prefix=nats",
            "-varz",
            "-connz",
            "-routez",
            "-subz",
            "-jsz=all",
            f"http://localhost:{_MONITOR.number}",
        ),
        ports=Ports(_METRICS),
    )
