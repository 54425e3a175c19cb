"""Hours in which nobody is told of what can wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.values import Value

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class QuietTime(Value):
    """Hours in which warnings are held back; those that still fire afterwards are told then.

    https://prometheus.io/docs/alerting/latest/configuration/#time_interval
    """

    start: str
    """When they begin, as ``HH:MM``."""

    end: str
    """When they end, as ``HH:MM``, at most ``24:00``. A night is two of them."""

    weekdays: tuple[Weekday, ...] = ()
    """On which days. Default none given: every day."""

    location: str | None = None
    """Time zone such as ``Europe/Berlin``, which Alertmanager knows from 0.25. Default None: UTC.
    An AlertmanagerConfig has no field for it."""

    def problems(self) -> Iterator[Problem]:
        """Two times, in order."""
        for name in ("start", "end"):
            if not _TIME.fullmatch(getattr(self, name)):
                yield Problem(name, getattr(self, name), "is no time", "write HH:MM, up to 24:00")
        if self.start >= self.end:
            fix = "split it at midnight: one to 24:00 and one from 00:00"
            yield Problem("end", self.end, f"is not after {self.start}", fix)
