"""Ports: what pods listen on and Services offer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal, cast

from constructs_lib.errors import NovaError, Problem, nearest, refuse
from constructs_lib.naming import port_name_problems, port_number_problems, protocol_problems
from constructs_lib.values import Value

Protocol = Literal["TCP", "UDP", "SCTP"]

AppProtocol = str
"""An IANA service name, or a name after a DNS name and ``/``, such as ``example.com/redis``.

Gateways and service meshes read ``http``, ``https``, ``tcp``, ``tls``, ``grpc`` and ``grpcs`` on a
Service port; ``kubernetes.io/ws`` is a WebSocket over clear text, ``kubernetes.io/wss`` one over
TLS, ``kubernetes.io/h2c`` HTTP/2 (and so gRPC) over clear text.
https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol"""


class Port(Value):
    """One port that pods listen on and a Service offers."""

    name: str = field(kw_only=False)
    """Name by which probes, routes and monitors refer to the port, at most 15 characters."""

    number: int = field(kw_only=False)
    """Port of the container, and of the Service unless ``service_port`` says otherwise."""

    service_port: int | None = None
    """Port of the Service; None offers ``number``."""

    protocol: Protocol = "TCP"
    """Transport. Default TCP."""

    app_protocol: AppProtocol | None = None
    """What is spoken on it; None renders no ``appProtocol``."""

    @property
    def offered(self) -> int:
        """The number clients of the Service use."""
        return self.number if self.service_port is None else self.service_port

    def problems(self) -> Iterator[Problem]:
        """Name and numbers."""
        yield from port_name_problems("name", self.name)
        yield from port_number_problems("number", self.number)
        if self.service_port is not None:
            yield from port_number_problems("service_port", self.service_port)
        if self.app_protocol is not None:
            yield from protocol_problems("app_protocol", self.app_protocol)


def _renamed(named: Mapping[str, int | Port]) -> Iterator[Problem]:
    """Ports under a keyword that is not their name, which nobody could look up by either."""
    for keyword, port in named.items():
        if isinstance(port, Port) and port.name != keyword:
            fix = f"write {port.name}=..., or call the port {keyword!r}"
            yield Problem(keyword, port, f"is a port called {port.name!r}", fix)


_EACH = re.compile(r"each(?:\[(\d+)\])?")


class Ports(Value):
    """The named ports of a workload: ``Ports(http=8080, grpc=9080)``.

    A keyword's value is the number, or a :class:`Port` of that name where more is to be said; ports
    whose name has a ``-`` are given as ``Ports(Port("relay-1", 49160, protocol="UDP"))``.
    ``dataclasses.replace(ports)`` keeps them; with ``each=`` it takes others.
    """

    each: tuple[Port, ...] = ()
    """The ports, in the order given."""

    def __init__(self, *ports: Port, **named: int | Port) -> None:
        """Ports given whole, then ports given by name."""
        # A tuple is no port but the field, which dataclasses.replace() hands over.
        given: object = named.get("each")
        kept = named.pop("each") if isinstance(given, tuple) else ()
        refuse("Ports", _renamed(named))
        extra = [p if isinstance(p, Port) else Port(name, p) for name, p in named.items()]
        object.__setattr__(self, "each", (*ports, *cast("tuple[Port, ...]", kept), *extra))

    def __repr__(self) -> str:
        """As it may be written."""
        return f"Ports({', '.join(map(repr, self.each))})"

    def __iter__(self) -> Iterator[Port]:
        """The ports, in the order given."""
        return iter(self.each)

    def __len__(self) -> int:
        """How many ports there are."""
        return len(self.each)

    def __contains__(self, name: object) -> bool:
        """Whether a port has that name."""
        return any(port.name == name for port in self.each)

    def __getitem__(self, name: str) -> Port:
        """The port called ``name``; raises ``NovaError`` with the nearest name if there is none."""
        for port in self.each:
            if port.name == name:
                return port
        msg = f"no port is called {name!r}: {nearest(name, [p.name for p in self.each])}"
        raise NovaError(msg)

    def problems(self) -> Iterator[Problem]:
        """No name, no number and protocol, and no Service port twice."""
        names: set[object] = set()
        sockets: set[object] = set()
        offers: set[object] = set()
        for port in self.each:
            spot = f"[{port.name!r}]"
            if port.name in names:
                yield Problem(spot, port.number, "is a name of two ports", "rename one of them")
            if (port.number, port.protocol) in sockets:
                why = f"port {port.number}/{port.protocol} is listed twice"
                yield Problem(f"{spot}.number", port.number, why, "give each its own number")
            elif (port.offered, port.protocol) in offers:
                why = f"the Service offers {port.offered}/{port.protocol} already"
                fix = "give it another service_port"
                yield Problem(f"{spot}.service_port", port.offered, why, fix)
            names.add(port.name)
            sockets.add((port.number, port.protocol))
            offers.add((port.offered, port.protocol))

    def _seen_from_outside(self, problem: Problem) -> Problem:
        """``ports['http'].number``, as it is looked up, where the tuple would say ``each[0]``."""
        spot = _EACH.match(problem.field)
        if spot is None:
            return problem
        rest = problem.field[spot.end() :]
        name = getattr(self.each[int(spot[1])], "name", None) if spot[1] else None
        if isinstance(name, str):
            return replace(problem, field=f"[{name!r}]{rest}")
        return replace(problem, field=f"[{spot[1]}]{rest}" if spot[1] else rest)
