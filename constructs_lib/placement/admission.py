"""What LimitRanges and ResourceQuotas refuse, so that no pod comes to be placed at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from constructs_lib.placement.amounts import written
from constructs_lib.placement.kinds import Pod, PodKind
from constructs_lib.placement.limits import claim_refusals, pod_refusals
from constructs_lib.placement.quotas import Ledger, Refusal
from constructs_lib.placement.scene import Scene
from constructs_lib.rules.findings import Finding

REFUSED = "placement/refused"


@dataclass
class _Count:
    """How many pods one quota refused one workload."""

    first: Refusal
    pods: int = 0


def refused_kinds(scene: Scene) -> dict[PodKind, Finding]:
    """The kinds of pods that a LimitRange refuses, with why."""
    found = {}
    for workload in scene.workloads:
        for kind in (workload.kind, workload.next):
            reasons = list(pod_refusals(kind, scene.ranges)) if kind else []
            if kind and reasons:
                fix = "change its requests and limits, or the LimitRange"
                found[kind] = Finding(REFUSED, kind.owner, "; ".join(reasons), fix)
    return found


def refused_claims(scene: Scene, ledger: Ledger) -> Iterator[Finding]:
    """A finding for each claim that is refused, so that its pods wait for a volume for ever."""
    replicas = {item.kind.owner: item.replicas for item in scene.workloads}
    for claim in scene.claims:
        for why in claim_refusals(claim, scene.ranges):
            yield Finding(REFUSED, claim.owner, why, "change its size, or the LimitRange")
        for _ in range(replicas.get(claim.owner, 1) if claim.per_pod else 1):
            if refusal := ledger.admit_claim(claim):
                yield _finding(claim.owner, f"claim {claim.name}", 1, refusal)
                break


def admitted(pods: Sequence[Pod], ledger: Ledger) -> tuple[list[Pod], list[Finding]]:
    """The pods that quotas admit, one after the other, and findings for the others."""
    taken: list[Pod] = []
    counts: dict[tuple[str, str, str], _Count] = {}
    for pod in pods:
        if refusal := ledger.admit(pod.kind):
            key = pod.kind.owner, refusal.quota.name, refusal.figure
            counts.setdefault(key, _Count(refusal)).pods += 1
        else:
            taken.append(pod)
    findings = [
        _finding(owner, _pods(count.pods), count.pods, count.first)
        for (owner, _, _), count in counts.items()
    ]
    return taken, findings


def _pods(count: int) -> str:
    return "a pod" if count == 1 else f"{count} pods"


def _finding(owner: str, what: str, count: int, refusal: Refusal) -> Finding:
    quota, figure = refusal.quota, refusal.figure
    if refusal.unstated:
        message = f"{quota.name} refuses {what}: container {refusal.unstated} states no {figure}"
        return Finding(REFUSED, owner, message, f"give the container {figure}")
    left, asked = written(figure, refusal.left), written(figure, refusal.asked)
    hard = quota.hard[figure]
    enough = written(figure, hard - refusal.left + count * refusal.asked)
    message = (
        f"{quota.name} refuses {what}: {left} of {written(figure, hard)} {figure} "
        f"is left of the {asked} asked for each"
    )
    return Finding(REFUSED, owner, message, f"raise {figure} to {enough} or more, or ask for less")
