"""More nodes for pods that found no place: what a cluster's autoscaler makes, or would have to.

https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from constructs_lib.placement.board import Board
from constructs_lib.placement.kinds import Pod
from constructs_lib.placement.nodes import Pool
from constructs_lib.placement.packing import Packed, least_used, pack, place
from constructs_lib.placement.scene import Scene

Bound = Callable[[Pool], int]
"""How many nodes a pool may have."""

_MOST_NODES = 5000
"""https://kubernetes.io/docs/setup/best-practices/cluster-large/"""


def most_of(pool: Pool) -> int:
    """As many nodes as the pool can have."""
    return pool.most


def unbounded(pool: Pool) -> int:
    """As many nodes as any cluster has, whatever is said of the pool."""
    del pool
    return _MOST_NODES


def fewest_nodes(scene: Scene) -> Board:
    """The nodes that there are at the least, empty."""
    return _nodes(scene, [pool.count for pool in scene.pools])


def most_nodes(scene: Scene) -> Board:
    """The nodes that there can be, empty."""
    return _nodes(scene, [pool.most for pool in scene.pools])


def _nodes(scene: Scene, sizes: Sequence[int]) -> Board:
    board = Board(scene.relations)
    for pool, size in zip(scene.pools, sizes, strict=True):
        for _ in range(size):
            board.add(pool)
    return board


def filled(scene: Scene, pods: Sequence[Pod], bound: Bound) -> Packed:
    """``pods`` on the nodes there are at the least, and on as many more as they need."""
    return grown(scene, pack(fewest_nodes(scene), pods), bound)


def grown(scene: Scene, packed: Packed, bound: Bound) -> Packed:
    """``packed`` with more nodes, as long as another one takes a pod that is left over."""
    while packed.left_over:
        larger = _larger(scene, packed, bound)
        if larger is None:
            break
        packed = larger
    return packed


def _larger(scene: Scene, packed: Packed, bound: Bound) -> Packed | None:
    """``packed`` with a few nodes more, that take something; None where no pool has such."""
    for pool in scene.pools:
        board, waiting = packed.board.copy(), packed.left_over
        # The next node may be in a zone that does not help, so one of each is tried.
        for _ in range(max(1, len(pool.zones))):
            step = _step(scene, pool, packed.left_over)
            new = [board.add(pool) for _ in range(min(step, bound(pool) - board.sizes[pool.name]))]
            if not new:
                break
            daemons = [pod for index in new for pod in scene.daemons(board, index)]
            waiting = place(board, [*daemons, *waiting], least_used)
            if len(waiting) < len(packed.left_over):
                return Packed(board, waiting, packed.first_attempt)
    return None


def _step(scene: Scene, pool: Pool, pods: Sequence[Pod]) -> int:
    """How many nodes of ``pool`` it takes at the very least, where there is no other pool."""
    if len(scene.pools) > 1:
        return 1
    needs = [
        sum(pod.kind.requests.get(name, 0) for pod in pods) // number
        for name, number in pool.allocatable.items()
        if number
    ]
    return max(1, *needs)


def added(scene: Scene, board: Board) -> list[tuple[Pool, int]]:
    """Pools of which ``board`` has more nodes than there can be, and how many it has."""
    sizes = [(pool, board.sizes[pool.name]) for pool in scene.pools]
    return [(pool, size) for pool, size in sizes if size > pool.most]
