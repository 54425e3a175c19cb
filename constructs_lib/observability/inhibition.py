"""Which alerts are not told of while another one says more.

https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.promql import label_name_problems, pattern_problems
from constructs_lib.values import Value

_ANY = ".+"


class Inhibition(Value):
    """While one alert fires, others of the same origin are not told of."""

    source: Mapping[str, str]
    """Labels of the alert that says more, by regular expressions that match the whole value."""

    target: Mapping[str, str]
    """Labels of the alerts that are held back, in the same way."""

    equal: tuple[str, ...]
    """Labels that both must have alike. A label that neither has is alike too, so what must not be
    missing belongs into ``source`` and ``target`` as ``.+``."""

    def problems(self) -> Iterator[Problem]:
        """Labels and regular expressions are such, and not every alert holds back every other."""
        for name in ("source", "target"):
            matchers = getattr(self, name)
            if not matchers:
                yield Problem(name, matchers, "matches every alert", "name a label")
            for label, expression in matchers.items():
                yield from label_name_problems(name, label)
                yield from _expression_problems(f"{name}[{label!r}]", expression)
        for label in self.equal:
            yield from label_name_problems("equal", label)
        if not self.equal:
            why = "lets an alert of one system hold back those of all others"
            yield Problem("equal", self.equal, why, "name at least 'namespace'")


CRITICAL_BEFORE_WARNING = Inhibition(
    source={"severity": "critical"},
    target={"severity": "warning"},
    equal=("alertname", "namespace", "service", "pod", "persistentvolumeclaim"),
)
"""An alert that has become critical is not told of as a warning besides: burn rates have both under
one name. Only of the same name and the same pod or claim; a warning of another kind is news."""

DOWN_BEFORE_THE_REST = Inhibition(
    source={"alertname": "ServiceDown", "service": _ANY},
    target={
        "alertname": "Service(ErrorBudgetBurn|LatencyBudgetBurn|PodDown|RequestsStopped|Saturated)"
        "|PodNotReady|DeploymentReplicasMissing",
        "service": _ANY,
    },
    equal=("namespace", "service"),
)
"""Where no pod of a service answers, each of them is down, none is ready, budgets burn, and nobody
is served. That follows, and asks for nothing else. Why a pod does not start is news."""

INHIBITIONS = (CRITICAL_BEFORE_WARNING, DOWN_BEFORE_THE_REST)
"""What is held back unless somebody says otherwise. Two rules and no more: each further one is a
way to miss an alert, and grouping shortens messages without hiding any."""


def _expression_problems(name: str, expression: str) -> Iterator[Problem]:
    yield from pattern_problems(name, expression)
    if not expression:
        yield Problem(name, expression, "matches only alerts without it", "write '.+' for any")
