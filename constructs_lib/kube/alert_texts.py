"""Texts of alerts, which are templates of Go: whether Prometheus can read them.

https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.errors import Problem

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_ACTION = re.compile(rf'\{{\{{-?\s*((?:{_QUOTED.pattern}|[^"`])*?)\s*-?\}}\}}', re.DOTALL)
_VARIABLE = re.compile(r"\$(\w+)")
_DECLARED = re.compile(r"\$(\w+)\s*(?=,|:=)")
_OPENS = re.compile(r"(if|range|with|define|block)\b")
_GIVEN = frozenset({"labels", "externalLabels", "externalURL", "value"})
"""Variables that Prometheus gives every text."""


def text_problems(field: str, text: str) -> Iterator[Problem]:
    """Whether what ``text`` quotes is closed, is something, and names variables that there are."""
    # What a text in quotes holds is no variable and no action.
    actions = [_QUOTED.sub('""', action) for action in _ACTION.findall(text)]
    known = _GIVEN.union(*(_DECLARED.findall(action) for action in actions))
    unknown = {name for action in actions for name in _VARIABLE.findall(action)} - known
    opened = sum(bool(_OPENS.match(action)) for action in actions)
    for wrong, why in (
        ("{{" in _ACTION.sub("", text), "has a {{ without its }}"),
        (any("{{" in action for action in actions), "has a {{ without its }}"),
        ("" in actions, "quotes nothing between {{ and }}"),
        (opened != actions.count("end"), "does not end each of its blocks with {{ end }}"),
        (bool(unknown), f"names ${', $'.join(sorted(unknown))}, which nobody sets"),
    ):
        if wrong:
            fix = "write it such as '{{ $labels.pod }}' or '{{ $value | humanize }}'"
            yield Problem(field, text, why, fix)
            return
