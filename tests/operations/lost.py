"""What is left of ``prod`` without one of its nodes, and without one of its zones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from apps.environments import PROD
from constructs_lib.cluster import NodePool
from constructs_lib.placement.nodes import ZONE, pools_of
from constructs_lib.placement.scene import scene
from constructs_lib.placement.simulation import Simulation, simulate
from tests.apps.rendered import Document, pod_spec
from tests.operations.deployed import Deployed

_HEADING = ("lost", "nodes left", "pods at the least", "without a place", "CPU asked")


def nodes(deployed: Deployed) -> list[Sequence[str]]:
    """A node lost, of each zone in turn."""
    (pool,) = PROD.cluster.nodes
    each = pool.count // len(pool.zones)
    rows: list[Sequence[str]] = [_HEADING]
    for zone in pool.zones:
        others = tuple(other for other in pool.zones if other != zone)
        left = (
            replace(pool, count=pool.count - each, zones=others),
            replace(pool, count=each - 1, zones=(zone,)),
        )
        rows.append(_row(deployed, f"a node of `{zone}`", left))
    return rows


def nodes_without_a_zone(deployed: Deployed) -> list[Sequence[str]]:
    """Each zone lost in turn, as if no volume were bound to it."""
    (pool,) = PROD.cluster.nodes
    each = pool.count // len(pool.zones)
    rows: list[Sequence[str]] = [_HEADING]
    for zone in pool.zones:
        others = tuple(other for other in pool.zones if other != zone)
        rows.append(
            _row(deployed, f"`{zone}`", (replace(pool, count=pool.count - each, zones=others),))
        )
    return rows


def zones(deployed: Deployed) -> list[Sequence[str]]:
    """How many pods with a volume one zone may take with it, by the spread that is rendered."""
    (pool,) = PROD.cluster.nodes
    heading = ("namespace", "StatefulSet", "pods", "at most lost", "left")
    rows: list[tuple[str, ...]] = []
    for item in deployed.every("StatefulSet"):
        most, pods = most_in_a_zone(item, len(pool.zones)), item["spec"]["replicas"]
        place = (f"`{item['metadata']['namespace']}`", f"`{item['metadata']['name']}`")
        rows.append((*place, str(pods), str(most), str(pods - most)))
    return [heading, *sorted(rows)]


def most_in_a_zone(workload: Document, count: int) -> int:
    """Pods of a workload that a hard spread lets stand in one of ``count`` zones."""
    pods: int = workload["spec"]["replicas"]
    hard = [
        constraint["maxSkew"]
        for constraint in pod_spec(workload).get("topologySpreadConstraints", ())
        if constraint["topologyKey"] == ZONE and constraint["whenUnsatisfiable"] == "DoNotSchedule"
    ]
    if not hard:
        return pods
    # The fullest zone has the others' fewest and the skew: the most that still adds up.
    return max(
        most for most in range(pods + 1) if most + (count - 1) * max(0, most - min(hard)) <= pods
    )


def held_by_a_zone(deployed: Deployed) -> Mapping[str, int]:
    """CPU and memory of all pods with a volume that may be in one zone, in milli and bytes."""
    (pool,) = PROD.cluster.nodes
    sets = {
        f"StatefulSet {item['metadata']['namespace']}/{item['metadata']['name']}": item
        for item in deployed.every("StatefulSet")
    }
    asked: Counter[str] = Counter()
    for workload in scene(deployed.objects, pools_of(PROD.cluster)).workloads:
        if item := sets.get(workload.kind.owner):
            for name in ("cpu", "memory"):
                count = most_in_a_zone(item, len(pool.zones))
                asked[name] += count * workload.kind.requests[name]
    return asked


def without(deployed: Deployed, pools: tuple[NodePool, ...]) -> Simulation:
    """Everything placed anew on ``pools``."""
    return simulate(scene(deployed.objects, pools_of(replace(PROD.cluster, nodes=pools))))


def _row(deployed: Deployed, lost: str, pools: tuple[NodePool, ...]) -> Sequence[str]:
    outcome = without(deployed, pools)
    left = sorted({pod.kind.owner for pod in outcome.base.left_over})
    board = outcome.base.board
    there = sum(node.allocatable["cpu"] for node in board.nodes)
    asked = there - sum(free["cpu"] for free in board.free)
    return (
        lost,
        str(len(board.nodes)),
        str(len(outcome.pods)),
        ", ".join(f"`{owner}`" for owner in left) or "none",
        f"{asked}m of {there}m ({100 * asked // there} %)",
    )
