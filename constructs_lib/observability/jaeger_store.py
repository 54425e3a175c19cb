"""Jaeger with Badger: a store of one pod, which keeps traces on its volume."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import stateful_set_pods
from constructs_lib.kube.security import Security
from constructs_lib.observability import jaeger as program
from constructs_lib.observability import otlp
from constructs_lib.observability.jaeger import QUERY, Jaeger
from constructs_lib.observability.otlp import HEALTH, METRICS, OTLP_GRPC, OTLP_HTTP
from constructs_lib.observability.trace_storage import Badger
from constructs_lib.quantity import memory, parse
from constructs_lib.refs import Endpoint, Port, Ports
from constructs_lib.store.engine import Engine, Front, Place, Plan
from constructs_lib.store.part import Access, Container, Servers
from constructs_lib.store.volume_alerts import claims_of, free_share, full_ahead

_FOLDER = "/badger"
_SHARE_OF_VOLUME = Decimal("0.8")
_START_SECONDS = 600
_OTLP = (OTLP_GRPC, OTLP_HTTP)


class JaegerBadger(Engine):
    """One pod of Jaeger, a StatefulSet's: the old one lets go of the files before the new starts.

    A single pod may always be drained, so it has no disruption budget; traces that are sent
    meanwhile wait in whoever sends them.
    """

    jaeger: Jaeger
    """What runs."""

    def problems(self) -> Iterator[Problem]:
        """The storage is one that a volume holds."""
        if not isinstance(self.jaeger.storage, Badger):
            fix = "render it as a NovaService with jaeger_props"
            yield Problem("jaeger.storage", self.jaeger.storage, "keeps no files", fix)

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """Whether the volume holds what is kept."""
        badger = self._badger
        room = parse(place.volume.size) * _SHARE_OF_VOLUME
        if badger.needed > room:
            why = (
                f"at {badger.per_day} a day takes up to {memory(badger.needed // 1)}, half of it"
                f" old, and 80 % of the volume of {place.volume.size} are {memory(room // 1)}"
            )
            needed = memory(-(-badger.needed // _SHARE_OF_VOLUME))
            fix = f"use a volume of {needed} or more, or keep traces for a shorter time"
            yield Problem("engine.jaeger.storage.ttl", badger.ttl, why, fix)

    def plan(self, place: Place) -> Plan:
        """One server, and the Service before it."""
        return Plan(
            kind="jaeger",
            parts=(self._part(place),),
            fronts=(Front(name=place.write_service, part=place.name, ports=Ports(*_OTLP, QUERY)),),
            endpoints={port.name: _endpoint(place, port) for port in (*_OTLP, QUERY)},
            bindings={},
            alerts=(
                _down(place),
                *program.jaeger_alerts(stateful_set_pods(place.namespace, place.name)),
                *_volume_alerts(place),
            ),
        )

    @property
    def _badger(self) -> Badger:
        assert isinstance(self.jaeger.storage, Badger)  # noqa: S101  (refused before)
        return self.jaeger.storage

    def _part(self, place: Place) -> Servers:
        jaeger = self.jaeger
        settings = program.configuration(jaeger, self._badger.backend(_FOLDER))
        accepts = (
            Access(peers=jaeger.senders, ports=tuple(port.name for port in _OTLP)),
            Access(peers=jaeger.readers, ports=(QUERY.name,)),
        )
        return Servers(
            name=place.name,
            replicas=1,
            headless=place.headless,
            volume=place.volume,
            data_path=_FOLDER,
            containers=(self._container(place),),
            security=Security(user=jaeger.user),
            grace_seconds=jaeger.shutdown.grace_period_seconds,
            files=(program.config_mount(settings),),
            writable=program.scratch(),
            accepts=tuple(access for access in accepts if access.peers),
            client_ports=tuple(port.name for port in (*_OTLP, QUERY)),
            metrics=(program.metrics(),),
        )

    def _container(self, place: Place) -> Container:
        resources = place.size_of(place.name, self.jaeger.resources)
        return Container(
            name="jaeger",
            image=self.jaeger.image,
            resources=resources,
            args=program.arguments(),
            variables=program.variables(resources),
            ports=Ports(*_OTLP, QUERY, HEALTH, METRICS),
            probes=otlp.probes("/status", start_seconds=_START_SECONDS),
            stop=self.jaeger.shutdown,
            data=True,
        )


def jaeger_engine(jaeger: Jaeger) -> JaegerBadger:
    """The engine of the store ``jaeger``; its volume is the store's."""
    return JaegerBadger(jaeger=jaeger)


def _endpoint(place: Place, port: Port) -> Endpoint:
    return Endpoint(place.write_service, place.namespace, port, peers=(place.pods(),))


def _down(place: Place) -> Alert:
    pods = stateful_set_pods(place.namespace, place.name)
    return Alert(
        name="JaegerDown",
        expression=f"absent(otelcol_process_memory_rss{{{pods}}})",
        summary=f"{place.name} in {place.namespace} tells nothing of itself: traces are lost.",
        action="Look at its pod, its events and its last log.",
    )


def _volume_alerts(place: Place) -> tuple[Alert, ...]:
    """What the kubelet tells of the volume; without its metrics these say nothing."""
    claims = claims_of(place.namespace, place.name)
    free = free_share(claims)
    action = "Grow the claim, keep traces for a shorter time (ttl), or sample more."
    return (
        Alert(
            name="JaegerVolumeFull",
            expression=f"{free} < 0.08",
            summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }}"
            " left; when it is full, Jaeger stops.",
            action=action,
        ),
        Alert(
            name="JaegerVolumeFilling",
            expression=f"{free} < 0.3 and {full_ahead(claims)} < 0",
            lasts="1h",
            summary="{{ $labels.persistentvolumeclaim }} is full within a day if it goes on so.",
            action=action,
        ),
    )
