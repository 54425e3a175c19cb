"""What keeps a pod off a node, and what does not; each predicate both ways."""

from typing import Any

import pytest

from tests.placement.specs import (
    cluster,
    container,
    found,
    pool,
    recreate,
    set_of,
    tainted,
    thing,
    workload,
)


@pytest.mark.parametrize("cpu", ["1", "0.999"])
def test_a_pod_fits_that_asks_for_no_more_than_a_node_has(cpu: str) -> None:
    assert found([set_of(2, cpu=cpu)], cluster()) == []


def test_cpu_that_no_node_has_left() -> None:
    objects = [set_of(2, cpu="600m"), workload("StatefulSet", "db", cpu="500m", replicas=1)]
    assert found(objects, cluster()) == [
        "its pod cannot be placed: 0/2 nodes: 2 have 400m cpu left of the 500m asked"
    ]


def test_memory_that_no_node_has_left() -> None:
    assert found([set_of(3, memory="600Mi")], cluster()) == [
        "1 of its 3 pods cannot be placed: 0/2 nodes: 2 have 424Mi memory left of the 600Mi asked"
    ]


def test_as_many_pods_as_the_kubelet_runs() -> None:
    assert found([set_of(220, cpu="1m")], cluster()) == []
    assert found([set_of(221, cpu="1m")], cluster()) == [
        "1 of its 221 pods cannot be placed: 0/2 nodes: 2 have 0 pods left of the 1 asked"
    ]


def test_ephemeral_storage_of_nodes_that_say_how_much_they_have() -> None:
    asking = set_of(1, pod={"containers": [stored("2Gi")]})
    small = pool(allocatable={"cpu": 1000, "memory": 2**30, "ephemeral-storage": 2**30, "pods": 9})
    assert found([asking], cluster()) == []
    assert found([asking], [small]) == [
        "its pod cannot be placed: 0/1 nodes: 1 has 1Gi ephemeral-storage left of the 2Gi asked"
    ]


def stored(size: str) -> dict[str, Any]:
    return {"name": "main", "resources": {"requests": {"ephemeral-storage": size}}}


def test_a_resource_that_no_node_has() -> None:
    gpu = {"name": "main", "resources": {"limits": {"nvidia.com/gpu": 1}}}
    assert found([set_of(1, pod={"containers": [gpu]})], cluster()) == [
        "its pod cannot be placed: 0/2 nodes: 2 have 0 nvidia.com/gpu left of the 1 asked"
    ]


def test_a_taint_keeps_pods_off_that_do_not_tolerate_it() -> None:
    tolerating = {"tolerations": [{"key": "gpu", "operator": "Exists"}]}
    assert found([set_of(1, pod=tolerating)], [pool(taints=tainted())]) == []
    assert found([set_of(1)], [pool(taints=tainted())]) == [
        (
            "its pod cannot be placed: "
            "0/1 nodes: 1 has the taint gpu=yes:NoSchedule, which it does not tolerate"
        )
    ]


def test_a_node_selector_asks_for_labels() -> None:
    asking = set_of(1, pod={"nodeSelector": {"disk": "ssd"}})
    assert found([asking], [pool(labels={"disk": "ssd"})]) == []
    assert found([asking], [pool(labels={"disk": "hdd"})]) == [
        "its pod cannot be placed: 0/1 nodes: 1 has other labels than the disk=ssd it asks for"
    ]


def test_a_host_port_is_taken_once_per_node() -> None:
    port = container(ports=[{"containerPort": 53, "hostPort": 53, "protocol": "UDP"}])
    assert found([set_of(2, pod={"containers": [port]})], cluster()) == []
    assert found([set_of(3, pod={"containers": [port]})], cluster()) == [
        "1 of its 3 pods cannot be placed: 0/2 nodes: 2 have host port 53/UDP in use"
    ]


def test_every_port_of_the_host_network_is_a_host_port() -> None:
    spec = {"hostNetwork": True, "containers": [container(ports=[{"containerPort": 80}])]}
    assert found([set_of(3, pod=spec)], cluster()) == [
        "1 of its 3 pods cannot be placed: 0/2 nodes: 2 have host port 80/TCP in use"
    ]


def test_a_run_time_class_adds_its_overhead_and_its_nodes() -> None:
    gvisor = {
        "kind": "RuntimeClass",
        "metadata": {"name": "gvisor"},
        "overhead": {"podFixed": {"cpu": "500m"}},
        "scheduling": {"nodeSelector": {"sandbox": "yes"}},
    }
    boxed = set_of(1, cpu="600m", pod={"runtimeClassName": "gvisor"})
    assert found([boxed], [pool(labels={"sandbox": "yes"})]) == []
    assert len(found([gvisor, boxed], [pool(labels={"sandbox": "yes"})])) == 1
    small = set_of(1, cpu="500m", pod={"runtimeClassName": "gvisor"})
    assert found([gvisor, small], [pool(labels={"sandbox": "yes"})]) == []
    assert len(found([gvisor, small], [pool()])) == 1


def test_a_pod_that_names_its_node_is_there_or_nowhere() -> None:
    pinned = workload(replicas=1, strategy=recreate(), pod={"nodeName": "node-2"})
    assert found([pinned], cluster()) == []
    assert found([pinned], cluster(count=1)) == [
        (
            "its pod cannot be placed: "
            "0/1 nodes: 1 has other labels than the metadata.name=node-2 it asks for"
        )
    ]


def test_what_is_no_workload_is_passed_over() -> None:
    assert found([thing("ConfigMap", "settings"), thing("Deployment", "empty", spec={})], []) == []
