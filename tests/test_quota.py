"""Quotas derived from what is deployed. Expected sums are worked out by hand beside them."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from typing import Any

import cdk8s
import cdk8s_plus_27 as plus
import pytest
from constructs import Construct

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment, NodePool
from constructs_lib.manifest import Manifest
from constructs_lib.output import documents
from constructs_lib.resources import Resources
from constructs_lib.service import NovaCronJob, NovaService
from tests.deployed import (
    DB,
    ORDERS,
    REPORT,
    claim,
    container,
    deploy,
    limit,
    manifest,
    pods_of,
    sized,
)
from tests.environments import MODERN, OLDEST, SINGLE_REPLICA
from tests.schemas import kubernetes_problems, newest_version
from tests.service.rendering import new_chart, of_kind

SHOP: dict[str, str] = {
    # 10 + 3 orders, 1 report, 3 db = 17; 20.4 with a fifth more
    "pods": "21",
    # 13 x 250 + 100 + 3 x 700 = 5450; x 1.2
    "requests.cpu": "6540m",
    # 13 x 256 + 128 + 3 x 764 = 5748; x 1.2 = 6897.6
    "requests.memory": "6898Mi",
    # 13 x 500 + 1000 + 3 x 1300 = 11400; x 1.2
    "limits.cpu": "13680m",
    # 13 x 512 + 256 + 3 x 1216 = 10560; x 1.2
    "limits.memory": "12672Mi",
    # 3 x 2 + 1 = 7; x 1.2 = 8.4
    "persistentvolumeclaims": "9",
    # 3 x (20 + 5) + 50 = 125; x 1.2 = 150, but one more of the largest is 175
    "requests.storage": "175Gi",
    "services.loadbalancers": "0",
}


def hard(chart: AppChart) -> Any:
    return of_kind(list(map(dict, documents(chart))), "ResourceQuota")["spec"]["hard"]


def limits(chart: AppChart) -> dict[str, Any]:
    items = of_kind(list(map(dict, documents(chart))), "LimitRange")["spec"]["limits"]
    return {item["type"]: {k: v for k, v in item.items() if k != "type"} for item in items}


def test_C10_a_quota_is_what_is_deployed_and_head_room() -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart)
    assert hard(chart) == SHOP


def test_C10_a_limit_range_holds_what_is_deployed() -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart)
    assert limits(chart) == {
        "Container": {
            "default": {"cpu": "500m", "memory": "256Mi"},
            "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
            "max": {"cpu": "1", "memory": "1Gi"},
            "min": {"cpu": "1m", "memory": "4Mi"},
        },
        "Pod": {"max": {"cpu": "1300m", "memory": "1216Mi"}},
        "PersistentVolumeClaim": {"max": {"storage": "50Gi"}, "min": {"storage": "1Gi"}},
    }


def test_the_order_of_constructs_does_not_matter() -> None:
    chart = new_chart()
    limit(chart)
    deploy(Construct(chart, "below"))
    assert hard(chart) == SHOP


def test_what_is_added_after_a_render_is_counted() -> None:
    chart = new_chart()
    limit(chart)
    Manifest(chart, "db", DB)
    assert hard(chart)["pods"] == "4"
    NovaCronJob(chart, "report", REPORT)
    assert hard(chart)["pods"] == "5"


def test_charts_of_one_namespace_and_environment_are_counted_together() -> None:
    app = cdk8s.App()
    charts: list[tuple[str, Environment, str]] = [
        ("shop", MODERN, "shop"),
        ("jobs", MODERN, "shop"),
        ("elsewhere", MODERN, "other"),
        ("small", SINGLE_REPLICA, "shop"),
    ]
    shop, jobs, elsewhere, small = (
        AppChart(app, id_, environment=env, team="t", namespace=name, create_namespace=False)
        for id_, env, name in charts
    )
    limit(shop)
    Manifest(shop, "db", DB)
    NovaCronJob(jobs, "report", REPORT)
    for chart in (elsewhere, small):
        NovaService(chart, "orders", ORDERS)
        limit(chart)
    # 3 and 1, and one more, which is more than a fifth
    assert hard(shop)["pods"] == "5"
    # 13, and 15.6 with a fifth more; in an environment of single replicas 1, 1 of a rollout, 1 more
    assert (hard(elsewhere)["pods"], hard(small)["pods"]) == ("16", "3")


def test_objects_of_other_libraries_and_patches_are_counted() -> None:
    chart = new_chart()
    limit(chart)
    resources = plus.ContainerResources(
        cpu=plus.CpuResources(request=plus.Cpu.millis(300), limit=plus.Cpu.units(1)),
        memory=plus.MemoryResources(
            request=cdk8s.Size.mebibytes(100), limit=cdk8s.Size.mebibytes(200)
        ),
    )
    deployment = plus.Deployment(chart, "web", replicas=4)
    deployment.add_container(image="web:1", resources=resources)
    Manifest(chart, "db", DB).add_json_patch(cdk8s.JsonPatch.replace("/spec/replicas", 5))
    # 4 + 1 of a rollout, and 5; 12 with a fifth more. 5 x 300 + 5 x 700 = 5000; x 1.2
    assert (hard(chart)["pods"], hard(chart)["requests.cpu"]) == ("12", "6")


def test_a_patch_of_the_quota_is_rendered() -> None:
    chart = new_chart()
    Manifest(chart, "db", DB)
    (found, _) = limit(chart).node.children
    assert isinstance(found, Manifest)
    found.add_json_patch(cdk8s.JsonPatch.add("/spec/hard/configmaps", "9"))
    assert (hard(chart)["configmaps"], hard(chart)["pods"]) == ("9", "4")
    assert chart.to_json() == documents(chart)


def test_figures_may_be_given_down_to_what_is_deployed() -> None:
    chart = new_chart()
    deploy(chart)
    given = {"pods": "17", "requests.storage": "125Gi", "services.loadbalancers": "2"}
    limit(chart, hard=given)
    assert hard(chart) == {**SHOP, **given}


def test_head_room_is_at_least_one_more_pod_and_claim() -> None:
    chart = new_chart()
    deploy(chart)
    limit(chart, headroom_percent=0)
    assert hard(chart) == {
        "pods": "18",
        "requests.cpu": "6150m",  # 5450 + 700
        "requests.memory": "6512Mi",  # 5748 + 764
        "limits.cpu": "12700m",  # 11400 + 1300
        "limits.memory": "11776Mi",  # 10560 + 1216
        "persistentvolumeclaims": "8",
        "requests.storage": "175Gi",
        "services.loadbalancers": "0",
    }


def test_a_limit_that_one_container_lacks_is_neither_counted_nor_given() -> None:
    chart = new_chart()
    requests = {"cpu": "10m", "memory": "2Mi"}
    Manifest(chart, "web", pods_of({"requests": requests}))
    Manifest(chart, "db", DB)
    limit(chart)
    assert sorted(hard(chart)) == [
        *("persistentvolumeclaims", "pods", "requests.cpu", "requests.memory"),
        *("requests.storage", "services.loadbalancers"),
    ]
    assert limits(chart) == {
        "Container": {
            "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
            "min": {"cpu": "1m", "memory": "2Mi"},
        },
        "PersistentVolumeClaim": {"max": {"storage": "20Gi"}, "min": {"storage": "1Gi"}},
    }


def test_small_containers_leave_room_for_a_shell() -> None:
    chart = new_chart()
    Manifest(chart, "web", pods_of(sized("0.5m", "1Mi")))
    limit(chart)
    most = {"cpu": "500m", "memory": "256Mi"}
    asked = limits(chart)
    assert (asked["Container"]["max"], asked["Pod"]["max"]) == (most, most)
    # 0.5 + 500, 1 + 256
    assert (hard(chart)["limits.cpu"], hard(chart)["limits.memory"]) == ("501m", "257Mi")


def test_a_small_default_and_small_claims_are_allowed() -> None:
    chart = new_chart()
    Manifest(chart, "db", DB)
    Manifest(chart, "small", manifest("PersistentVolumeClaim", "small", claim("9Mi"), api="v1"))
    limit(chart, default=Resources(cpu="0.5m", memory="3Mi", cpu_limit="1m"))
    asked = limits(chart)
    # Half a thousandth of a core is rounded up.
    assert asked["Container"]["min"] == {"cpu": "1m", "memory": "3Mi"}
    assert asked["PersistentVolumeClaim"]["min"] == {"storage": "9Mi"}


def test_a_limit_is_the_request_that_is_left_out_and_disk_is_counted() -> None:
    chart = new_chart()
    most = {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "2Gi"}
    Manifest(chart, "web", pods_of({"limits": most}, replicas=5))
    limit(chart)
    assert hard(chart) == {
        "pods": "6",
        "requests.cpu": "6",
        "requests.memory": "6Gi",
        "requests.ephemeral-storage": "12Gi",
        "limits.cpu": "6",
        "limits.memory": "6Gi",
        "limits.ephemeral-storage": "12Gi",
        "services.loadbalancers": "0",
    }
    assert limits(chart)["Container"]["default"]["ephemeral-storage"] == "256Mi"


def test_a_daemon_set_runs_on_every_node_there_can_be() -> None:
    pool = NodePool(count=3, cpu="4", memory="8Gi", maximum=12)
    chart = new_chart(replace(MODERN, cluster=replace(MODERN.cluster, nodes=(pool,))))
    template = {"spec": {"containers": [container("agent", sized("10m", "8Mi"))]}}
    Manifest(chart, "agent", manifest("DaemonSet", "agent", {"template": template}))
    limit(chart)
    # 12; 14.4 with a fifth more
    assert hard(chart)["pods"] == "15"


def test_load_balancers_have_no_head_room() -> None:
    chart = new_chart()
    deploy(chart)
    for number in range(6):
        body = manifest("Service", f"way-{number}", {"type": "LoadBalancer"}, api="v1")
        Manifest(chart, f"way-{number}", body)
    limit(chart)
    assert hard(chart)["services.loadbalancers"] == "6"


@pytest.mark.parametrize("environment", [MODERN, OLDEST], ids=["1-33", "1-27"])
def test_both_fit_the_cluster_and_newer_ones(environment: Environment) -> None:
    chart = new_chart(environment)
    deploy(chart)
    limit(chart)
    made = [o for o in documents(chart) if o["kind"] in ("ResourceQuota", "LimitRange")]
    assert [o["metadata"]["name"] for o in made] == ["quota", "quota"]
    versions = (environment.cluster.kubernetes, newest_version())
    assert [p for o in made for v in versions for p in kubernetes_problems(o, v)] == []
