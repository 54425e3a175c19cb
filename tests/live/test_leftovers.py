"""Nothing of a run is left, however it ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.cgroups import parent_group
from tests.live.cluster import Cluster
from tests.live.machine import missing_for_volumes
from tests.live.manifests import ManifestError, parse
from tests.live.pod import Pod
from tests.live.traces import Traces

PROJECT = Path(__file__).parents[2]
SYSTEM = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: one, namespace: tests}
spec:
  replicas: 2
  selector: {matchLabels: {app: one}}
  template:
    metadata: {labels: {app: one}}
    spec:
      shareProcessNamespace: true
      containers:
      - name: one
        image: busybox
        command: [sleep, "4321"]
        resources: {limits: {memory: 16Mi}}
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: task, namespace: tests}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: task, image: busybox, command: [sleep, "4321"]}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: tests}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Mi}}}
"""
BOUNDED = missing_for_volumes() == ""
# Tests as others are, one of which fails while the other one is what a run can be interrupted in.
TESTS = f"""
import pytest
from tests.live.cluster import Cluster
from tests.live.manifests import parse
from tests.live.traces import Traces

@pytest.fixture(scope="module")
def cluster():
    with Cluster(parse('''{SYSTEM}'''), bounded_claims={BOUNDED}) as cluster:
        cluster.start()
        cluster.wait_ready(timeout=20)
        yield cluster

def test_it_fails(cluster):
    with cluster.client("tests").spawn("sleep", "4321"):
        print("traces", Traces.of(cluster).text(), flush=True)
        raise ZeroDivisionError

def test_it_takes_long(cluster):
    cluster.start("Job/task")
    with cluster.client("tests").spawn("sh", "-c", "sleep 4321 & echo up; wait") as command:
        command.stdout.readline()
        cluster.wait(lambda: cluster.pod("Job/task").ready, 20, "the Job runs")
        print("traces", Traces.of(cluster).text(), flush=True)
        cluster.wait_complete("Job/task", timeout=60)
"""
PROCESSES = 2 * (2 + 2) + 2 + 2 + 3
"""Each of two pods has a container and what its processes are shared below, the Job and the client
have one container, and the client a command of two: all with what has started them."""


@contextmanager
def running_tests(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], Traces]]:
    """The tests above in another process, and what one of them has made."""
    file = folder / "test_it.py"
    file.write_text(TESTS, encoding="utf-8")
    # A shell ignores SIGINT for what it runs in the background, and so would everything below that.
    command = ["env", "--default-signal=INT"]
    command += [sys.executable, "-m", "pytest", "-sq", "-p", "no:cacheprovider"]
    command += ["-p", "tests.live.conftest", "--rootdir", str(folder), str(file), *words]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if "traces" in line)
            yield process, Traces.read(line.partition("traces")[2])
        finally:
            process.kill()


def assert_gone(traces: Traces) -> None:
    deadline = time.monotonic() + 20
    while traces.left() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert traces.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_tests_that_are_interrupted_leave_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with running_tests(tmp_path, "-k", "test_it_takes_long") as (process, traces):
        folder = Path(traces.folder)
        assert len(list(traces.processes())) >= PROCESSES
        assert len(traces.files_mounted()) == BOUNDED
        assert len(traces.groups()) == (0 if parent_group() is None else 3)
        assert folder.exists()

        process.send_signal(number)
        process.communicate(timeout=60)

        assert_gone(traces)
        if number != signal.SIGINT:  # which is the only one of them that Python acts upon
            with Cluster([]):
                pass  # removes the folder of a run that was killed
        assert not folder.exists()


def test_tests_that_fail_leave_nothing(tmp_path: Path) -> None:
    with running_tests(tmp_path, "-k", "test_it_fails") as (process, traces):
        process.wait(60)

        # As it was begun: to communicate would lose what has been read already, and not returned.
        assert process.stdout
        assert "1 failed" in process.stdout.read()
        assert_gone(traces)
        assert not Path(traces.folder).exists()


def test_two_runs_do_not_meet(tmp_path: Path) -> None:
    with (
        running_tests(tmp_path, "-k", "test_it_takes_long") as (process, _),
        Cluster(parse(SYSTEM)) as cluster,
    ):
        cluster.start()
        cluster.wait_ready(timeout=20)
        # The same addresses, in another network.
        assert [pod.address for pod in cluster.pods] == ["10.244.0.3", "10.244.0.4"]
        assert process.poll() is None


def test_a_cluster_that_is_left_by_an_error_leaves_nothing() -> None:
    def fail() -> None:
        with Cluster(parse(SYSTEM), bounded_claims=BOUNDED) as cluster:
            cluster.start()
            cluster.wait_ready(timeout=20)
            seen.append(Traces.of(cluster))
            pods.extend(cluster.pods)
            raise ZeroDivisionError

    seen: list[Traces] = []
    pods: list[Pod] = []
    descriptors = len(open_descriptors())
    with pytest.raises(ZeroDivisionError):
        fail()

    (traces,) = seen
    assert len(traces.networks) == 3
    assert traces.process == os.getpid()
    # At once, without anything that goes on behind the test's back.
    assert traces.left() == []
    assert not Path(traces.folder).exists()
    assert Path(traces.folder).parent == Path(tempfile.gettempdir())
    assert len(open_descriptors()) == descriptors
    assert not any(pod.container.running for pod in pods)


def test_a_pod_that_is_refused_leaves_no_descriptor() -> None:
    with Cluster(parse(SYSTEM.replace("image: busybox", "image: unknown"))) as cluster:
        descriptors = len(open_descriptors())
        with pytest.raises(ManifestError, match="nothing stands for image"):
            cluster.start()
        assert len(open_descriptors()) == descriptors


def open_descriptors() -> list[Path]:
    return list(Path("/proc/self/fd").iterdir())
