"""Limits that are enforced: memory of containers, size of volumes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.cgroups import parent_group
from tests.live.cluster import Cluster
from tests.live.faults import lose
from tests.live.machine import missing_for_volumes
from tests.live.manifests import parse
from tests.live.one_pod import FOREVER, claim, deployment, running
from tests.live.pod import Pod
from tests.live.traces import files_on_loops

STORE = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: tests}
spec:
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      terminationGracePeriodSeconds: 0
      securityContext: {runAsUser: 999, runAsGroup: 1000, fsGroup: 1000}
      containers:
      - name: store
        image: busybox
        command: [sleep, infinity]
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: data, mountPath: /part, subPath: part}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 16Mi}}}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(parse(STORE), bounded_claims=True) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


def fill(pod: Pod) -> str:
    return pod.run("dd", "if=/dev/zero", "of=/data/file", "bs=1M", timeout=30).stdout


@pytest.mark.bounded_claims
def test_a_volume_is_full_at_the_size_of_its_claim(cluster: Cluster) -> None:
    said = fill(cluster.pod("store-0"))

    assert "No space left on device" in said
    folder = cluster.node.claims.folder("tests", "data-store-0")
    assert 10 * 2**20 < (folder / "file").stat().st_size < 16 * 2**20
    assert cluster.pod("store-1").run("touch", "/data/file").returncode == 0


@pytest.mark.bounded_claims
def test_what_is_on_a_volume_outlives_pods_but_not_the_volume(cluster: Cluster) -> None:
    cluster.pod("store-1").run("sh", "-c", "echo kept | tee /data/file /part/file")

    kept = lose(cluster, cluster.pod("store-1"))
    cluster.wait_ready(timeout=30)
    assert kept.run("cat", "/data/file", "/data/part/file", "/part/file").stdout == "kept\n" * 3
    assert kept.run("stat", "-c", "%a %g", "/data").stdout == "2775 1000\n"

    lost = lose(cluster, kept, claims=True)
    cluster.wait_ready(timeout=30)
    assert lost.run("ls", "/data").stdout == "lost+found\npart\n"


@pytest.mark.bounded_claims
def test_this_machine_sees_nothing_of_bounded_volumes(cluster: Cluster) -> None:
    mounted = Path("/proc/self/mounts").read_text(encoding="utf-8")

    assert str(cluster.node.folder) not in mounted
    assert "/dev/loop" in cluster.pod("store-0").run("cat", "/proc/mounts").stdout


@pytest.mark.bounded_claims
def test_volumes_are_let_go_of_at_the_end() -> None:
    made = deployment(
        {"command": FOREVER, "volumeMounts": [{"name": "w", "mountPath": "/w"}]},
        volumes=[{"name": "w", "persistentVolumeClaim": {"claimName": "w"}}],
    )
    with running(made, claim("w", "8Mi"), bounded_claims=True) as (cluster, _):
        cluster.wait_ready(timeout=30)
        image = str(cluster.node.folder / "claims/.images/tests/w")
        assert image in loops()
    assert image not in loops()
    assert missing_for_volumes() == ""


def loops() -> str:
    return "\n".join(files_on_loops())


@pytest.mark.skipif(parent_group() is None, reason="no control group of memory can be made")
def test_a_container_that_needs_more_memory_than_its_limit_is_killed() -> None:
    many = "tail -c 64m /dev/zero"
    made = deployment(
        {"command": ["sh", "-c", many], "resources": {"limits": {"memory": "32Mi"}}},
        {"name": "two", "resources": {"limits": {"memory": "32Mi"}}},
    )
    with running(made) as (cluster, pod):
        two = pod.containers["two"]
        cluster.wait(lambda: bool(pod.container.exit_codes) and two.running, 30, "it is killed")
        assert pod.container.exit_codes[0] == 137
        # What is run inside counts too.
        assert pod.run("sh", "-c", many, container="two").returncode == 137
        assert two.exit_codes == []
        assert cluster.client("tests").run("tail", "-c", "64M", "/dev/zero").returncode == 0
