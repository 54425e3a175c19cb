"""The tables of the page are what ``dist/prod`` needs and gives."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from dataclasses import replace
from typing import Any

import pytest

from apps.environments import PROD
from constructs_lib.cluster import NodePool
from constructs_lib.placement.nodes import pools_of
from tests.operations.deployed import PROJECT, Deployed
from tests.operations.lost import held_by_a_zone, most_in_a_zone, without
from tests.operations.page import PAGE, refreshed, tables
from tests.operations.tables import LOCAL, copies
from tests.operations.tables import tables as computed

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return Deployed.read()


def test_M2_every_table_is_up_to_date(deployed: Deployed) -> None:
    now = computed(deployed)

    assert tables(TEXT) == now.keys()
    assert refreshed(TEXT, now) == TEXT, "out of date: run python -m tests.operations"


def test_M2_a_key_that_is_not_listed_is_found_out(deployed: Deployed) -> None:
    first = deployed.every("ExternalSecret")[0]
    entry = {"secretKey": "new", "remoteRef": {"key": "prod/new/secret", "property": "new"}}
    more: Any = {**first, "spec": {**first["spec"], "data": [*first["spec"]["data"], entry]}}
    other = replace(deployed, objects=(*deployed.objects, more))

    assert refreshed(TEXT, computed(other)) != TEXT


@pytest.mark.parametrize(
    "line", ["| `prod/catga/catga-secrets` |", "| StorageClass |", "| `nova-redis` | `redis` |"]
)
def test_M2_a_row_that_is_missing_is_found_out(deployed: Deployed, line: str) -> None:
    rows = [text for text in TEXT.splitlines(keepends=True) if text.startswith(line)]
    assert rows
    assert refreshed(TEXT.replace(rows[0], ""), computed(deployed)) == TEXT


def test_M2_every_value_to_replace_has_a_place(deployed: Deployed) -> None:
    _, *rows = computed(deployed)["values"]

    assert len(rows) == 12
    for purpose, found, files in rows:
        assert found, f"nothing is the {purpose}"
        assert files, f"{found} is set nowhere"


def test_M2_all_database_urls_have_the_login_of_a_key(deployed: Deployed) -> None:
    known = {
        entry["remoteRef"]["key"]
        for item in deployed.every("ExternalSecret")
        for entry in item["spec"]["data"]
    }
    _, *rows = copies(Deployed.read(LOCAL))

    assert rows
    for key, _, held in rows:
        assert {key.strip("`"), held.strip("`")} <= known


def test_M2_nothing_is_left_over_without_a_node_or_a_zone_at_the_least(
    deployed: Deployed,
) -> None:
    now = computed(deployed)
    for name in ("nodes", "nodes without a zone"):
        _, *rows = now[name]
        assert len(rows) == 3
        assert {row[3] for row in rows} == {"none"}


def test_M2_a_node_too_few_is_found_out(deployed: Deployed) -> None:
    two = (NodePool(count=2, cpu="4", memory="16Gi", zones=("zone-a", "zone-b")),)
    assert without(deployed, two).base.left_over


def test_M2_stores_that_vote_keep_a_majority_without_a_zone(deployed: Deployed) -> None:
    for namespace, name in (
        ("nova-redis", "redis"),
        ("nova-database", "etcd"),
        ("nova-database", "postgres"),
        ("catga-cluster", "nats"),
    ):
        store = deployed.find("StatefulSet", namespace, name)
        assert store is not None
        pods = store["spec"]["replicas"]
        assert pods - most_in_a_zone(store, 3) > pods / 2


def test_M2_the_other_node_of_a_zone_can_hold_what_its_volumes_bind(deployed: Deployed) -> None:
    (pool,) = pools_of(PROD.cluster)
    asked = held_by_a_zone(deployed)

    assert pool.count // len(pool.zones) >= 2
    assert 0 < asked["cpu"] < pool.allocatable["cpu"]
    assert 0 < asked["memory"] < pool.allocatable["memory"]


def test_M2_the_stores_go_first_and_what_watches_the_others_last(deployed: Deployed) -> None:
    homes = {
        item["metadata"]["name"]: item["metadata"]["labels"]["app.kubernetes.io/part-of"]
        for item in deployed.every("Namespace")
    }
    needed_by = {
        (item["metadata"]["labels"]["app.kubernetes.io/part-of"], homes[namespace])
        for item in deployed.objects
        if (namespace := item["metadata"].get("namespace")) in homes
    }
    others = {(app, home) for app, home in needed_by if app != home}
    last = "observability"

    assert {home for app, home in others if app != last} == {"nova-data"}
    assert {home for app, home in others if app == last} == {
        *("nova-data", "nova-messaging", "nova-platform", "nova-services")
    }


def test_M2_a_soft_spread_promises_nothing(deployed: Deployed) -> None:
    store = deployed.find("StatefulSet", "nova-database", "etcd")
    assert store is not None
    spec = store["spec"]["template"]["spec"]
    soft = [{**c, "whenUnsatisfiable": "ScheduleAnyway"} for c in spec["topologySpreadConstraints"]]
    template = {"spec": {**spec, "topologySpreadConstraints": soft}}

    assert most_in_a_zone({**store, "spec": {**store["spec"], "template": template}}, 3) == 3


def test_M2_what_is_one_pod_has_no_budget(deployed: Deployed) -> None:
    budgets = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in deployed.every("PodDisruptionBudget")
    }
    alone = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in deployed.every("StatefulSet", "Deployment")
        if item["spec"].get("replicas") == 1
    }

    assert not alone & budgets


def test_M2_tests_that_prove_something_exist() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)

    assert len(named) > 15
    for file, test in named:
        text = (PROJECT / "tests" / "live" / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text


def test_M2_links_lead_to_headings() -> None:
    for folder, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", TEXT):
        page = PAGE.parent / folder if folder else PAGE
        headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}
        assert anchor in anchors, f"{folder}#{anchor}"
