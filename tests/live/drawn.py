"""Dashboards of what is watched, asked of the Prometheus that watches it."""

import json
import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.kube.promql import metric_names
from constructs_lib.observability.dashboards import dashboards
from tests.live.stack import RUNBOOKS
from tests.live.watching import Watched
from tests.observability.panel_pictures import Span
from tests.observability.pictures import expression_of, pictures


def empty_queries(watched: Watched) -> dict[str, set[tuple[str, ...]]]:
    """By dashboard, the series that queries without an answer name, their panel's title first."""
    span = Span(watched.began, time.time())
    return {
        name: {
            (panel["title"], *sorted(metric_names(expression)))
            for panel, expression in _queries(json.loads(text), interval(watched))
            if not _answered(watched, expression, span)
        }
        for name, text in dashboards(watched.signals, runbooks=RUNBOOKS).items()
    }


def interval(watched: Watched) -> str:
    """What stands for ``$__rate_interval``: four scrapes, as Grafana has it."""
    return watched.time_lapse.shorter("2m")


def _queries(
    dashboard: Mapping[str, Any], interval: str
) -> Iterator[tuple[Mapping[str, Any], str]]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel, expression_of(dashboard, target["expr"], interval=interval)


def _answered(watched: Watched, expression: str, span: Span) -> bool:
    """Whether there was a value at some time."""
    found = watched.prometheus.over(expression, span)
    return any(math.isfinite(value) for series in found for _, value in series.points)


def drawn(watched: Watched, name: str) -> dict[str, str]:
    """Pictures of a dashboard's rows, by the name of their file, of all that has happened."""
    dashboard = json.loads(dashboards(watched.signals, runbooks=RUNBOOKS)[name])
    span = Span(watched.began, time.time())
    return pictures(dashboard, watched.prometheus.over, span, interval=interval(watched))
