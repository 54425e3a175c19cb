"""Pictures show what a Prometheus answers, and are the same each time."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from constructs_lib.observability.dashboards import dashboards
from tests.observability.dashboards.cases import MESSAGING, NODES, STATES
from tests.observability.panel_pictures import Series, Span, layers, shown
from tests.observability.pictures import expression_of, pictures

SPAN = Span(1_700_000_000, 1_700_000_900)
DASHBOARD: dict[str, Any] = json.loads(
    dashboards([MESSAGING, NODES, STATES])["nova-messaging/nova-messaging-messaging-service.json"]
)
ROW = "nova-messaging-messaging-service-requests.svg"


def wave(expression: str, span: Span) -> Sequence[Series]:
    """Two pods, one of them without a value now and then."""
    times = range(int(span.start), int(span.end), span.step)
    whole = [(float(at), 5 + math.sin(at / 60)) for at in times]
    gaps = [(at, math.nan if at % 7 == 0 else value + len(expression) % 3) for at, value in whole]
    return [
        Series({"pod": "messaging-service-6d5f-aaaaa", "status": "200"}, whole),
        Series({"pod": "messaging-service-6d5f-bbbbb", "status": "500"}, gaps),
    ]


def test_a_row_becomes_a_picture_with_its_panels_and_legends() -> None:
    text = pictures(DASHBOARD, wave, SPAN)[ROW]
    words = {"".join(item.itertext()).strip() for item in ET.fromstring(text).iter()}  # noqa: S314
    assert {"Requests by status", "Requests that fail", "Latency", "200", "500", "P95"} <= words


def test_pictures_are_the_same_each_time() -> None:
    assert pictures(DASHBOARD, wave, SPAN) == pictures(DASHBOARD, wave, SPAN)


def test_a_row_without_any_series_has_no_picture() -> None:
    def only_requests(expression: str, span: Span) -> Sequence[Series]:
        return wave(expression, span) if "http_requests_total" in expression else []

    assert list(pictures(DASHBOARD, only_requests, SPAN)) == [ROW]
    assert "no data" in pictures(DASHBOARD, only_requests, SPAN)[ROW]


def test_a_series_of_nothing_but_gaps_is_no_data() -> None:
    def nothing(_: str, span: Span) -> Sequence[Series]:
        return [Series({}, [(span.start, math.nan)])]

    assert pictures(DASHBOARD, nothing, SPAN) == {}


def test_variables_stand_for_everything_they_may_choose() -> None:
    found = expression_of(DASHBOARD, 'rate(x{pod=~"$pod"}[$__rate_interval])', interval="2m")
    assert found == 'rate(x{pod=~"messaging-service-[a-z0-9]+-[a-z0-9]{5}"}[2m])'


def test_stacked_series_lie_on_those_below_also_where_these_have_gaps() -> None:
    low, high = Series({}, [(0, 1), (2, 3)]), Series({}, [(0, 10), (1, 10), (2, 10)])
    [_, (_, points, under)] = layers([("low", low), ("high", high)], stacked=True)
    assert points == [(0, 11), (1, 10), (2, 13)]
    assert under == [1, 0, 3]


def test_values_are_written_with_their_units() -> None:
    written = [
        shown(0.0421, "percentunit"),
        shown(-12.3, "percentunit"),
        shown(0.25, "s"),
        shown(90, "s"),
        shown(3 * 1024**2, "bytes"),
        shown(2048, "Bps"),
        shown(12, "reqps"),
        shown(7, ""),
    ]
    assert written == ["4.21 %", "-1230 %", "250 ms", "90 s", "3 MiB", "2 KiB/s", "12/s", "7"]


def test_a_span_has_no_more_points_than_a_picture_shows() -> None:
    assert Span(0, 30 * 24 * 3600).step * 240 >= 30 * 24 * 3600
    assert Span(0, 60).step == 1
