"""Settings of routes: cross-origin requests, rates, time-outs, affinity; and how to switch one off.

Each holds for a whole gateway, and a route may have its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.values import Value

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

WEBSOCKET_IDLE_FLOOR = 60
"""Seconds. Clients and servers commonly ping every 20 to 30 s; a connection that may not be silent
for twice as long breaks on one lost ping."""

_CONNECT_CEILING = 75
"""Seconds; nginx documents that longer connect time-outs usually have no effect."""

_ORIGIN = re.compile(r"https?://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?")
_HEADER = re.compile(r"[A-Za-z0-9_-]+")
_COOKIE = re.compile(r"[A-Za-z0-9_-]+")


class Off(Value):
    """In a route's field: what the gateway sets for all routes does not hold for this one."""


class Cors(Value):
    """Which pages of other origins may call, and what their browsers may send and read.

    https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS
    """

    origins: tuple[str, ...]
    """Origins whose pages may call, each scheme and host, with a port where it is not the usual
    one: ``https://app.example.com``. ``("*",)`` is every origin, without credentials only."""

    methods: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    """Methods they may use. Default: all but HEAD, which browsers allow anyway."""

    headers: tuple[str, ...] = ("Authorization", "Content-Type")
    """Request headers they may set. Default Authorization and Content-Type."""

    expose: tuple[str, ...] = ()
    """Response headers that scripts may read, besides the few that are always readable."""

    credentials: bool = False
    """Whether cookies and HTTP authentication are sent along. Default False, rendered as such:
    ingress-nginx allows them where nothing is said."""

    max_age_seconds: int = 600
    """How long a browser may keep the answer to a preflight request. Default 600 s; browsers cap
    it between two hours and a day."""

    def problems(self) -> Iterator[Problem]:
        """Named origins, and headers that both back ends take."""
        yield from self._origin_problems()
        for name, value in (("headers", self.headers), ("expose", self.expose)):
            for header in value:
                if not _HEADER.fullmatch(header):
                    # A "*" counts as a literal name wherever credentials are sent.
                    fix = "name each header with letters, digits, '-' and '_'"
                    yield Problem(name, header, "is not the name of a header", fix)
        if not self.methods:
            yield Problem("methods", self.methods, "allows no method", "list at least one")
        if self.max_age_seconds < 1:
            fix = "use 1 or more"
            yield Problem("max_age_seconds", self.max_age_seconds, "is no time", fix)

    def _origin_problems(self) -> Iterator[Problem]:
        if not self.origins:
            fix = "list at least one, or leave cors out"
            yield Problem("origins", self.origins, "allows no origin", fix)
        if len(set(self.origins)) < len(self.origins):
            yield Problem("origins", self.origins, "names an origin twice", "name each once")
        if self.origins == ("*",):
            if self.credentials:
                why = "with credentials lets every site act in the user's name"
                yield Problem("origins", self.origins, why, "name the origins")
            return
        for origin in self.origins:
            if "*" in origin:
                # One back end reads "*." as one label, the other as any number of them.
                why = "is a pattern, and back ends read patterns differently"
                yield Problem("origins", origin, why, "name each origin")
            elif not _ORIGIN.fullmatch(origin):
                fix = "write scheme and host in lower case, such as https://app.example.com"
                yield Problem("origins", origin, "is not an origin", fix)


class RateLimit(Value):
    """How many requests one client address may send.

    ingress-nginx counts for each Ingress object, so for all routes of one group together; Envoy
    counts for each path. Requests beyond it are answered 503 by ingress-nginx (its ConfigMap's
    ``limit-req-status-code`` makes that 429) and 429 by Envoy.
    """

    requests_per_second: int
    """Requests of one client address in a second."""

    burst: int | None = None
    """Requests that may come at once on top of that. None allows ``requests_per_second`` of them,
    which both back ends can express. ingress-nginx takes multiples of ``requests_per_second``."""

    scope: Literal["client-per-replica", "client-global"] = "client-per-replica"
    """``client-per-replica``: every replica of the proxy counts for itself, so that the limit grows
    with the proxy. ``client-global``: one count over all replicas, which needs a rate-limit service
    beside the proxy. Default client-per-replica."""

    @property
    def at_once(self) -> int:
        """``burst``, or its default."""
        return self.requests_per_second if self.burst is None else self.burst

    def problems(self) -> Iterator[Problem]:
        """Numbers above zero."""
        if self.requests_per_second < 1:
            fix = "use 1 or more, or leave rate_limit out"
            yield Problem("requests_per_second", self.requests_per_second, "lets nobody in", fix)
        if self.burst is not None and self.burst < 1:
            yield Problem("burst", self.burst, "is no burst", "use 1 or more, or leave it out")


class Timeouts(Value):
    """How long the proxy waits. A route's own fields win over the gateway's, one by one."""

    connect_seconds: int | None = None
    """For a connection to a pod. None takes the gateway's, and there 5 s."""

    idle_seconds: int | None = None
    """For the next byte in either direction, the first one of a response included. None takes the
    gateway's, and there 60 s; on a WebSocket route None is 3600 s."""

    request_seconds: int | None = None
    """For a whole request, from its last byte to the last byte of the response. None takes the
    gateway's, and there no limit. Only Gateway API can express it; WebSocket routes, which have no
    last byte, do not take the gateway's."""

    def problems(self) -> Iterator[Problem]:
        """Times above zero."""
        for name in ("connect_seconds", "idle_seconds", "request_seconds"):
            seconds = getattr(self, name)
            if seconds is not None and seconds < 1:
                fix = "use 1 or more, or leave it out"
                yield Problem(name, seconds, "leaves no time", fix)
        if self.connect_seconds is not None and self.connect_seconds > _CONNECT_CEILING:
            fix = f"use at most {_CONNECT_CEILING}"
            yield Problem("connect_seconds", self.connect_seconds, "is out of nginx' range", fix)


class CookieAffinity(Value):
    """Requests that carry a cookie keep reaching the pod that the cookie was set for.

    It holds as long as pods stay: when some are added, a share of clients moves.
    """

    name: str = field(kw_only=False)
    """Name of the cookie, which the proxy sets where a request has none."""

    max_age_seconds: int = 3600
    """How long a browser keeps the cookie. Default one hour."""

    same_site: Literal["Lax", "Strict", "None"] = "Lax"
    """From which sites' pages browsers send it. Default Lax. ``None`` needs TLS, since browsers
    refuse such a cookie without its Secure attribute."""

    def problems(self) -> Iterator[Problem]:
        """A name that needs no quoting, and a time."""
        if not _COOKIE.fullmatch(self.name):
            fix = "use letters, digits, '-' and '_'"
            yield Problem("name", self.name, "is not the name of a cookie", fix)
        if self.max_age_seconds < 1:
            fix = "use 1 or more"
            yield Problem("max_age_seconds", self.max_age_seconds, "is no time", fix)
