"""HAProxy in front of a store, for clients that know nothing of its masters.

https://docs.haproxy.org/3.2/configuration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.kube.variables import Variable
from constructs_lib.refs import Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.part import Container, Proxies
from constructs_lib.store.proxy_metrics import HAPROXY
from constructs_lib.values import Value

HEALTH = Port("health", 8404)
"""Answers ``/health`` while the proxy runs, and ``/metrics`` for Prometheus."""

_USER = 99
"""``haproxy`` in the official image.
https://github.com/docker-library/haproxy/blob/master/Dockerfile-alpine.template"""


class Proxy(Value):
    """The proxies in front of a store: where its plain clients connect to."""

    replicas: int = 2
    """How many. Default 2, of which a drain takes one at a time."""

    image: Image = Image("docker.io/library/haproxy", tag="3.2.9-alpine")
    """Its image; 2.6 and newer will do."""

    user: int = _USER
    """Numeric user id of the image. Default 99, as in the official one."""

    resources: Resources = Resources(
        cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="128Mi"
    )
    """Requests and limits. Default 50m to 500m, 64Mi to 128Mi."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=30, drain_seconds=5, stop_seconds=15)
    """How it stops: clients learn for 5 s that it goes, then have 15 s to end what they do."""

    def problems(self) -> Iterator[Problem]:
        """There is one."""
        if self.replicas < 1:
            yield Problem("replicas", self.replicas, "is no proxy", "use 2, or 1 to save room")
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use the image's numeric id")


def proxies(
    place: Place,
    proxy: Proxy,
    *,
    configuration: str,
    ports: Ports,
    variables: Mapping[str, Variable],
    reaches: tuple[Traffic, ...],
    files: tuple[FileMount, ...] = (),
) -> Proxies:
    """Proxies called ``<store>-proxy`` that run ``configuration`` and offer ``ports`` to clients.

    The configuration answers ``/health`` and ``/metrics`` on port 8404.
    """
    name = f"{place.name}-proxy"
    return Proxies(
        name=name,
        replicas=proxy.replicas,
        containers=(_haproxy(proxy, place.size_of(name, proxy.resources), ports, variables),),
        security=Security(user=proxy.user),
        grace_seconds=proxy.shutdown.grace_period_seconds,
        files=(
            FileMount("/etc/haproxy", source=ConfigFiles({"haproxy.cfg": configuration})),
            *files,
        ),
        writable=(WritablePath("/tmp"),),  # noqa: S108
        client_ports=tuple(port.name for port in ports),
        reaches=reaches,
        metrics=(Metrics(port=HEALTH.name, exposes=HAPROXY),),
    )


def _haproxy(
    proxy: Proxy, resources: Resources, ports: Ports, variables: Mapping[str, Variable]
) -> Container:
    health = HttpGet("/health", port=HEALTH.name)
    return Container(
        name="haproxy",
        image=proxy.image,
        resources=resources,
        command=("haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"),
        variables=variables,
        ports=Ports(*ports, HEALTH),
        probes=Probes(
            startup=Probe(health, period_seconds=1, timeout_seconds=1, failure_threshold=30),
            readiness=Probe(health, period_seconds=2),
            liveness=Probe(health),
        ),
        stop=proxy.shutdown,
    )
