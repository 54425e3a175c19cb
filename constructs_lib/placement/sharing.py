"""Pods that share a volume which one node mounts at a time, and nothing keeps on one node.

kube-scheduler does not look at ReadWriteOnce: it puts such pods on any nodes, and all but the
first wait for their volume (``Multi-Attach error``), without being pending.
https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs_lib.placement.kinds import Pod, PodKind
from constructs_lib.placement.nodes import HOSTNAME
from constructs_lib.placement.scene import Scene
from constructs_lib.placement.selectors import untolerated, wants_node
from constructs_lib.placement.workloads import Workload
from constructs_lib.rules.findings import Finding

SPLIT = "placement/shared-volume"

_WAITS = "the scheduler may put them on different nodes, and all but the first then wait for it"
_TOGETHER = (
    "keep them on one node by a required pod affinity over kubernetes.io/hostname, or claim "
    "ReadWriteMany"
)


def split_claims(scene: Scene) -> Iterator[Finding]:
    """A finding for each two that are there at the same time, and may be put apart.

    Jobs and scheduled runs that share a claim only among themselves are left out: one waits until
    the other has ended. So are suspended ones: who starts them has made way for them.
    """
    users: dict[str, list[Workload]] = {}
    for item in scene.of("always", "now and then"):
        for ordinal in range(item.replicas):
            for claim in Pod(item.kind, ordinal).claims:
                if scene.relations.tie(claim) == "node":
                    users.setdefault(claim, []).append(item)
    for claim, found in users.items():
        yield from _several(scene, claim, found)
        yield from _rollout(scene, claim, found)


def _several(scene: Scene, claim: str, users: Sequence[Workload]) -> Iterator[Finding]:
    lasting = [item for item in users if item.runs == "always"]
    for item in dict.fromkeys(users):
        anchors = list(lasting)
        if item in anchors:
            anchors.remove(item)
        apart = [other for other in anchors if not _together(scene, item.kind, other.kind)]
        # Of two that last, the later one is told of.
        if item.runs == "always":
            apart = [other for other in apart if users.index(other) <= users.index(item)]
        if apart:
            other = apart[0].kind.owner
            who = "its pods" if other == item.kind.owner else f"{other} and it"
            message = f"{who} mount claim {claim} (ReadWriteOnce), and {_WAITS}"
            yield Finding(SPLIT, item.kind.owner, message, _TOGETHER)


def _rollout(scene: Scene, claim: str, users: Sequence[Workload]) -> Iterator[Finding]:
    for item in dict.fromkeys(users):
        new = item.next
        if new is not None and claim in new.claims and not _together(scene, new, item.kind):
            message = (
                f"a rollout starts a pod beside the old one, both mount claim {claim} "
                f"(ReadWriteOnce), and {_WAITS}"
            )
            yield Finding(SPLIT, item.kind.owner, message, "use the strategy Recreate")


def _together(scene: Scene, one: PodKind, other: PodKind) -> bool:
    """Whether something makes pods of both kinds end up on one node."""
    attracting = scene.relations.attracting
    for kind, mate in ((one, other), (other, one)):
        near = any(term.key == HOSTNAME for term in kind.affinity)
        if near and mate in attracting.get(kind, ()):
            return True
    return len(_nodes(scene, one) | _nodes(scene, other)) <= 1


def _nodes(scene: Scene, kind: PodKind) -> set[str]:
    """The nodes that pods of ``kind`` may be on."""
    nodes = [
        pool.node(position, f"{pool.name}/{position}")
        for pool in scene.pools
        for position in range(pool.most)
    ]
    return {
        node.name
        for node in nodes
        if wants_node(kind.spec, node) and untolerated(kind.spec, node) is None
    }
