"""Alertmanager: who is told of what, once.

https://prometheus.io/docs/alerting/latest/alertmanager/
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import NovaError, Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.observability.alertmanager_alerts import alerts, exposed
from constructs_lib.observability.alertmanager_args import (
    GOSSIP,
    OWN_ARGS,
    arguments,
    cluster_arguments,
)
from constructs_lib.observability.alertmanager_file import (
    CONFIGURATION,
    configuration,
    secret_mounts,
)
from constructs_lib.observability.durations import duration_problems, seconds_of
from constructs_lib.observability.extra_args import extra_args_problems
from constructs_lib.observability.messages import FILE, file_text
from constructs_lib.observability.routing import Routing
from constructs_lib.observability.urls import page_problems, url_problems
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Engine, Front, Place, Plan
from constructs_lib.store.part import Access, Container, Servers

HTTP = Port("http", 9093, app_protocol="http")
"""Where alerts arrive, people look and metrics are."""

_GOSSIP_TCP = Port("gossip", GOSSIP)
_GOSSIP_UDP = Port("gossip-udp", GOSSIP, protocol="UDP")
_DATA = "/alertmanager"
_FILE = "alertmanager.yml"
_ADDRESSES = "ALERTMANAGER_ADDRESSES"
_NOBODY = 65534
_REPLICAS = (1, 3)


class Alertmanager(Engine):
    """One Alertmanager, or three that tell each other what they have sent.

    Prometheus sends every alert to each of them (see :func:`addresses`), never through a Service
    that would choose one: each waits for its turn, and tells only what none before it has told. So
    any two may be gone. There is no quorum: cut off from each other, all of them tell.

    A changed configuration rolls the pods. Changed secrets need nothing: they are read for every
    message.
    """

    routing: Routing
    """Who is told of what."""

    replicas: int = 3
    """How many: 1 or 3. Default 3. The last of three sends two ``peer_timeout_seconds`` late, so
    more of them would only make that longer."""

    image: Image = Image("docker.io/prom/alertmanager", tag="v0.34.1")
    """Its image. Default ``docker.io/prom/alertmanager:v0.34.1``. Configuration and arguments are
    those of 0.25 and newer, unless a field says otherwise."""

    external_url: str | None = None
    """Where people find its pages, a URL without a path; it answers at the root. Default None:
    nobody outside the cluster does, and messages do not lead there."""

    silences_url: str | None = None
    """Page on which people silence an alert, for messages. Default None: that of ``external_url``;
    without either, messages name none. A stack gives Grafana's page where Grafana has a ``url``."""

    retention: str = "120h"
    """How long silences that are over, and what has been sent, are kept. Default 120h. Nothing is
    told again later than this."""

    peer_timeout_seconds: int = 15
    """How long each waits for the one before it to have told. Default 15 s, Alertmanager's own.
    Longer than a message takes to be accepted, or it is sent twice."""

    extra_args: tuple[str, ...] = ()
    """Further flags, for example ``--enable-feature=utf8-strict-mode``. Those that are rendered
    already are refused. Default none."""

    user: int = _NOBODY
    """Numeric user id. Default 65534, the image's ``nobody``."""

    resources: Resources = Resources(cpu="20m", memory="64Mi", memory_limit="128Mi")
    """Requests and limits of each. Default 20m, 64Mi to 128Mi."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=30, drain_seconds=0, stop_seconds=20)
    """How it stops: on SIGTERM it leaves the others and writes down what it remembers. Default 30 s
    in all, nothing before SIGTERM, since nobody reaches it through a proxy."""

    def problems(self) -> Iterator[Problem]:
        """Numbers, times, URLs and flags."""
        if self.replicas not in _REPLICAS:
            why = "is neither one, nor as many as survive two losses"
            yield Problem("replicas", self.replicas, why, "use 1 or 3")
        if self.peer_timeout_seconds < 1:
            why = "lets all of them tell at once"
            yield Problem("peer_timeout_seconds", self.peer_timeout_seconds, why, "use 15")
        if self.external_url is not None:
            yield from page_problems("external_url", self.external_url)
        if self.silences_url is not None:
            yield from url_problems("silences_url", self.silences_url)
        yield from extra_args_problems(self.extra_args, OWN_ARGS)
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use any number from 1")
        yield from self._retention_problems()

    @property
    def silences(self) -> str | None:
        """Page on which people silence an alert; None where there is none for them."""
        if self.silences_url is not None or self.external_url is None:
            return self.silences_url
        return f"{self.external_url}/#/silences/new"

    def plan(self, place: Place) -> Plan:
        """One StatefulSet, and one Service for people and gateways."""
        endpoint = Endpoint(place.write_service, place.namespace, HTTP, peers=(place.pods(),))
        hosts = [place.pod_host(number) for number in range(self.replicas)]
        listed = ",".join(f"{host}:{HTTP.number}" for host in hosts)
        variables = {"ALERTMANAGER_URL": endpoint.url(), _ADDRESSES: listed}
        return Plan(
            parts=(self._servers(place, hosts),),
            fronts=(Front(name=place.write_service, part=place.name, ports=Ports(HTTP)),),
            endpoints={"client": endpoint},
            bindings={"default": Binding(endpoint, variables=variables)},
            kind="alertmanager",
            alerts=alerts(place.name, place.namespace, replicas=self.replicas),
        )

    def _servers(self, place: Place, hosts: list[str]) -> Servers:
        written = {_FILE: configuration(self.routing), FILE: file_text(self.silences)}
        clustered = self.replicas > 1
        peers = (place.pods(),)
        between = (_GOSSIP_TCP.name, _GOSSIP_UDP.name)
        return Servers(
            name=place.name,
            replicas=self.replicas,
            headless=place.headless,
            volume=place.volume,
            data_path=_DATA,
            containers=(self._container(place, hosts),),
            security=Security(user=self.user),
            grace_seconds=self.shutdown.grace_period_seconds,
            files=(
                FileMount(CONFIGURATION, source=ConfigFiles(written)),
                *secret_mounts(self.routing),
            ),
            client_ports=(HTTP.name,),
            accepts=(Access(peers=peers, ports=between),) if clustered else (),
            reaches=(
                *(_between(place) if clustered else ()),
                *self._ways_out(),
            ),
            metrics=(Metrics(port=HTTP.name, exposes=exposed(self.replicas)),),
        )

    def _ways_out(self) -> list[Traffic]:
        """What receivers need, each once."""
        found: list[Traffic] = []
        for receiver in self.routing.receivers.values():
            if receiver.reaches not in found:
                found.append(receiver.reaches)
        return found

    def _container(self, place: Place, hosts: list[str]) -> Container:
        clustered = self.replicas > 1
        variables: dict[str, Variable] = {"POD_IP": PodField("status.podIP")} if clustered else {}
        gossip = (_GOSSIP_TCP, _GOSSIP_UDP) if clustered else ()
        return Container(
            name="alertmanager",
            image=self.image,
            resources=place.size_of(place.name, self.resources),
            command=("/bin/alertmanager",),
            args=self._arguments(place, hosts),
            variables=variables,
            ports=Ports(HTTP, *gossip),
            probes=_probes(),
            stop=self.shutdown,
            data=True,
        )

    def _arguments(self, place: Place, hosts: list[str]) -> tuple[str, ...]:
        own = f"http://{place.service_host(place.write_service)}:{HTTP.offered}"
        given = arguments(
            configuration=f"{CONFIGURATION}/{_FILE}",
            data_path=_DATA,
            retention=self.retention,
            port=HTTP.number,
            url=self.external_url or own,
        )
        return (*given, *cluster_arguments(hosts, self.peer_timeout_seconds), *self.extra_args)

    def _retention_problems(self) -> Iterator[Problem]:
        wrong = list(duration_problems("retention", self.retention))
        yield from wrong
        if wrong:
            return
        for severity, repeat in self.routing.repeats.items():
            if seconds_of(repeat) > seconds_of(self.retention):
                why = f"forgets sent messages before routing.repeat_{severity} of {repeat} is over"
                fix = f"use {repeat} or more"
                yield Problem("retention", self.retention, why, fix)


def addresses(alertmanager: Binding) -> tuple[str, ...]:
    """``host:port`` of every replica, to each of which a Prometheus has to send its alerts.

    ``alertmanager`` is the binding of a store with this engine (``store.client()``). Raises
    ``NovaError`` for any other.
    """
    listed = alertmanager.variables.get(_ADDRESSES)
    if not isinstance(listed, str):
        msg = f"{alertmanager.endpoint.service} is no Alertmanager: it lists no replicas"
        raise NovaError(msg)
    return tuple(listed.split(","))


def _between(place: Place) -> tuple[Traffic, ...]:
    peers = (place.pods(),)
    return (
        Traffic(peers, ports=(GOSSIP,)),
        Traffic(peers, protocol="UDP", ports=(GOSSIP,)),
    )


def _probes() -> Probes:
    ready = HttpGet("/-/ready", port=HTTP.name)
    return Probes(
        startup=Probe(ready, period_seconds=5, failure_threshold=30),
        readiness=Probe(ready, period_seconds=5),
        liveness=Probe(HttpGet("/-/healthy", port=HTTP.name)),
    )
