"""Dashboards as Grafana reads them, made with its own SDK.

https://grafana.github.io/grafana-foundation-sdk/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from constructs_lib.observability.dashboards.json_text import json_text
from constructs_lib.observability.dashboards.panels import Page, Panel, Query, Row

DATA_SOURCE = "prometheus"
"""Uid of the data source that dashboards choose at first."""

COLUMNS = 24
"""Width of Grafana's grid."""

_HEIGHTS = {"figure": 4, "graph": 8, "table": 8}
_PER_LINE = {"figure": 6, "graph": 3, "table": 1}
_GOOD, _BAD = "green", "red"

_SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")

_Built = timeseries.Panel | stat.Panel | table.Panel


# Most dashboards are the same in every environment.
@cache
def to_json(page: Page) -> str:
    """The dashboard ``page`` as JSON: keys sorted, what is short on one line."""
    plain = json.loads(json.dumps(_dashboard(page), cls=JSONEncoder))
    return json_text(plain) + "\n"


def _dashboard(page: Page) -> dashboard.Dashboard:
    builder = (
        builders.Dashboard(page.title)
        .uid(page.uid)
        .description(page.description)
        .tags(list(page.tags))
        # What is rendered is replaced at the next rollout, with whatever was changed by hand.
        .readonly()
        .timezone("browser")
        .refresh("30s")
        .time("now-3h", "now")
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .links(list(_links(page)))
        .with_variable(_source_variable())
    )
    if page.pods is not None:
        builder = builder.with_variable(_pod_variable(*page.pods))
    model = builder.build()
    model.panels = list(_placed(page.rows))
    return model


def _links(page: Page) -> Iterator[builders.DashboardLink]:
    family = page.tags[0]
    yield (
        builders.DashboardLink(f"Dashboards of {family}")
        .type(dashboard.DashboardLinkType.DASHBOARDS)
        .tags([family])
        .as_dropdown(True)  # noqa: FBT003 (the SDK's own)
        .keep_time(True)  # noqa: FBT003
    )
    for link in page.links:
        # Only other dashboards take over the time range.
        inside = link.url.startswith("/")
        yield (
            builders.DashboardLink(link.title)
            .type(dashboard.DashboardLinkType.LINK)
            .icon("dashboard" if inside else "doc")
            .url(link.url)
            .keep_time(inside)
            .target_blank(not inside)
        )


def _source_variable() -> builders.DatasourceVariable:
    chosen = dashboard.VariableOption(selected=True, text="Prometheus", value=DATA_SOURCE)
    return (
        builders.DatasourceVariable("datasource")
        .label("Data source")
        .type("prometheus")
        .current(chosen)
    )


def _pod_variable(namespace: str, names: str) -> builders.QueryVariable:
    everything = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])
    query = f'label_values(up{{namespace="{namespace}", pod=~"{names}"}}, pod)'
    return (
        builders.QueryVariable("pod")
        .label("Pod")
        .datasource(_SOURCE)
        .query({"qryType": 1, "query": query, "refId": "pod"})
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
        .multi(True)  # noqa: FBT003 (the SDK's own)
        .include_all(True)  # noqa: FBT003
        # Pods that are gone count too: whoever looks back wants to see them.
        .all_value(names)
        .current(everything)
    )


def _placed(rows: Sequence[Row]) -> Iterator[dashboard.Panel | dashboard.RowPanel]:
    """Every panel with its number and its place, from top to bottom."""
    number, top = 1, 0
    for row in rows:
        heading = builders.Row(row.title).build()
        heading.id_val = number
        heading.grid_pos = dashboard.GridPos(h=1, w=COLUMNS, x=0, y=top)
        yield heading
        number, top = number + 1, top + 1
        for line in _lines(row.panels):
            height = max(_HEIGHTS[panel.shape] for panel in line)
            for place, panel in enumerate(line):
                built = _built(panel).build()
                built.id_val = number
                built.grid_pos = _position(place, len(line), height=height, top=top)
                yield built
                number += 1
            top += height


