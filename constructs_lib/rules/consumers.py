"""A consumer group has one workload as its member, unless all of its members say otherwise.

A broker hands each message to one member. Two programs with one name of a group take each other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.uses import Membership

GROUP = "consumers/group"
NAMES = (GROUP,)


def groups(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload in a group that another one is in, at what may be one broker."""
    fleet = Fleet.of(manifests)
    there = {described(pod.owner) for pod in fleet.pods}
    members = [item for item in fleet.known.members if item.workload in there]
    found: dict[Finding, None] = {}
    for first, second in combinations(members, 2):
        both = first.brokers & second.brokers
        if _clash(first, second) and both:
            message = (
                f"is in the {first.kind} group {first.group} at {min(both)}, and so is "
                f"{first.workload}: each message reaches one of the two"
            )
            fix = "give it a group of its own, or say shared=True in both if they are one consumer"
            found[Finding(GROUP, second.workload, message, fix)] = None
    return list(found)


def _clash(first: Membership, second: Membership) -> bool:
    same = (first.kind, first.group) == (second.kind, second.group)
    return same and first.workload != second.workload and not (first.shared and second.shared)
