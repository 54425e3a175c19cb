"""Which traces are kept: all, a share of them, or those that turn out to be worth it.

https://opentelemetry.io/docs/concepts/sampling/
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.kube.signals import Metric
from constructs_lib.quantity import INT32
from constructs_lib.values import Value

_ALL = 100

TAIL_METRICS = (
    Metric(
        "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total",
        kind="counter",
        help="Traces that were dropped undecided, since there was no room to wait.",
    ),
    Metric(
        "otelcol_processor_tail_sampling_global_count_traces_sampled_total",
        kind="counter",
        help="Traces by decision.",
    ),
    Metric(
        "otelcol_processor_tail_sampling_sampling_traces_on_memory",
        help="Traces that wait for a decision.",
    ),
)
"""Metrics of the processor that decides late.

https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/processor/tailsamplingprocessor/documentation.md
"""


class Probabilistic(Value):
    """A share of traces, chosen by their id: every pod chooses the same ones.

    https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/probabilisticsamplerprocessor
    """

    percent: float
    """Share in percent, above 0 to 100."""

    def problems(self) -> Iterator[Problem]:
        """A share."""
        yield from _percent_problems(self.percent)

    @property
    def processor(self) -> tuple[str, Body]:
        """Name and settings of the processor."""
        return "probabilistic_sampler", {"sampling_percentage": self.percent}


class TailSampling(Value):
    """Traces with an error, slow ones, and a share of the rest, decided when a trace is complete.

    All spans of a trace have to come to one pod, so there can be only one.
    https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
    """

    slow_milliseconds: int = 1000
    """From which duration on a trace is kept. Default 1000 ms."""

    percent: float = 10.0
    """Share of all other traces that is kept, in percent. Default 10."""

    wait_seconds: int = 30
    """Time from a trace's first span to the decision. Default 30 s; spans that come later follow
    it."""

    traces: int = 50_000
    """Most traces that wait in memory; above, the oldest are dropped undecided. Default 50000."""

    def problems(self) -> Iterator[Problem]:
        """Times, a share and a room."""
        yield from _percent_problems(self.percent)
        for name in ("slow_milliseconds", "wait_seconds", "traces"):
            number = getattr(self, name)
            if not 1 <= number <= INT32:
                yield Problem(name, number, "is out of range", f"use 1 to {INT32}")

    @property
    def processor(self) -> tuple[str, Body]:
        """Name and settings of the processor."""
        errors = {
            "name": "errors",
            "type": "status_code",
            "status_code": {"status_codes": ["ERROR"]},
        }
        slow = {
            "name": "slow",
            "type": "latency",
            "latency": {"threshold_ms": self.slow_milliseconds},
        }
        share = {
            "name": "share",
            "type": "probabilistic",
            "probabilistic": {"sampling_percentage": self.percent},
        }
        return "tail_sampling", {
            "decision_wait": f"{self.wait_seconds}s",
            "num_traces": self.traces,
            "policies": [errors, slow, share],
        }


Sampling = Probabilistic | TailSampling


def _percent_problems(percent: float) -> Iterator[Problem]:
    if not 0 < percent <= _ALL:
        fix = "write a percentage above 0, up to 100"
        yield Problem("percent", percent, "is no share", fix)
