"""What a dashboard shows, as values: rows of panels with their queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import Metric
from constructs_lib.values import Value

RATE = "[$__rate_interval]"
"""Range of a rate: at least four scrapes, whatever the time range that is looked at.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

_QUANTILES = (0.5, 0.95, 0.99)

Shape = Literal["graph", "figure", "table"]


class Query(Value):
    """One query of a panel."""

    expression: str
    """PromQL, with Grafana's variables."""

    legend: str = ""
    """Name of its series, for example ``{{pod}}``; empty shows all labels."""


class Panel(Value):
    """One panel: series over time, a single figure, or a table of series as they are now."""

    title: str
    """What it shows."""

    queries: tuple[Query, ...]
    """What it is drawn of."""

    shape: Shape = "graph"
    """How it is drawn. Default over time."""

    unit: str | None = None
    """Unit as Grafana calls it; None is a number."""

    help: str = ""
    """What it means; shown behind the panel's (i)."""

    ceiling: float | None = None
    """Value from which it is bad; drawn as a line, or turns the figure red."""

    floor: float | None = None
    """Value below which it is bad, as ``ceiling``."""

    top: float | None = None
    """Upper end of the axis; None is as high as its series."""

    stacked: bool = False
    """Whether series lie on top of each other, because their sum means something."""

    link: str | None = None
    """Uid of the dashboard that tells more."""

    exemplars: bool = False
    """Whether single requests are drawn over it, each with a link to its trace."""


class Row(Value):
    """Panels under one heading."""

    title: str
    """The heading."""

    panels: tuple[Panel, ...]
    """What stands under it: figures first."""


class Link(Value):
    """A link above the panels, to a dashboard or a page."""

    title: str
    """Its text."""

    url: str
    """Where it leads."""


class Page(Value):
    """One dashboard."""

    uid: str
    """Its name in addresses; 40 characters at most."""

    title: str
    """Its title."""

    description: str
    """What it is for."""

    tags: tuple[str, ...]
    """By which it is found. The first one is its app's, whose dashboards link to each other."""

    links: tuple[Link, ...] = ()
    """Where one goes from here, besides the others of its app."""

    pods: tuple[str, str] | None = None
    """Namespace and regular expression of the pods that one may choose; None offers no choice."""

    rows: tuple[Row, ...] = ()
    """What it shows."""


def kept(rows: Iterable[Row], known: frozenset[str]) -> tuple[Row, ...]:
    """``rows`` without queries for series that nobody exposes, and without what is empty then."""
    filled = (replace(row, panels=_kept_panels(row.panels, known)) for row in rows)
    return tuple(row for row in filled if row.panels)


def _kept_panels(panels: Sequence[Panel], known: frozenset[str]) -> tuple[Panel, ...]:
    filled = (
        replace(
            panel,
            queries=tuple(q for q in panel.queries if metric_names(q.expression) <= known),
        )
        for panel in panels
    )
    return tuple(panel for panel in filled if panel.queries)


def graph(
    title: str,
    *queries: tuple[str, str],
    unit: str | None = None,
    help: str = "",  # noqa: A002 (as Panel calls it)
    ceiling: float | None = None,
    top: float | None = None,
    stacked: bool = False,
) -> Panel:
    """Series over time, of pairs of expression and legend."""
    return Panel(
        title=title,
        queries=tuple(Query(expression=item, legend=legend) for item, legend in queries),
        unit=unit,
        help=help,
        ceiling=ceiling,
        top=top,
        stacked=stacked,
    )


def figure(
    title: str,
    expression: str,
    *,
    legend: str = "",
    unit: str | None = None,
    help: str = "",  # noqa: A002 (as Panel calls it)
    ceiling: float | None = None,
    floor: float | None = None,
    link: str | None = None,
) -> Panel:
    """The latest value of one expression."""
    return Panel(
        title=title,
        queries=(Query(expression=expression, legend=legend),),
        shape="figure",
        unit=unit,
        help=help,
        ceiling=ceiling,
        floor=floor,
        link=link,
    )


def rate(metric: str, selected: str, *by: str) -> str:
    """How fast a counter grows, summed up but for the labels ``by``."""
    inner = f"rate({metric}{{{selected}}}{RATE})"
    return f"sum by ({', '.join(by)}) ({inner})" if by else f"sum({inner})"


def quantiles(metric: str, selected: str) -> tuple[tuple[str, str], ...]:
    """P50, P95 and P99 of a histogram, over all pods."""
    buckets = rate(f"{metric}_bucket", selected, "le")
    return tuple(
        (f"histogram_quantile({share}, {buckets})", f"P{share * 100:.0f}") for share in _QUANTILES
    )


def declared(metric: Metric, selected: str) -> Panel:
    """The panel of a metric of which nothing is known but what its declaration says."""
    title = metric.name.replace("_", " ").capitalize()
    match metric.kind:
        case "histogram":
            return graph(
                title, *quantiles(metric.name, selected), unit=metric.unit, help=metric.help
            )
        case "summary":
            query = (f"max by (quantile) ({metric.name}{{{selected}}})", "{{quantile}}")
            return graph(title, query, unit=metric.unit, help=metric.help)
        case "counter":
            query = (rate(metric.name, selected, "pod"), "{{pod}}")
            return graph(title, query, unit=per_second(metric.unit), help=metric.help, stacked=True)
        case "gauge":
            query = (f"sum by (pod) ({metric.name}{{{selected}}})", "{{pod}}")
            return graph(title, query, unit=metric.unit, help=metric.help)


def per_second(unit: str | None) -> str:
    """The unit of how fast a counter of ``unit`` grows.

    Seconds of work per second are a share: of one processor, of one connection.
    """
    return {None: "cps", "bytes": "Bps", "s": "percentunit", "reqps": "reqps"}.get(unit, "cps")
