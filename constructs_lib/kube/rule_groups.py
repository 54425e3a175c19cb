"""Rules of one workload or store, as Prometheus reads them.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule_group
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.alerts import alert_rule
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.signals import Recording, Signals


def rule_groups(signals: Signals, *, runbooks: str | None) -> list[Body]:
    """Groups of what is recorded, one for each interval, and one of what alarms; none is empty.

    Names of groups are of one app, one workload each, and so unique in a cluster. Alerts get the
    label ``team`` of whoever owns the workload.
    """
    name = f"{signals.app}-{signals.name}"
    alarming = [
        alert_rule(alert, {"team": signals.team}, runbooks=runbooks, page=signals.kind)
        for alert in signals.alerts
    ]
    alarms = [{"name": name, "rules": alarming}] if alarming else []
    return [*_recorded(f"{name}-recordings", signals), *alarms]


def recording_rule(recording: Recording) -> Body:
    """One entry of a rule group."""
    return body(record=recording.name, expr=recording.expression, labels=dict(recording.labels))


def _recorded(name: str, signals: Signals) -> Iterator[Body]:
    """Rules of one group run one after the other, and all of them equally often."""
    groups: dict[int | None, list[Body]] = {}
    for item in signals.recordings:
        groups.setdefault(item.interval_seconds, []).append(recording_rule(item))
    for seconds, rules in groups.items():
        every = None if seconds is None else f"{seconds}s"
        yield body(name=name if every is None else f"{name}-{every}", interval=every, rules=rules)
