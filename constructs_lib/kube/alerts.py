"""Alert rules.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.values import Value

PROMETHEUS_RULES = "prometheusrules.monitoring.coreos.com"
"""Name of the CRD by which alert rules reach a Prometheus Operator."""

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_DURATION = re.compile(r"([0-9]+(ms|s|m|h|d))+")


class Alert(Value):
    """Something that somebody has to know."""

    name: str
    """Name in CamelCase, for example ``RedisMasterMissing``."""

    expression: str
    """PromQL that returns a series for as long as it is so."""

    lasts: str = "5m"
    """How long it has to be so before the alert fires, as a Prometheus duration. Default 5m."""

    severity: Literal["critical", "warning"] = "warning"
    """``critical`` wakes somebody, ``warning`` waits for the morning. Default warning."""

    summary: str
    """One sentence with what is wrong; may hold ``{{ $labels.pod }}`` and ``{{ $value }}``."""

    action: str
    """What to do first."""

    def problems(self) -> Iterator[Problem]:
        """Name and duration; the expression is Prometheus' own to judge."""
        if not _NAME.fullmatch(self.name):
            yield Problem("name", self.name, "is no alert name", "write CamelCase letters")
        if not _DURATION.fullmatch(self.lasts):
            yield Problem("lasts", self.lasts, "is not a duration", "write one such as '5m'")


def alert_rule(alert: Alert, labels: dict[str, str]) -> Body:
    """One entry of a rule group; ``labels`` are added to it."""
    return body(
        alert=alert.name,
        expr=alert.expression,
        **{"for": alert.lasts},
        labels={"severity": alert.severity, **labels},
        annotations={"summary": alert.summary, "description": alert.action},
    )


def prometheus_rule(metadata: Body, group: str, rules: Sequence[Body]) -> Body:
    """A PrometheusRule with one group."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata,
        "spec": {"groups": [{"name": group, "rules": list(rules)}]},
    }
