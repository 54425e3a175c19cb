"""Whether every pod of an environment finds a node, decided before anything is deployed.

It sees rendered dicts and a description of nodes, and nothing else of the library.
"""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.cluster import Cluster
from constructs_lib.placement.nodes import pools_of
from constructs_lib.placement.report import report_of
from constructs_lib.placement.scene import scene
from constructs_lib.placement.simulation import simulate
from constructs_lib.rules.findings import Finding, Manifest

__all__ = ["report", "unplaceable"]


def unplaceable(objects: Sequence[Manifest], cluster: Cluster) -> list[Finding]:
    """A finding for each workload of which pods find no place on the nodes of ``cluster``.

    ``objects`` is everything that runs there. The least number of replicas has to be placed, and,
    beside it, each rollout and each suspended run; what autoscalers may ask for besides does not.
    """
    return list(simulate(scene(objects, pools_of(cluster))).findings)


def report(name: str, objects: Sequence[Manifest], cluster: Cluster) -> str:
    """What stands where in environment ``name``, and what the autoscalers' maximum needs."""
    return report_of(name, simulate(scene(objects, pools_of(cluster))))
