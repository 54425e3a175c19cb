"""The pods of Prometheus."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.services import SessionAffinity
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.variables import PodField
from constructs_lib.observability.prometheus_file import CONFIGURATION
from constructs_lib.refs import Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Front, Place
from constructs_lib.store.part import Access, Container, Servers

HTTP = Port("http", 9090, app_protocol="http")
"""Where people, Grafana and Prometheus itself ask."""

_CHECK_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server, with everything decided."""

    image: Image
    user: int
    replicas: int
    resources: Resources
    shutdown: Shutdown
    startup_seconds: int
    data_path: str
    args: tuple[str, ...]
    configuration: str
    rules: tuple[FileMount, ...]
    secrets: tuple[FileMount, ...]
    reaches: tuple[Traffic, ...]
    metrics: Metrics


def server_part(place: Place, server: Server) -> Servers:
    """The StatefulSet of the servers."""
    return Servers(
        name=place.name,
        replicas=server.replicas,
        headless=place.headless,
        volume=place.volume,
        data_path=server.data_path,
        containers=(_container(server),),
        security=Security(user=server.user),
        grace_seconds=server.shutdown.grace_period_seconds,
        files=(
            FileMount(CONFIGURATION, source=ConfigFiles({"prometheus.yml": server.configuration})),
            *server.rules,
            *server.secrets,
        ),
        client_ports=(HTTP.name,),
        accepts=(Access(peers=(place.pods(),), ports=(HTTP.name,)),),
        reaches=server.reaches,
        metrics=(server.metrics,),
        token=True,
    )


def server_front(place: Place, replicas: int) -> Front:
    """The Service. Of two servers, which know different things, a client keeps to one."""
    return Front(
        name=place.write_service,
        part=place.name,
        ports=Ports(HTTP),
        affinity=SessionAffinity() if replicas > 1 else None,
    )


def _container(server: Server) -> Container:
    return Container(
        name="prometheus",
        image=server.image,
        resources=server.resources,
        args=server.args,
        variables={"POD_NAME": PodField("metadata.name")},
        ports=Ports(HTTP),
        probes=_probes(server.startup_seconds),
        stop=server.shutdown,
        data=True,
    )


def _probes(startup_seconds: int) -> Probes:
    """Ready means that the write-ahead log has been read; healthy, that it answers at all."""
    ready = HttpGet("/-/ready", port=HTTP.name)
    return Probes(
        startup=Probe(
            ready,
            period_seconds=_CHECK_SECONDS,
            failure_threshold=-(-startup_seconds // _CHECK_SECONDS),
        ),
        readiness=Probe(ready, period_seconds=_CHECK_SECONDS),
        liveness=Probe(HttpGet("/-/healthy", port=HTTP.name), failure_threshold=6),
    )
