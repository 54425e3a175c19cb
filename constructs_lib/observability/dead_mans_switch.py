"""Who notices when alerts no longer arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.observability.durations import duration_problems, seconds_of
from constructs_lib.values import Value

WATCHDOG = "Watchdog"
"""Name of the alert that always fires."""

_SHORTEST = 10


class DeadMansSwitch(Value):
    """Somebody outside who calls when this no longer does: the Watchdog alert, again and again.

    It fires for as long as Prometheus evaluates rules and reaches Alertmanager, and Alertmanager
    reaches the receiver. What is watched cannot tell of its own end.
    """

    receiver: str = field(kw_only=False)
    """Name of its receiver, which gets nothing else: any other message would look like a sign of
    life."""

    every: str = "1m"
    """Time between two signs of life. Default 1m. Let the receiver wait for several of them, also
    while pods roll: 5m or more."""

    def problems(self) -> Iterator[Problem]:
        """The time is one."""
        yield from duration_problems("every", self.every)
        if not any(duration_problems("every", self.every)) and seconds_of(self.every) < _SHORTEST:
            fix = f"use {_SHORTEST}s or more"
            yield Problem("every", self.every, "is a flood and no sign of life", fix)
