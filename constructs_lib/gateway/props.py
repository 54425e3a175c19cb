"""What an IngressGateway publishes, and how; the same words for every back end."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.gateway.settings import (
    WEBSOCKET_IDLE_FLOOR,
    CookieAffinity,
    Cors,
    Off,
    RateLimit,
    Timeouts,
)
from constructs_lib.gateway.tls import TlsSource
from constructs_lib.naming import host_problems, name_problems
from constructs_lib.quantity import memory_problems
from constructs_lib.refs import Endpoint
from constructs_lib.values import Value

# ingress-nginx admits no other character in paths of type Prefix and Exact.
_PATH = re.compile(r"/[A-Za-z0-9._/-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,4096}")
_GROUP_LIMIT = 40

NOBODY = ("127.0.0.1/32",)
"""Range of addresses that no client has: what is published to it alone is closed."""


class Route(Value):
    """One path, sent to one service: ``Route("/api/v1/orders", api.endpoint("http"))``.

    Fields left at None take what the gateway says; ``Off()`` switches that off.
    """

    path: str = field(kw_only=False)
    """Path of the URL, from its root. A prefix covers whole elements: ``/api`` matches ``/api``,
    ``/api/`` and ``/api/x``, never ``/apis``."""

    endpoint: Endpoint = field(kw_only=False)
    """The service's port that answers."""

    match: Literal["prefix", "exact"] = "prefix"
    """Whether the path stands for all below it or for itself alone. Default prefix."""

    hosts: tuple[str, ...] = ()
    """Which of the gateway's hosts; none is all of them."""

    nested: bool = False
    """Says that taking this part of another service's path is meant. The longer path wins; without
    it such a route is refused. Lying below ``/`` alone needs no word."""

    group: str | None = None
    """Name of the object that renders routes with these settings, after the gateway's. None makes
    a route with settings of its own an object of its own, named after its path; routes that name
    the same group share one, and must have the same settings."""

    websocket: bool = False
    """Whether clients open WebSockets here: nothing is buffered and silence may last an hour.
    Default False."""

    streaming: bool = False
    """Whether request bodies are passed on while they arrive (uploads that the service reads as a
    stream, streaming gRPC) instead of when they are complete. Default False."""

    cors: Cors | Off | None = None
    """Cross-origin requests."""

    rate_limit: RateLimit | Off | None = None
    """Requests per client."""

    body_size: str | Off | None = None
    """Largest request body, as a quantity such as ``100Mi``. ``Off()`` is no limit. WebSocket
    routes do not take the gateway's: a WebSocket has no request body."""

    timeouts: Timeouts | None = None
    """Times, field by field."""

    session_affinity: CookieAffinity | Off | None = None
    """Which pod a client returns to."""

    allow_from: tuple[str, ...] | None = None
    """Address ranges of clients that may come in here; an empty one is everybody, ``NOBODY`` is the
    proxy's own pod alone. None takes the gateway's."""

    def problems(self) -> Iterator[Problem]:
        """A path that both back ends read alike, and settings that can be meant."""
        yield from _path_problems(self.path, exact=self.match == "exact")
        if self.group is not None:
            yield from name_problems("group", self.group, limit=_GROUP_LIMIT)
        yield from _body_size_problems(self.body_size)
        for block in self.allow_from or ():
            yield from _range_problems(block)
        if self.websocket and self.timeouts is not None:
            yield from self._websocket_problems(self.timeouts)
        if self.endpoint.port.protocol != "TCP":
            fix = "route to a TCP port"
            yield Problem("endpoint", self.endpoint.port.name, "does not speak HTTP over TCP", fix)

    def _websocket_problems(self, timeouts: Timeouts) -> Iterator[Problem]:
        idle, request = timeouts.idle_seconds, timeouts.request_seconds
        if idle is not None and idle < WEBSOCKET_IDLE_FLOOR:
            fix = f"use {WEBSOCKET_IDLE_FLOOR} or more, or leave it out for an hour"
            yield Problem("timeouts.idle_seconds", idle, "breaks WebSockets between pings", fix)
        if request is not None:
            fix = "leave it out; idle_seconds ends connections that fell silent"
            yield Problem("timeouts.request_seconds", request, "cuts off a live WebSocket", fix)


