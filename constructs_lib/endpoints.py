"""Where something answers.

The only place that spells ``.svc``, so that how a host name looks is decided once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.naming import name_problems, selector
from constructs_lib.peers import Peer, Pods
from constructs_lib.ports import Port
from constructs_lib.values import Value

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
"""https://www.rfc-editor.org/rfc/rfc3986#section-3.1 , in lower case."""


class Endpoint(Value):
    """One port of one service, as its clients know it."""

    service: str = field(kw_only=False)
    """Name of the Service that clients connect to."""

    namespace: str = field(kw_only=False)
    """Namespace of that Service."""

    port: Port = field(kw_only=False)
    """The port: its Service number for addresses, its container number for network policies."""

    peers: tuple[Peer, ...] = ()
    """Who answers behind the Service. A NetworkPolicy knows pods and address ranges, not names,
    so an endpoint outside the cluster is of use to a policy only with its ranges."""

    @classmethod
    def of(cls, service: str, port: Port, *, app: str, namespace: str | None = None) -> Endpoint:
        """A port of a NovaService by its name, wherever it is built, and before it is.

        ``app`` is the app it belongs to, ``namespace`` where it runs (default: as the app is
        called). Two services that call each other, or charts of two apps, know each other so.
        """
        place = namespace or app
        return cls(service, place, port, peers=(Pods(place, labels=selector(service, app)),))

    @property
    def host(self) -> str:
        """Host name that resolves from any namespace of the cluster."""
        return f"{self.service}.{self.namespace}.svc"

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port.offered}"

    @property
    def local_address(self) -> str:
        """``service:port``, for clients in the endpoint's own namespace."""
        return f"{self.service}:{self.port.offered}"

    def url(self, scheme: str = "http", path: str = "") -> str:
        """``scheme://host:port/path``."""
        return f"{scheme}://{self.address}{path}"

    def problems(self) -> Iterator[Problem]:
        """Both names."""
        yield from name_problems("service", self.service)
        yield from name_problems("namespace", self.namespace)


def scheme_problems(field: str, scheme: object) -> Iterator[Problem]:
    """Whether a URL can begin with ``scheme``, which nobody may have checked to be text."""
    if not isinstance(scheme, str) or not _SCHEME.fullmatch(scheme):
        fix = "write it without '://', such as 'http'"
        yield Problem(field, scheme, "is no scheme of a URL", fix)


def path_problems(field: str, path: str) -> Iterator[Problem]:
    """Whether ``path`` can follow the port in a URL."""
    if path and not path.startswith("/"):
        why = "would run into the port before it"
        yield Problem(field, path, why, f"begin with '/': {'/' + path!r}")
