"""Finding a node for every pod.

Feasibility is judged as kube-scheduler judges it, one pod after the other. The first attempt takes
pods in the scheduler's order and spreads them as its default scoring does. If pods are left over,
they may only have come too late: so the pods that are hardest to place go first, onto the fullest
node that takes them, and where that leaves some as well, pods that have been placed make room by
moving. What is found in that way is taken only after it has been placed once more from nothing,
so that no place is claimed that the scheduler's own predicates would not have given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from constructs_lib.placement.board import Board
from constructs_lib.placement.kinds import Pod, PodKind
from constructs_lib.placement.predicates import Question

_SCORED = ("cpu", "memory")
_MOVED_FOR = 20
"""Most pods for which others are moved: where more are left over there is too little of it all."""

Choice = Callable[[Board, Pod, Sequence[int]], int]


class Packed(NamedTuple):
    """The outcome of an attempt."""

    board: Board
    left_over: list[Pod]
    first_attempt: bool = True
    """Whether pods found their places in the scheduler's own order."""


def pack(start: Board, pods: Sequence[Pod]) -> Packed:
    """``pods`` on the nodes of ``start``, beside what is there; ``start`` is left as it is."""
    board = start.copy()
    best = Packed(board, place(board, sorted(pods, key=_queue), least_used))
    if best.left_over:
        board = start.copy()
        left = place(board, hardest_first(start, pods), fullest)
        second = Packed(board, left, first_attempt=False)
        best = min(best, second, key=_left_over)
    if best.left_over:
        best = min(best, _moved(start, best), key=_left_over)
    return best


def _left_over(packed: Packed) -> int:
    return len(packed.left_over)


def place(board: Board, pods: Sequence[Pod], choose: Choice) -> list[Pod]:
    """Put ``pods`` on ``board`` one by one; returns those that no node takes.

    Each is tried again while others are placed: the one that its affinity waits for may come later.
    """
    waiting = list(pods)
    while waiting:
        left = [pod for pod in waiting if not _place_one(board, pod, choose)]
        if len(left) == len(waiting):
            break
        waiting = left
    return waiting


def _place_one(board: Board, pod: Pod, choose: Choice) -> bool:
    feasible = Question(board, pod).feasible()
    if feasible:
        board.put(pod, choose(board, pod, feasible))
    return bool(feasible)


def least_used(board: Board, pod: Pod, feasible: Sequence[int]) -> int:
    """The node with fewest pods of the same kind, then with most room left."""
    return min(
        feasible, key=lambda index: (board.counts[index].get(pod.kind, 0), _used(board, index))
    )


def fullest(board: Board, pod: Pod, feasible: Sequence[int]) -> int:
    """The node with least room left."""
    del pod
    return max(feasible, key=lambda index: _used(board, index))


def _used(board: Board, index: int) -> float:
    """Which share of a node is asked for, the mean over what the scheduler scores by."""
    node = board.nodes[index].allocatable
    shares = [1 - board.free[index][name] / node[name] for name in _SCORED if node.get(name)]
    return sum(shares) / len(shares) if shares else 0.0


def _queue(pod: Pod) -> tuple[bool, int]:
    # A node gets its DaemonSets' pods before anything else finds it.
    return pod.node is None, -pod.kind.priority


def hardest_first(board: Board, pods: Sequence[Pod]) -> list[Pod]:
    """``pods``, those bound to a node, with rules about places, or large before the others."""
    return sorted(pods, key=lambda pod: _hardness(board, pod), reverse=True)


def _hardness(board: Board, pod: Pod) -> tuple[bool, int, float]:
    kind = pod.kind
    rules = len(kind.anti_affinity) + len(kind.spreads) + bool(kind.spec.get("nodeSelector"))
    rules += bool(kind.spec.get("affinity")) + len(pod.claims)
    shares = [
        asked / node.allocatable[name]
        for node in board.nodes
        for name, asked in kind.requests.items()
        if node.allocatable.get(name)
    ]
    return pod.node is not None, min(rules, 1), max(shares, default=0.0)


def _moved(start: Board, packed: Packed) -> Packed:
    """``packed``, after pods that were placed have made room for those left over."""
    board, left = packed.board.copy(), []
    fixed = {id(pod) for pod in chain.from_iterable(start.pods)}
    for position, pod in enumerate(packed.left_over):
        if position >= _MOVED_FOR or not _make_room(board, pod, fixed):
            left.append(pod)
    if len(left) == len(packed.left_over):
        return packed
    return _again(start, board, fixed, left)


def _make_room(board: Board, pod: Pod, fixed: set[int]) -> bool:
    """Place ``pod`` where another pod stands that finds a place elsewhere."""
    if feasible := Question(board, pod).feasible():
        board.put(pod, feasible[0])
        return True
    for index in range(len(board.nodes)):
        tried: set[PodKind] = set()
        for other in list(board.pods[index]):
            if other.kind in tried or id(other) in fixed:
                continue
            tried.add(other.kind)
            if _swap(board, pod, other, index):
                return True
    return False


def _swap(board: Board, pod: Pod, other: Pod, index: int) -> bool:
    board.take(other, index)
    if Question(board, pod).why_not(index) is None:
        board.put(pod, index)
        if feasible := [i for i in Question(board, other).feasible() if i != index]:
            board.put(other, fullest(board, other, feasible))
            return True
        board.take(pod, index)
    board.put(other, index)
    return False


def _again(start: Board, found: Board, fixed: set[int], left: list[Pod]) -> Packed:
    """The places of ``found``, taken from nothing, so that every predicate has held for each."""
    places = [
        (pod, index)
        for index, pods in enumerate(found.pods)
        for pod in pods
        if id(pod) not in fixed
    ]
    board, waiting = start.copy(), places
    while waiting:
        later = []
        for pod, index in waiting:
            if Question(board, pod).why_not(index) is None:
                board.put(pod, index)
            else:
                later.append((pod, index))
        if len(later) == len(waiting):
            break
        waiting = later
    lost = [pod for pod, _ in waiting]
    return Packed(board, [*left, *lost], first_attempt=False)
