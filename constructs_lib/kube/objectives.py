"""What a service promises, and the metrics that tell whether it is kept.

https://sre.google/workbook/alerting-on-slos/
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Severity, duration_problems
from constructs_lib.kube.promql import (
    label_name_problems,
    metric_name_problems,
    pattern_problems,
)
from constructs_lib.values import Value

_EXPRESSION = re.compile(r"[^\"\\\n]+")
_ALL = 100


class Requests(Value):
    """Metrics of the requests that a service serves."""

    total: str | None = "http_requests_total"
    """Counter of requests by status. Default ``http_requests_total``. None counts those of
    ``duration`` and records nothing of failures, which that does not tell; of a histogram that has
    the status as a label, name ``<duration>_count`` here."""

    duration: str | None = "http_request_duration_seconds"
    """Histogram of their duration in seconds. Default ``http_request_duration_seconds``; None where
    there is none."""

    buckets: tuple[float, ...] = ()
    """Upper bounds of its buckets in seconds, without the infinite one. With them, a latency that
    is no bucket's bound is refused: it cannot be measured. Default none: any is taken."""

    status: str = "status"
    """Label of ``total`` with the HTTP status. Default ``status``."""

    failed: str = "5.."
    """Regular expression of the statuses that count as failures. Default ``5..``."""

    def problems(self) -> Iterator[Problem]:
        """Something is counted, and the expression is one."""
        if self.total is None and self.duration is None:
            fix = "name a counter, or a histogram of durations"
            yield Problem("total", self.total, "counts nothing, nor does duration", fix)
        for name in ("total", "duration"):
            metric = getattr(self, name)
            if metric is not None:
                yield from metric_name_problems(name, metric)
        yield from label_name_problems("status", self.status)
        if not _EXPRESSION.fullmatch(self.failed):
            fix = "write one such as '5..' or '5..|429', without quotes or backslashes"
            yield Problem("failed", self.failed, "is no such expression", fix)
        else:
            yield from pattern_problems("failed", self.failed)
        if not all(0 < bound < math.inf for bound in self.buckets):
            fix = "list upper bounds in seconds, without the infinite one"
            yield Problem("buckets", self.buckets, "hold no time", fix)

    @property
    def counted(self) -> str:
        """The series that counts requests."""
        return self.total if self.total is not None else f"{self.duration}_count"


class Latency(Value):
    """A share of requests that is answered in time."""

    seconds: float
    """In which time; a bucket's upper bound of the histogram."""

    percent: float = 99.0
    """Share of requests in percent. Default 99."""

    def problems(self) -> Iterator[Problem]:
        """A time, and a share that leaves an error budget."""
        if not 0 < self.seconds < math.inf:
            yield Problem("seconds", self.seconds, "is no time", "write one such as 0.25")
        yield from _percent_problems("percent", self.percent)


class Saturation(Value):
    """A gauge that must not stay high: a queue's length, open connections."""

    metric: str = field(kw_only=False)
    """Name of the gauge."""

    above: float
    """Value of one pod above which it is saturated."""

    def problems(self) -> Iterator[Problem]:
        """A metric, and a bound that it can pass."""
        yield from metric_name_problems("metric", self.metric)
        if not math.isfinite(self.above):
            fix = "write the value above which a pod is too full"
            yield Problem("above", self.above, "is no number that a gauge can pass", fix)


class Presence(Value):
    """What it means that no pod of a workload answers: who is told, and how soon."""

    severity: Severity = "critical"
    """Severity of ``ServiceDown``. Default critical: somebody is woken. ``warning`` is for what
    nobody misses until the morning."""

    lasts: str = "2m"
    """How long it has to be so, as a Prometheus duration. Default 2m. A single pod needs longer
    than it takes to start on another node, or every drain alarms."""

    def problems(self) -> Iterator[Problem]:
        """The duration is one."""
        yield from duration_problems("lasts", self.lasts)


MISSED_BY_NOBODY = Presence(severity="warning", lasts="15m")
"""Of a workload that serves nobody but those who watch: none of it is worth a night's sleep, and
its one pod may be moved to another node."""


class Objectives(Value):
    """What a service promises over a window of days."""

    availability: float | None = 99.9
    """Share of requests that do not fail, in percent. Default 99.9; None promises nothing, and is
    what a service says whose requests have no ``total``."""

    latency: Latency | None = None
    """How fast it answers; None promises nothing."""

    saturation: tuple[Saturation, ...] = ()
    """What must not fill up."""

    window_days: int = 30
    """Over how many days. Default 30. Alerts fire when the same share of the budget is used up in
    the same time as with 30 days: 2 % in an hour, 5 % in six, 10 % in one or three days."""

    def problems(self) -> Iterator[Problem]:
        """A share that leaves an error budget, and a window."""
        if self.availability is not None:
            yield from _percent_problems("availability", self.availability)
        if self.window_days < 1:
            yield Problem("window_days", self.window_days, "is no window", "use 30")


def _percent_problems(name: str, percent: float) -> Iterator[Problem]:
    if not 0 < percent < _ALL:
        fix = "write a percentage below 100, such as 99.9"
        yield Problem(name, percent, "leaves no error budget", fix)
