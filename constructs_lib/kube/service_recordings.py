"""What is recorded of a service, from the metrics, requests and objectives that it declares.

Every recorded series has the labels ``namespace`` and ``service``, and nothing else. Short windows
are computed from what the pods tell; long ones, which would read days of every pod's series each
time, from what was recorded of all pods together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from constructs_lib.kube.objectives import Latency, Objectives, Requests
from constructs_lib.kube.signals import Recording
from constructs_lib.kube.subject import Subject

SHORT = ("30m", "1h", "2h")
"""Windows over which shares are recorded from what pods tell."""

LONG = ("6h", "1d", "3d")
"""Windows over which shares are recorded from what is recorded."""

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
"""Recorded as ``service:duration_seconds:p95_rate5m`` and so on."""

SELDOM_SECONDS = 120
"""Time between two values over long windows, which change slowly. A query finds no value that is
five minutes old, so one run may come late or be left out."""

_REQUESTS = "service:requests:rate5m"
_TIMED = "service:timed:rate5m"

_Named = tuple[str, str]


def recordings(subject: Subject) -> tuple[Recording, ...]:
    """What is recorded, as far as metrics and objectives tell it."""
    requests, objectives = subject.requests, subject.objectives
    if requests is None:
        return ()
    latency = None if objectives is None else objectives.latency
    slow = requests.duration is not None and latency is not None
    tells_failures = requests.total is not None
    often = chain(
        _traffic(subject, requests),
        _errors(subject, requests) if tells_failures else (),
        _quantiles(subject, requests.duration) if requests.duration else (),
        _slow(subject, requests.duration, latency) if requests.duration and latency else (),
    )
    seldom = chain(
        _long(subject, "errors", _REQUESTS) if tells_failures else (),
        _long(subject, "slow", _TIMED) if slow else (),
        _budgets(subject, objectives) if objectives is not None else (),
    )
    return tuple(
        Recording(name=name, expression=text, labels=subject.labels, interval_seconds=interval)
        for found, interval in ((often, None), (seldom, SELDOM_SECONDS))
        for name, text in found
    )


def bucket_of(seconds: float) -> str:
    """The matcher of a bucket by its bound, however a client or Prometheus writes the number.

    A whole number is ``1`` in the text format of most clients, and ``1.0`` in OpenMetrics and in
    all that Prometheus 3 stores: https://prometheus.io/docs/prometheus/latest/migration/
    """
    if float(seconds).is_integer():
        return f'le=~"{int(seconds)}([.]0)?"'
    return f'le="{float(seconds)!r}"'


def budget_of(percent: float) -> float:
    """The share that may go wrong: 0.001 of 99.9 %."""
    return round(1 - percent / 100, 9)


def _traffic(subject: Subject, requests: Requests) -> Iterator[_Named]:
    yield _REQUESTS, f"sum(rate({requests.counted}{{{subject.pods}}}[5m]))"


def _errors(subject: Subject, requests: Requests) -> Iterator[_Named]:
    counted = f"{requests.counted}{{{subject.pods}}}"
    failed = f'{requests.counted}{{{subject.pods}, {requests.status}=~"{requests.failed}"}}'
    yield "service:errors:rate5m", _failures(failed, counted, "5m")
    yield _recent(subject, "errors", _REQUESTS)
    for window in SHORT:
        all_of_them = f"(sum(rate({counted}[{window}])) > 0)"
        yield (
            f"service:errors:ratio_rate{window}",
            f"({_failures(failed, counted, window)}) / {all_of_them}",
        )


def _failures(failed: str, counted: str, window: str) -> str:
    """Failures per second: none, and not nothing, while no request has ever failed."""
    return f"sum(rate({failed}[{window}])) or 0 * sum(rate({counted}[{window}]))"


def _quantiles(subject: Subject, duration: str) -> Iterator[_Named]:
    buckets = f"sum by (le) (rate({duration}_bucket{{{subject.pods}}}[5m]))"
    for name, quantile in QUANTILES.items():
        yield (
            f"service:duration_seconds:{name}_rate5m",
            f"histogram_quantile({quantile}, {buckets})",
        )


def _slow(subject: Subject, duration: str, latency: Latency) -> Iterator[_Named]:
    counted = f"{duration}_count{{{subject.pods}}}"
    in_time = f"{duration}_bucket{{{subject.pods}, {bucket_of(latency.seconds)}}}"
    # Those whose duration is known, which a counter of all of them need not be.
    yield _TIMED, f"sum(rate({counted}[5m]))"
    yield "service:slow:rate5m", f"sum(rate({counted}[5m])) - sum(rate({in_time}[5m]))"
    yield _recent(subject, "slow", _TIMED)
    for window in SHORT:
        answered = f"(sum(rate({counted}[{window}])) > 0)"
        yield (
            f"service:slow:ratio_rate{window}",
            f"1 - sum(rate({in_time}[{window}])) / {answered}",
        )


def _recent(subject: Subject, bad: str, of: str) -> _Named:
    share = f"{subject.recorded(f'service:{bad}:rate5m')} / ({subject.recorded(of)} > 0)"
    return f"service:{bad}:ratio_rate5m", share


def _long(subject: Subject, bad: str, of: str) -> Iterator[_Named]:
    for window in LONG:
        yield f"service:{bad}:ratio_rate{window}", _share(subject, bad, of, window)


def _share(subject: Subject, bad: str, of: str, window: str) -> str:
    """Share of the requests of a window; both series have their values at the same times."""
    wrong = f"sum_over_time({subject.recorded(f'service:{bad}:rate5m')}[{window}])"
    every = f"sum_over_time({subject.recorded(of)}[{window}])"
    return f"{wrong} / ({every} > 0)"


def _budgets(subject: Subject, objectives: Objectives) -> Iterator[_Named]:
    """Share of the error budget that is left: 1 is all of it, 0 none, below 0 it is missed.

    Of as many days as Prometheus keeps, if these are fewer.
    """
    days = f"{objectives.window_days}d"
    if objectives.availability is not None:
        spent = _share(subject, "errors", _REQUESTS, days)
        left = f"1 - ({spent}) / {budget_of(objectives.availability)}"
        yield "service:error_budget:left_ratio", left
    if objectives.latency is not None:
        spent = _share(subject, "slow", _TIMED, days)
        left = f"1 - ({spent}) / {budget_of(objectives.latency.percent)}"
        yield "service:latency_budget:left_ratio", left
