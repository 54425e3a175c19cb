"""Every pod of every environment finds a node: at the least, in rollouts, in runs on demand."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from typing import Any, cast

import pytest

from apps.environments import LOCAL, Flavour
from apps.environments import local as local_environment
from apps.placement import report_on
from constructs_lib.cluster import Cluster, NodePool
from constructs_lib.placement import report, unplaceable
from constructs_lib.placement.claims import claims_of
from constructs_lib.placement.nodes import pools_of
from constructs_lib.placement.scene import Scene, scene
from constructs_lib.placement.simulation import Simulation, simulate
from constructs_lib.quantity import parse
from main import render_environment
from tests.apps.rendered import Rendered

FLAVOURS = ("docker-desktop", "kind", "minikube")


@pytest.fixture(scope="module", params=FLAVOURS)
def one_node(request: pytest.FixtureRequest) -> Rendered:
    """The local environment of each flavour."""
    if request.param == FLAVOURS[0]:
        return cast("Rendered", request.getfixturevalue("local"))
    flavour = cast("Flavour", request.param)
    environment = local_environment(flavour)
    return Rendered(environment, render_environment(environment))


def on(rendered: Rendered) -> Scene:
    return scene(rendered.objects, pools_of(rendered.environment.cluster))


def placed(rendered: Rendered) -> Simulation:
    return simulate(on(rendered))


def with_nodes(cluster: Cluster, **fields: Any) -> Cluster:
    """The same cluster with other nodes."""
    (pool,) = cluster.nodes
    return replace(cluster, nodes=(replace(pool, **fields),))


def test_every_pod_has_a_place(every: Rendered) -> None:
    assert unplaceable(every.objects, every.environment.cluster) == []


def test_every_workload_is_among_what_is_placed(every: Rendered) -> None:
    placed_owners = {pod.kind.owner for pod in placed(every).pods}
    running = {
        f"{item['kind']} {item['metadata']['namespace']}/{item['metadata']['name']}"
        for item in every.workloads()
        if not item["spec"].get("suspend")
    }
    assert placed_owners == running


def test_the_scheduler_needs_no_luck(every: Rendered) -> None:
    outcome = placed(every)
    assert outcome.base.first_attempt
    assert outcome.tight == ()


def test_L1_nothing_stays_pending_on_the_one_node_beside_what_the_cluster_runs_itself(
    one_node: Rendered,
) -> None:
    cluster = one_node.environment.cluster
    (pool,) = cluster.nodes
    assert pool.count == 1
    assert unplaceable(one_node.objects, with_nodes(cluster, cpu="3", memory="6656Mi")) == []


def test_L1_requests_stay_within_3_cpu_and_6_5_gib(one_node: Rendered) -> None:
    asked = [pod.kind.requests for pod in placed(one_node).pods]
    assert sum(amounts["cpu"] for amounts in asked) <= 3000
    assert sum(amounts["memory"] for amounts in asked) <= parse("6656Mi")


def test_L1_claims_ask_for_the_storage_class_of_that_cluster(one_node: Rendered) -> None:
    classes = {item.storage_class for item in claims_of(one_node.objects)}
    assert classes == {one_node.environment.cluster.storage_class}


def test_L1_a_node_that_is_too_small_is_found_out(local: Rendered) -> None:
    small = with_nodes(LOCAL.cluster, cpu="500m")
    messages = [finding.message for finding in unplaceable(local.objects, small)]
    assert messages
    assert all("0/1 nodes: 1 has " in message for message in messages)


def test_D3_no_pod_of_dev_demands_a_node_of_its_own(dev: Rendered) -> None:
    kinds = [item.kind for item in on(dev).workloads]
    assert [kind.owner for kind in kinds if kind.anti_affinity or kind.spreads] == []


def test_D3_dev_fits_one_of_its_nodes_as_well(dev: Rendered) -> None:
    cluster = dev.environment.cluster
    assert unplaceable(dev.objects, with_nodes(cluster, count=1)) == []


def test_replicas_of_a_store_stand_on_nodes_of_their_own(prod: Rendered) -> None:
    board = placed(prod).base.board
    stores = {item.kind for item in on(prod).workloads if item.kind.anti_affinity}
    assert len(stores) >= 4
    owners = {kind.owner for kind in stores}
    for pods in board.pods:
        here = [pod.kind.owner for pod in pods if pod.kind.owner in owners]
        assert len(here) == len(set(here))


def test_a_rollout_of_every_service_has_room_at_once(every: Rendered) -> None:
    said = report("any", every.objects, every.environment.cluster)
    (line,) = [line for line in said.splitlines() if line.startswith("rollouts: ")]
    found, _, wanted = line.rpartition("at once, ")[2].partition(" of ")
    assert int(found) == int(wanted.split()[0]) > 0


def test_the_maximum_of_all_autoscalers_at_once_is_told_in_nodes(prod: Rendered) -> None:
    said = report("prod", prod.objects, prod.environment.cluster)
    (line,) = [line for line in said.splitlines() if "nodes take them" in line]
    assert "autoscalers: at their maximum " in said
    assert "TOO FEW: it has 6" in line

    (pool,) = prod.environment.cluster.nodes
    needed = int(line.partition("): ")[2].split()[0])
    larger = with_nodes(prod.environment.cluster, count=pool.count, maximum=needed)
    assert "TOO FEW" not in report("prod", prod.objects, larger)


def test_prod_with_one_node_fewer_than_the_stores_need_is_found_out(prod: Rendered) -> None:
    few = NodePool(count=2, cpu="16", memory="64Gi", zones=("zone-a", "zone-b"))
    cluster = replace(prod.environment.cluster, nodes=(few,))
    findings = unplaceable(prod.objects, cluster)
    assert "StatefulSet nova-database/etcd" in {finding.object for finding in findings}
    assert any("anti-affinity" in finding.message for finding in findings)


def test_the_report_is_there_for_what_does_not_fit() -> None:
    small = replace(LOCAL, cluster=with_nodes(LOCAL.cluster, cpu="1"))
    said = report_on(small)
    assert " pods at the least, 0 pending" not in said.splitlines()[0]
    assert "(placement/unplaceable)" in said
