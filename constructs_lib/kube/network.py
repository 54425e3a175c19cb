"""NetworkPolicies: what may reach a pod, and what it may reach.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.environment import ApiServer, Dns
from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import NAMESPACE_NAME, port_number_problems
from constructs_lib.refs import Cidrs, Endpoint, Peer, Pods, Port, Protocol
from constructs_lib.values import Value

_DNS = 53


class Client(Value):
    """Somebody who may connect to the workload."""

    peer: Peer = field(kw_only=False)
    """Pods, or address ranges."""

    ports: tuple[str, ...] = ()
    """Names of the ports. None is every port but the metrics port, and that one too where it has
    more to do: where it is the first port, or a load balancer offers it."""


class Traffic(Value):
    """Connections the workload may open that no endpoint describes."""

    peers: tuple[Peer, ...] = field(kw_only=False)
    """Where to."""

    protocol: Protocol = "TCP"
    """Transport. Default TCP."""

    ports: tuple[int, ...] = ()
    """Port numbers; none is every port of the protocol."""

    def problems(self) -> Iterator[Problem]:
        """Somebody is named, and ports are ports."""
        if not self.peers:
            yield Problem("peers", self.peers, "leads nowhere", "name a peer, such as ANYWHERE")
        for number in self.ports:
            yield from port_number_problems("ports", number)


def network_policy(
    metadata: Body,
    selector: Mapping[str, str],
    *,
    ingress: Iterable[Body] = (),
    egress: Iterable[Body] | None = None,
) -> Body:
    """A policy over the selected pods; ``egress=None`` leaves what they may reach to others."""
    types: list[Literal["Ingress", "Egress"]] = ["Ingress"]
    if egress is not None:
        types.append("Egress")
    spec = body(
        podSelector={"matchLabels": dict(selector)},
        policyTypes=types,
        ingress=list(ingress),
        egress=list(egress or ()),
    )
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": spec,
    }


def from_peers(peers: Iterable[Peer], ports: Iterable[Port]) -> Body:
    """An ingress rule: ``peers`` may reach ``ports``."""
    return {"from": _peers(peers), "ports": _ports(ports)}


def to_endpoint(endpoint: Endpoint) -> Body:
    """An egress rule: the pods behind ``endpoint``, at the port they listen on.

    Addresses are resolved before a policy looks at a packet, so the Service's port never counts.
    """
    return {"to": _peers(endpoint.peers), "ports": _ports([endpoint.port])}


def to_traffic(traffic: Traffic) -> Body:
    """An egress rule for ``traffic``."""
    every: list[Body] = [{"protocol": traffic.protocol}]
    ports = [{"protocol": traffic.protocol, "port": number} for number in traffic.ports]
    return {"to": _peers(traffic.peers), "ports": ports or every}


def to_dns(dns: Dns) -> list[Body]:
    """Egress rules: names can be resolved, by UDP and, for long answers, TCP."""
    caches: list[Peer] = []
    for text in (dns.node_local, dns.service_address):
        if text is not None:
            address = ipaddress.ip_address(text)
            caches.append(Cidrs((f"{address}/{address.max_prefixlen}",)))
    if caches and dns.port == _DNS:
        return [_to_dns([dns.pods, *caches], _DNS)]
    return [_to_dns([dns.pods], dns.port), *([_to_dns(caches, _DNS)] if caches else [])]


def _to_dns(peers: list[Peer], port: int) -> Body:
    ports = [{"protocol": protocol, "port": port} for protocol in ("UDP", "TCP")]
    return {"to": _peers(peers), "ports": ports}


def to_api_server(server: ApiServer) -> Body:
    """An egress rule: the Kubernetes API."""
    return {
        "to": _peers([server.addresses]),
        "ports": [{"protocol": "TCP", "port": server.port}],
    }


def _ports(ports: Iterable[Port]) -> list[Body]:
    """The ports, neighbours of one protocol as one range: forty relay ports are one line."""
    ranges: list[Body] = []
    for port in ports:
        last = ranges[-1] if ranges else {}
        end = last.get("endPort", last.get("port"))
        if last.get("protocol") == port.protocol and port.number - 1 == end:
            last["endPort"] = port.number
        else:
            ranges.append({"protocol": port.protocol, "port": port.number})
    return ranges


def _peers(peers: Iterable[Peer]) -> list[Body]:
    bodies: list[Body] = []
    for peer in peers:
        if isinstance(peer, Pods):
            namespace = {"matchLabels": {NAMESPACE_NAME: peer.namespace}}
            labels = {"matchLabels": dict(peer.labels)} if peer.labels else None
            bodies.append(body(namespaceSelector=namespace, podSelector=labels))
        else:
            bodies.extend(_blocks(peer))
    return bodies


def _blocks(cidrs: Cidrs) -> Iterator[Body]:
    outside = [ipaddress.ip_network(text) for text in cidrs.excluding]
    for text in cidrs.blocks:
        block = ipaddress.ip_network(text)
        inside = [
            str(part)
            for part in outside
            if part.version == block.version and part.subnet_of(block)  # type: ignore[arg-type]
        ]
        yield {"ipBlock": body(cidr=text, **{"except": inside})}
