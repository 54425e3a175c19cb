"""On which nodes the pods of a workload may run."""

from dataclasses import replace

from constructs_lib.environment import NodePool
from constructs_lib.kube.placement import TopologySpread
from tests.environments import (
    BARE,
    MODERN,
    SINGLE_REPLICA,
)
from tests.service.cases import CRON_JOB, SERVICE
from tests.service.rendering import (
    pod_of,
    rendered,
)


def test_a_single_replica_can_be_replaced_on_its_only_node() -> None:
    pod = pod_of(rendered(replace(SERVICE, spread="hard"), SINGLE_REPLICA))["spec"]
    assert (
        "requiredDuringSchedulingIgnoredDuringExecution" not in pod["affinity"]["podAntiAffinity"]
    )
    unsatisfied = {c["whenUnsatisfiable"] for c in pod["topologySpreadConstraints"]}
    assert unsatisfied == {"ScheduleAnyway"}


def test_hard_spread_demands_other_nodes_and_even_zones() -> None:
    pod = pod_of(rendered(replace(SERVICE, spread="hard")))["spec"]
    required = pod["affinity"]["podAntiAffinity"]
    assert list(required) == ["requiredDuringSchedulingIgnoredDuringExecution"]
    zones, nodes = pod["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == (
        "topology.kubernetes.io/zone",
        "DoNotSchedule",
    )
    assert nodes["whenUnsatisfiable"] == "ScheduleAnyway"


def test_zones_and_nodes_that_take_no_pods_are_not_counted() -> None:
    asked = replace(SERVICE, topology_spread=(TopologySpread("rack"),))
    constraints = pod_of(rendered(asked))["spec"]["topologySpreadConstraints"]
    assert [c["nodeTaintsPolicy"] for c in constraints] == ["Honor"] * 3


def test_a_hard_spread_may_fill_the_nodes_of_even_zones() -> None:
    pool = NodePool(count=8, cpu="4", memory="16Gi", zones=("a", "b", "c"))
    cluster = replace(MODERN.cluster, nodes=(pool,))
    assert rendered(replace(SERVICE, spread="hard", replicas=7), replace(MODERN, cluster=cluster))


def test_a_hard_spread_may_use_nodes_that_the_autoscaler_makes() -> None:
    pool = NodePool(count=1, maximum=9, cpu="4", memory="16Gi", zones=("a", "b", "c"))
    cluster = replace(MODERN.cluster, nodes=(pool,))
    assert rendered(replace(SERVICE, spread="hard", replicas=8), replace(MODERN, cluster=cluster))


def test_a_cluster_without_zones_is_not_spread_over_them() -> None:
    constraints = pod_of(rendered(SERVICE, BARE))["spec"]["topologySpreadConstraints"]
    assert [c["topologyKey"] for c in constraints] == ["kubernetes.io/hostname"]


def test_spread_off_renders_only_what_was_asked_for() -> None:
    asked = replace(SERVICE, spread="off", topology_spread=(TopologySpread("rack"),))
    pod = pod_of(rendered(asked))["spec"]
    assert "affinity" not in pod
    assert [c["topologyKey"] for c in pod["topologySpreadConstraints"]] == ["rack"]


def test_runs_of_a_cron_job_are_spread_only_on_request() -> None:
    assert "affinity" not in pod_of(rendered(CRON_JOB))["spec"]
    asked = pod_of(rendered(replace(CRON_JOB, spread="soft")))["spec"]
    assert "affinity" in asked
    assert all("matchLabelKeys" not in c for c in asked["topologySpreadConstraints"])
