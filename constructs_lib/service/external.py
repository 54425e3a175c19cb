"""ExternalService: a name in the app's own namespace for something that runs elsewhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import field, replace

from constructs import Construct

from constructs_lib.chart import app_chart_of
from constructs_lib.errors import Problem, refuse
from constructs_lib.kube import services
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.manifest import Manifest
from constructs_lib.naming import host_problems, name_problems
from constructs_lib.refs import Endpoint, Pods, Ports
from constructs_lib.service.construct import NovaService
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.tree import place, takes_props
from constructs_lib.values import Value, check


class ExternalServiceProps(Value):
    """What stands behind the name."""

    endpoint: Endpoint = field(kw_only=False)
    """What runs elsewhere: a Service of another namespace, or addresses outside the cluster."""

    host: str | None = None
    """DNS name outside the cluster that clients are sent to; None sends them to the endpoint's
    Service, or to its addresses where its peers are single addresses (``/32``)."""

    stand_in: bool = True
    """Whether an environment that has stand-in images runs one behind the name. Default True."""

    def problems(self) -> Iterator[Problem]:
        """The host is one, and somebody is behind the endpoint."""
        if self.host is not None:
            yield from host_problems("host", self.host)
            if self.host.startswith("*."):
                fix = "name one host"
                yield Problem("host", self.host, "is no host that clients can be sent to", fix)
        if not self.endpoint.peers:
            fix = "give the endpoint peers: Pods or Cidrs"
            yield Problem("endpoint.peers", self.endpoint.peers, "names nobody behind it", fix)
        elif self.host is None:
            yield from self._place_problems()

    def _place_problems(self) -> Iterator[Problem]:
        """Without a host, the peers say where clients are sent to."""
        peers = self.endpoint.peers
        addresses = _addresses(self)
        yield from _address_problems(addresses or ())
        if addresses is None and not any(isinstance(peer, Pods) for peer in peers):
            why = "are whole ranges, to which no client can be sent"
            yield Problem("endpoint.peers", peers, why, "give host, or single addresses (/32)")
        if len({ipaddress.ip_address(address).version for address in addresses or ()}) > 1:
            why = "mix IPv4 and IPv6, and an EndpointSlice holds one family"
            yield Problem("endpoint.peers", peers, why, "list addresses of one family")


@takes_props
class ExternalService(Construct):
    """A Service named after the construct that leads to an endpoint elsewhere.

    After construction the chart holds an ExternalName Service, or a Service with an EndpointSlice
    of addresses, or, where the environment stands in for what does not exist, a NovaService with a
    web server on the endpoint's port. :attr:`endpoint` is what clients use in all three cases.
    """

    def __init__(self, scope: Construct, id: str, props: ExternalServiceProps) -> None:  # noqa: A002
        """Build the name ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        where = place(scope, id, "ExternalService")
        check(where, props, ExternalServiceProps)
        self._chart = app_chart_of(scope)
        refuse(where, name_problems("id", id))
        super().__init__(scope, id)
        self.endpoint = replace(props.endpoint, service=id, namespace=self._chart.app_namespace)
        """The endpoint under its name here, with the same peers."""
        if props.stand_in and self._chart.environment.images.stand_in is not None:
            self.endpoint = self._stand_in(id, props)
        elif (addresses := _addresses(props)) is not None:
            self._addressed(id, props, addresses)
        else:
            self._named(id, props)

    def _stand_in(self, name: str, props: ExternalServiceProps) -> Endpoint:
        port = props.endpoint.port
        service = NovaService(
            self,
            name,
            NovaServiceProps(image=AppImage(name, tag="stand-in"), ports=Ports(port)),
        )
        return service.endpoint(port.name)

    def _addressed(
        self, name: str, props: ExternalServiceProps, addresses: tuple[str, ...]
    ) -> None:
        metadata = object_metadata(self._chart, name)
        ports = Ports(props.endpoint.port)
        Manifest(self, "service", services.addressed_service(metadata, ports))
        slices = services.endpoint_slice(metadata, addresses, ports)
        Manifest(self, "endpoint-slice", slices)

    def _named(self, name: str, props: ExternalServiceProps) -> None:
        # An ExternalName is a CNAME, and resolvers do not search suffixes for its target.
        host = props.host or f"{props.endpoint.host}.{self._chart.environment.cluster.domain}"
        metadata = object_metadata(self._chart, name)
        ports = Ports(props.endpoint.port)
        Manifest(self, "service", services.external_name_service(metadata, host, ports))


def _address_problems(addresses: tuple[str, ...]) -> Iterator[Problem]:
    """Addresses that an EndpointSlice does not take, since they lead to no other machine."""
    fix = "list each address of a machine once"
    for address in dict.fromkeys(addresses):
        parsed = ipaddress.ip_address(address)
        if addresses.count(address) > 1:
            yield Problem("endpoint.peers", address, "is listed twice", fix)
        for kind in ("loopback", "link_local", "multicast", "unspecified"):
            if getattr(parsed, f"is_{kind}"):
                shown = kind.replace("_", "-")
                yield Problem("endpoint.peers", address, f"is {shown}", fix)


def _addresses(props: ExternalServiceProps) -> tuple[str, ...] | None:
    """The single addresses behind the endpoint; None where they are pods or whole ranges."""
    addresses = []
    for peer in props.endpoint.peers:
        if isinstance(peer, Pods) or props.host is not None:
            return None
        for block in peer.blocks:
            network = ipaddress.ip_network(block)
            if network.num_addresses != 1:
                return None
            addresses.append(str(network.network_address))
    return tuple(addresses)
