"""Quotas that are refused: where they are written, or when what is deployed is known."""

import re
from typing import Any

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.errors import PropsError
from constructs_lib.manifest import Manifest
from constructs_lib.output import render
from constructs_lib.resources import Resources
from tests.deployed import BACKUPS, DB, deploy, limit, pods_of, sized
from tests.service.rendering import new_chart


def refused(chart: AppChart) -> str:
    """What rendering says of the one problem there is."""
    with pytest.raises(PropsError) as error:
        render_of(chart)
    assert len(error.value.problems) == 1
    return str(error.value)


def render_of(chart: AppChart) -> None:
    app = chart.node.root
    assert isinstance(app, cdk8s.App)
    render(app)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"headroom_percent": -1}, "headroom_percent = -1: is no share to add; use 0 to 100"),
        ({"headroom_percent": 101}, "headroom_percent = 101: is no share to add; use 0 to 100"),
        (
            {"hard": {"cpu": "4"}},
            "hard = 'cpu': is no derived figure; known: limits.cpu, ",
        ),
        ({"hard": {"pods": "1.5"}}, "hard['pods'] = '1.5': is no count; write a whole number"),
        ({"hard": {"limits.cpu": "4Gi"}}, "hard['limits.cpu'] = '4Gi': has a unit of bytes; "),
        ({"hard": {"requests.storage": "5"}}, "hard['requests.storage'] = '5': is 5 bytes; "),
        ({"hard": {"pods": 5}}, "hard = {'pods': 5}: does not hold what it should"),
        ({"default": Resources(cpu="x", memory="1Gi")}, "default.cpu = 'x': is not a quantity; "),
    ],
)
def test_props_that_no_quota_has_are_refused(fields: dict[str, Any], told: str) -> None:
    chart = new_chart()
    expected = rf"^shop/quota \(NamespaceQuota\): 1 problem\n  {re.escape(told)}"
    with pytest.raises(PropsError, match=expected):
        limit(chart, **fields)
    assert chart.node.children == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"pods": "16"},
            (
                "hard['pods'] = '16': is below the 17 deployed: 13 x 1 (Deployment orders) + "
                "1 x 1 (CronJob report) + 3 x 1 (StatefulSet db); use 17 or more, or deploy less"
            ),
        ),
        (
            {"requests.cpu": "5449m"},
            (
                "hard['requests.cpu'] = '5449m': is below the 5450m deployed: "
                "13 x 250m (Deployment orders) + 1 x 100m (CronJob report) + "
                "3 x 700m (StatefulSet db); use 5450m or more, or deploy less"
            ),
        ),
        (
            {"requests.storage": "100Gi"},
            (
                "hard['requests.storage'] = '100Gi': is below the 125Gi deployed: "
                "3 x 20Gi (StatefulSet db) + 3 x 5Gi (StatefulSet db) + "
                "1 x 50Gi (PersistentVolumeClaim backups); use 125Gi or more, or deploy less"
            ),
        ),
    ],
)
def test_a_figure_below_what_is_deployed_is_refused(given: dict[str, str], told: str) -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart, hard=given)
    assert refused(chart) == f"shop/quota (NamespaceQuota): 1 problem\n  {told}"


def test_a_container_without_requests_is_refused() -> None:
    chart = new_chart()
    Manifest(chart, "web", pods_of({"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}))
    limit(chart)
    assert refused(chart).endswith(
        "StatefulSet web: containers[web].resources.requests.memory = None: is missing, and a "
        "quota counts it; give the container a request"
    )


def test_a_quota_of_a_limit_that_a_container_lacks_is_refused() -> None:
    chart = new_chart()
    Manifest(chart, "web", pods_of({"requests": {"cpu": "1", "memory": "1Gi"}}))
    limit(chart, hard={"limits.cpu": "10"})
    assert refused(chart).endswith(
        "hard['limits.cpu'] = '10': refuses StatefulSet web: containers[web], which has no such "
        "limit; leave it out, or give every container one"
    )


def test_a_default_that_lacks_what_all_state_is_refused() -> None:
    chart = new_chart()
    Manifest(chart, "db", DB)
    limit(chart, default=Resources(cpu="10m", memory="32Mi"))
    assert "default.cpu_limit = None: is missing, and the quota counts limits.cpu" in refused(chart)


def test_a_second_quota_of_a_namespace_is_refused() -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart)
    limit(chart, "other")
    assert "has several quotas (shop/quota, shop/other)" in refused(chart)


def test_a_quota_of_nothing_is_refused() -> None:
    chart = new_chart()
    Manifest(chart, "backups", BACKUPS)
    limit(chart)
    assert "namespace = 'shop': holds nothing that makes pods" in refused(chart)


def test_a_quantity_that_cannot_be_read_is_refused() -> None:
    chart = new_chart()
    Manifest(chart, "web", pods_of(sized("1e3", "1Gi")))
    limit(chart)
    assert refused(chart).startswith(
        "StatefulSet web: 1 problem\n  containers[web].resources.requests.cpu = '1e3': is not"
    )


def test_a_synth_through_node_says_what_is_wrong() -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart, hard={"pods": "16"})
    with pytest.raises(RuntimeError, match="is below the 17 deployed"):
        chart.to_json()
