"""What tests can do to pods: kill, freeze, cut off, evict, scale."""

import time
from collections.abc import Iterator

import pytest

from tests.live.cluster import Cluster
from tests.live.faults import (
    crash,
    cut_from,
    evict,
    evict_all,
    freeze,
    lose,
    peers,
    strangers,
    thaw,
)
from tests.live.manifests import parse
from tests.live.node import Timing
from tests.live.pod import Pod

# A server that counts on its volume how it was stopped, with another container beside it.
SYSTEM = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: tests}
spec:
  serviceName: store
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      terminationGracePeriodSeconds: 10
      containers:
      - name: store
        image: busybox
        command: [sh, -c]
        args: ['trap "echo asked >>/data/ends; exit 0" TERM; while :; do echo on; sleep 0.1; done']
        lifecycle: {preStop: {exec: {command: [sh, -c, 'echo hook >>/data/ends']}}}
        volumeMounts: [{name: data, mountPath: /data}]
      - name: beside
        image: busybox
        command: [sh, -c, 'trap "exit 0" TERM; while :; do echo on; sleep 0.1; done']
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(parse(SYSTEM), timing=Timing(back_off=0)) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


@pytest.fixture(scope="module")
def client(cluster: Cluster) -> Pod:
    return cluster.client("tests")


@pytest.fixture(autouse=True)
def _all_ready(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.wait_ready(timeout=30)


def reaches(pod: Pod, other: Pod, *, seconds: int = 5) -> bool:
    ping = ("busybox", "ping", "-c", "1", "-W", str(seconds))
    return pod.run(*ping, other.address).returncode == 0


def test_a_crashed_container_is_back_within_a_second_or_so_each_time(cluster: Cluster) -> None:
    pod = cluster.pod("store-0")
    container, beside = pod.container, pod.containers["beside"]
    before = (container.restarts, beside.restarts)
    for _ in range(3):
        began = time.monotonic()
        crash(pod)
        cluster.wait(lambda: pod.ready, 30, "it is back")
        assert time.monotonic() - began >= 1
    assert pod.container.exit_codes[-3:] == [137] * 3
    crash(pod, "beside")
    cluster.wait(lambda: beside.restarts == before[1] + 1, 30, "the other one is back")
    assert container.restarts == before[0] + 3


def test_a_frozen_pod_does_nothing_at_all(cluster: Cluster) -> None:
    pod = cluster.pod("store-1")
    freeze(pod)
    before = [item.log for item in pod.containers.values()]
    time.sleep(0.3)
    assert [item.log for item in pod.containers.values()] == before
    thaw(pod, "beside")
    cluster.wait(lambda: pod.containers["beside"].log != before[1], 30, "one goes on")
    assert pod.container.log == before[0]
    thaw(pod)
    cluster.wait(lambda: pod.container.log != before[0], 30, "both go on")


def test_a_pod_is_cut_from_its_peers_and_clients_still_reach_it(
    cluster: Cluster, client: Pod
) -> None:
    pod, *others = (cluster.pod(f"store-{n}") for n in range(3))
    assert peers(cluster, pod) == others
    with cut_from(cluster, pod, peers(cluster, pod)):
        assert not reaches(pod, others[0], seconds=1)
        assert not reaches(others[1], pod, seconds=1)
        assert reaches(others[0], others[1])
        assert reaches(client, pod)
    assert reaches(pod, others[0])


def test_a_pod_is_cut_from_clients_and_its_peers_still_reach_it(
    cluster: Cluster, client: Pod
) -> None:
    pod, other, _ = (cluster.pod(f"store-{n}") for n in range(3))
    assert strangers(cluster, pod) == [client]
    with cut_from(cluster, pod, strangers(cluster, pod)):
        assert not reaches(client, pod, seconds=1)
        assert reaches(client, other)
        assert reaches(other, pod)
    assert reaches(client, pod)
    with pytest.raises(LookupError), cut_from(cluster, pod, []):
        pass


def test_an_evicted_pod_has_its_hook_and_its_time_a_lost_one_has_neither(cluster: Cluster) -> None:
    (cluster.node.claims.folder("tests", "data-store-2") / "ends").unlink(missing_ok=True)
    following = evict(cluster, cluster.pod("store-2"))
    cluster.wait_ready(timeout=30)
    assert following.run("cat", "/data/ends").stdout == "hook\nasked\n"

    following = lose(cluster, following)
    cluster.wait_ready(timeout=30)
    assert following.run("cat", "/data/ends").stdout == "hook\nasked\n"


def test_all_are_evicted_at_the_same_moment(cluster: Cluster) -> None:
    earlier = cluster.journal.size()
    before = list(cluster.pods)

    following = evict_all(cluster, before)

    story = cluster.journal.lines()[earlier:]
    first_end = next(n for n, line in enumerate(story) if "has ended" in line)
    assert sum("is terminating" in line for line in story[:first_end]) == 3
    assert [pod.name for pod in following] == [pod.name for pod in before]
    assert not {pod.address for pod in before} & {pod.address for pod in following}


def test_a_workload_is_scaled_to_nothing_and_back(cluster: Cluster) -> None:
    workload = cluster.workload("StatefulSet/store")
    workload.scale(1)
    assert [pod.name for pod in cluster.pods] == ["store-0"]
    workload.scale(0)
    assert cluster.pods == []
    workload.scale(3)
    cluster.wait_ready(timeout=30)
    assert [pod.name for pod in cluster.pods] == ["store-0", "store-1", "store-2"]
