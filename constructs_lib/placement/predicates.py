"""Whether a node can take a pod: the predicates of kube-scheduler, in its order.

https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from constructs_lib.placement.board import Board
from constructs_lib.placement.kinds import Pod, PodKind, Spread
from constructs_lib.placement.selectors import untolerated, wanted_labels, wants_node

UNBOUNDED = ("ephemeral-storage",)
"""Resources that a node has without its description saying how much."""


class Reason(NamedTuple):
    """Why one node cannot take a pod. Nodes of equal ``predicate`` and ``what`` are told as one."""

    predicate: str
    what: str
    """What such nodes have, as in ``have ...``; of resources, the resource."""

    left: int = 0
    asked: int = 0


class Question:
    """Which nodes of a board can take a pod, as things stand."""

    def __init__(self, board: Board, pod: Pod) -> None:
        self._board = board
        self._pod = pod
        self._kind = pod.kind
        self._claims = [
            (claim, tie) for claim in pod.claims if (tie := board.relations.tie(claim)) != "none"
        ]
        spreads = board.relations.spreads[pod.kind]
        self._spreads = [
            (spread, _counted(board, pod.kind, spread, kinds), pod.kind in kinds)
            for spread, kinds in spreads
        ]

    def why_not(self, index: int) -> Reason | None:
        """Why the node at ``index`` cannot take it; None where it can."""
        kind = self._kind
        return (
            self._static(index)
            or (self._host_port(index) if kind.host_ports else None)
            or self._resource(index)
            or (self._volume(index) if self._claims else None)
            or (self._spread(index) if self._spreads else None)
            or (self._affinity(index) if kind.affinity else None)
            or self._anti_affinity(index)
        )

    def feasible(self) -> list[int]:
        """The nodes that can take it."""
        return [index for index in range(len(self._board.nodes)) if self.why_not(index) is None]

    def _static(self, index: int) -> Reason | None:
        """What the node is, whatever is on it."""
        node, spec = self._board.nodes[index], self._kind.spec
        if self._pod.node not in (None, node.name):
            return Reason("daemon", "another name than the node it is meant for")
        if node.taints and (taint := untolerated(spec, node)):
            return Reason("taint", f"the taint {taint}, which it does not tolerate")
        if self._kind.picky and not wants_node(spec, node):
            wanted = ", ".join(wanted_labels(spec))
            return Reason("node affinity", f"other labels than the {wanted} it asks for")
        return None

    def _host_port(self, index: int) -> Reason | None:
        taken = self._board.host_ports[index]
        for protocol, port in sorted(self._kind.host_ports):
            if taken.get((protocol, port)):
                return Reason("host port", f"host port {port}/{protocol} in use")
        return None

    def _resource(self, index: int) -> Reason | None:
        free = self._board.free[index]
        for resource, asked in self._kind.requests.items():
            left = free.get(resource)
            if left is None:
                if resource in UNBOUNDED or not asked:
                    continue
                left = 0
            if asked and asked > left:
                return Reason("resource", resource, max(left, 0), asked)
        return None

    def _volume(self, index: int) -> Reason | None:
        board = self._board
        for claim, tie in self._claims:
            users = {node for node, count in board.mounted.get(claim, {}).items() if count > 0}
            if users and tie == "pod":
                what = f"no claim {claim} to give, which one pod has at a time"
                return Reason("volume of one pod", what)
            if users and index not in users:
                names = ", ".join(sorted(board.nodes[node].name for node in users))
                return Reason("volume", f"no claim {claim}, which is mounted on {names}")
        return None

    def _spread(self, index: int) -> Reason | None:
        labels = self._board.nodes[index].labels
        for spread, counts, counts_itself in self._spreads:
            value = labels.get(spread.key)
            if value is None:
                return Reason("spread", f"no label {spread.key}, over which it is spread")
            least = min(counts.values(), default=0) if len(counts) >= spread.min_domains else 0
            if counts.get(value, 0) + counts_itself - least > spread.max_skew:
                many = "as many of its pods per"
                what = f"{many} {spread.key} as maxSkew {spread.max_skew} allows"
                return Reason("spread", what)
        return None

    def _affinity(self, index: int) -> Reason | None:
        board, kind = self._board, self._kind
        wanted = board.relations.attracting.get(kind)
        if wanted is None:
            return None
        labels = board.nodes[index].labels
        # The first of pods that want each other's company has to start somewhere.
        first = kind in wanted and not any(board.everywhere.get(other) for other in wanted)
        for term in kind.affinity:
            if term.key not in labels:
                return Reason("affinity", f"no label {term.key}, which its pod affinity is about")
            near = board.kinds_near(term.key, index)
            if not first and not any(near.get(other) for other in wanted):
                what = f"none of the pods that its pod affinity asks for in their {term.key}"
                return Reason("affinity", what)
        return None

    def _anti_affinity(self, index: int) -> Reason | None:
        board, kind = self._board, self._kind
        for key, others in board.relations.excluded[kind]:
            near = board.kinds_near(key, index)
            if any(near.get(other) for other in others):
                who = "its own" if near.get(kind) and kind in others else "the"
                what = f"one of {who} pods that its anti-affinity keeps away from, per {key}"
                return Reason("anti-affinity", what)
        for key, other in board.relations.excluding.get(kind, ()):
            if board.kinds_near(key, index).get(other):
                what = f"a pod of {other.owner}, whose anti-affinity keeps it away, per {key}"
                return Reason("anti-affinity", what)
        return None


def _counted(
    board: Board, kind: PodKind, spread: Spread, kinds: frozenset[PodKind]
) -> Mapping[str, int]:
    """How many of ``kinds`` each value of the spread's key has, over the nodes that count."""
    keys = [item.key for item in kind.spreads]
    counts: dict[str, int] = {}
    for node, here in zip(board.nodes, board.counts, strict=True):
        if any(key not in node.labels for key in keys):
            continue
        if spread.honours_affinity and kind.picky and not wants_node(kind.spec, node):
            continue
        if spread.honours_taints and node.taints and untolerated(kind.spec, node):
            continue
        value = node.labels[spread.key]
        counts[value] = counts.get(value, 0) + sum(here.get(other, 0) for other in kinds)
    return counts
