"""Whether the objectives of a workload can be measured by the metrics that it exposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from constructs_lib.errors import Problem, nearest
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.golden_signals import NOT_ITS_OWN
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests
from constructs_lib.kube.promql import metric_names, number_text


class Observed(Protocol):
    """Props of a workload that may have metrics."""

    @property
    def metrics(self) -> Metrics | None:
        """Where they are."""

    @property
    def requests(self) -> Requests | None:
        """Which of them are of requests."""

    @property
    def objectives(self) -> Objectives | None:
        """What it promises."""

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What alarms besides."""


def signal_problems(props: Observed) -> Iterator[Problem]:
    """Objectives without metrics, or with others than there are."""
    if props.metrics is None:
        for name in ("requests", "objectives", "alerts"):
            if getattr(props, name):
                why = "cannot be measured: it exposes no metrics"
                yield Problem(name, getattr(props, name), why, "give metrics=Metrics(...)")
        return
    if props.objectives is not None:
        yield from _unmeasured(props.objectives, props.requests)
    if props.metrics.exposes:
        yield from _unexposed(props, props.metrics)


def _unmeasured(objectives: Objectives, requests: Requests | None) -> Iterator[Problem]:
    if requests is None:
        why = "is measured by requests, and it says nothing of them"
        if objectives.availability is not None:
            fix = "give requests=Requests(...), or say availability=None"
            yield Problem("objectives.availability", objectives.availability, why, fix)
        if objectives.latency is not None:
            fix = "give requests=Requests(...)"
            yield Problem("objectives.latency", objectives.latency, why, fix)
        return
    if objectives.availability is not None and requests.total is None:
        why = "is measured by a counter with the status, and requests.total is None"
        fix = "name the counter in requests.total, or say availability=None"
        yield Problem("objectives.availability", objectives.availability, why, fix)
    if objectives.latency is not None:
        yield from _unknown_latency(objectives.latency, requests)


def _unknown_latency(latency: Latency, requests: Requests) -> Iterator[Problem]:
    if requests.duration is None:
        why = "is measured by a histogram of durations, and requests.duration is None"
        yield Problem("objectives.latency", latency, why, "name the histogram")
    elif requests.buckets and latency.seconds not in requests.buckets:
        closest = min(requests.buckets, key=lambda bound: abs(bound - latency.seconds))
        why = f"is no bucket of {requests.duration}, so nobody counts what took longer"
        fix = f"use {number_text(closest)}, or add the bucket to the program"
        yield Problem("objectives.latency.seconds", latency.seconds, why, fix)


def _unexposed(props: Observed, metrics: Metrics) -> Iterator[Problem]:
    kinds: dict[str, str] = {metric.name: metric.kind for metric in metrics.exposes}
    # What a histogram counts is a counter of its own, with the same labels.
    histograms = (metric.name for metric in metrics.exposes if metric.kind == "histogram")
    kinds |= {f"{name}_count": "counter" for name in histograms}
    for where, name, kind in _named(props):
        if name not in kinds:
            yield Problem(where, name, "is not among metrics.exposes", nearest(name, kinds))
        elif kinds[name] != kind:
            why = f"is a {kinds[name]} among metrics.exposes, and a {kind} is needed"
            yield Problem(where, name, why, f"name a {kind}")
    series = {name for metric in metrics.exposes for name in metric.series}
    for index, alert in enumerate(props.alerts):
        for name in sorted(metric_names(alert.expression) - series):
            if not NOT_ITS_OWN.fullmatch(name):
                where = f"alerts[{index}].expression"
                yield Problem(where, name, "is not among metrics.exposes", nearest(name, series))


def _named(props: Observed) -> Iterator[tuple[str, str, str]]:
    """Where a metric is named, its name, and the kind that it has to be of."""
    if props.requests is not None:
        if props.requests.total is not None:
            yield "requests.total", props.requests.total, "counter"
        if props.requests.duration is not None:
            yield "requests.duration", props.requests.duration, "histogram"
    if props.objectives is not None:
        for index, item in enumerate(props.objectives.saturation):
            yield f"objectives.saturation[{index}].metric", item.metric, "gauge"
