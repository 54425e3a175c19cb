"""The nodes that pods are placed on, as far as placing needs to know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs_lib.cluster import Cluster, NodePool
from constructs_lib.placement.amounts import CPU, MEMORY, PODS, Amounts, amount

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"

_MOST_PODS = 110
"""Pods of a node unless its kubelet says otherwise.
https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ (``maxPods``)"""


@dataclass(frozen=True)
class Taint:
    """What keeps pods off a node that do not tolerate it."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"

    def __str__(self) -> str:
        """As ``kubectl taint`` takes it."""
        return (
            f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"
        )


@dataclass(frozen=True, eq=False)
class Node:
    """One node, empty."""

    name: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]

    allocatable: Amounts
    """What its pods can ask for together; what is not named has no bound, extended resources
    excepted, of which there is none."""


@dataclass(frozen=True)
class Pool:
    """Nodes that are alike but for their name and zone."""

    name: str
    """As findings and reports show it."""

    count: int
    """How many there are, or the fewest, where the cluster's autoscaler makes them."""

    most: int
    """How many there can be."""

    allocatable: Amounts
    """What the pods of each can ask for."""

    zones: tuple[str, ...] = ()
    """Zones over which they are spread evenly."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Further labels of each."""

    taints: tuple[Taint, ...] = ()
    """Taints of each."""

    def node(self, position: int, name: str) -> Node:
        """The node at ``position`` among those of the pool, counted from 0."""
        labels = {"kubernetes.io/os": "linux", HOSTNAME: name, **self.labels}
        if self.zones:
            labels[ZONE] = self.zones[position % len(self.zones)]
        return Node(name, labels, self.taints, self.allocatable)


def pools_of(cluster: Cluster) -> tuple[Pool, ...]:
    """The pools of ``cluster``."""
    return tuple(_pool(index, pool) for index, pool in enumerate(cluster.nodes, start=1))


def _pool(index: int, pool: NodePool) -> Pool:
    allocatable = {
        CPU: amount(CPU, pool.cpu) - amount(CPU, pool.system_cpu or "0"),
        MEMORY: amount(MEMORY, pool.memory) - amount(MEMORY, pool.system_memory or "0"),
        PODS: _MOST_PODS,
    }
    return Pool(
        name=f"pool {index} ({pool.cpu} cpu, {pool.memory})",
        count=pool.count,
        most=pool.most,
        allocatable=allocatable,
        zones=pool.zones,
        labels=pool.labels,
        taints=tuple(Taint(item.key, item.value, item.effect) for item in pool.taints),
    )
