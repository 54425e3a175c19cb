"""What a finding says: which pods, why on each group of nodes, and what to change."""

from typing import Any

import pytest

from constructs_lib.placement.messages import RUN, UNPLACEABLE, grouped
from constructs_lib.placement.nodes import ZONE
from constructs_lib.placement.predicates import Reason
from tests.placement.specs import (
    cluster,
    container,
    findings,
    near,
    pool,
    spread,
    tainted,
    workload,
)


def fix_of(objects: list[dict[str, Any]], nodes: Any) -> str:
    (finding,) = findings(objects, nodes)
    return finding.fix


def one(**fields: Any) -> list[dict[str, Any]]:
    return [workload("StatefulSet", **{"replicas": 1, **fields})]


def test_nodes_with_the_same_reason_are_told_as_one_group_the_largest_first() -> None:
    reasons = [
        Reason("resource", "cpu", 100, 500),
        Reason("taint", "the taint gpu:NoSchedule"),
        Reason("resource", "cpu", 200, 500),
    ]
    assert grouped(reasons) == (
        "0/3 nodes: 2 have at most 200m cpu left of the 500m asked, 1 has the taint gpu:NoSchedule"
    )


def test_a_whole_finding_reads_as_one_line() -> None:
    objects = [
        workload("StatefulSet", "db", replicas=3, cpu="200m", pod=near("podAntiAffinity", "db")),
        workload("StatefulSet", "big", replicas=3, cpu="800m"),
        workload("CronJob", "nightly", cpu="500m", suspend=True),
    ]
    (finding,) = findings(objects, cluster(count=3))
    assert str(finding) == (
        "CronJob shop/nightly: is suspended, and when it is run its pod cannot be placed beside "
        "what is there: 0/3 nodes: 3 have 0 cpu left of the 500m asked; raise pool 1 (1 cpu, 1Gi) "
        "from 3 to 4 nodes, or lower its requests or its replicas, or those of others, or add "
        f"nodes ({RUN})"
    )


def test_how_many_more_nodes_would_do_is_said() -> None:
    objects = one(replicas=7, cpu="600m")
    (finding,) = findings(objects, cluster())
    assert finding.rule == UNPLACEABLE
    assert finding.fix.startswith("raise pool 1 (1 cpu, 1Gi) from 2 to 7 nodes, or lower its ")


def test_more_nodes_are_not_proposed_where_they_do_not_help() -> None:
    (finding,) = findings(one(cpu="1500m"), cluster())
    assert finding.fix == "ask for at most 1 cpu, all that a node has, or add larger nodes"


@pytest.mark.parametrize(
    ("pod", "nodes", "fix"),
    [
        ({}, [pool(taints=tainted())], "let it tolerate the taint, or take nodes without it"),
        (
            {"nodeSelector": {"disk": "sdd"}},
            [pool(labels={"disk": "ssd"})],
            (
                "label the nodes it is meant for, or change its node selector or affinity; "
                "did you mean 'disk=ssd'?"
            ),
        ),
        (
            near("podAffinity", "nobody"),
            [pool()],
            "place the pods it wants beside it where it may run, or only prefer their company",
        ),
    ],
    ids=["taint", "label", "affinity"],
)
def test_what_to_change_follows_from_what_keeps_it_off(
    pod: dict[str, Any], nodes: list[Any], fix: str
) -> None:
    assert fix_of(one(pod=pod), nodes) == fix


def test_anti_affinity_may_be_softened_or_given_nodes() -> None:
    fix = fix_of(one(replicas=3, pod=near("podAntiAffinity", "api")), cluster())
    assert fix == (
        "raise pool 1 (1 cpu, 1Gi) from 2 to 3 nodes, or lower its replicas, only prefer other "
        "nodes (a soft spread), or add nodes"
    )


def test_a_spread_that_no_node_can_keep_is_told_to_be_softened() -> None:
    fix = fix_of(one(pod=spread(ZONE)), cluster())
    assert fix.startswith("raise maxSkew, lower minDomains, use ScheduleAnyway")


def test_a_host_port_is_answered_with_a_service() -> None:
    port = container(ports=[{"containerPort": 80, "hostPort": 80}])
    fix = fix_of(one(replicas=3, pod={"containers": [port]}), cluster())
    assert fix.endswith("use a Service instead of a host port, or more nodes")


def test_a_pool_that_would_grow_says_why_a_new_node_does_not_help() -> None:
    (finding,) = findings(one(cpu="2"), [pool(count=0, most=5)])
    assert finding.message == (
        "its pod cannot be placed: 0/1 nodes: 1 has 1 cpu left of the 2 asked"
    )


def test_no_nodes_at_all() -> None:
    (finding,) = findings(one(), [])
    assert finding.message == "its pod cannot be placed: there are no nodes"
    assert finding.fix == "describe at least one node"
