"""The tree of routes, however it is spelled: as a file, or as an object of an operator.

https://prometheus.io/docs/alerting/latest/configuration/#route
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from constructs_lib.observability.dead_mans_switch import WATCHDOG, DeadMansSwitch
from constructs_lib.observability.durations import seconds_of
from constructs_lib.observability.routing import NOBODY, Routing, Team

QUIET = "quiet"
"""Name of the hours without warnings."""


@dataclass(frozen=True)
class Matcher:
    """A label of an alert, and what it has to be."""

    label: str
    kind: Literal["=", "=~"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Alerts that match, and where they go; what is None is that of the branch above."""

    matchers: tuple[Matcher, ...] = ()
    receiver: str | None = None
    group_by: tuple[str, ...] = ()
    group_wait: str | None = None
    group_interval: str | None = None
    repeat_interval: str | None = None
    muted: tuple[str, ...] = ()
    """Names of the hours in which nobody is told."""

    goes_on: bool = False
    """Whether the next branch gets them too."""

    branches: tuple[Branch, ...] = ()


def tree(routing: Routing) -> Branch:
    """The root, which takes what no branch does."""
    return Branch(
        receiver=routing.default or NOBODY,
        group_by=routing.group_by,
        group_wait=routing.group_wait,
        group_interval=routing.group_interval,
        repeat_interval=routing.repeat_warning,
        branches=(
            _beats(routing.dead_mans_switch),
            *(_team(team, routing) for team in routing.teams),
        ),
    )


def receivers_without_messages(routing: Routing) -> tuple[str, ...]:
    """The receiver that tells nobody, where anything goes to it."""
    used = routing.default is None or routing.dead_mans_switch is None
    return (NOBODY,) if used else ()


def patterns(expressions: Mapping[str, str]) -> tuple[Matcher, ...]:
    """Matchers of labels by regular expressions."""
    return tuple(Matcher(label, "=~", text) for label, text in expressions.items())


def _beats(switch: DeadMansSwitch | None) -> Branch:
    """The alert that always fires, which is no news to a team.

    Each ``group_interval`` it is asked whether the last message is older than ``repeat_interval``.
    Sending takes a moment, so with both alike only every second sign would be given.
    """
    always = (Matcher("alertname", "=", WATCHDOG),)
    if switch is None:
        return Branch(matchers=always, receiver=NOBODY)
    every = seconds_of(switch.every)
    return Branch(
        matchers=always,
        receiver=switch.receiver,
        group_by=("alertname",),
        group_wait="0s",
        group_interval=f"{every}s",
        repeat_interval=f"{every * 4 // 5}s",
    )


def _team(team: Team, routing: Routing) -> Branch:
    """Alerts of a team; those of another severity stay with the default receiver."""
    return Branch(
        matchers=(Matcher("team", "=", team.name),),
        branches=tuple(
            branch
            for severity, names in team.by_severity.items()
            for branch in _severity(severity, names, routing)
        ),
    )


def _severity(severity: str, names: tuple[str, ...], routing: Routing) -> Iterator[Branch]:
    for name in names:
        yield Branch(
            matchers=(Matcher("severity", "=", severity),),
            receiver=name,
            repeat_interval=routing.repeats[severity],
            muted=(QUIET,) if routing.quiet and severity == "warning" else (),
            goes_on=name != names[-1],
        )
