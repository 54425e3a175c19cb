"""The placing of an environment as plain text: nodes, what is asked of them, what more would need.

The tables read the same in a terminal and in a code block of Markdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from constructs_lib.placement.admission import admitted
from constructs_lib.placement.amounts import CPU, MEMORY, PODS, Amounts, written
from constructs_lib.placement.board import Board
from constructs_lib.placement.growth import grown, unbounded
from constructs_lib.placement.kinds import Pod
from constructs_lib.placement.messages import ROLLOUT, RUN
from constructs_lib.placement.nodes import Pool
from constructs_lib.placement.packing import Packed, least_used, pack, place
from constructs_lib.placement.simulation import Simulation, extras
from constructs_lib.rules.findings import Finding

_SHOWN = (PODS, CPU, MEMORY)
_MI = 2**20


def report_of(name: str, simulation: Simulation) -> str:
    """The report about ``simulation`` of environment ``name``."""
    board, left = simulation.base.board, simulation.base.left_over
    lines = [f"{name}: {len(simulation.pods)} pods at the least, {len(left)} pending", ""]
    lines += table(board)
    lines += ["", *_further(simulation), *_maximum(simulation)]
    lines += [f"finding: {finding}" for finding in simulation.findings]
    return "\n".join(lines) + "\n"


def table(board: Board) -> list[str]:
    """A line for each node of ``board``, and their sum."""
    rows: list[tuple[str, ...]] = [("node", *_SHOWN)]
    asked: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for node, free in zip(board.nodes, board.free, strict=True):
        used = {name: node.allocatable[name] - free[name] for name in _SHOWN}
        rows.append((node.name, *(_share(name, used, node.allocatable) for name in _SHOWN)))
        asked.update(used)
        there.update(node.allocatable)
    rows.append(("all", *(_share(name, asked, there) for name in _SHOWN)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _share(name: str, used: Amounts, there: Amounts) -> str:
    number, most = used[name], there[name]
    percent = f" ({100 * number // most}%)" if most else ""
    return f"{_rounded(name, number)} of {_rounded(name, most)}{percent}"


def _rounded(name: str, number: int) -> str:
    return f"{-(-number // _MI)}Mi" if name == MEMORY else written(name, number)


def _further(simulation: Simulation) -> Iterator[str]:
    """Rollouts and suspended runs, each on its own, and all rollouts at once."""
    base = simulation.base
    if base.left_over:
        yield "rollouts and suspended runs: not tried while pods are pending"
        return
    found = list(extras(simulation.scene, base.board))
    rollouts = [extra for extra in found if extra.rollout]
    pods = [pod for extra in rollouts for pod in extra.pods]
    waiting = len(place(base.board.copy(), pods, least_used))
    rules = [finding.rule for finding in simulation.findings]
    yield (
        f"rollouts: {len(rollouts)} start pods beside the old ones, {rules.count(ROLLOUT)} of them "
        f"without room; all at once, {len(pods) - waiting} of {len(pods)} pods find room"
    )
    yield f"suspended runs: {len(found) - len(rollouts)}, {rules.count(RUN)} of them without room"
    for what in simulation.tight:
        yield f"tight: {what} finds room only if other pods stand where they leave it"


class Maximum(NamedTuple):
    """Every autoscaler at its maximum, beside what is there at the least."""

    asked: int
    """Pods more than at the least."""

    pods: int
    """Pods in all, as far as quotas admit them."""

    denied: Sequence[Finding]
    """What quotas refuse."""

    packed: Packed


def maximum_of(simulation: Simulation) -> Maximum | None:
    """What the autoscalers' maximum needs, as if nodes had no end; None without autoscalers.

    What runs stays where it is, as the scheduler has it.
    """
    scene, base = simulation.scene, simulation.base
    scaled = [item for item in scene.workloads if item.most > item.replicas]
    more = [
        Pod(item.kind, ordinal) for item in scaled for ordinal in range(item.replicas, item.most)
    ]
    if not more:
        return None
    taken, denied = admitted(more, simulation.ledger.copy())
    packed = grown(scene, pack(base.board, [*base.left_over, *taken]), unbounded)
    return Maximum(len(more), len(simulation.pods) + len(taken), denied, packed)


def _maximum(simulation: Simulation) -> Iterator[str]:
    """How many nodes the autoscalers' maximum needs."""
    maximum = maximum_of(simulation)
    if maximum is None:
        yield "autoscalers: none"
        return
    yield f"autoscalers: at their maximum {maximum.asked} pods more, {maximum.pods} in all"
    for pool in simulation.scene.pools:
        size = maximum.packed.board.sizes[pool.name]
        there = f"{pool.count}" if pool.most == pool.count else f"{pool.count} to {pool.most}"
        said = "it has" if size <= pool.most else "TOO FEW: it has"
        yield f"  {pool.name}: {size} nodes take them, {said} {there}"
    if maximum.packed.left_over:
        yield f"  {len(maximum.packed.left_over)} pods find no place on any number of nodes"
    yield from (f"  {finding}" for finding in maximum.denied)


def summary_of(name: str, simulation: Simulation) -> str:
    """The report in one line."""
    board = simulation.base.board
    placed = len(simulation.pods) - len(simulation.base.left_over)
    taken = sum(
        free[PODS] < node.allocatable[PODS]
        for node, free in zip(board.nodes, board.free, strict=True)
    )
    line = f"{name}: {_counted(placed, 'pod')} on {taken} of {_counted(len(board.nodes), 'node')}"
    maximum = maximum_of(simulation)
    if maximum is None:
        return line
    sizes = maximum.packed.board.sizes
    needs = " and ".join(_need(pool, sizes[pool.name]) for pool in simulation.scene.pools)
    line += f"; at every autoscaler's maximum {_counted(maximum.pods, 'pod')} on {needs}"
    refused = maximum.asked + len(simulation.pods) - maximum.pods
    if refused:
        line += f", and {_counted(refused, 'pod')} that a quota refuses"
    left = len(maximum.packed.left_over)
    return f"{line}, and {_counted(left, 'pod')} that no node takes" if left else line


def _need(pool: Pool, size: int) -> str:
    need = f"{_counted(size, 'node')} of {pool.name}"
    return f"{need}, {size - pool.most} more than there can be" if size > pool.most else need


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
