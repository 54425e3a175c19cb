"""What alarms of a service, from the metrics, requests and objectives that it declares.

https://sre.google/workbook/alerting-on-slos/ is where windows and factors come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.burn_rates import Objective, burn_alerts
from constructs_lib.kube.objectives import Objectives, Requests, Saturation
from constructs_lib.kube.promql import number_text
from constructs_lib.kube.service_recordings import bucket_of, budget_of
from constructs_lib.kube.subject import Subject

PAGE = "service"
"""Page of runbooks with these alerts."""

NOT_ITS_OWN = re.compile(r"up|ALERTS.*|scrape_.*|(kube|kubelet|container|certmanager)_.+|.+:.+")
"""Series that a workload's alerts may name besides its own: of Prometheus, Kubernetes and
cert-manager, and what is recorded."""

_BUSY = 0.2
"""Requests per second, on average over an hour, of which none for a quarter of one is odd."""


def alerts(subject: Subject) -> tuple[Alert, ...]:
    """What alarms: pods that are gone, budgets that are used up too fast, what fills up."""
    objectives = subject.objectives
    return (
        *_presence(subject),
        *(_missed(subject, subject.requests, objectives) if objectives is not None else ()),
    )


def _presence(subject: Subject) -> Iterator[Alert]:
    up = f"up{{{subject.pods}}}"
    where = f"{subject.name} in {subject.namespace}"
    if subject.expects_pods:
        yield Alert(
            name="ServiceDown",
            expression=f"(sum({up}) or vector(0)) == 0",
            lasts=subject.presence.lasts,
            severity=subject.presence.severity,
            summary=f"No pod of {where} answers when asked for its metrics.",
            action=f"kubectl get pods -n {subject.namespace} -l app.kubernetes.io/name="
            f"{subject.name}, their events, and the logs of the last one that ran.",
            page=PAGE,
            labels=subject.labels,
        )
    yield Alert(
        name="ServicePodDown",
        expression=f"{up} == 0",
        lasts="10m",
        summary=f"Pod {{{{ $labels.pod }}}} of {where} does not answer when asked for its metrics.",
        action=f"kubectl describe pod -n {subject.namespace} {{{{ $labels.pod }}}}, and its log.",
        page=PAGE,
        labels=subject.labels,
    )


def _missed(subject: Subject, requests: Requests | None, objectives: Objectives) -> Iterator[Alert]:
    if requests is not None:
        if not subject.stood_in:
            yield _absent(subject, requests, objectives)
        yield _stopped(subject)
        for objective in _shares(subject, objectives):
            yield from burn_alerts(objective, page=PAGE, labels=subject.labels)
    yield from (_full(subject, item) for item in objectives.saturation)


def _shares(subject: Subject, objectives: Objectives) -> Iterator[Objective]:
    all_of_them = f"of the requests to {subject.name} in {subject.namespace}"
    if objectives.availability is not None:
        yield Objective(
            alert="ServiceErrorBudgetBurn",
            ratio=lambda window: subject.recorded(f"service:errors:ratio_rate{window}"),
            budget=budget_of(objectives.availability),
            window_days=objectives.window_days,
            wrong=f"{all_of_them} fail",
            right=f"{number_text(objectives.availability)} % succeed",
            action="See by the dashboard since when and which pods, then what was rolled out and"
            " the alerts of what it depends on. Roll back if it began with a rollout.",
        )
    if objectives.latency is not None:
        yield Objective(
            alert="ServiceLatencyBudgetBurn",
            ratio=lambda window: subject.recorded(f"service:slow:ratio_rate{window}"),
            budget=budget_of(objectives.latency.percent),
            window_days=objectives.window_days,
            wrong=f"{all_of_them} take longer than {number_text(objectives.latency.seconds)} s",
            right=f"{number_text(objectives.latency.percent)} % do not",
            action="See by the dashboard whether load, CPU throttling or a store behind it grew at"
            " the same time.",
        )


def _absent(subject: Subject, requests: Requests, objectives: Objectives) -> Alert:
    where = f"{subject.name} in {subject.namespace}"
    # Of a label that nobody writes, no value is one of failure: 0 % would be recorded for ever.
    status = f', {requests.status}!=""' if objectives.availability is not None else ""
    needed = [f"{requests.counted}{{{subject.pods}{status}}}"]
    if requests.duration is not None and objectives.latency is not None:
        bucket = bucket_of(objectives.latency.seconds)
        needed.append(f"{requests.duration}_bucket{{{subject.pods}, {bucket}}}")
    absent = " or ".join(f"absent({series})" for series in needed)
    return Alert(
        name="ServiceMetricsAbsent",
        expression=f"({absent}) and on () (sum(up{{{subject.pods}}}) > 0)",
        lasts="1h",
        summary=f"Pods of {where} answer without metrics of requests, or without their labels:"
        " objectives are unwatched.",
        action="Compare what /metrics of a pod says with the names and the status label declared in"
        " its props.",
        page=PAGE,
        labels=subject.labels,
    )


def _stopped(subject: Subject) -> Alert:
    where = f"{subject.name} in {subject.namespace}"
    rate = subject.recorded("service:requests:rate5m")
    before = subject.recorded("service:requests:rate5m") + "[1h] offset 15m"
    return Alert(
        name="ServiceRequestsStopped",
        expression=f"{rate} == 0 and avg_over_time({before}) > {_BUSY}",
        lasts="10m",
        summary=f"Nobody asks {where} any more, and there were requests an hour ago.",
        action="Look at what is in front of it: gateway, routes, DNS, network policies, clients.",
        page=PAGE,
        labels=subject.labels,
    )


def _full(subject: Subject, saturation: Saturation) -> Alert:
    most = number_text(saturation.above)
    gauge = f"max by (namespace, pod) ({saturation.metric}{{{subject.pods}}})"
    return Alert(
        name="ServiceSaturated",
        expression=f"{gauge} > {most}",
        lasts="10m",
        summary=f"{saturation.metric} of {{{{ $labels.pod }}}} is {{{{ $value | humanize }}}},"
        f" above {most}.",
        action="More pods, if all are that full; else see why this one does not get on.",
        page=PAGE,
        labels={**subject.labels, "metric": saturation.metric},
    )
