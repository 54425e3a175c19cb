"""Clusters: what an environment runs on. Rendered objects rely on nothing that is not said here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.naming import (
    OBJECT_LIMIT,
    name_problems,
    port_number_problems,
    qualified_problems,
)
from constructs_lib.quantity import cpu_problems, memory_problems
from constructs_lib.refs import Cidrs, Peer, Pods
from constructs_lib.values import Value

_VERSION = re.compile(r"1\.\d+")
_OLDEST = (1, 27)

SERVICE_MONITORS = "servicemonitors.monitoring.coreos.com"
"""Name of the CRD that lets a service ask for scraping by object instead of by annotation."""


class Taint(Value):
    """What keeps pods off a node that do not tolerate it.

    https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """

    key: str = field(kw_only=False)
    """Its key, for example ``nvidia.com/gpu``."""

    value: str = ""
    """Its value. Default none."""

    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"
    """What it does to pods. Default NoSchedule."""

    def problems(self) -> Iterator[Problem]:
        """The key is one."""
        yield from qualified_problems("key", self.key, kind="a taint's key")


class NodePool(Value):
    """Nodes of one size."""

    count: int
    """How many there are, or, where the cluster's autoscaler makes them, the fewest; 0 needs a
    ``maximum``."""

    cpu: str
    """Allocatable cores of each, for example ``4`` or ``3800m``."""

    memory: str
    """Allocatable memory of each, for example ``16Gi``."""

    zones: tuple[str, ...] = ()
    """Zones over which they are spread evenly; none for a cluster without zones."""

    maximum: int | None = None
    """Most nodes that the cluster's autoscaler makes of it; None: the count is fixed."""

    system_cpu: str | None = None
    """Cores that the cluster's own pods ask for on each node: DNS, network plugin, proxies. Default
    None: nothing. Apps are placed into what is left."""

    system_memory: str | None = None
    """Memory that they ask for on each node. Default None: nothing."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of each node besides its name, zone and operating system. Default none."""

    taints: tuple[Taint, ...] = ()
    """Taints of each node. Default none."""

    @property
    def most(self) -> int:
        """How many nodes there can be."""
        return self.count if self.maximum is None else self.maximum

    def problems(self) -> Iterator[Problem]:
        """Sizes, and no more zones than nodes."""
        yield from self._count_problems()
        if len(self.zones) > max(self.most, 0):
            fix = f"list at most {self.most} zones"
            yield Problem("zones", self.zones, f"cannot be covered by {self.most} nodes", fix)
        yield from cpu_problems("cpu", self.cpu, example="4")
        yield from memory_problems("memory", self.memory, example="16Gi")
        if self.system_cpu is not None:
            yield from cpu_problems("system_cpu", self.system_cpu, example="500m")
        if self.system_memory is not None:
            yield from memory_problems("system_memory", self.system_memory, example="1Gi")

    def _count_problems(self) -> Iterator[Problem]:
        if self.maximum is None:
            if self.count < 1:
                fix = "use 1 or more, or give the maximum of an autoscaled pool"
                yield Problem("count", self.count, "is no node", fix)
        elif self.count < 0:
            yield Problem("count", self.count, "is negative", "use 0 or more")
        elif self.maximum < max(self.count, 1):
            why = f"is below the count of {self.count}" if self.count else "is no node"
            yield Problem("maximum", self.maximum, why, f"use {max(self.count, 1)} or more")


