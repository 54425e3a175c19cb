"""What is wrong with what was rendered: rules and placing over each environment as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.placement import unplaceable
from constructs_lib.rendering import Rendered
from constructs_lib.rules import Finding, Fleet, Known, Rule


def broken(charts: Sequence[Rendered], rules: Sequence[Rule], known: Known) -> list[Finding]:
    """What ``rules`` find in ``charts``, all of one environment, whose cluster has ``known``.

    And the pods that find no node there.
    """
    for chart in charts:
        known = known.joined(chart.known)
    fleet = Fleet((item for chart in charts for item in chart.objects), known)
    found = [finding for rule in rules for finding in rule(fleet)]
    return [*found, *unplaceable(fleet, charts[0].cluster)]
