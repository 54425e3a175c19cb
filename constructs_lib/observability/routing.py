"""Which alert goes to whom, and how often: by team and severity.

https://prometheus.io/docs/alerting/latest/configuration/#route-related-settings
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from constructs_lib.errors import Problem, nearest
from constructs_lib.kube.promql import label_name_problems
from constructs_lib.naming import label_problems
from constructs_lib.observability.dead_mans_switch import DeadMansSwitch
from constructs_lib.observability.durations import duration_problems, seconds_of
from constructs_lib.observability.inhibition import INHIBITIONS, Inhibition
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import Receiver, Webhook
from constructs_lib.refs import SecretKey
from constructs_lib.values import Value

NOBODY = "nobody"
"""The receiver of what has no other: Alertmanager wants one for the root, and it tells nobody."""


class Team(Value):
    """Where a team's alerts go."""

    name: str = field(kw_only=False)
    """Value of the alerts' label ``team``."""

    critical: tuple[str, ...]
    """Names of the receivers of what wakes somebody. None leaves it to the default receiver."""

    warning: tuple[str, ...]
    """Names of the receivers of what waits for the morning. None leaves it to the default one."""

    @property
    def by_severity(self) -> dict[str, tuple[str, ...]]:
        """Receivers by the value of the alerts' label ``severity``."""
        return {"critical": self.critical, "warning": self.warning}

    def problems(self) -> Iterator[Problem]:
        """The name is a label's value, and nobody is told twice."""
        yield from label_problems("name", self.name)
        for severity, names in self.by_severity.items():
            for twice in _doubles(names):
                yield Problem(severity, twice, "is listed twice", "list it once")


