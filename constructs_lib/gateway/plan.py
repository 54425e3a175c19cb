"""What is to be rendered: settings with all defaults applied, routes grouped by them.

A back end keeps settings per object, not per path: annotations hold for a whole Ingress, and one
policy of a kind holds for a whole HTTPRoute. So routes that share settings share an object. The
name of an object follows from one route alone, never from how many there are or in which order,
so that a new route moves no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from constructs_lib.chart import AppChart
from constructs_lib.errors import Problem
from constructs_lib.gateway.props import IngressGatewayProps, Route
from constructs_lib.gateway.settings import CookieAffinity, Cors, Off, RateLimit
from constructs_lib.gateway.tls import Tls, tls_of
from constructs_lib.kube.body import Body
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.naming import LABEL_LIMIT, name_problems
from constructs_lib.refs import AppProtocol

_T = TypeVar("_T")

IDLE_SECONDS = 60
_CONNECT_SECONDS, _WEBSOCKET_IDLE_SECONDS = 5, 3600

REDIRECT = "to-https"
"""Name, after the gateway's, of the route that redirects plain HTTP."""


@dataclass(frozen=True)
class Settings:
    """How requests of a route are treated, nothing left to inherit."""

    cors: Cors | None
    rate_limit: RateLimit | None
    body_size: str | Off | None
    """None leaves the controller's default, ``Off()`` is no limit."""

    connect_seconds: int
    idle_seconds: int
    request_seconds: int | None
    session_affinity: CookieAffinity | None
    websocket: bool
    streaming: bool
    protocol: AppProtocol | None
    """What the service speaks, where it is not HTTP/1.1 in clear text."""

    allow_from: tuple[str, ...]
    """Address ranges of clients that may come in; none is everybody."""


@dataclass(frozen=True)
class Group:
    """Routes with the same settings and hosts, rendered into one object."""

    name: str
    settings: Settings
    hosts: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Plan:
    """One gateway in one environment."""

    name: str
    chart: AppChart
    props: IngressGatewayProps
    tls: Tls
    groups: tuple[Group, ...]

    def metadata(
        self,
        name: str,
        *,
        namespace: str | None = None,
        annotations: dict[str, str] | None = None,
    ) -> Body:
        """Metadata of one of the gateway's objects, by default in the gateway's namespace."""
        metadata = object_metadata(self.chart, name, workload=self.name, annotations=annotations)
        return metadata | {"namespace": namespace} if namespace else metadata


def plan(name: str, chart: AppChart, props: IngressGatewayProps) -> Plan:
    """The plan of the gateway called ``name``, whose props have been checked."""
    members: dict[str, list[Route]] = {}
    for route in props.routes:
        members.setdefault(object_name(name, props, route), []).append(route)
    groups = tuple(
        Group(
            object_id,
            settings_of(props, routes[0]),
            routes[0].hosts or props.hosts,
            tuple(routes),
        )
        for object_id, routes in members.items()
    )
    return Plan(name, chart, props, tls_of(name, props.tls, chart.environment), groups)


def settings_of(props: IngressGatewayProps, route: Route) -> Settings:
    """The settings of ``route``: its own, then the gateway's, then the library's."""
    own, common = route.timeouts, props.timeouts
    idle = own.idle_seconds if own else None
    request = own.request_seconds if own else None
    if not route.websocket:
        idle = idle or common.idle_seconds or IDLE_SECONDS
        request = request or common.request_seconds
    return Settings(
        cors=_own_or(route.cors, props.cors),
        rate_limit=_own_or(route.rate_limit, props.rate_limit),
        body_size=route.body_size or (None if route.websocket else props.body_size),
        connect_seconds=(own and own.connect_seconds) or common.connect_seconds or _CONNECT_SECONDS,
        idle_seconds=idle or _WEBSOCKET_IDLE_SECONDS,
        request_seconds=request,
        session_affinity=_own_or(route.session_affinity, props.session_affinity),
        websocket=route.websocket,
        streaming=route.streaming,
        protocol=_protocol(route),
        allow_from=props.allow_from if route.allow_from is None else route.allow_from,
    )


def object_name(gateway: str, props: IngressGatewayProps, route: Route) -> str:
    """The gateway's name, followed by a route's group or path where it has settings of its own."""
    if route.group is not None:
        return f"{gateway}-{route.group}"
    plain = settings_of(props, Route("/", route.endpoint))
    everywhere = not route.hosts or set(route.hosts) == set(props.hosts)
    if everywhere and settings_of(props, route) == plain and plain.protocol is None:
        return gateway
    return f"{gateway}-{re.sub(r'[^a-z0-9]+', '-', route.path.lower()).strip('-') or 'root'}"


def grouping_problems(gateway: str, props: IngressGatewayProps) -> Iterator[Problem]:
    """Objects whose names cannot be, and routes that share one without sharing settings."""
    first: dict[str, tuple[int, Route]] = {}
    for index, route in enumerate(props.routes):
        name = object_name(gateway, props, route)
        where = f"routes[{index}]"
        if name == f"{gateway}-{REDIRECT}":
            fix = "give it another group"
            yield Problem(f"{where}.group", name, "is the redirect's name", fix)
        for problem in name_problems(f"{where}.path", name, limit=LABEL_LIMIT):
            fix = "give the route a short group"
            yield Problem(problem.field, problem.value, f"its object {problem.why}", fix)
        other_index, other = first.setdefault(name, (index, route))
        if other_index == index:
            continue
        if name != gateway and None in {route.group, other.group}:
            why = f"would be rendered as {name!r}, as routes[{other_index}] ({other.path}) is"
            yield Problem(f"{where}.path", route.path, why, "give one of them a group")
        elif not _alike(props, other, route):
            why = f"differs in settings or hosts from routes[{other_index}] of the same group"
            yield Problem(f"{where}.group", route.group, why, "give both the same, or two groups")


def _alike(props: IngressGatewayProps, one: Route, other: Route) -> bool:
    same_hosts = set(one.hosts or props.hosts) == set(other.hosts or props.hosts)
    return same_hosts and settings_of(props, one) == settings_of(props, other)


def _own_or(own: _T | Off | None, common: _T | None) -> _T | None:
    if own is None:
        return common
    return None if isinstance(own, Off) else own


def _protocol(route: Route) -> AppProtocol | None:
    spoken = route.endpoint.port.app_protocol
    return None if spoken in {None, "http", "kubernetes.io/ws"} else spoken