class Dns(Value):
    """Who answers name queries, for network policies."""

    pods: Pods = Pods("kube-system", labels={"k8s-app": "kube-dns"})
    """The cluster's DNS pods. Default: CoreDNS with the label that kubeadm and the managed
    offerings give it."""

    port: int = 53
    """Port that those pods listen on. Default 53; some distributions use 5353 behind a Service
    that offers 53."""

    node_local: str | None = None
    """Address of NodeLocal DNSCache on every node, usually ``169.254.20.10``; None where there is
    none. https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/"""

    service_address: str | None = None
    """ClusterIP of the DNS Service. Needed where NodeLocal DNSCache answers on it, as it does
    beside kube-proxy in iptables mode: such a packet is never sent on to a DNS pod, so a policy
    sees the ClusterIP itself. None where packets to the Service reach the pods."""

    def problems(self) -> Iterator[Problem]:
        """Addresses and port are such."""
        yield from port_number_problems("port", self.port)
        for name in ("node_local", "service_address"):
            address = getattr(self, name)
            if address is None:
                continue
            try:
                ipaddress.ip_address(address)
            except ValueError:
                fix = "write one such as 169.254.20.10"
                yield Problem(name, address, "is not an address", fix)


class ApiServer(Value):
    """The API server's address, for network policies; it is no pod and no Service selects it."""

    addresses: Cidrs
    """Addresses of the control plane, as a pod's packet has them after the ``kubernetes`` Service
    was resolved (``kubectl get endpointslices kubernetes``)."""

    port: int = 6443
    """Its port. Default 6443; managed offerings often use 443."""

    def problems(self) -> Iterator[Problem]:
        """The port is one."""
        yield from port_number_problems("port", self.port)


class Cluster(Value):
    """What a cluster is and has. Rendered objects rely on nothing that is not said here."""

    kubernetes: str
    """Minor version, for example ``1.33``. Newer fields are rendered only where it has them."""

    nodes: tuple[NodePool, ...]
    """Its nodes, for placement and for refusing what can never be placed."""

    storage_class: str
    """StorageClass of volume claims."""

    domain: str = "cluster.local"
    """Domain below which the cluster's DNS answers for Services. Default ``cluster.local``."""

    ingress_class: str | None = None
    """IngressClass of the ingress controller; None where there is none."""

    gateway_class: str | None = None
    """GatewayClass of the Gateway API controller; None where there is none."""

    priority_classes: frozenset[str] = frozenset()
    """PriorityClasses that pods may name, besides the two that every cluster has and those that an
    app renders. Default none."""

    ingress_pods: Pods | None = None
    """Pods of the ingress or gateway controller that reach back ends, for network policies."""

    rate_limit_service: bool = False
    """Whether the gateway controller has a service that counts requests for all its replicas, as
    Envoy Gateway's with its Redis. Default False, which refuses limits that need one."""

    load_balancers: bool = True
    """Whether a Service of type LoadBalancer gets an address. False renders ClusterIP Services
    in their place, since a LoadBalancer Service would stay pending."""

    crds: frozenset[str] = frozenset()
    """Names of the installed CustomResourceDefinitions that constructs may make use of."""

    scrapers: tuple[Peer, ...] = ()
    """Who scrapes metrics; none leaves metrics ports closed to everybody else."""

    dns: Dns = Dns()
    """Who answers name queries."""

    api_server: ApiServer | None = None
    """Where pods with RBAC rules reach the API server; None refuses such rules, since the pods
    would be cut off from it by their network policy."""

    @property
    def minor(self) -> int:
        """The minor version as a number."""
        return int(self.kubernetes.split(".")[1])

    def at_least(self, version: str) -> bool:
        """Whether the cluster is at ``version`` or newer."""
        return self.minor >= int(version.split(".")[1])

    def problems(self) -> Iterator[Problem]:
        """Version, domain and nodes."""
        yield from name_problems("domain", self.domain, limit=OBJECT_LIMIT)
        if not _VERSION.fullmatch(self.kubernetes):
            fix = "write major.minor, for example '1.33'"
            yield Problem("kubernetes", self.kubernetes, "is not a minor version", fix)
        elif self.minor < _OLDEST[1]:
            fix = "upgrade the cluster; objects are rendered for 1.27 and newer"
            yield Problem("kubernetes", self.kubernetes, "is older than 1.27", fix)
        if not self.nodes:
            yield Problem("nodes", self.nodes, "is no node", "describe at least one NodePool")