class Routing(Value):
    """Receivers, and which alerts they get."""

    receivers: Mapping[str, Receiver]
    """Who can be told, by a name of your choice."""

    teams: tuple[Team, ...] = ()
    """Where the alerts of each team go."""

    default: str | None = None
    """Receiver of every alert that no team's route takes. Default None: such alerts are shown by
    Alertmanager and sent to nobody, so teams without a route are refused."""

    dead_mans_switch: DeadMansSwitch | None = None
    """Who is told again and again that alerts arrive at all. Default None: nobody is told, nor
    notices when they no longer do."""

    group_by: tuple[str, ...] = ("alertname", "namespace", "team", "service")
    """Labels whose alerts of the same values are one message. Default alertname, namespace, team
    and service: ten pods with one trouble are one message, two troubles are two."""

    group_wait: str = "30s"
    """How long the first message of a group waits for others like it, and for alerts that hold it
    back. Default 30s."""

    group_interval: str = "5m"
    """Time between two messages of a group that has changed. Default 5m."""

    repeat_critical: str = "1h"
    """After which time a critical alert that still fires is told again. Default 1h."""

    repeat_warning: str = "12h"
    """The same of warnings, and of everything that the default receiver gets. Default 12h."""

    inhibitions: tuple[Inhibition, ...] = INHIBITIONS
    """Which alerts are not told of while another one says more. Default: a warning while the same
    is critical, and what follows where all of a service is down."""

    quiet: tuple[QuietTime, ...] = ()
    """When the teams' warnings are held back. Default never."""

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Keys of Secrets that all receivers need, each once."""
        every = [key for receiver in self.receivers.values() for key in receiver.secrets]
        return tuple(dict.fromkeys(every))

    @property
    def repeats(self) -> dict[str, str]:
        """Time until an alert is told again, by severity."""
        return {"critical": self.repeat_critical, "warning": self.repeat_warning}

    def problems(self) -> Iterator[Problem]:
        """Every route leads to a receiver, every receiver has a route, and times fit together."""
        if not self.receivers:
            yield Problem("receivers", self.receivers, "is nobody", "name at least one receiver")
        yield from self._name_problems()
        yield from self._unknown_problems()
        yield from self._nowhere_problems()
        yield from self._switch_problems()
        yield from self._time_problems()

    def problems_of(self, teams: Iterable[str]) -> Iterator[Problem]:
        """Which of ``teams``, that watched workloads name, would never be told of anything."""
        if self.default is not None:
            return
        known = [team.name for team in self.teams]
        for team in sorted(set(teams) - set(known)):
            why = f"has no route for {team!r}, who own what is watched, and there is no default"
            fix = f"add Team({team!r}, ...) or a default receiver; {nearest(team, known)}"
            yield Problem("teams", known, why, fix)

    @property
    def _used(self) -> list[tuple[str, str]]:
        """Every place that names a receiver, and the name."""
        found = [
            (f"teams[{index}].{severity}", name)
            for index, team in enumerate(self.teams)
            for severity, names in team.by_severity.items()
            for name in names
        ]
        if self.default is not None:
            found.append(("default", self.default))
        if self.dead_mans_switch is not None:
            found.append(("dead_mans_switch.receiver", self.dead_mans_switch.receiver))
        return found

    def _name_problems(self) -> Iterator[Problem]:
        for twice in _doubles(team.name for team in self.teams):
            why = "has two routes, of which only the first would be taken"
            yield Problem("teams", twice, why, "make one of them")
        for name in self.receivers:
            if not name.strip() or name == NOBODY:
                yield Problem("receivers", name, "is taken for nobody", "call it something else")
        for label in self.group_by:
            yield from label_name_problems("group_by", label)
        for twice in _doubles(self.group_by):
            yield Problem("group_by", twice, "is listed twice", "list it once")

    def _unknown_problems(self) -> Iterator[Problem]:
        used = self._used
        for where, name in used:
            if name not in self.receivers:
                yield Problem(where, name, "is no receiver", nearest(name, self.receivers))
        for name in sorted(self.receivers.keys() - {name for _, name in used}):
            why = "is told of nothing: no route leads to it"
            yield Problem("receivers", name, why, "route a team to it, or leave it out")

    def _nowhere_problems(self) -> Iterator[Problem]:
        if self.default is not None:
            return
        for index, team in enumerate(self.teams):
            for severity, names in team.by_severity.items():
                if not names:
                    why = f"is nobody, and there is no default: {team.name}'s would go nowhere"
                    fix = "name a receiver, or a default one"
                    yield Problem(f"teams[{index}].{severity}", names, why, fix)

    def _switch_problems(self) -> Iterator[Problem]:
        switch = self.dead_mans_switch
        if switch is None:
            return
        where = "dead_mans_switch.receiver"
        if any(name == switch.receiver and place != where for place, name in self._used):
            why = "is told of other alerts too, which it would take for signs of life"
            yield Problem(where, switch.receiver, why, "give the switch a receiver of its own")
        receiver = self.receivers.get(switch.receiver)
        if receiver is not None and (not isinstance(receiver, Webhook) or receiver.resolved):
            why = "is told of the end too, or is no machine, and waits for signs of life only"
            fix = "make it a Webhook with resolved=False"
            yield Problem(where, switch.receiver, why, fix)

    def _time_problems(self) -> Iterator[Problem]:
        names = ("group_wait", "group_interval", "repeat_critical", "repeat_warning")
        wrong = [p for name in names for p in duration_problems(name, getattr(self, name))]
        yield from wrong
        if wrong:
            return
        for name in ("repeat_critical", "repeat_warning"):
            repeat = getattr(self, name)
            if seconds_of(repeat) < seconds_of(self.group_interval):
                why = f"is shorter than group_interval, and only every {self.group_interval} it is"
                fix = f"use {self.group_interval} or more"
                yield Problem(name, repeat, f"{why} looked whether to tell again", fix)


def _doubles(names: Iterable[str]) -> list[str]:
    seen = list(names)
    return sorted({name for name in seen if seen.count(name) > 1})
