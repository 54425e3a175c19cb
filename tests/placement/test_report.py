"""The report about an environment."""

from typing import Any

import pytest

from constructs_lib.cluster import NodePool
from constructs_lib.placement import report
from constructs_lib.placement.nodes import pools_of
from constructs_lib.placement.report import report_of, summary_of
from tests.placement.specs import autoscaler, cluster, near, pool, simulated, workload

QUOTA = {
    "kind": "ResourceQuota",
    "metadata": {"name": "quota", "namespace": "shop"},
    "spec": {"hard": {"pods": "4"}},
}
BESIDE = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def test_a_report_lists_nodes_and_what_is_asked_of_them() -> None:
    objects = [
        workload(cpu="250m", memory="256Mi", strategy=BESIDE),
        workload("StatefulSet", "db", cpu="500m", memory="100Mi", replicas=1),
        workload("CronJob", "restore", suspend=True),
    ]
    assert report("dev", objects, cluster()) == (
        "dev: 2 pods at the least, 0 pending\n"
        "\n"
        "node    pods           cpu              memory\n"
        "node-1  1 of 110 (0%)  250m of 1 (25%)  256Mi of 1024Mi (25%)\n"
        "node-2  1 of 110 (0%)  500m of 1 (50%)  100Mi of 1024Mi (9%)\n"
        "all     2 of 220 (0%)  750m of 2 (37%)  356Mi of 2048Mi (17%)\n"
        "\n"
        "rollouts: 1 start pods beside the old ones, 0 of them without room; "
        "all at once, 1 of 1 pods find room\n"
        "suspended runs: 1, 0 of them without room\n"
        "autoscalers: none\n"
    )


def lines(*objects: dict[str, Any], nodes: Any) -> list[str]:
    return report_of("prod", simulated(objects, nodes)).splitlines()


def test_the_maximum_of_autoscalers_fails_nothing_and_says_how_many_nodes_it_takes() -> None:
    api = workload(cpu="500m", strategy=BESIDE)
    said = lines(api, autoscaler(2, 9), nodes=cluster())
    assert "autoscalers: at their maximum 7 pods more, 9 in all" in said
    assert "  pool 1 (1 cpu, 1Gi): 5 nodes take them, TOO FEW: it has 2" in said
    assert simulated([api, autoscaler(2, 9)], cluster()).findings == ()


@pytest.mark.parametrize(
    ("most", "said"),
    [(5, "5 nodes take them, it has 2 to 5"), (4, "5 nodes take them, TOO FEW: it has 2 to 4")],
)
def test_the_maximum_of_a_pool_is_what_it_has(most: int, said: str) -> None:
    api = workload(cpu="500m", strategy={"type": "Recreate"})
    nodes = cluster(NodePool(count=2, cpu="1", memory="1Gi", maximum=most))
    assert f"  pool 1 (1 cpu, 1Gi): {said}" in lines(api, autoscaler(2, 9), nodes=nodes)


def test_a_pool_has_as_many_nodes_as_are_needed() -> None:
    nodes = [pool("extra", 0, most=4)]
    said = lines(workload("StatefulSet", cpu="600m", replicas=3), nodes=nodes)
    assert [line.split()[0] for line in said[3:6]] == ["node-1", "node-2", "node-3"]


def test_pods_that_no_number_of_nodes_takes_at_the_maximum_are_said() -> None:
    rule = near("podAntiAffinity", "api", "topology.kubernetes.io/zone")
    api = workload(pod=rule, strategy={"type": "Recreate"})
    said = lines(api, autoscaler(2, 4), nodes=cluster(zones=("a", "b")))
    assert "  2 pods find no place on any number of nodes" in said


def test_what_a_quota_refuses_at_the_maximum_is_said() -> None:
    api = workload(strategy={"type": "Recreate"})
    said = "\n".join(lines(QUOTA, api, autoscaler(2, 9), nodes=cluster()))
    assert "autoscalers: at their maximum 7 pods more, 4 in all" in said
    assert "ResourceQuota shop/quota refuses 5 pods" in said


def test_rollouts_that_cannot_all_start_at_once_wait_their_turn() -> None:
    twins = [workload(name=name, cpu="400m", strategy=BESIDE) for name in ("one", "two")]
    said = lines(*twins, nodes=cluster(count=1, cpu="1200m"))
    assert (
        "rollouts: 2 start pods beside the old ones, 0 of them without room; "
        "all at once, 1 of 2 pods find room"
    ) in said


def test_findings_and_tight_places_are_part_of_it() -> None:
    sizes = (300, 300, 300, 1000)
    objects = [
        workload("StatefulSet", f"s{index}", cpu=f"{size}m", replicas=1)
        for index, size in enumerate(sizes)
    ]
    assert (
        "tight: what is there at the least finds room only if other pods stand where they leave it"
    ) in lines(*objects, nodes=cluster())
    said = lines(*objects, nodes=cluster(count=1))
    assert said[0] == "prod: 4 pods at the least, 1 pending"
    assert "rollouts and suspended runs: not tried while pods are pending" in said
    assert said[-1].startswith("finding: StatefulSet shop/s")


def test_nodes_are_in_zones_one_after_the_other() -> None:
    (made,) = pools_of(cluster(count=3, zones=("a", "b")))
    zones = [made.node(index, "n").labels["topology.kubernetes.io/zone"] for index in range(3)]
    assert zones == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("objects", "nodes", "said"),
    [
        pytest.param(
            [workload("StatefulSet", replicas=1)],
            cluster(count=1),
            "1 pod on 1 of 1 node",
            id="alone",
        ),
        pytest.param(
            [workload(cpu="500m"), autoscaler(2, 9)],
            cluster(),
            "2 pods on 2 of 2 nodes; at every autoscaler's maximum 9 pods on 5 nodes of pool 1 "
            "(1 cpu, 1Gi), 3 more than there can be",
            id="too-few",
        ),
        pytest.param(
            [workload(cpu="500m"), autoscaler(2, 3)],
            cluster(),
            "2 pods on 2 of 2 nodes; at every autoscaler's maximum 3 pods on 2 nodes of pool 1 "
            "(1 cpu, 1Gi)",
            id="enough",
        ),
        pytest.param(
            [
                workload(pod=near("podAntiAffinity", "api", "topology.kubernetes.io/zone")),
                autoscaler(1, 4),
            ],
            cluster(zones=("a", "b")),
            "1 pod on 1 of 2 nodes; at every autoscaler's maximum 4 pods on 2 nodes of pool 1 "
            "(1 cpu, 1Gi), and 2 pods that no node takes",
            id="nowhere",
        ),
        pytest.param(
            [QUOTA, workload(strategy={"type": "Recreate"}), autoscaler(2, 9)],
            cluster(),
            "2 pods on 2 of 2 nodes; at every autoscaler's maximum 4 pods on 2 nodes of pool 1 "
            "(1 cpu, 1Gi), and 5 pods that a quota refuses",
            id="quota",
        ),
    ],
)
def test_the_report_in_one_line(objects: Any, nodes: Any, said: str) -> None:
    assert summary_of("prod", simulated(objects, nodes)) == f"prod: {said}"
