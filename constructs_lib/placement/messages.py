"""Findings about pods that no node takes: why, per group of nodes, and what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from constructs_lib.errors import nearest
from constructs_lib.placement.amounts import written
from constructs_lib.placement.kinds import PodKind
from constructs_lib.placement.nodes import HOSTNAME, Node, Pool
from constructs_lib.placement.predicates import Reason
from constructs_lib.placement.selectors import wanted_labels
from constructs_lib.rules.findings import Finding

UNPLACEABLE = "placement/unplaceable"
ROLLOUT = "placement/rollout"
RUN = "placement/run"

_FIXES = {
    "taint": "let it tolerate the taint, or take nodes without it",
    "node affinity": "label the nodes it is meant for, or change its node selector or affinity",
    "host port": "use a Service instead of a host port, or more nodes",
    "volume": "keep the pods that share the claim on one node by a pod affinity, or claim "
    "ReadWriteMany",
    "volume of one pod": "give each pod a claim of its own, or claim ReadWriteMany",
    "spread": "raise maxSkew, lower minDomains, use ScheduleAnyway, or add nodes where there are "
    "few of its pods",
    "affinity": "place the pods it wants beside it where it may run, or only prefer their company",
    "anti-affinity": "lower its replicas, only prefer other nodes (a soft spread), or add nodes",
    "daemon": "make room on that node",
    "resource": "lower its requests or its replicas, or those of others, or add nodes",
}


_RECREATE = "use the strategy Recreate, or claim ReadWriteMany"
"""In a rollout, where the new pod wants the claim of the old one, and no node can give it both."""


class Shortage(NamedTuple):
    """Pods of one kind that no node takes."""

    kind: PodKind
    missing: int
    wanted: int
    reasons: Sequence[Reason]
    """One for each node."""
    more: Sequence[tuple[Pool, int]]
    """Pools, and how many nodes each would have to have; none where more nodes do not help."""
    empty: Sequence[Node]
    """A node of each pool, as it is without pods."""


def at_the_least(shortage: Shortage, *, proven: bool) -> Finding:
    """Pods that are meant to be there always, or in one run, and find no place."""
    what = _counted(shortage.missing, shortage.wanted)
    why = "cannot be placed" if proven else "found no place in any order of placing tried"
    return _finding(UNPLACEABLE, shortage, f"{what} {why}")


def in_a_rollout(shortage: Shortage) -> Finding:
    """Pods of the next revision that find no place beside the old ones, so it never comes."""
    what = _counted(shortage.missing, shortage.wanted)
    start = f"a rollout waits for {shortage.wanted} new before an old one goes, and {what} "
    return _finding(ROLLOUT, shortage, f"{start}cannot be placed beside what is there")


def on_demand(shortage: Shortage) -> Finding:
    """Pods of a suspended run that will find no place."""
    what = _counted(shortage.missing, shortage.wanted)
    start = f"is suspended, and when it is run {what}"
    return _finding(RUN, shortage, f"{start} cannot be placed beside what is there")


def _counted(missing: int, wanted: int) -> str:
    return "its pod" if wanted == 1 else f"{missing} of its {wanted} pods"


def _finding(rule: str, shortage: Shortage, what: str) -> Finding:
    message = f"{what}: {grouped(shortage.reasons)}"
    return Finding(rule, shortage.kind.owner, message, _fix(rule, shortage))


def grouped(reasons: Sequence[Reason]) -> str:
    """``reasons`` as kube-scheduler tells them: how many nodes, of how many, for which reason."""
    groups: dict[tuple[str, str], list[Reason]] = {}
    for reason in reasons:
        groups.setdefault((reason.predicate, reason.what), []).append(reason)
    ordered = sorted(groups.values(), key=len, reverse=True)
    told = ", ".join(f"{len(group)} {_told(group)}" for group in ordered)
    return f"0/{len(reasons)} nodes: {told}" if told else "there are no nodes"


def _told(group: Sequence[Reason]) -> str:
    has = "has" if len(group) == 1 else "have"
    first = group[0]
    if first.predicate != "resource":
        return f"{has} {first.what}"
    left = {reason.left for reason in group}
    most = written(first.what, max(left))
    bound = "at most " if len(left) > 1 else ""
    return f"{has} {bound}{most} {first.what} left of the {written(first.what, first.asked)} asked"


def _fix(rule: str, shortage: Shortage) -> str:
    change = _change(rule, shortage)
    more = [f"{pool.name} from {pool.most} to {size} nodes" for pool, size in shortage.more]
    return f"raise {' and '.join(more)}, or {change}" if more else change


def _change(rule: str, shortage: Shortage) -> str:
    """What to change about the pods, by what keeps them off most nodes."""
    predicates = [reason.predicate for reason in shortage.reasons]
    if not predicates:
        return "describe at least one node"
    most = max(dict.fromkeys(predicates), key=predicates.count)
    if most == "resource":
        return _smaller(shortage)
    if most == "volume of one pod" and rule == ROLLOUT:
        return _RECREATE
    if most == "node affinity":
        wanted = next(iter(wanted_labels(shortage.kind.spec)), "")
        there = {f"{k}={v}" for node in shortage.empty for k, v in node.labels.items()}
        named = {label for label in there if not label.startswith(HOSTNAME)}
        return f"{_FIXES[most]}; {nearest(wanted, named)}"
    return _FIXES[most]


def _smaller(shortage: Shortage) -> str:
    for resource, asked in shortage.kind.requests.items():
        most = max(node.allocatable.get(resource, 0) for node in shortage.empty)
        if asked > most and any(reason.what == resource for reason in shortage.reasons):
            largest = written(resource, most)
            return f"ask for at most {largest} {resource}, all that a node has, or add larger nodes"
    return _FIXES["resource"]
