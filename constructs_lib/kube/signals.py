"""What a workload tells of itself: who scrapes it where, what is recorded of it, what alarms.

A construct declares its :class:`Signals` to its chart, and an ``ObservabilityStack`` reads them
there, so that whatever scrapes, alarms and draws comes from one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.intervals import interval_problems
from constructs_lib.kube.objectives import Objectives, Requests
from constructs_lib.kube.promql import (
    expression_problems,
    label_name_problems,
    metric_name_problems,
)
from constructs_lib.naming import label_problems, name_problems
from constructs_lib.refs import Pods, Port
from constructs_lib.values import Value

_TARGET = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(/[a-z0-9]([a-z0-9-]*[a-z0-9])?){1,2}")
_PATH = re.compile(r"[A-Za-z0-9._~%:@+,/-]+")

OF_PROMETHEUS = frozenset(
    {
        "ALERTS",
        "ALERTS_FOR_STATE",
        "up",
        "scrape_duration_seconds",
        "scrape_samples_post_metric_relabeling",
        "scrape_samples_scraped",
        "scrape_series_added",
    }
)
"""Series that Prometheus itself makes, of every target and alert."""

SignalsKind = Literal[
    "service",
    "redis",
    "postgres",
    "nats",
    "etcd",
    "prometheus",
    "alertmanager",
    "grafana",
    "jaeger",
    "collector",
    "kube-state-metrics",
    "nodes",
    "cert-manager",
    "store",
]
"""Whose signals they are. It chooses the dashboard and the page of runbooks. ``store`` is one whose
engine is not the library's own."""


class Metric(Value):
    """A metric that a target exposes.

    https://prometheus.io/docs/concepts/metric_types/
    """

    name: str = field(kw_only=False)
    """Its name, of a histogram or summary without ``_bucket``, ``_sum`` and ``_count``."""

    kind: Literal["counter", "gauge", "histogram", "summary"] = "gauge"
    """What it counts or measures. Default gauge."""

    unit: str | None = None
    """Unit as Grafana calls it, for example ``s``, ``bytes``, ``percentunit``; None is a number."""

    help: str = ""
    """One sentence that says what it is; drawn over its panel. Default none."""

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series that a scrape returns."""
        ends = {
            "histogram": ("_bucket", "_sum", "_count"),
            "summary": ("", "_sum", "_count"),
        }.get(self.kind, ("",))
        return tuple(f"{self.name}{end}" for end in ends)

    def problems(self) -> Iterator[Problem]:
        """The name is one."""
        yield from metric_name_problems("name", self.name)


def counter(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    """A counter, as lists of metrics write it."""
    return Metric(name, kind="counter", unit=unit, help=help)


def gauge(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    """A gauge, as lists of metrics write it."""
    return Metric(name, unit=unit, help=help)


def scrape_problems(
    path: str, interval_seconds: int, exposes: Sequence[Metric]
) -> Iterator[Problem]:
    """Whether something can be scraped: an absolute path, a time, each metric once."""
    if not path.startswith("/"):
        yield Problem("path", path, "is not an absolute path", f"write '/{path}'")
    elif not _PATH.fullmatch(path):
        fix = "write it without a query, other characters percent-encoded"
        yield Problem("path", path, "is not a path", fix)
    yield from interval_problems("interval_seconds", interval_seconds)
    names = [metric.name for metric in exposes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("exposes", name, "is listed twice", "list it once")


class Target(Value):
    """Pods that are scraped at one port.

    Every series gets the labels ``job`` (the target's name), ``namespace``, ``pod``,
    ``container`` and ``instance``, whichever Prometheus scrapes.
    """

    name: str
    """``<namespace>/<workload>``, and ``/<port>`` behind it where a workload has several."""

    pods: Pods
    """Who is scraped."""

    port: Port
    """At which port."""

    path: str = "/metrics"
    """At which path. Default ``/metrics``."""

    interval_seconds: int = 30
    """How often; at most every 140 s. Default 30 s."""

    replicas: int | None = None
    """Pods that there are to be, so that those that are gone are missed. Default None: it changes,
    as with an autoscaler."""

    exposes: tuple[Metric, ...] = ()
    """Metrics that it is known to expose; rules and dashboards may name no others."""

    honor_labels: bool = False
    """Whether labels that its series bring themselves win over those above: where they tell of
    other pods than the one that is scraped. Default False."""

    def problems(self) -> Iterator[Problem]:
        """A name that leads to a workload, and something that can be scraped."""
        if not _TARGET.fullmatch(self.name):
            fix = "write '<namespace>/<workload>', or '<namespace>/<workload>/<port>'"
            yield Problem("name", self.name, "is no target", fix)
        yield from scrape_problems(self.path, self.interval_seconds, self.exposes)


class Recording(Value):
    """A series that is computed from others, so that alerts and dashboards need not.

    https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
    """

    name: str
    """``<level>:<metric>:<operations>``, for example ``service:http_requests:rate5m``."""

    expression: str
    """PromQL."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of the new series besides those that the expression leaves."""

    interval_seconds: int | None = None
    """Time between two values, where computing one is costly and it changes slowly. Default None:
    that of Prometheus."""

    def problems(self) -> Iterator[Problem]:
        """Name, expression, labels, and a time after which queries still find the last value."""
        yield from metric_name_problems("name", self.name)
        yield from expression_problems("expression", self.expression)
        for name in self.labels:
            yield from label_name_problems("labels", name)
        if self.interval_seconds is not None:
            yield from interval_problems("interval_seconds", self.interval_seconds)


class Signals(Value):
    """Everything that one workload or store tells of itself."""

    kind: SignalsKind
    """What it is."""

    name: str
    """Name of the workload or store."""

    app: str
    """Its app."""

    namespace: str
    """Its namespace."""

    team: str
    """Who is called; label ``team`` of its alerts, by which they are routed."""

    targets: tuple[Target, ...] = ()
    """Where it is scraped."""

    recordings: tuple[Recording, ...] = ()
    """What is recorded of it."""

    alerts: tuple[Alert, ...] = ()
    """What alarms."""

    requests: Requests | None = None
    """Metrics of the requests that it serves; None where it says nothing of them."""

    objectives: Objectives | None = None
    """What it promises; None where it promises nothing."""

    traces: bool = False
    """Whether its pods send traces, and have to be let in at whoever takes them. Default False."""

    parts: tuple[str, ...] = ()
    """Workloads that it consists of, whose pods are called ``<part>-...``."""

    def problems(self) -> Iterator[Problem]:
        """Names, and targets that are somebody's; kubelets are no pods."""
        for name in ("name", "app", "namespace"):
            yield from name_problems(name, getattr(self, name))
        yield from label_problems("team", self.team)
        for index, target in enumerate(self.targets):
            if self.kind != "nodes" and not target.pods.labels:
                why = f"are all pods of {target.pods.namespace!r}, which nobody scrapes at one port"
                fix = "give Pods the labels of the workload"
                yield Problem(f"targets[{index}].pods.labels", target.pods.labels, why, fix)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that its targets expose."""
        return tuple(metric for target in self.targets for metric in target.exposes)
