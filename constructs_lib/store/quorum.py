"""How many members a quorum takes, and what it survives."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem


def majority(members: int) -> int:
    """How many have to agree."""
    return members // 2 + 1


def quorum_problems(
    field: str, members: int, *, fewest: int = 1, most: int = 5
) -> Iterator[Problem]:
    """Whether ``members`` is an odd number from ``fewest`` to ``most``."""
    if fewest <= members <= most and members % 2 == 1:
        return
    odd = [str(number) for number in range(fewest | 1, most + 1, 2)]
    fix = f"use {', '.join(odd[:-1])} or {odd[-1]}" if len(odd) > 1 else f"use {odd[0]}"
    yield Problem(field, members, _why(members, fewest, most), fix)


def _why(members: int, fewest: int, most: int) -> str:
    if members < 1:
        return "is no member"
    arithmetic = (
        f"of {members} members {majority(members)} have to agree, so {members - majority(members)}"
        " may be lost"
    )
    if members > most:
        return f"is more than is of use: every write waits for {majority(members)} members"
    if members % 2 == 0:
        return f"is even: {arithmetic}, no more than of {members - 1}"
    return f"is fewer than {fewest}: {arithmetic}"
