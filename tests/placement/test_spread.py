"""Topology spread that pods wait for: over nodes and zones, counted as the scheduler counts."""

import pytest

from constructs_lib.placement.nodes import HOSTNAME, ZONE
from tests.placement.specs import GIB, cluster, found, pool, set_of, spread, tainted, workload

UNEVEN = [
    pool("large", 1, zones=("a",), allocatable={"cpu": 4000, "memory": GIB, "pods": 9}),
    pool("small", 1, zones=("b",)),
    pool("third", 1, zones=("c",)),
]
"""Room for six of 600m in the first zone, for one in each of the others."""


def test_a_spread_over_zones_with_room_in_each() -> None:
    assert found([set_of(5, cpu="600m", pod=spread(ZONE, maxSkew=2))], UNEVEN) == []


def test_a_spread_holds_pods_back_where_other_zones_are_full() -> None:
    assert found([set_of(6, cpu="600m", pod=spread(ZONE, maxSkew=2))], UNEVEN) == [
        (
            "1 of its 6 pods cannot be placed: 0/3 nodes: 2 have 400m cpu left of the 600m asked, "
            "1 has as many of its pods per topology.kubernetes.io/zone as maxSkew 2 allows"
        )
    ]


def test_a_spread_over_a_label_that_nodes_do_not_have() -> None:
    assert found([set_of(1, pod=spread(ZONE))], cluster()) == [
        (
            "its pod cannot be placed: "
            "0/2 nodes: 2 have no label topology.kubernetes.io/zone, over which it is spread"
        )
    ]


def test_a_spread_that_is_only_preferred_keeps_no_pod_off() -> None:
    soft = spread(ZONE, whenUnsatisfiable="ScheduleAnyway")
    assert found([set_of(3, pod=soft)], cluster()) == []


@pytest.mark.parametrize(("domains", "count"), [(2, 0), (3, 1)])
def test_fewer_domains_than_asked_for_count_as_one_without_pods(domains: int, count: int) -> None:
    asking = set_of(3, pod=spread(HOSTNAME, minDomains=domains))
    assert len(found([asking], cluster())) == count


@pytest.mark.parametrize(("policy", "count"), [("Honor", 0), ("Ignore", 1)])
def test_a_tainted_zone_counts_or_not(policy: str, count: int) -> None:
    asking = set_of(2, pod=spread(ZONE, nodeTaintsPolicy=policy))
    nodes = [pool("open", zones=("a",)), pool("closed", zones=("b",), taints=tainted())]
    assert len(found([asking], nodes)) == count


@pytest.mark.parametrize(("policy", "count"), [("Honor", 0), ("Ignore", 1)])
def test_a_zone_that_the_pod_does_not_want_counts_or_not(policy: str, count: int) -> None:
    rule = {**spread(ZONE, nodeAffinityPolicy=policy), "nodeSelector": {"disk": "ssd"}}
    nodes = [pool("ssd", zones=("a",), labels={"disk": "ssd"}), pool("hdd", zones=("b",))]
    assert len(found([set_of(2, pod=rule)], nodes)) == count


@pytest.mark.parametrize(("keys", "count"), [(["pod-template-hash"], 0), ([], 1)])
def test_pods_of_another_revision_count_or_not(keys: list[str], count: int) -> None:
    """Two pods a node: a third on either is one too many where old and new count together."""
    rule = spread(HOSTNAME, minDomains=3, maxSkew=2, matchLabelKeys=keys)
    rollout = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    api = workload(replicas=4, pod=rule, strategy=rollout)
    assert len(found([api], cluster())) == count
