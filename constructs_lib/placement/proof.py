"""Whether pods that were left over cannot be placed at all, or were only not placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from constructs_lib.placement.growth import fewest_nodes, most_nodes
from constructs_lib.placement.kinds import Pod, PodKind
from constructs_lib.placement.packing import Packed, least_used, place
from constructs_lib.placement.scene import Scene
from constructs_lib.placement.search import search


def judged(scene: Scene, packed: Packed, pods: Sequence[Pod]) -> tuple[Packed, frozenset[PodKind]]:
    """``packed``, or a better one, and the kinds left over of which no way can place all pods.

    ``pods`` are all that were to be placed.
    """
    left = frozenset(pod.kind for pod in packed.left_over)
    if not left or _more_than_there_is(scene, pods):
        return packed, left
    alone = [kind for kind in left if not _fits_alone(scene, [p for p in pods if p.kind is kind])]
    if alone:
        return packed, frozenset(alone)
    searched = search(most_nodes(scene), _with_daemons(scene, pods))
    if searched.outcome == "found":
        return Packed(searched.board, [], first_attempt=False), frozenset()
    return packed, left if searched.outcome == "impossible" else frozenset()


def _more_than_there_is(scene: Scene, pods: Sequence[Pod]) -> bool:
    """Whether ``pods`` ask for more of anything than all nodes have together."""
    asked: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for pod in pods:
        asked.update(pod.kind.requests)
    for pool in scene.pools:
        there.update({name: pool.most * number for name, number in pool.allocatable.items()})
    return any(number > there[name] for name, number in asked.items() if name in there)


def _fits_alone(scene: Scene, pods: Sequence[Pod]) -> bool:
    """Whether ``pods``, all of one kind, find places with nothing else there.

    For pods that are alike the order is nothing, so where they do not, no order helps. Pods that
    want others' company say nothing without them.
    """
    return bool(pods[0].kind.affinity) or not place(most_nodes(scene), pods, least_used)


def _with_daemons(scene: Scene, pods: Sequence[Pod]) -> list[Pod]:
    """``pods``, and those that DaemonSets make for nodes beyond the fewest there are."""
    board, few = most_nodes(scene), len(fewest_nodes(scene).nodes)
    further = range(few, len(board.nodes))
    return [*pods, *(pod for index in further for pod in scene.daemons(board, index))]
