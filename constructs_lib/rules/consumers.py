"""A consumer group has one workload as its member, unless all of its members say otherwise.

A broker hands each message to one member. Two programs with one name of a group that read the same
take each other's; members are only given what they ask for, so groups that read apart are fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from itertools import combinations

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.uses import Membership
from constructs_lib.subjects import overlap

GROUP = "consumers/group"
NAMES = (GROUP,)


def groups(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload that reads in a group what another one reads in it."""
    fleet = Fleet.of(manifests)
    there = {described(pod.owner) for pod in fleet.pods}
    members = [item for item in fleet.known.members if item.workload in there]
    found: dict[Finding, None] = {}
    for first, second in combinations(members, 2):
        if not _one_group(first, second):
            continue
        read, place = _read_by_both(first, second), _broker_of_both(first, second)
        if read and place:
            message = (
                f"reads {read} in the {first.kind} group {first.group} at {place}, and so does "
                f"{first.workload}: each message reaches one of the two"
            )
            fix = "give it a group of its own, or say shared=True in both if they are one consumer"
            found[Finding(GROUP, second.workload, message, fix)] = None
    return list(found)


def _one_group(first: Membership, second: Membership) -> bool:
    same = (first.kind, first.group) == (second.kind, second.group)
    return same and first.workload != second.workload and not (first.shared and second.shared)


def _read_by_both(first: Membership, second: Membership) -> str | None:
    """The first of what ``second`` reads that ``first`` reads too."""
    for read in second.reads:
        if read in first.reads:
            return read
        # Names of topics have no wildcards.
        if second.kind == "NATS" and any(overlap(read, other) for other in first.reads):
            return read
    return None


def _broker_of_both(first: Membership, second: Membership) -> str | None:
    """Where both get their messages."""
    for place, port in sorted(second.broker):
        for other, number in first.broker:
            if port == number and _same(place, other):
                return f"{place} port {port}"
    return None


def _same(place: str, other: str) -> bool:
    """Whether two places are one, or two ranges have addresses in common."""
    if place == other:
        return True
    try:
        return ip_network(place).overlaps(ip_network(other))
    except ValueError:  # pods
        return False
