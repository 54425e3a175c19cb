"""Claims that tie pods to a node, to a zone, or to one pod at a time."""

from typing import Any

import pytest

from constructs_lib.placement.nodes import ZONE
from constructs_lib.placement.sharing import SPLIT
from tests.placement.specs import (
    claim,
    claim_spec,
    cluster,
    findings,
    found,
    near,
    pool,
    recreate,
    workload,
)


def server(**fields: Any) -> dict[str, Any]:
    """A StatefulSet that mounts the claim called shared."""
    return sharing("StatefulSet", "server", replicas=1, **fields)


def sharing(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    pod = {
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "shared"}}],
        **fields.pop("pod", {}),
    }
    return workload(kind, name, pod=pod, **fields)


def test_pods_that_share_a_claim_need_room_on_one_node() -> None:
    backup = sharing("CronJob", "backup", cpu="600m", pod=near("podAffinity", "server"))
    assert found([claim("shared"), server(cpu="400m"), backup], cluster()) == []
    assert len(found([claim("shared"), server(cpu="500m"), backup], cluster())) == 1


def test_a_suspended_run_needs_room_where_the_volume_is_mounted() -> None:
    restore = sharing("CronJob", "restore", cpu="600m", suspend=True)
    assert found([claim("shared"), server(cpu="500m"), restore], cluster(count=1, cpu="2")) == []
    (message,) = found([claim("shared"), server(cpu="500m"), restore], cluster())
    assert message == (
        "is suspended, and when it is run its pod cannot be placed beside what is there: "
        "0/2 nodes: 1 has 500m cpu left of the 600m asked, "
        "1 has no claim shop/shared, which is mounted on node-1"
    )


def test_a_claim_that_many_nodes_mount_ties_nobody() -> None:
    restore = sharing("CronJob", "restore", cpu="600m", suspend=True)
    assert found([claim("shared", "ReadWriteMany"), server(cpu="500m"), restore], cluster()) == []


def test_a_claim_that_nothing_renders_ties_nobody() -> None:
    assert found([server(cpu="900m"), sharing("CronJob", "backup", cpu="600m")], cluster()) == []


def test_one_pod_at_a_time_mounts_a_claim_for_one_pod() -> None:
    restore = sharing("CronJob", "restore", suspend=True)
    assert len(found([claim("shared", "ReadWriteOncePod"), restore], cluster())) == 0
    assert found([claim("shared", "ReadWriteOncePod"), server(), restore], cluster()) == [
        (
            "is suspended, and when it is run its pod cannot be placed beside what is there: "
            "0/2 nodes: 2 have no claim shop/shared to give, which one pod has at a time"
        )
    ]


def test_what_to_do_about_a_claim_for_one_pod_depends_on_who_wants_it() -> None:
    own = claim("shared", "ReadWriteOncePod")
    (finding,) = findings([own, sharing("Deployment", "api", replicas=1)], cluster())
    assert finding.rule == "placement/rollout"
    assert finding.fix == "use the strategy Recreate, or claim ReadWriteMany"
    (finding,) = findings([own, server(), sharing("CronJob", "restore", suspend=True)], cluster())
    assert finding.rule == "placement/run"
    assert finding.fix == "give each pod a claim of its own, or claim ReadWriteMany"
    alone = sharing("Deployment", "api", replicas=1, strategy=recreate())
    assert findings([own, alone], cluster()) == []


def test_a_run_that_mounts_the_volume_of_a_set_stays_in_its_zone() -> None:
    templates = [{"metadata": {"name": "data"}, "spec": claim_spec()}]
    zone_a = {"nodeSelector": {ZONE: "a"}}
    db = workload("StatefulSet", "db", replicas=1, pod=zone_a, volumeClaimTemplates=templates)
    mounts = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data-db-0"}}]}
    zone_b = {**mounts, "nodeSelector": {ZONE: "b"}}
    nodes = cluster(zones=("a", "b"))
    here = workload("CronJob", "restore", suspend=True, pod=mounts)
    there = workload("CronJob", "restore", suspend=True, pod=zone_b)
    assert found([db, here], nodes) == []
    (message,) = found([db, there], nodes)
    assert "no claim shop/data-db-0, which is mounted on node-1" in message


def test_each_pod_of_a_set_has_a_claim_of_its_own() -> None:
    templates = [{"metadata": {"name": "data"}, "spec": claim_spec()}]
    db = workload("StatefulSet", "db", cpu="600m", replicas=2, volumeClaimTemplates=templates)
    assert found([db], cluster()) == []


def test_volumes_that_come_and_go_with_a_pod_tie_nobody() -> None:
    ephemeral = {"volumeClaimTemplate": {"spec": claim_spec()}}
    pod = {"volumes": [{"name": "scratch", "ephemeral": ephemeral}]}
    rollout = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    api = workload(cpu="600m", replicas=1, strategy=rollout, pod=pod)
    assert found([api], cluster()) == []


@pytest.mark.parametrize(
    "other",
    [
        sharing("StatefulSet", "twin", replicas=1),
        sharing("CronJob", "backup"),
        sharing("Job", "load"),
    ],
    ids=lambda item: item["kind"],
)
def test_pods_that_share_a_claim_are_told_to_stay_together(other: dict[str, Any]) -> None:
    assert found([claim("shared"), server(), other], cluster(count=1)) == []
    (finding,) = findings([claim("shared"), server(), other], cluster())
    assert finding.rule == SPLIT
    assert len(found([claim("shared"), other, server()], cluster())) == 1
    assert finding.object == f"{other['kind']} shop/{other['metadata']['name']}"
    assert finding.message == (
        "StatefulSet shop/server and it mount claim shop/shared (ReadWriteOnce), and the "
        "scheduler may put them on different nodes, and all but the first then wait for it"
    )


def test_an_affinity_or_a_single_node_keeps_them_together() -> None:
    backup = sharing("CronJob", "backup", pod=near("podAffinity", "server"))
    assert found([claim("shared"), server(), backup], cluster()) == []
    ssd = {"nodeSelector": {"disk": "ssd"}}
    pinned = [server(pod=ssd), sharing("CronJob", "backup", pod=ssd)]
    assert found([claim("shared"), *pinned], [pool("ssd", labels={"disk": "ssd"}), pool()]) == []


def test_runs_that_share_a_claim_among_themselves_wait_for_each_other() -> None:
    runs = [sharing("CronJob", name) for name in ("backup", "clean")]
    assert found([claim("shared"), *runs], cluster()) == []


def test_replicas_that_share_a_claim_are_told_to_stay_together() -> None:
    api = sharing("Deployment", "api", replicas=2, strategy=recreate())
    (message,) = found([claim("shared"), api], cluster())
    assert message.startswith("its pods mount claim shop/shared (ReadWriteOnce)")


def test_a_rollout_must_not_start_a_pod_beside_the_one_that_has_the_volume() -> None:
    rolling = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    beside = sharing("Deployment", "api", replicas=1, strategy=rolling)
    first = sharing("Deployment", "api", replicas=1, strategy=recreate())
    assert found([claim("shared"), first], cluster()) == []
    (finding,) = findings([claim("shared"), beside], cluster())
    assert finding.fix == "use the strategy Recreate"
    assert finding.message.startswith(
        "a rollout starts a pod beside the old one, both mount claim shop/shared (ReadWriteOnce)"
    )
