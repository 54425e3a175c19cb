"""Whether every pod of an environment finds a node, decided before anything is deployed.

It sees rendered dicts and a description of nodes, and nothing else of the library.
"""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.cluster import Cluster
from constructs_lib.placement.nodes import pools_of
from constructs_lib.placement.report import report_of, summary_of
from constructs_lib.placement.scene import scene
from constructs_lib.placement.simulation import Simulation, simulate
from constructs_lib.rules.findings import Finding, Manifest

__all__ = ["Simulation", "placing", "report", "summary", "unplaceable"]


def placing(objects: Sequence[Manifest], cluster: Cluster) -> Simulation:
    """The outcome of placing ``objects``, everything that runs there, on the nodes of ``cluster``.

    The least number of replicas has to be placed, and, beside it, each rollout and each suspended
    run; what autoscalers may ask for besides does not.
    """
    return simulate(scene(objects, pools_of(cluster)))


def unplaceable(objects: Sequence[Manifest], cluster: Cluster) -> list[Finding]:
    """A finding for each workload of which pods find no place on the nodes of ``cluster``."""
    return list(placing(objects, cluster).findings)


def report(name: str, objects: Sequence[Manifest], cluster: Cluster) -> str:
    """What stands where in environment ``name``, and what the autoscalers' maximum needs."""
    return report_of(name, placing(objects, cluster))


def summary(name: str, simulation: Simulation) -> str:
    """The same in one line, of a placing that is there already."""
    return summary_of(name, simulation)
