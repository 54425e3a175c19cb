"""Everything that placing asks of the rendered objects of an environment, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from constructs_lib.placement.board import Board
from constructs_lib.placement.claims import Claim, claims_of
from constructs_lib.placement.kinds import Pod
from constructs_lib.placement.limits import LimitRange, defaults_of, limit_ranges
from constructs_lib.placement.nodes import Pool
from constructs_lib.placement.quotas import Quota, quotas_of
from constructs_lib.placement.relations import Relations, namespace_labels, relations
from constructs_lib.placement.selectors import untolerated, wants_node
from constructs_lib.placement.workloads import Workload, settings_of, workload
from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.pods import pod_templates

UNREADABLE = "placement/quantity"

_Read = TypeVar("_Read")


@dataclass(frozen=True, eq=False)
class Scene:
    """What is to be placed, and where."""

    pools: tuple[Pool, ...]
    workloads: tuple[Workload, ...]
    claims: tuple[Claim, ...]
    ranges: tuple[LimitRange, ...]
    quotas: tuple[Quota, ...]
    relations: Relations
    unreadable: tuple[Finding, ...]
    """What could not be read, and is left out of all the rest."""

    def of(self, *runs: str) -> list[Workload]:
        """The workloads that run in one of these ways."""
        return [item for item in self.workloads if item.runs in runs]

    def daemons(self, board: Board, index: int) -> Iterator[Pod]:
        """The pods that DaemonSets make for the node at ``index``."""
        node = board.nodes[index]
        for item in self.of("everywhere"):
            spec = item.kind.spec
            if wants_node(spec, node) and untolerated(spec, node) is None:
                yield Pod(item.kind, index, node.name)


def scene(objects: Sequence[Manifest], pools: Sequence[Pool]) -> Scene:
    """What ``objects`` say about placing on ``pools``."""
    unreadable: list[Finding] = []
    ranges = _read(objects, limit_ranges, unreadable)
    claims = _read(objects, claims_of, unreadable)
    quotas = _read(objects, quotas_of, unreadable)
    settings = settings_of(objects, defaults_of(ranges))

    def workloads_of(items: Sequence[Manifest]) -> list[Workload]:
        return [workload(template, settings) for template in pod_templates(items)]

    workloads = _read(objects, workloads_of, unreadable)
    kinds = [kind for item in workloads for kind in (item.kind, item.next) if kind is not None]
    found = relations(list(dict.fromkeys(kinds)), claims, namespace_labels(objects))
    return Scene(
        tuple(pools),
        tuple(workloads),
        tuple(claims),
        tuple(ranges),
        tuple(quotas),
        found,
        tuple(dict.fromkeys(unreadable)),
    )


def _read(
    objects: Sequence[Manifest],
    read: Callable[[Sequence[Manifest]], list[_Read]],
    unreadable: list[Finding],
) -> list[_Read]:
    """What ``read`` finds in each object; what it cannot read is noted in ``unreadable``."""
    found: list[_Read] = []
    for item in objects:
        try:
            found += read([item])
        except ValueError as error:
            fix = "write one such as '250m' or '1Gi'"
            unreadable.append(Finding(UNREADABLE, described(item), str(error), fix))
    return found