def _lines(panels: Sequence[Panel]) -> Iterator[tuple[Panel, ...]]:
    """Panels of one shape side by side, as evenly as it goes."""
    for shape, most in _PER_LINE.items():
        alike = [panel for panel in panels if panel.shape == shape]
        lines = -(-len(alike) // most)
        for line in range(lines):
            yield tuple(alike[len(alike) * line // lines : len(alike) * (line + 1) // lines])


def _position(place: int, count: int, *, height: int, top: int) -> dashboard.GridPos:
    left, right = COLUMNS * place // count, COLUMNS * (place + 1) // count
    return dashboard.GridPos(h=height, w=right - left, x=left, y=top)


def _built(panel: Panel) -> _Built:
    match panel.shape:
        case "graph":
            builder: _Built = _graph(panel)
        case "figure":
            builder = _figure(panel)
        case "table":
            builder = _table()
    builder = builder.title(panel.title).datasource(_SOURCE)
    for index, query in enumerate(panel.queries):
        target = _target(query, chr(ord("A") + index), shape=panel.shape)
        if panel.exemplars and query is panel.queries[-1]:
            # Of one query: all of them are about the same series, and would bring each request.
            target = target.exemplar(True)  # noqa: FBT003
        builder = builder.with_target(target)
    if panel.help:
        builder = builder.description(panel.help)
    if panel.unit is not None:
        builder = builder.unit(panel.unit)
    if panel.link is not None:
        details = builders.DashboardLink("Details").url(f"/d/{panel.link}").keep_time(True)  # noqa: FBT003
        builder = builder.links([details.type(dashboard.DashboardLinkType.LINK)])
    return builder.thresholds(_thresholds(panel))


def _graph(panel: Panel) -> timeseries.Panel:
    legend = (
        common_builders.VizLegendOptions()
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .show_legend(True)  # noqa: FBT003
    )
    tooltip = (
        common_builders.VizTooltipOptions()
        .mode(common.TooltipDisplayMode.MULTI)
        .sort(common.SortOrder.DESCENDING)
    )
    builder = timeseries.Panel().legend(legend).tooltip(tooltip).fill_opacity(10).axis_soft_min(0)
    if panel.top is not None:
        builder = builder.max(panel.top)
    if panel.stacked:
        builder = builder.stacking(
            common_builders.StackingConfig().mode(common.StackingMode.NORMAL)
        ).fill_opacity(40)
    if panel.ceiling is not None or panel.floor is not None:
        line = common.GraphThresholdsStyleMode.DASHED
        builder = builder.thresholds_style(common_builders.GraphThresholdsStyleConfig().mode(line))
    return builder


def _figure(panel: Panel) -> stat.Panel:
    judged = panel.ceiling is not None or panel.floor is not None
    colour = common.BigValueColorMode.VALUE if judged else common.BigValueColorMode.NONE
    latest = common_builders.ReduceDataOptions().calcs(["lastNotNull"])
    return (
        stat.Panel()
        .reduce_options(latest)
        .color_mode(colour)
        .graph_mode(common.BigValueGraphMode.AREA)
    )


def _table() -> table.Panel:
    hidden = {"Time": True, "Value": True, "__name__": True}
    organise = dashboard.DataTransformerConfig(id_val="organize", options={"excludeByName": hidden})
    return table.Panel().with_transformation(organise).align(common.FieldTextAlignment.LEFT)


def _target(query: Query, letter: str, *, shape: str) -> prometheus.Dataquery:
    target = prometheus.Dataquery().datasource(_SOURCE).expr(query.expression).ref_id(letter)
    if query.legend:
        target = target.legend_format(query.legend)
    if shape == "table":
        return target.instant().format(PromQueryFormat.TABLE)
    return target.range()


def _thresholds(panel: Panel) -> builders.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=_BAD if panel.floor is not None else _GOOD)]
    if panel.floor is not None:
        steps.append(dashboard.Threshold(value=panel.floor, color=_GOOD))
    if panel.ceiling is not None:
        steps.append(dashboard.Threshold(value=panel.ceiling, color=_BAD))
    mode = dashboard.ThresholdsMode.ABSOLUTE
    return builders.ThresholdsConfig().mode(mode).steps(steps)
