"""Services.

https://kubernetes.io/docs/concepts/services-networking/service/
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import annotation_problems, name_problems
from constructs_lib.refs import Cidrs, Port, Ports
from constructs_lib.values import Value

_DAY = 86400


class SessionAffinity(Value):
    """One client address keeps reaching one pod."""

    timeout_seconds: int = 10800
    """How long after its last connection, at most 86400. Default 10800 s: three hours."""

    def problems(self) -> Iterator[Problem]:
        """The time is one the API takes."""
        if not 1 <= self.timeout_seconds <= _DAY:
            fix = "use 1 to 86400"
            yield Problem("timeout_seconds", self.timeout_seconds, "is out of range", fix)


class ClusterService(Value):
    """The Service inside the cluster."""

    headless: bool = False
    """Whether its name resolves to the pods themselves instead of one address. Default False."""

    publish_not_ready: bool = False
    """Whether pods that are not ready are listed too; for peers that find each other at start.
    Default False."""

    traffic_distribution: Literal["PreferClose"] | None = None
    """``PreferClose`` keeps traffic in its zone where it can; from Kubernetes 1.31. None spreads
    it evenly."""

    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    """IPv4, IPv6 or both; None leaves it to the cluster."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations of the Service."""

    def problems(self) -> Iterator[Problem]:
        """Keys of annotations."""
        yield from annotation_problems("annotations", self.annotations)


class LoadBalancer(Value):
    """A second Service, reachable from outside the cluster.

    Under policy ``Local`` a load balancer's own health checks tell it that a node's last pod goes,
    and they take longer than the cluster's own proxies: two or three checks, 10 s or more with most
    providers. So a workload with a load balancer drains for 15 s unless its ``shutdown`` is given.
    """

    ports: tuple[str, ...]
    """Names of the workload's ports that it offers."""

    name: str | None = None
    """Name of the Service; None is ``<workload>-external``."""

    external_traffic_policy: Literal["Local", "Cluster"] = "Local"
    """``Local`` keeps client addresses and sends to nodes that run a pod; ``Cluster`` loses them
    and balances evenly. Default Local."""

    address: str | None = None
    """Reserved address that the provider is asked for; None takes any. Rendered as
    ``loadBalancerIP``: deprecated since 1.24, but the only field that many read (MetalLB, GKE,
    AKS). Providers that read an annotation instead take it in ``annotations``."""

    source_ranges: tuple[str, ...] = ()
    """Client ranges let in, by the load balancer and by the network policy; none lets all in."""

    allocate_node_ports: bool = True
    """Whether every node opens a port for each port as well. False where the load balancer sends
    straight to pods or nodes' Service addresses, and where there are many ports."""

    load_balancer_class: str | None = None
    """Implementation; None takes the cluster's default."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations, where providers take their options."""

    def problems(self) -> Iterator[Problem]:
        """Ports are named, address and ranges parse."""
        if not self.ports:
            yield Problem("ports", self.ports, "offers nothing", "name at least one port")
        for name in sorted({name for name in self.ports if self.ports.count(name) > 1}):
            yield Problem("ports", name, "is named twice", "name it once")
        if self.name is not None:
            yield from name_problems("name", self.name)
        if self.address is not None and not _is_address(self.address):
            fix = "write one such as 203.0.113.7"
            yield Problem("address", self.address, "is not an address", fix)
        yield from annotation_problems("annotations", self.annotations)
        if self.source_ranges:
            for problem in Cidrs(self.source_ranges).problems():
                yield replace(problem, field="source_ranges")


def service(
    metadata: Body,
    ports: Ports,
    selector: Mapping[str, str],
    *,
    settings: ClusterService,
    affinity: SessionAffinity | None,
) -> Body:
    """The Service that other pods use."""
    spec = body(
        type="ClusterIP",
        clusterIP="None" if settings.headless else None,
        publishNotReadyAddresses=settings.publish_not_ready or None,
        trafficDistribution=settings.traffic_distribution,
        ipFamilyPolicy=settings.ip_family_policy,
        selector=dict(selector),
        **_affinity(affinity),
        ports=[_port(port) for port in ports],
    )
    return _service(metadata, spec)


def load_balancer_service(
    metadata: Body,
    ports: Ports,
    selector: Mapping[str, str],
    *,
    settings: LoadBalancer,
    affinity: SessionAffinity | None,
    available: bool,
) -> Body:
    """The Service that clients outside use.

    Where load balancers are not ``available`` it is a ClusterIP Service of the same name and ports,
    so that nothing stays pending and nothing else has to change.
    """
    chosen = [_port(ports[name]) for name in settings.ports]
    if not available:
        inside = body(
            type="ClusterIP", selector=dict(selector), **_affinity(affinity), ports=chosen
        )
        return _service(metadata, inside)
    spec = body(
        type="LoadBalancer",
        loadBalancerIP=settings.address,
        externalTrafficPolicy=settings.external_traffic_policy,
        allocateLoadBalancerNodePorts=None if settings.allocate_node_ports else False,
        loadBalancerClass=settings.load_balancer_class,
        loadBalancerSourceRanges=list(settings.source_ranges),
        selector=dict(selector),
        **_affinity(affinity),
        ports=chosen,
    )
    return _service(metadata, spec)


def external_name_service(metadata: Body, host: str, ports: Ports) -> Body:
    """A Service name that resolves to another host name."""
    spec = {"type": "ExternalName", "externalName": host, "ports": [_port(p) for p in ports]}
    return _service(metadata, spec)


def addressed_service(metadata: Body, ports: Ports) -> Body:
    """A Service without pods, for addresses that an EndpointSlice lists."""
    return _service(metadata, {"type": "ClusterIP", "ports": [_port(port) for port in ports]})


def endpoint_slice(metadata: Body, addresses: tuple[str, ...], ports: Ports) -> Body:
    """The addresses behind an :func:`addressed_service` of the same metadata name."""
    family = f"IPv{ipaddress.ip_address(addresses[0]).version}"
    labels = {
        **metadata["labels"],
        "kubernetes.io/service-name": metadata["name"],
        # The control plane leaves slices alone that somebody else says to manage.
        "endpointslice.kubernetes.io/managed-by": "cdk8s",
    }
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {**metadata, "labels": labels},
        "addressType": family,
        "endpoints": [{"addresses": [a], "conditions": {"ready": True}} for a in addresses],
        "ports": [
            body(name=p.name, port=p.number, protocol=p.protocol, appProtocol=p.app_protocol)
            for p in ports
        ],
    }


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _service(metadata: Body, spec: Body) -> Body:
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _affinity(affinity: SessionAffinity | None) -> Body:
    if affinity is None:
        return {}
    config = {"clientIP": {"timeoutSeconds": affinity.timeout_seconds}}
    return {"sessionAffinity": "ClientIP", "sessionAffinityConfig": config}


def _port(port: Port) -> Body:
    return body(
        name=port.name,
        port=port.offered,
        # By name, so that renumbering a container needs no second edit.
        targetPort=port.name,
        protocol=port.protocol,
        appProtocol=port.app_protocol,
    )
