"""Time between two values of a series."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem

LONGEST_SECONDS = 140
"""Between two values: so one may be left out within the five minutes that queries look back."""


def interval_problems(field: str, seconds: int) -> Iterator[Problem]:
    """Whether a series with a value each ``seconds`` is found by every query.

    https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
    """
    fix = f"use 1 to {LONGEST_SECONDS}"
    if seconds < 1:
        yield Problem(field, seconds, "must be positive", fix)
    elif seconds > LONGEST_SECONDS:
        why = "is too long: queries find no value that is five minutes old, so what runs seems gone"
        yield Problem(field, seconds, why, fix)
