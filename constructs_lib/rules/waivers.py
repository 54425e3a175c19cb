"""Findings that somebody has decided to live with, for a reason and until a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from constructs_lib.rules.findings import Finding

EXPIRED = "waivers/expired"
UNUSED = "waivers/unused"
REASON = "waivers/reason"
NAMES = (EXPIRED, UNUSED, REASON)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """One rule that one object may break for a while."""

    rule: str
    """Name of the rule, as findings end with it, for example ``disruption/drain``."""

    object: str
    """The object, as findings begin with it: ``PodDisruptionBudget shop/api`` in every environment,
    ``prod: PodDisruptionBudget shop/api`` in one."""

    reason: str
    """Why it may. Whoever reads the finding after the waiver's end reads this too."""

    until: date
    """The last day on which it holds."""

    @property
    def environment(self) -> str:
        """The environment that it is for; empty where it is for every one."""
        name, separator, _ = self.object.partition(": ")
        return name if separator else ""

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is of this rule and this object."""
        names = (finding.object, finding.object.partition(": ")[2])
        return finding.rule == self.rule and self.object in names


def waived(findings: Sequence[Finding], waivers: Sequence[Waiver], *, today: date) -> list[Finding]:
    """What is left of ``findings``: those that no waiver covers, and waivers to be removed.

    A waiver past its end covers nothing any more, and is a finding itself, as is one that has
    nothing to cover, or no reason.
    """
    holding = [waiver for waiver in waivers if today <= waiver.until]
    left = [f for f in findings if not any(waiver.covers(f) for waiver in holding)]
    for waiver in waivers:
        if not waiver.reason.strip():
            message = f"the waiver of {waiver.rule} gives no reason"
            left.append(Finding(REASON, waiver.object, message, "say why it may"))
        used = any(waiver.covers(finding) for finding in findings)
        if not used:
            message = f"the waiver of {waiver.rule} ({waiver.reason}) covers no finding"
            fix = "remove it, or correct the name of its rule or object"
            left.append(Finding(UNUSED, waiver.object, message, fix))
        elif waiver not in holding:
            message = f"the waiver of {waiver.rule} ended on {waiver.until} ({waiver.reason})"
            fix = "mend what it covers, or agree on a later day"
            left.append(Finding(EXPIRED, waiver.object, message, fix))
    return left
