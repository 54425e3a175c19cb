"""Schedules as the CronJob controller reads them.

https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

from constructs_lib.errors import Problem, nearest


class _Unit(NamedTuple):
    """One of the five fields."""

    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """What ``text`` stands for; -1 where it is out of range."""
        if text.lower() in self.names:
            return self.lowest + self.names.index(text.lower())
        number = int(text) if re.fullmatch("[0-9]+", text) else -1
        return number if self.lowest <= number <= self.highest else -1


_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_UNITS = (
    _Unit("minute", 0, 59),
    _Unit("hour", 0, 23),
    _Unit("day of month", 1, 31),
    _Unit("month", 1, 12, _MONTHS),
    # Sunday is 0; other crons know it as 7 as well, this one does not.
    _Unit("day of week", 0, 6, _DAYS),
)
_PART = re.compile(r"(?:[*?]|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:/([0-9]+))?")
_DESCRIPTOR = re.compile(
    r"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)"
    r"|@every ([0-9]+(?:\.[0-9]+)?(?:h|m|s|ms))+"
)


def cron_problems(field: str, cron: str) -> Iterator[Problem]:
    """Whether the controller can read ``cron``."""
    if _DESCRIPTOR.fullmatch(cron):
        return
    fix = "write minute hour day month weekday, such as '0 3 * * *'"
    fields = cron.split()
    if len(fields) != len(_UNITS):
        yield Problem(field, cron, "is no schedule of five fields", fix)
        return
    for unit, text in zip(_UNITS, fields, strict=True):
        if not all(_fits(part, unit) for part in text.split(",")):
            why = f"has {text!r} for the {unit.name}"
            yield Problem(field, cron, why, f"use {unit.lowest} to {unit.highest}, a-b, */n or *")


def time_zone_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` is a time zone."""
    if name not in _time_zones():
        yield Problem(field, name, "is no time zone", nearest(name, _time_zones()))


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _fits(part: str, unit: _Unit) -> bool:
    match = _PART.fullmatch(part)
    if match is None:
        return False
    first, last, step = match.groups()
    start = unit.lowest if first is None else unit.number(first)
    end = start if last is None else unit.number(last)
    return 0 <= start <= end and (step is None or int(step) > 0)
