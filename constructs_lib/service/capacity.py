"""What the cluster's nodes have room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from constructs_lib.cluster import Cluster, NodePool
from constructs_lib.errors import Problem
from constructs_lib.kube.storage import room_problems
from constructs_lib.kube.workloads import RollingUpdate
from constructs_lib.quantity import cpu, memory, parse
from constructs_lib.resources import Resources
from constructs_lib.service.pod_props import PodProps
from constructs_lib.service.props import NovaWorkerProps

Size = tuple[Decimal, Decimal]
"""Cores and bytes."""


def hard_spread_problems(props: NovaWorkerProps, cluster: Cluster) -> Iterator[Problem]:
    """Whether every pod, and every pod that a rollout adds, finds a node of its own."""
    most, strategy = props.most, props.rollout.strategy
    surge = strategy.pods_above(most) if isinstance(strategy, RollingUpdate) else 0
    zones = _nodes_by_zone(cluster)
    nodes, room = sum(pool.most for pool in cluster.nodes), places(cluster)
    if most + surge <= room:
        return
    has = f"{nodes}"
    if zones:
        listed = ", ".join(f"{count} in {zone}" for zone, count in sorted(zones.items()))
        has = f"{listed}, of which even zones use {room}"
    of_rollout = f" and {surge} of a rollout" if surge else ""
    verb = "has" if all(pool.maximum is None for pool in cluster.nodes) else "grows to"
    why = (
        f"never puts two pods on a node: {most} replicas{of_rollout} need {most + surge} nodes, "
        f"and the cluster {verb} {has}"
    )
    smaller = "a smaller max_surge, " if surge > 1 else ""
    rollout = f", {smaller}or max_unavailable=1" if surge else ""
    joint = ", " if surge else " or "
    yield Problem("spread", "hard", why, f"use 'soft'{joint}fewer replicas{rollout}")


def request_problems(props: PodProps, resources: Resources, cluster: Cluster) -> Iterator[Problem]:
    """Whether the pod, whose own container takes ``resources``, has room in them and on a node."""
    for problem in room_problems(
        props.writable, resources, [item.resources for item in props.sidecars]
    ):
        given = "" if resources == props.resources else "is the environment's, and "
        yield replace(problem, why=f"{given}{problem.why}")
    cores, size = _effective(props, resources)
    if any(cores <= parse(pool.cpu) and size <= parse(pool.memory) for pool in cluster.nodes):
        return
    largest = max(cluster.nodes, key=_pool_size)
    why = (
        f"fit no node: with the containers beside it the pod requests {cpu(cores)} cores and "
        f"{memory(size)}, and the largest node has {largest.cpu} and {largest.memory}"
    )
    fix = "lower the requests, or describe larger nodes in cluster.nodes"
    yield Problem("resources", f"{resources.cpu}, {resources.memory}", why, fix)


def _effective(props: PodProps, resources: Resources) -> Size:
    """What the scheduler counts: what runs together, or the largest init container if that is more.

    Native sidecars run beside both.
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    native = _sum(item.resources for item in props.sidecars if item.native)
    plain = _sum(item.resources for item in props.sidecars if not item.native)
    own = _size(resources)
    before = [_size(item.resources) for item in props.init_containers]
    if props.migration is not None:
        before.append(_size(props.migration.resources or resources))
    together = [(own[0] + plain[0], own[1] + plain[1]), *before]
    return (
        native[0] + max(cores for cores, _ in together),
        native[1] + max(size for _, size in together),
    )


def _sum(items: Iterator[Resources]) -> Size:
    sizes = [_size(item) for item in items]
    return sum((s[0] for s in sizes), Decimal(0)), sum((s[1] for s in sizes), Decimal(0))


def _size(resources: Resources) -> Size:
    return parse(resources.cpu), parse(resources.memory)


def _pool_size(pool: NodePool) -> Size:
    return parse(pool.cpu), parse(pool.memory)


def places(cluster: Cluster) -> int:
    """How many pods fit, one per node, where no zone may have two more than another.

    A node without a zone takes none of them, since the constraint does not hold for it.
    """
    zones = _nodes_by_zone(cluster)
    if not zones:
        return sum(pool.most for pool in cluster.nodes)
    smallest = min(zones.values())
    return sum(min(count, smallest + 1) for count in zones.values())


def _nodes_by_zone(cluster: Cluster) -> Counter[str]:
    """Nodes by zone, each pool's spread evenly over its zones, the first taking what is over."""
    nodes: Counter[str] = Counter()
    for pool in cluster.nodes:
        for index, zone in enumerate(pool.zones):
            share, over = divmod(pool.most, len(pool.zones))
            nodes[zone] += share + (index < over)
    return nodes
