"""The same routes as an AlertmanagerConfig of the Prometheus Operator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.observability.alertmanager_config import (
    alertmanager_config,
    operator_problems,
)
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.routing import Routing
from tests.observability.alertmanager_cases import FULL, SMALL, TEAMS
from tests.schemas import custom_resource_problems

cases = pytest.mark.parametrize(
    "routing",
    [
        pytest.param(SMALL, id="smallest"),
        pytest.param(TEAMS, id="every-receiver"),
        pytest.param(FULL, id="full"),
    ],
)


def _rendered(routing: Routing) -> dict[str, Any]:
    return alertmanager_config({"name": "routes", "namespace": "observability"}, routing)


@cases
def test_renders(routing: Routing, yaml_snapshot: SnapshotAssertion) -> None:
    assert [_rendered(routing)] == yaml_snapshot


@cases
def test_it_fits_the_schema(routing: Routing, crd_folder: Path) -> None:
    if not (crd_folder / "monitoring.coreos.com_alertmanagerconfig.yaml").exists():
        pytest.skip("the folder of CRDs has no schema of AlertmanagerConfig; CRDS names another")
    assert custom_resource_problems(_rendered(routing), crd_folder) == []


@cases
def test_routes_lead_where_those_of_the_file_lead(routing: Routing) -> None:
    spec = _rendered(routing)["spec"]
    names = {receiver["name"] for receiver in spec["receivers"]}

    assert {route["receiver"] for route in _routes(spec["route"]) if "receiver" in route} == names


def test_secrets_are_references() -> None:
    text = str(_rendered(FULL))

    assert "{'name': 'receivers', 'key': 'slack'}" in text
    assert "/etc/alertmanager" not in text


def test_a_time_zone_is_refused() -> None:
    zoned = Routing(
        receivers=SMALL.receivers,
        default="hook",
        quiet=(QuietTime(start="20:00", end="24:00", location="Europe/Berlin"),),
    )

    (problem,) = operator_problems(zoned)
    assert problem.field == "quiet[0].location"
    assert list(operator_problems(FULL)) == []


def _routes(route: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield route
    for below in route.get("routes", []):
        yield from _routes(below)
