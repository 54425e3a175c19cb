"""The pods that have been placed on nodes so far.

This is the one value of the package that changes: a search places and takes back thousands of
pods. It never leaves the package.
"""

from __future__ import annotations

from collections import defaultdict

from constructs_lib.placement.amounts import Amounts
from constructs_lib.placement.kinds import HostPort, Pod, PodKind
from constructs_lib.placement.nodes import Node, Pool
from constructs_lib.placement.relations import Relations

Counts = defaultdict[PodKind, int]
"""How many there are of each kind. Read with ``get``: a lookup must leave nothing behind."""

_NONE: Counts = defaultdict(int)


class Board:
    """Nodes, and what is on them."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.nodes: list[Node] = []
        self.free: list[Amounts] = []
        """What is left of each node."""
        self.pods: list[list[Pod]] = []
        """Those on each node."""
        self.counts: list[Counts] = []
        """How many of each kind are on each node."""
        self.near: dict[tuple[str, str], Counts] = {}
        """How many of each kind are on the nodes that have a label with that value."""
        self.everywhere: Counts = defaultdict(int)
        self.host_ports: list[defaultdict[HostPort, int]] = []
        self.mounted: dict[str, defaultdict[int, int]] = {}
        """On which nodes a claim is mounted, and by how many pods."""
        self.sizes: defaultdict[str, int] = defaultdict(int)
        """How many nodes there are of each pool."""

    def add(self, pool: Pool) -> int:
        """One more node of ``pool``; returns its index."""
        node = pool.node(self.sizes[pool.name], f"node-{len(self.nodes) + 1}")
        self.sizes[pool.name] += 1
        self.nodes.append(node)
        self.free.append(dict(node.allocatable))
        self.pods.append([])
        self.counts.append(defaultdict(int))
        self.host_ports.append(defaultdict(int))
        return len(self.nodes) - 1

    def kinds_near(self, key: str, index: int) -> Counts:
        """How many of each kind are on nodes that share the value of ``key`` with one of them.

        None where it has no such label.
        """
        return self.near.get((key, self.nodes[index].labels.get(key, "")), _NONE)

    def put(self, pod: Pod, index: int) -> None:
        """``pod`` is on the node at ``index``, whether it fits there or not."""
        self.pods[index].append(pod)
        self._count(pod, index, 1)
        for claim in pod.claims:
            self.mounted.setdefault(claim, defaultdict(int))[index] += 1

    def take(self, pod: Pod, index: int) -> None:
        """``pod`` is gone from the node at ``index``."""
        self.pods[index].remove(pod)
        self._count(pod, index, -1)
        for claim in pod.claims:
            self.mounted[claim][index] -= 1

    def _count(self, pod: Pod, index: int, step: int) -> None:
        kind, free = pod.kind, self.free[index]
        for resource, asked in kind.requests.items():
            if resource in free:
                free[resource] -= step * asked
        self.counts[index][kind] += step
        self.everywhere[kind] += step
        labels = self.nodes[index].labels
        for key in self.relations.keys:
            if (value := labels.get(key)) is not None:
                self.near.setdefault((key, value), defaultdict(int))[kind] += step
        for port in kind.host_ports:
            self.host_ports[index][port] += step

    def copy(self) -> Board:
        """Another board that says the same, and can be changed without this one."""
        other = Board(self.relations)
        other.nodes = list(self.nodes)
        other.free = [dict(free) for free in self.free]
        other.pods = [list(pods) for pods in self.pods]
        other.counts = [counts.copy() for counts in self.counts]
        other.near = {place: counts.copy() for place, counts in self.near.items()}
        other.everywhere = self.everywhere.copy()
        other.host_ports = [ports.copy() for ports in self.host_ports]
        other.mounted = {claim: nodes.copy() for claim, nodes in self.mounted.items()}
        other.sizes = self.sizes.copy()
        return other
