"""Durations as Prometheus, Alertmanager and Jaeger write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.errors import Problem

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"([0-9]+)([smhdw])")
_GO = re.compile(r"([0-9]+[smh])+")
_WHOLE = re.compile(r"(?=.)([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?")
"""Larger units first, each once, as both programs want them."""


def seconds_of(duration: str) -> int:
    """How many seconds ``duration`` is, such as ``1h30m``."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))


def duration_problems(field: str, duration: str) -> Iterator[Problem]:
    """Whether ``duration`` is one, and longer than nothing."""
    if not _WHOLE.fullmatch(duration):
        yield Problem(field, duration, "is not a duration", "write one such as '5m' or '1h30m'")
    elif seconds_of(duration) == 0:
        yield Problem(field, duration, "is no time", "write one such as '5m'")


def go_duration_problems(field: str, duration: str) -> Iterator[Problem]:
    """Whether ``duration`` is one that Go reads, which knows no days, and longer than nothing."""
    if not _GO.fullmatch(duration):
        fix = "write hours, minutes or seconds, such as '72h'"
        yield Problem(field, duration, "is not a duration that Go reads", fix)
    else:
        yield from duration_problems(field, duration)
