"""Dashboards are what Grafana's own model reads, laid out without gaps, and the same every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard
from syrupy.assertion import SnapshotAssertion

from constructs_lib.kube.objectives import Objectives, Requests
from constructs_lib.observability.dashboards import dashboards, pages
from constructs_lib.observability.dashboards.json_text import json_text
from constructs_lib.observability.dashboards.panels import Page
from tests.observability.dashboards.cases import (
    EVERYTHING,
    MESSAGING,
    NODES,
    ORDERS,
    RUNBOOKS,
    STACK,
    STATES,
    STORES,
    service_of,
)

RENDERED = dashboards(EVERYTHING, runbooks=RUNBOOKS)
LARGEST = 200_000

files = pytest.mark.parametrize("name", RENDERED)


def parsed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RENDERED[name])
    return found


def panels(name: str) -> list[dict[str, Any]]:
    return [panel for panel in parsed(name)["panels"] if panel["type"] != "row"]


def outline(page: Page) -> list[dict[str, Any]]:
    """Rows, panels and queries, without what makes them look as they do."""
    return [
        {
            "row": row.title,
            "panels": [
                {
                    "title": f"{panel.title} ({panel.shape}, {panel.unit or 'number'})",
                    "queries": [f"{query.legend}: {query.expression}" for query in panel.queries],
                }
                for panel in row.panels
            ],
        }
        for row in page.rows
    ]


@files
def test_a_dashboard_goes_through_grafanas_model_without_loss(name: str) -> None:
    register_default_plugins()
    model = Dashboard.from_json(parsed(name))
    assert json.loads(json.dumps(model, cls=JSONEncoder)) == parsed(name)


@files
def test_panels_do_not_overlap_and_fit_the_grid(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in parsed(name)["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@files
def test_every_row_is_as_wide_as_the_page(name: str) -> None:
    widths: dict[int, int] = {}
    for panel in parsed(name)["panels"]:
        place = panel["gridPos"]
        widths[place["y"]] = widths.get(place["y"], 0) + place["w"]
    assert set(widths.values()) == {24}


@files
def test_panels_are_numbered_once(name: str) -> None:
    numbers = [panel["id"] for panel in parsed(name)["panels"]]
    assert numbers == list(range(1, len(numbers) + 1))


@files
def test_every_panel_asks_the_chosen_data_source(name: str) -> None:
    source = {"type": "prometheus", "uid": "${datasource}"}
    asked = [panel["datasource"] for panel in panels(name)]
    asked += [target["datasource"] for panel in panels(name) for target in panel["targets"]]
    assert all(item == source for item in asked)
    chosen = parsed(name)["templating"]["list"][0]
    assert (chosen["type"], chosen["query"]) == ("datasource", "prometheus")
    assert chosen["current"]["value"] == "prometheus"


@files
def test_units_are_grafanas(name: str) -> None:
    known = {value for value in vars(units).values() if isinstance(value, str)}
    used = {panel["fieldConfig"]["defaults"].get("unit", "none") for panel in panels(name)}
    assert used <= known


@files
def test_a_dashboard_is_small_enough_for_a_config_map(name: str) -> None:
    size = len(RENDERED[name].encode())
    print(f"{name}: {size}")
    assert size < LARGEST


@files
def test_a_dashboard_is_read_only_refreshes_and_shows_the_readers_time(name: str) -> None:
    found = parsed(name)
    assert (found["editable"], found["refresh"], found["timezone"]) == (False, "30s", "browser")


@files
def test_queries_of_a_panel_have_names_of_their_own(name: str) -> None:
    for panel in panels(name):
        names = [target["refId"] for target in panel["targets"]]
        assert len(set(names)) == len(names), panel["title"]


def test_a_dashboard_is_found_by_app_and_name() -> None:
    assert parsed("nova-messaging/nova-messaging-messaging-service.json")["uid"] == (
        "nova-messaging-messaging-service"
    )
    assert {name.partition("/")[2].removesuffix(".json") for name in RENDERED} == {
        parsed(name)["uid"] for name in RENDERED
    }


def test_what_tells_of_others_has_no_dashboard() -> None:
    assert dashboards((NODES, STATES)) == {}


def test_the_same_signals_in_another_order_give_the_same_files() -> None:
    again = dashboards(tuple(reversed(EVERYTHING)), runbooks=RUNBOOKS)
    assert list(again.items()) == list(RENDERED.items())


def test_files_are_sorted_and_end_with_a_line() -> None:
    for text in RENDERED.values():
        read = json.loads(text)
        assert json.dumps(read) == json.dumps(read, sort_keys=True)
        assert text == json_text(read) + "\n"


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    long = "a-service-with-a-name-that-nobody-can-remember"
    both = [service_of(f"{long}-{end}", app="shop", namespace="shop") for end in ("one", "two")]
    uids = [page.uid for page in pages(both)]
    assert all(len(uid) <= 40 for uid in uids)
    assert len(set(uids)) == len(uids) == 3


def test_services_of_one_name_in_two_namespaces_have_two_dashboards() -> None:
    there = replace(MESSAGING, namespace="elsewhere")
    uids = [page.uid for page in pages((MESSAGING, there))]
    assert len(set(uids)) == 3


def test_a_service_called_overview_is_not_taken_for_the_overview() -> None:
    named = service_of("overview", app="shop", namespace="shop")
    assert [page.uid for page in pages([named])] == ["shop-overview", "shop-shop-overview"]


def test_names_that_read_alike_are_kept_apart() -> None:
    first = service_of("data-cache", app="nova", namespace="one")
    second = service_of("cache", app="nova-data", namespace="two")
    uids = [page.uid for page in pages((first, second))]
    assert len(set(uids)) == len(uids) == 4


def test_the_folder_of_an_app_is_as_short_as_grafana_wants_it() -> None:
    app = "an-app-with-a-name-that-nobody-can-remember"
    names = dashboards([service_of("a", app=app, namespace="shop")])
    [folder] = {name.partition("/")[0] for name in names}
    assert len(folder) == 30
    assert folder.startswith("an-app-with")


def links(name: str) -> Iterator[tuple[str, str]]:
    for link in parsed(name)["links"]:
        yield link["title"], link.get("url", "")


def test_details_lead_to_the_overview_and_to_the_runbook() -> None:
    assert dict(links("nova-data/nova-data-redis.json")) == {
        "Dashboards of nova-data": "",
        "Overview of nova-data": "/d/nova-data-overview",
        "Runbook": f"{RUNBOOKS}/redis.md",
    }


def test_without_runbooks_there_is_no_link_to_them() -> None:
    [overview, details] = dashboards([MESSAGING]).values()
    assert "Runbook" not in overview + details


def test_the_overview_leads_to_dashboards_that_exist() -> None:
    leading = [
        link["url"].removeprefix("/d/")
        for name in RENDERED
        for panel in panels(name)
        for link in panel.get("links", ())
    ]
    assert {"nova-messaging-messaging-service", "nova-data-redis"} <= set(leading)
    assert set(leading) <= {parsed(name)["uid"] for name in RENDERED}


def test_the_reader_may_choose_among_the_pods_of_the_service() -> None:
    [_, choice] = parsed("nova-messaging/nova-messaging-messaging-service.json")["templating"][
        "list"
    ]
    assert choice["allValue"] == "messaging-service-[a-z0-9]+-[a-z0-9]{5}"
    assert choice["multi"]
    assert choice["includeAll"]


def test_a12_every_metric_of_the_service_is_drawn() -> None:
    drawn = RENDERED["nova-messaging/nova-messaging-messaging-service.json"]
    missing = [
        metric.name
        for metric in MESSAGING.metrics
        if not any(f"{series}{{" in drawn for series in metric.series)
    ]
    assert missing == []


def test_g10_rate_p95_and_cpu_by_pod_are_drawn() -> None:
    titles = {panel["title"] for panel in panels("catga/catga-order-service.json")}
    assert {"Requests", "Requests by pod", "Latency", "CPU by pod"} <= titles
    overview = {panel["title"] for panel in panels("catga/catga-overview.json")}
    assert {"Requests", "P95", "CPU"} <= overview
    assert "histogram_quantile(0.95" in RENDERED["catga/catga-order-service.json"]
    assert "catga_request_duration_bucket" in RENDERED["catga/catga-order-service.json"]


def test_a_histogram_alone_says_nothing_of_failures() -> None:
    alone = dashboards([ORDERS]).values()
    assert not [text for text in alone if "Requests that fail" in text]


def test_objectives_are_lines_in_panels() -> None:
    found = {
        panel["title"]: panel
        for panel in panels("nova-messaging/nova-messaging-messaging-service.json")
    }

    def line(title: str) -> list[float]:
        steps = found[title]["fieldConfig"]["defaults"]["thresholds"]["steps"]
        return [step["value"] for step in steps if step["value"] is not None]

    assert line("Requests that fail") == [0.001]
    assert line("Latency") == [0.25]
    assert line("Message queue length") == [1000]


@pytest.mark.parametrize(("days", "factor"), [(30, 14.4), (7, 3.36)])
def test_the_line_of_a_burning_budget_is_where_the_alert_fires(days: int, factor: float) -> None:
    objectives = Objectives(window_days=days)
    promising = service_of(
        "orders", app="shop", namespace="shop", requests=Requests(), objectives=objectives
    )
    [found] = [
        panel
        for page in pages([promising])
        for row in page.rows
        for panel in row.panels
        if panel.title == "Error budget, how fast it burns"
    ]
    assert found.ceiling == factor


CASES = {
    "service": (MESSAGING, NODES, STATES),
    "service-without-objectives": (ORDERS,),
    "stores": (*STORES, NODES, STATES),
    "stack": (*STACK, NODES),
}


@pytest.mark.parametrize("case", CASES)
def test_pages(case: str, yaml_snapshot: SnapshotAssertion) -> None:
    shown = [{"uid": page.uid, "rows": outline(page)} for page in pages(CASES[case])]
    assert shown == yaml_snapshot


def test_what_grafana_reads(yaml_snapshot: SnapshotAssertion) -> None:
    small = service_of("tiny", app="shop", namespace="shop")
    assert [json.loads(text) for text in dashboards([small]).values()] == yaml_snapshot


@pytest.mark.parametrize("traces", [True, False])
def test_the_latency_of_a_service_that_sends_traces_leads_to_them(traces: bool) -> None:  # noqa: FBT001
    (text,) = [
        text
        for name, text in dashboards([replace(MESSAGING, traces=traces)], runbooks=None).items()
        if name.endswith("messaging-service.json")
    ]
    panels = {panel["title"]: panel for panel in json.loads(text)["panels"]}

    asked = [target.get("exemplar", False) for target in panels["Latency"]["targets"]]
    assert asked == [False, False, traces]
    others = [t for title, p in panels.items() if title != "Latency" for t in p.get("targets", ())]
    assert not [target for target in others if target.get("exemplar")]
