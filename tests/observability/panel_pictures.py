"""Panels of one row as SVG, drawn with matplotlib."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

Body = Mapping[str, Any]

_STYLE: dict[Any, Any] = {
    # Text stays text, and names of clip paths the same: two runs give the same file.
    "svg.hashsalt": "dashboards",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.linewidth": 0.3,
    "lines.linewidth": 1,
}
_COLUMN, _LINE = 0.5, 0.36
"""Inches of one column and one line of Grafana's grid."""

_MOST_POINTS = 240
_LONGEST_LEGEND = 6


class Series(NamedTuple):
    """One series of an answer."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]


class Span(NamedTuple):
    """What is looked at, in seconds since 1970."""

    start: float
    end: float

    @property
    def step(self) -> int:
        """Seconds between two points."""
        return max(1, math.ceil((self.end - self.start) / _MOST_POINTS))


def picture(panels: Sequence[tuple[Body, list[tuple[str, Series]]]], span: Span) -> str:
    """The panels with their series, where the dashboard has them."""
    places = [panel["gridPos"] for panel, _ in panels]
    top = min(place["y"] for place in places)
    lines = max(place["y"] + place["h"] for place in places) - top
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(24 * _COLUMN, lines * _LINE))
        for panel, series in panels:
            place = panel["gridPos"]
            low = 1 - (place["y"] - top + place["h"]) / lines
            below = 2 if panel["type"] == "timeseries" else 0.5
            box = (place["x"] / 24 + 0.045, low + below / lines)
            size = (place["w"] / 24 - 0.06, (place["h"] - below - 1.2) / lines)
            _draw(figure.add_axes((*box, *size)), panel, series, span)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines()) + "\n"


def _draw(axes: Axes, panel: Body, series: list[tuple[str, Series]], span: Span) -> None:
    axes.set_title(panel["title"], loc="left", fontsize=8, fontweight="bold")
    if not series:
        _write(axes, "no data", size=9)
    elif panel["type"] == "stat":
        _, latest = series[0]
        _write(axes, shown(latest.points[-1][1], _unit(panel)), size=18)
    elif panel["type"] == "table":
        _write(axes, "\n".join(legend for legend, _ in series), size=7)
    else:
        _lines(axes, panel, series, span)


def _write(axes: Axes, text: str, *, size: int) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=size, transform=axes.transAxes)


def _lines(axes: Axes, panel: Body, series: list[tuple[str, Series]], span: Span) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    unit = _unit(panel)
    stacked = _style(panel, "stacking") == "normal"
    for legend, points, under in layers(series, stacked=stacked):
        times: Any = [_moment(at) for at, _ in points]
        [line] = axes.plot(times, [value for _, value in points], label=legend)
        if stacked:
            values = [value for _, value in points]
            axes.fill_between(times, under, values, color=line.get_color(), alpha=0.3, linewidth=0)
    if _style(panel, "thresholdsStyle") != "off":
        for step in defaults["thresholds"]["steps"]:
            if step["value"] is not None:
                axes.axhline(step["value"], color="red", linestyle="--", linewidth=0.8)
    axes.set_xlim(_moment(span.start), _moment(span.end))  # type: ignore[arg-type]
    lowest = min(axes.get_ylim()[0], 0) if any(_negative(item) for _, item in series) else 0
    axes.set_ylim(bottom=lowest, top=defaults.get("max"))
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))  # type: ignore[no-untyped-call]
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value, unit)))
    if len(series) <= _LONGEST_LEGEND:
        # Below the times, as Grafana has it.
        spot = (0, -0.1)
        axes.legend(fontsize=6, frameon=False, loc="upper left", bbox_to_anchor=spot, ncols=3)


def layers(
    series: list[tuple[str, Series]], *, stacked: bool
) -> Iterator[tuple[str, list[tuple[float, float]], list[float]]]:
    """Legend, points and what lies under them; points lie on those before where it is stacked."""
    height: dict[float, float] = {}
    for legend, item in series:
        under = [height.get(at, 0.0) for at, _ in item.points]
        if not stacked:
            yield legend, list(item.points), under
            continue
        height |= {at: base + value for (at, value), base in zip(item.points, under, strict=True)}
        yield legend, [(at, height[at]) for at, _ in item.points], under


def _negative(series: Series) -> bool:
    return any(value < 0 for _, value in series.points)


def _style(panel: Body, name: str) -> str:
    """How a graph is drawn, where it says so."""
    custom = panel["fieldConfig"]["defaults"].get("custom", {})
    return str(custom.get(name, {}).get("mode", "off"))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC)


def _unit(panel: Body) -> str:
    return str(panel["fieldConfig"]["defaults"].get("unit", ""))


def shown(value: float, unit: str) -> str:
    """``value`` as people write it."""
    if unit == "percentunit":
        percent = value * 100
        return f"{percent:.0f} %" if abs(percent) >= 1000 else f"{percent:.3g} %"
    if unit == "s":
        return f"{value * 1000:.3g} ms" if abs(value) < 1 else f"{value:.3g} s"
    if unit in ("bytes", "Bps"):
        size, power = value, 0
        while abs(size) >= 1024 and power < 4:
            size, power = size / 1024, power + 1
        return f"{size:.3g} {('B', 'KiB', 'MiB', 'GiB', 'TiB')[power]}{'/s' * (unit == 'Bps')}"
    return f"{value:.3g}{'/s' * (unit in ('reqps', 'cps', 'ops', 'mps', 'rowsps'))}"
