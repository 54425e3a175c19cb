"""Pictures of a dashboard's panels, drawn from what a Prometheus answers, without a browser.

For documentation: Grafana draws the same queries, and looks different. One SVG per row, its panels
where the dashboard has them.

    python -m tests.observability.pictures http://127.0.0.1:9090 dashboard.json docs/pictures
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.observability.panel_pictures import Body, Series, Span, picture

Ask = Callable[[str, Span], Sequence[Series]]
"""Evaluates an expression over a span."""


def prometheus(base: str) -> Ask:
    """Asks the Prometheus at ``base``, for example ``http://127.0.0.1:9090``."""

    def ask(expression: str, span: Span) -> Sequence[Series]:
        query = {"query": expression, "start": span.start, "end": span.end, "step": span.step}
        url = f"{base}/api/v1/query_range?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 (the caller's own)
            result = json.load(answer)["data"]["result"]
        return [
            Series(item["metric"], [(float(at), float(value)) for at, value in item["values"]])
            for item in result
        ]

    return ask


def pictures(dashboard: Body, ask: Ask, span: Span, *, interval: str = "1m") -> dict[str, str]:
    """One SVG per row of ``dashboard`` that has series, by the name of its file.

    ``interval`` stands for ``$__rate_interval``: four times the time between scrapes, or more.
    """
    answered = {
        title: [(panel, _answers(dashboard, panel, ask, span, interval)) for panel in panels]
        for title, panels in _rows(dashboard)
    }
    return {
        f"{dashboard['uid']}-{_slug(title)}.svg": picture(panels, span)
        for title, panels in answered.items()
        if any(series for _, series in panels)
    }


def expression_of(dashboard: Body, expression: str, *, interval: str = "1m") -> str:
    """``expression`` as Prometheus takes it: variables stand for everything they may choose."""
    for variable in dashboard["templating"]["list"]:
        if "allValue" in variable:
            expression = expression.replace(f"${variable['name']}", variable["allValue"])
    return expression.replace("$__rate_interval", interval)


def _rows(dashboard: Body) -> Iterator[tuple[str, list[Body]]]:
    title, panels = "", list[Body]()
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            panels.append(panel)
            continue
        yield from [(title, panels)] if panels else []
        title, panels = panel["title"], []
    yield from [(title, panels)] if panels else []


def _answers(
    dashboard: Body, panel: Body, ask: Ask, span: Span, interval: str
) -> list[tuple[str, Series]]:
    """Series of a panel that have a value, with their legends."""
    found = []
    for target in panel["targets"]:
        expression = expression_of(dashboard, target["expr"], interval=interval)
        for series in ask(expression, span):
            points = [(at, value) for at, value in series.points if math.isfinite(value)]
            if points:
                legend = _legend(target.get("legendFormat", ""), series.labels)
                found.append((legend, Series(series.labels, points)))
    return sorted(found, key=lambda item: item[0])


def _legend(template: str, labels: Mapping[str, str]) -> str:
    if not template:
        return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return re.sub(r"{{\s*(\w+)\s*}}", lambda found: labels.get(found[1], ""), template)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def main() -> None:
    """Draw the dashboard that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of a Prometheus")
    parser.add_argument("dashboard", type=Path, help="JSON of a dashboard")
    parser.add_argument("folder", type=Path, help="where pictures go")
    parser.add_argument("--minutes", type=float, default=15, help="how far back, default 15")
    parser.add_argument("--interval", default="1m", help="range of rates, default 1m")
    given = parser.parse_args()
    now = time.time()
    span = Span(now - given.minutes * 60, now)
    dashboard = json.loads(given.dashboard.read_text(encoding="utf-8"))
    given.folder.mkdir(parents=True, exist_ok=True)
    drawn = pictures(dashboard, prometheus(given.base), span, interval=given.interval)
    for name, svg in drawn.items():
        (given.folder / name).write_text(svg, encoding="utf-8")
        print(given.folder / name)


if __name__ == "__main__":
    main()
