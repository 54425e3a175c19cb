"""Alert rules.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.alert_texts import text_problems
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.promql import expression_problems, label_name_problems
from constructs_lib.values import Value

PROMETHEUS_RULES = "prometheusrules.monitoring.coreos.com"
"""Name of the CRD by which alert rules reach a Prometheus Operator."""

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_PAGE = re.compile(r"[a-z0-9][a-z0-9-]*")
_DURATION = re.compile(r"([0-9]+(ms|s|m|h|d))+")

Severity = Literal["critical", "warning"]
"""``critical`` wakes somebody, ``warning`` waits for the morning."""


def duration_problems(name: str, duration: str) -> Iterator[Problem]:
    """Whether ``duration`` is one that Prometheus reads."""
    if not _DURATION.fullmatch(duration):
        yield Problem(name, duration, "is not a duration", "write one such as '5m'")


class Alert(Value):
    """Something that somebody has to know."""

    name: str
    """Name in CamelCase, for example ``RedisMasterMissing``."""

    expression: str
    """PromQL that returns a series for as long as it is so."""

    lasts: str = "5m"
    """How long it has to be so before the alert fires, as a Prometheus duration. Default 5m."""

    severity: Severity = "warning"
    """``critical`` wakes somebody, ``warning`` waits for the morning. Default warning."""

    summary: str
    """One sentence with what is wrong; may hold ``{{ $labels.pod }}`` and ``{{ $value }}``."""

    action: str
    """What to do first."""

    page: str | None = None
    """Page of runbooks that tells more, its name without ``.md``; None is that of the kind of thing
    that it is about. The link leads to its section called like the alert."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels besides severity and team, for example the service that it is about. They win over
    labels of the series, and may quote them: ``{{ $labels.namespace }}``. Default none."""

    def problems(self) -> Iterator[Problem]:
        """Name, expression, duration and texts: one that is none keeps Prometheus from starting."""
        if not _NAME.fullmatch(self.name):
            yield Problem("name", self.name, "is no alert name", "write CamelCase letters")
        yield from expression_problems("expression", self.expression)
        yield from duration_problems("lasts", self.lasts)
        if self.page is not None and not _PAGE.fullmatch(self.page):
            fix = "write the name of a file without .md, such as 'redis'"
            yield Problem("page", self.page, "is no page", fix)
        for name in ("summary", "action"):
            yield from text_problems(name, getattr(self, name))
        for name, text in self.labels.items():
            yield from label_name_problems("labels", name)
            yield from text_problems(f"labels[{name!r}]", text)


def alert_rule(
    alert: Alert,
    labels: Mapping[str, str],
    *,
    runbooks: str | None = None,
    page: str | None = None,
) -> Body:
    """One entry of a rule group; ``labels`` are added to it.

    ``runbooks`` is where pages of runbooks are, ``page`` the one of alerts that name none. Without
    either there is no link.
    """
    shown = alert.page or page
    link = f"{runbooks}/{shown}.md#{alert.name.lower()}" if runbooks and shown else None
    return body(
        alert=alert.name,
        expr=alert.expression,
        **{"for": alert.lasts},
        labels={"severity": alert.severity, **labels, **alert.labels},
        annotations=body(summary=alert.summary, description=alert.action, runbook_url=link),
    )


def prometheus_rule(metadata: Body, groups: Sequence[Body]) -> Body:
    """A PrometheusRule with these groups."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata,
        "spec": {"groups": list(groups)},
    }
