"""What does not fit between a store's parts and its cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from constructs_lib.cluster import Cluster, NodePool
from constructs_lib.environment import Environment, Spread
from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.naming import CRON_JOB_LIMIT
from constructs_lib.quantity import cpu, memory, parse
from constructs_lib.service.capacity import places
from constructs_lib.store.engine import Plan
from constructs_lib.store.part import Container, Once, Part, Proxies, Scheduled, Servers
from constructs_lib.store.props import StoreProps
from constructs_lib.store.render import POD_MONITORS

Size = tuple[Decimal, Decimal]
"""Cores and bytes."""


def part_problems(plan: Plan, props: StoreProps, environment: Environment) -> Iterator[Problem]:
    """Whether every pod finds a node, and stops within its grace period."""
    yield from _metrics_problems(plan, environment.cluster)
    spread = props.spread or environment.store_spread
    for part in plan.parts:
        if isinstance(part, Servers):
            yield from _failover_problems(part, spread, environment.cluster)
        if isinstance(part, Servers) and spread == "hard":
            yield from _spread_problems(part, environment.cluster)
        if isinstance(part, Proxies) and spread == "hard":
            yield from _proxy_problems(part, environment.cluster)
        yield from _name_problems(part)
        yield from _size_problems(part, environment.cluster)
        yield from _stop_problems(part)
        yield from _token_problems(part, environment.cluster)


def _metrics_problems(plan: Plan, cluster: Cluster) -> Iterator[Problem]:
    """Alerts ask whether something is told, so somebody has to listen to all that is told."""
    if not plan.alerts or PROMETHEUS_RULES not in cluster.crds or POD_MONITORS in cluster.crds:
        return
    for part in plan.parts:
        if len(part.metrics) > 1:
            why = (
                f"has {PROMETHEUS_RULES} and not {POD_MONITORS}: without it annotations name one "
                f"port with metrics, {part.name} has {len(part.metrics)}, and alerts for what the "
                "others tell would fire for ever"
            )
            fix = "name both, which come with one operator, or neither"
            yield Problem("environment.cluster.crds", sorted(cluster.crds), why, fix)


def _name_problems(part: Part) -> Iterator[Problem]:
    """Controllers make longer names of it, and labels with them."""
    kind = {Servers: "StatefulSet", Scheduled: "CronJob", Once: "Job"}.get(type(part))
    if kind is not None and len(part.name) > CRON_JOB_LIMIT:
        why = f"makes a {kind} {part.name!r} of {len(part.name)} characters, over {CRON_JOB_LIMIT}"
        yield Problem("id", part.name, why, "shorten the store's name")


def _spread_problems(part: Servers, cluster: Cluster) -> Iterator[Problem]:
    room = places(cluster)
    if part.replicas > 1 and part.replicas > room:
        why = (
            f"never puts two pods on a node: {part.replicas} of {part.name} need as many nodes in "
            f"even zones, and the cluster has {room}"
        )
        yield Problem("spread", "hard", why, "use 'soft', or fewer replicas")


def _failover_problems(part: Servers, spread: Spread, cluster: Cluster) -> Iterator[Problem]:
    """Members on one node are lost together."""
    if part.replicas > 1 and _nodes(cluster) == 1 and spread != "off":
        why = f"asks for {part.replicas} pods of {part.name}, and one node takes all with it"
        fix = "use a single instance here, or say spread='off' where this is meant"
        yield Problem("engine", part.name, why, fix)


def _nodes(cluster: Cluster) -> int:
    return sum(pool.most for pool in cluster.nodes)


def _proxy_problems(part: Proxies, cluster: Cluster) -> Iterator[Problem]:
    """In any zone, but never two on a node, and a rollout adds one."""
    nodes = _nodes(cluster)
    if part.replicas > 1 and part.replicas + 1 > nodes:
        why = (
            f"never puts two pods on a node: {part.replicas} of {part.name} and 1 of a rollout "
            f"need {part.replicas + 1} nodes, and the cluster has {nodes}"
        )
        yield Problem("spread", "hard", why, "use 'soft', or fewer proxies")


def _size_problems(part: Part, cluster: Cluster) -> Iterator[Problem]:
    cores, size = effective_request(part)
    if any(cores <= parse(pool.cpu) and size <= parse(pool.memory) for pool in cluster.nodes):
        return
    largest = max(cluster.nodes, key=_pool_size)
    why = (
        f"fits no node: all its containers request {cpu(cores)} cores and {memory(size)}, and the "
        f"largest node has {largest.cpu} and {largest.memory}"
    )
    fix = "lower the requests of the engine, or describe larger nodes in cluster.nodes"
    yield Problem("engine", part.name, why, fix)


def effective_request(part: Part) -> Size:
    """What the scheduler counts for a pod of the part: what runs together, or one init container.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    native = _sum(item for item in part.init if item.native)
    together = _sum(part.containers)
    before = [_sum([item]) for item in part.init if not item.native]
    return (
        native[0] + max(together[0], *(cores for cores, _ in before), Decimal(0)),
        native[1] + max(together[1], *(size for _, size in before), Decimal(0)),
    )


def _stop_problems(part: Part) -> Iterator[Problem]:
    """SIGKILL comes at the end of the grace period, whatever is still going on."""
    for item in part.containers:
        needed = item.stop.drain_seconds + item.stop.stop_seconds
        if needed > part.grace_seconds:
            why = (
                f"is shorter than {item.name} needs: {item.stop.drain_seconds} s before SIGTERM + "
                f"{item.stop.stop_seconds} s after it = {needed} s"
            )
            fix = f"use {needed} or more, or shorten what it does"
            yield Problem(f"engine.{part.name}.grace_period_seconds", part.grace_seconds, why, fix)


def _token_problems(part: Part, cluster: Cluster) -> Iterator[Problem]:
    if part.token and cluster.api_server is None:
        why = f"is where {part.name} has to ask, and its network policy has to know the address"
        yield Problem("environment.cluster.api_server", None, why, "set cluster.api_server")


def _sum(items: Iterable[Container]) -> Size:
    sizes = [(parse(item.resources.cpu), parse(item.resources.memory)) for item in items]
    cores = sum((cores for cores, _ in sizes), Decimal(0))
    return cores, sum((size for _, size in sizes), Decimal(0))


def _pool_size(pool: NodePool) -> Size:
    return parse(pool.cpu), parse(pool.memory)