class IngressGatewayProps(Value):
    """What a gateway publishes."""

    hosts: tuple[str, ...]
    """Host names it answers to, such as ``orders.example.com``; ``*.example.com`` is one level of
    names in an Ingress, any number of levels in Gateway API."""

    routes: tuple[Route, ...]
    """What it sends where. Order does not matter: the longer path wins."""

    tls: TlsSource | None = None
    """Where the certificate comes from. None takes the environment's ``certificate_issuer``, and
    serves plain HTTP where the environment has none."""

    redirect_http: bool = True
    """Whether plain HTTP is answered with a redirect to HTTPS. Default True; without TLS there is
    nothing to redirect to, and False is rendered."""

    cors: Cors | None = None
    """Cross-origin requests. None leaves them to the services."""

    rate_limit: RateLimit | None = None
    """Requests per client. None renders no limit."""

    body_size: str | None = None
    """Largest request body, as a quantity such as ``100Mi``. None leaves the controller's own:
    1 MiB with ingress-nginx, none with Envoy."""

    timeouts: Timeouts = Timeouts()
    """How long the proxy waits."""

    session_affinity: CookieAffinity | None = None
    """Which pod a client returns to. None balances every request."""

    allow_from: tuple[str, ...] = ()
    """Address ranges of clients that may come in; none is everybody. What counts is the address
    the proxy sees, see ``trusted_hops``."""

    request_headers: Mapping[str, str] = field(default_factory=dict)
    """Headers set on every request on its way to a service, replacing the client's. Only Gateway
    API can express them."""

    trusted_hops: int | None = None
    """How many proxies in front append to ``X-Forwarded-For``, so that the client's address is the
    one they saw. None takes the connection's. Only Gateway API can express it; with ingress-nginx
    it is the controller's ``use-forwarded-headers`` or ``use-proxy-protocol``."""

    def problems(self) -> Iterator[Problem]:
        """Hosts, ranges and headers; how routes lie to each other is checked by the gateway."""
        yield from self._host_problems()
        if not self.routes:
            yield Problem("routes", self.routes, "sends nothing anywhere", "add a Route")
        yield from _body_size_problems(self.body_size)
        yield from self._reach_problems()
        for block in self.allow_from:
            yield from _range_problems(block)
        for name, value in self.request_headers.items():
            if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                fix = "use letters, digits and '-' in the name, printable ASCII in the value"
                yield Problem("request_headers", {name: value}, "is not a header", fix)
        if self.trusted_hops is not None and self.trusted_hops < 1:
            fix = "use 1 or more, or leave it out"
            yield Problem("trusted_hops", self.trusted_hops, "trusts no proxy", fix)

    def _reach_problems(self) -> Iterator[Problem]:
        """What WebSocket routes do not take, where there are no others."""
        if not all(route.websocket for route in self.routes):
            return
        not_taken = {
            "body_size": self.body_size,
            "timeouts.request_seconds": self.timeouts.request_seconds,
        }
        for name, value in not_taken.items():
            if value is not None:
                why = "reaches no route, since WebSocket routes do not take it"
                yield Problem(name, value, why, "leave it out, or set it on a route that can")

    def _host_problems(self) -> Iterator[Problem]:
        if not self.hosts:
            yield Problem("hosts", self.hosts, "names no host", "name at least one")
        for index, host in enumerate(self.hosts):
            yield from host_problems(f"hosts[{index}]", host)
            if host in self.hosts[:index]:
                yield Problem(f"hosts[{index}]", host, "is listed twice", "list it once")
            wildcard = f"*.{host.partition('.')[2]}"
            if host != wildcard and wildcard in self.hosts:
                fix = "leave it out, or give it a gateway of its own"
                yield Problem(f"hosts[{index}]", host, f"is covered by {wildcard}", fix)
        for index, route in enumerate(self.routes):
            for host in route.hosts:
                if host not in self.hosts:
                    fix = "add it to the gateway's hosts"
                    where = f"routes[{index}].hosts"
                    yield Problem(where, host, "is not a host of this gateway", fix)


def _path_problems(path: str, *, exact: bool) -> Iterator[Problem]:
    if not path.startswith("/"):
        yield Problem("path", path, "does not start at the root", f"write {'/' + path!r}")
    elif "//" in path or {".", ".."} & set(path.split("/")):
        yield Problem("path", path, "is not what clients send", "write it in its plain form")
    elif not _PATH.fullmatch(path):
        fix = "use letters, digits, '-', '_', '.' and '/'; patterns are not supported"
        yield Problem("path", path, "has characters that back ends read differently", fix)
    elif path.endswith("/") and path != "/" and not exact:
        fix = f"write {path.rstrip('/')!r}, which covers it"
        yield Problem("path", path, "ends in '/'", fix)


def _body_size_problems(size: str | Off | None) -> Iterator[Problem]:
    if isinstance(size, str):
        yield from memory_problems("body_size", size, example="100Mi")


def _range_problems(block: str) -> Iterator[Problem]:
    try:
        if "/" in block:
            ipaddress.ip_network(block)
            return
    except ValueError:
        pass
    fix = "write address/prefix with the host bits zero, such as 203.0.113.0/24"
    yield Problem("allow_from", block, "is not an address range", fix)
