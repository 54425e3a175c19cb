"""Alerts on how fast an error budget is used up, over a long and a short window at once.

The long window says that it matters, the short one that it goes on, so that an alert ends soon
after its cause: "Multiwindow, Multi-Burn-Rate Alerts" of
https://sre.google/workbook/alerting-on-slos/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from constructs_lib.kube.alerts import Alert, Severity
from constructs_lib.kube.promql import number_text

_DAYS_OF_THE_WORKBOOK = 30


@dataclass(frozen=True)
class Burn:
    """A speed at which the budget is used up: ``factor`` times that which lasts the window."""

    factor: float
    long: str
    short: str


FAST = (Burn(14.4, "1h", "5m"), Burn(6, "6h", "30m"))
"""2 % of the budget of 30 days within an hour, 5 % within six: somebody has to get up."""

SLOW = (Burn(3, "1d", "2h"), Burn(1, "3d", "6h"))
"""10 % within one day, or within three: it can wait for the morning."""


def factor_of(burn: Burn, window_days: int) -> float:
    """The factor at which the same share of the budget is used up in the same time.

    A shorter window has a smaller budget, so the factor shrinks with it; never below 1, at which
    the budget lasts the whole window.
    """
    return max(round(burn.factor * window_days / _DAYS_OF_THE_WORKBOOK, 3), 1)


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A share of requests that must not go wrong, and the words for it."""

    alert: str
    """Name of its alerts."""

    ratio: Callable[[str], str]
    """Selects the share that goes wrong, by window."""

    budget: float
    """Share that may."""

    window_days: int

    wrong: str
    """What happens to them: ``of the requests to orders in shop fail``."""

    right: str
    """What is to be: ``99.9 % succeed``."""

    action: str


def burn_alerts(goal: Objective, *, page: str, labels: Mapping[str, str]) -> Iterator[Alert]:
    """A critical and a warning alert of one name.

    A speed is left out that no outage can reach: where more than 1 in 14 may fail, losing every
    request uses up less than 2 % of the budget in an hour.
    """
    speeds: tuple[tuple[Severity, tuple[Burn, ...], str], ...] = (
        ("critical", FAST, "2m"),
        ("warning", SLOW, "15m"),
    )
    for severity, burns, lasts in speeds:
        limits = [(burn, _limit(burn, goal)) for burn in burns]
        either = [_both(burn, goal, number_text(limit)) for burn, limit in limits if limit < 1]
        if either:
            yield Alert(
                name=goal.alert,
                expression=" or ".join(either),
                lasts=lasts,
                severity=severity,
                summary=f"{{{{ $value | humanizePercentage }}}} {goal.wrong}; the objective is that"
                f" {goal.right}.",
                action=goal.action,
                page=page,
                labels=labels,
            )


def _both(burn: Burn, goal: Objective, limit: str) -> str:
    return f"({goal.ratio(burn.long)} > {limit} and {goal.ratio(burn.short)} > {limit})"


def _limit(burn: Burn, goal: Objective) -> float:
    return round(factor_of(burn, goal.window_days) * goal.budget, 9)
