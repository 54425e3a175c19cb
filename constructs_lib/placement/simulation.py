"""What finds a place and what does not: at the least, in rollouts, and in runs on demand.

What runs always, Jobs, and one run of every CronJob are placed together, since schedules are
independent of each other and a run that is late meets the next one's. Beside all of that, each
rollout and each suspended run is placed on its own: a rollout that waits for the room of another
one gets it, and somebody who starts a restore starts one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from constructs_lib.placement.admission import admitted, refused_claims, refused_kinds
from constructs_lib.placement.board import Board
from constructs_lib.placement.growth import (
    added,
    fewest_nodes,
    filled,
    grown,
    most_of,
    unbounded,
)
from constructs_lib.placement.kinds import Pod, PodKind
from constructs_lib.placement.messages import Shortage, at_the_least, in_a_rollout, on_demand
from constructs_lib.placement.nodes import Pool
from constructs_lib.placement.packing import Packed, least_used, pack, place
from constructs_lib.placement.predicates import Question
from constructs_lib.placement.proof import judged
from constructs_lib.placement.quotas import Ledger
from constructs_lib.placement.scene import Scene
from constructs_lib.placement.sharing import split_claims
from constructs_lib.placement.workloads import Workload
from constructs_lib.rules.findings import Finding


@dataclass(frozen=True, eq=False)
class Simulation:
    """The outcome for one environment."""

    scene: Scene
    pods: tuple[Pod, ...]
    """Everything that is there at the least, and is admitted."""
    base: Packed
    """Where it is."""
    ledger: Ledger
    findings: tuple[Finding, ...]
    tight: tuple[str, ...]
    """What finds its place only if other pods stand where they leave room for it."""


class Extra(NamedTuple):
    """Pods that come beside what is there at the least, and go again."""

    workload: Workload
    rollout: bool
    pods: tuple[Pod, ...]


def simulate(scene: Scene) -> Simulation:
    """Place everything in ``scene``."""
    ledger = Ledger(scene.quotas)
    refused = refused_kinds(scene)
    findings = [*scene.unreadable, *dict.fromkeys(refused.values())]
    findings += refused_claims(scene, ledger)
    least = [pod for pod in at_least(scene) if pod.kind not in refused]
    pods, denied = admitted(least, ledger)
    base, proven = judged(scene, filled(scene, pods, most_of), pods)
    findings += denied
    findings += _short(scene, base, pods, proven)
    findings += split_claims(scene)
    tight = [] if base.first_attempt else ["what is there at the least"]
    # Beside what has no place itself nothing has: that would be the same finding over and over.
    for extra in () if base.left_over else extras(scene, base.board):
        if extra.pods[0].kind not in refused:
            more, is_tight = _beside(scene, base, pods, ledger.copy(), extra)
            findings += more
            tight += [extra.workload.kind.owner] if is_tight else []
    return Simulation(scene, tuple(pods), base, ledger, tuple(findings), tuple(tight))


def at_least(scene: Scene) -> list[Pod]:
    """The pods that are there at the least, those of DaemonSets first."""
    empty = fewest_nodes(scene)
    daemons = [pod for index in range(len(empty.nodes)) for pod in scene.daemons(empty, index)]
    return [*daemons, *pods_of(scene.of("always", "now and then"))]


def pods_of(workloads: Sequence[Workload]) -> list[Pod]:
    """The pods of ``workloads``, as few as there can be."""
    return [Pod(item.kind, ordinal) for item in workloads for ordinal in range(item.replicas)]


def extras(scene: Scene, board: Board) -> Iterator[Extra]:
    """Each rollout that starts pods beside the old ones, and each suspended run."""
    for item in scene.workloads:
        if item.next is not None and item.runs == "everywhere":
            kind = item.next
            here = [index for index, counts in enumerate(board.counts) if counts.get(item.kind)]
            behind = len(board.nodes)
            pods = tuple(Pod(kind, behind + i, board.nodes[i].name) for i in here)
        elif item.next is not None:
            ordinals = range(item.replicas, item.replicas + item.surge)
            pods = tuple(Pod(item.next, ordinal) for ordinal in ordinals)
        elif item.runs == "when asked":
            pods = tuple(pods_of([item]))
        else:
            continue
        if pods:
            yield Extra(item, item.next is not None, pods)


def _short(
    scene: Scene, packed: Packed, pods: Sequence[Pod], proven: frozenset[PodKind]
) -> Iterator[Finding]:
    """A finding for each workload that has pods left over; ``proven`` are the hopeless kinds."""
    missing = Counter(pod.kind for pod in packed.left_over)
    wanted = Counter(pod.kind for pod in pods)
    more = _more(scene, packed) if missing else []
    for kind, count in missing.items():
        first = next(pod for pod in packed.left_over if pod.kind is kind)
        shortage = _shortage(scene, packed.board, first, (count, max(count, wanted[kind])), more)
        yield at_the_least(shortage, proven=kind in proven)


def _beside(
    scene: Scene, base: Packed, pods: Sequence[Pod], ledger: Ledger, extra: Extra
) -> tuple[list[Finding], bool]:
    """Findings about ``extra``, and whether it fits only if other pods stand well for it."""
    wanted, findings = admitted(extra.pods, ledger)
    packed = grown(scene, pack(base.board, wanted), most_of)
    if not packed.left_over:
        return findings, False
    if not filled(scene, [*pods, *wanted], most_of).left_over:
        return findings, True
    first = packed.left_over[0]
    counts = len(packed.left_over), len(wanted)
    shortage = _shortage(scene, packed.board, first, counts, _more(scene, packed))
    told = in_a_rollout if extra.rollout else on_demand
    return [*findings, told(shortage)], False


def _shortage(
    scene: Scene,
    board: Board,
    pod: Pod,
    counts: tuple[int, int],
    more: Sequence[tuple[Pool, int]],
) -> Shortage:
    """Why ``pod`` is left over; ``counts`` are how many like it are, and of how many."""
    board = board.copy()
    for pool in scene.pools:
        # Whoever could have more nodes has tried one: why does it not take the pod?
        if board.sizes[pool.name] < pool.most:
            index = board.add(pool)
            place(board, list(scene.daemons(board, index)), least_used)
    question = Question(board, pod)
    found = (question.why_not(index) for index in range(len(board.nodes)))
    reasons = [reason for reason in found if reason is not None]
    empty = [pool.node(0, pool.name) for pool in scene.pools]
    return Shortage(pod.kind, *counts, reasons, more, empty)


def _more(scene: Scene, packed: Packed) -> list[tuple[Pool, int]]:
    """The nodes that would take what is left over; none where not all of it finds one."""
    larger = grown(scene, packed, unbounded)
    return [] if larger.left_over else added(scene, larger.board)
