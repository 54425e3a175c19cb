"""Every way to place pods, tried until one is found, none is left, or it takes too long.

It has the last word where the attempts of ``packing`` leave pods over: only what no way of placing
can help is said to be impossible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, NamedTuple

from constructs_lib.placement.board import Board
from constructs_lib.placement.kinds import Pod
from constructs_lib.placement.nodes import HOSTNAME
from constructs_lib.placement.packing import hardest_first
from constructs_lib.placement.predicates import Question

_STEPS = 3000
"""Pods placed before it is given up; a fraction of a second."""

_DEEPEST = 400
"""Most pods; each is a level of recursion."""


class Searched(NamedTuple):
    """How a search ended."""

    board: Board
    """With all pods, where a way was found."""

    outcome: Literal["found", "impossible", "given up"]


class _Search:
    def __init__(self, board: Board) -> None:
        self.board = board
        self.steps = 0

    def place(self, pods: Sequence[Pod], position: int, before: int) -> bool:
        """Whether the pods from ``position`` on find places; ``before`` is that of the last one."""
        if position == len(pods):
            return True
        pod = pods[position]
        # Pods of a kind that have nothing of their own are all one: no need to try them swapped.
        same = position > 0 and pods[position - 1].kind is pod.kind and not pod.kind.own_claims
        for index in self._candidates(pod, before if same and pod.node is None else 0):
            self.steps += 1
            if self.steps > _STEPS:
                return False
            self.board.put(pod, index)
            if self.place(pods, position + 1, index):
                return True
            self.board.take(pod, index)
        return False

    def _candidates(self, pod: Pod, lowest: int) -> Iterator[int]:
        """The nodes from ``lowest`` on that take ``pod``, one of each that are alike."""
        seen: set[Hashable] = set()
        for index in Question(self.board, pod).feasible():
            state = self._state(index)
            if index >= lowest and state not in seen:
                seen.add(state)
                yield index

    def _state(self, index: int) -> Hashable:
        node, board = self.board.nodes[index], self.board
        labels = frozenset(item for item in node.labels.items() if item[0] != HOSTNAME)
        pods = board.pods[index]
        claims = frozenset(claim for pod in pods for claim in pod.claims)
        counts = frozenset((kind, count) for kind, count in board.counts[index].items() if count)
        return labels, node.taints, tuple(board.free[index].items()), claims, counts


def search(start: Board, pods: Sequence[Pod]) -> Searched:
    """Look for a place for each of ``pods`` on the nodes of ``start``."""
    found = _Search(start.copy())
    if len(pods) > _DEEPEST:
        return Searched(found.board, "given up")
    if found.place(hardest_first(start, pods), 0, 0):
        return Searched(found.board, "found")
    # Whom a pod wants beside it, and how even a spread is, depend on who came before: to such pods
    # one order of placing is not every order.
    ordered = any(pod.kind.affinity or pod.kind.spreads for pod in pods)
    complete = found.steps <= _STEPS and not ordered
    return Searched(found.board, "impossible" if complete else "given up")
