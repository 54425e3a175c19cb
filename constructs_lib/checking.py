"""What is wrong with what was rendered: rules and placing over each environment as a whole.

A synth and the tests of a consumer's own apps come through here, so that both find the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from constructs_lib.errors import Problem, refuse
from constructs_lib.placement import Simulation, placing
from constructs_lib.rendering import Rendered
from constructs_lib.rules import FLEET_RULES, Finding, Fleet, Known, Rule, Waiver, waived
from constructs_lib.rules.findings import misspelt

WHERE = "rules over what was rendered"


class Demands(NamedTuple):
    """What rendered objects are held against."""

    rules: Sequence[Rule] = FLEET_RULES
    known: Known = Known()
    """What clusters have besides, where no chart says it."""

    waivers: Sequence[Waiver] = ()
    """What may break a rule for a while."""

    def check(self) -> None:
        """Raise ``PropsError`` where a rule, ``known`` or a waiver cannot be one."""
        refuse(WHERE, _problems(self.rules, self.known, self.waivers))


class Verdict(NamedTuple):
    """What comes of checking what was rendered."""

    findings: Sequence[Finding]
    """What is wrong and no waiver covers, each with its environment."""

    placings: Mapping[str, Simulation]
    """Where pods stand, by environment."""


def judged(charts: Sequence[Rendered], demands: Demands) -> Verdict:
    """``charts`` held against ``demands``, each environment as a whole.

    Raises ``PropsError`` where a rule returns something else than findings.
    """
    findings: list[Finding] = []
    placings: dict[str, Simulation] = {}
    for name, of_one in by_environment(charts).items():
        found, placings[name] = broken(of_one, demands.rules, demands.known)
        findings += [replace(finding, object=f"{name}: {finding.object}") for finding in found]
    return Verdict(not_waived(findings, demands.waivers), placings)


def by_environment(charts: Iterable[Rendered]) -> dict[str, list[Rendered]]:
    """``charts`` by the name of their environment, in their order."""
    found: dict[str, list[Rendered]] = {}
    for chart in charts:
        found.setdefault(chart.environment, []).append(chart)
    return found


def broken(
    charts: Sequence[Rendered], rules: Sequence[Rule], known: Known
) -> tuple[list[Finding], Simulation]:
    """What ``rules`` find in ``charts``, all of one environment, whose cluster has ``known``.

    And the pods that find no node there, beside where the others stand.
    """
    for chart in charts:
        known = known.joined(chart.known)
    objects = [item for chart in charts for item in chart.objects]
    fleet = Fleet(objects, known.joined(_expected(charts, Fleet(objects))))
    placed = placing(fleet, charts[0].cluster)
    return [*found_by(rules, fleet), *placed.findings], placed


def _expected(charts: Sequence[Rendered], fleet: Fleet) -> Known:
    """The namespaces that charts say are there without being rendered.

    One that is rendered but for a slip of the hand is not: it is the other that is meant.
    """
    names = {name for chart in charts for name in chart.expects}
    there = [name for name in sorted(names) if not misspelt(name, fleet.namespaces)]
    return Known(objects={f"Namespace {name}": () for name in there})


def found_by(rules: Sequence[Rule], fleet: Fleet) -> list[Finding]:
    """What ``rules`` find; raises ``PropsError`` where one returns something else."""
    findings: list[Finding] = []
    problems: list[Problem] = []
    for index, rule in enumerate(rules):
        outcome: Any = rule(fleet)
        # Written out as a list, since a rule may be a generator.
        found = list(outcome) if isinstance(outcome, Iterable) else [outcome]
        if all(isinstance(each, Finding) for each in found):
            findings += found
        else:
            why = f"is what {_name(rule)} returned, and no list of findings"
            fix = (
                "return one Finding(rule, object, message, fix) for each, and [] where all is well"
            )
            problems.append(Problem(f"rules[{index}]", outcome, why, fix))
    refuse(WHERE, problems)
    return findings


def not_waived(findings: Sequence[Finding], waivers: Sequence[Waiver]) -> list[Finding]:
    """What is left of ``findings`` today, and waivers that are to be removed."""
    return waived(findings, waivers, today=datetime.now(UTC).date())


def _name(rule: Rule) -> str:
    return getattr(rule, "__qualname__", type(rule).__qualname__)


def _problems(rules: object, known: object, waivers: object) -> Iterator[Problem]:
    if not isinstance(rules, Sequence):
        yield Problem("rules", rules, "is no tuple", "write rules=(*FLEET_RULES, your_own)")
    else:
        for index, rule in enumerate(rules):
            if not callable(rule):
                fix = "pass a function that takes the objects and returns findings"
                yield Problem(f"rules[{index}]", rule, "is no function", fix)
    if not isinstance(known, Known):
        yield Problem("known", known, "is no Known", "write known=Known(objects={...})")
    if not isinstance(waivers, Sequence):
        yield Problem("waivers", waivers, "is no tuple", "write waivers=(Waiver(...),)")
    else:
        for index, waiver in enumerate(waivers):
            yield from (p.within(f"waivers[{index}]") for p in _waiver_problems(waiver))


def _waiver_problems(waiver: object) -> Iterator[Problem]:
    if not isinstance(waiver, Waiver):
        fix = "write Waiver(rule=..., object=..., reason=..., until=...)"
        yield Problem("", waiver, "is no Waiver", fix)
        return
    for field in ("rule", "object", "reason"):
        value: object = getattr(waiver, field)
        if not isinstance(value, str):
            yield Problem(field, value, "is no text", "write it as findings show it")
    until: object = waiver.until
    # A datetime is a date to Python, and compares with none.
    if isinstance(until, datetime) or not isinstance(until, date):
        fix = "write the last day on which it holds, such as date(2027, 3, 31)"
        yield Problem("until", until, "is no day", fix)
