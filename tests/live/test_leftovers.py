"""Nothing of a run is left, however it ends."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.cluster import Cluster
from tests.live.manifests import parse
from tests.live.pod import Pod

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
      containers: [{name: one, image: busybox, command: [sleep, "4321"]}]
"""
RUN = f"""
from tests.live.cluster import Cluster
from tests.live.manifests import parse
with Cluster(parse('''{SYSTEM}''')) as cluster:
    cluster.start()
    cluster.wait_ready(timeout=10)
    print(cluster.node.folder, flush=True)
    cluster.wait(lambda: False, 60, "the end")
"""


@pytest.fixture
def run() -> Iterator[subprocess.Popen[str]]:
    """A run of another process, with its pods ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process(
    run: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert run.stdout
    folder = Path(run.stdout.readline().strip())
    assert len(processes(folder)) == 2

    run.send_signal(number)
    run.wait(10)

    deadline = time.monotonic() + 3
    while processes(folder) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes(folder) == []
    if number != signal.SIGINT:  # which is the only one of them that Python acts upon
        with Cluster([]):
            pass  # removes the folder of a run that was killed
    assert not folder.exists()


def test_two_runs_do_not_meet(run: subprocess.Popen[str]) -> None:
    assert run.stdout
    run.stdout.readline()

    with Cluster(parse(SYSTEM)) as cluster:
        cluster.start()
        cluster.wait_ready(timeout=10)
        # The same addresses, in another network.
        assert [pod.address for pod in cluster.pods] == ["10.244.0.3", "10.244.0.4"]
    assert run.poll() is None


def test_a_test_that_fails_leaves_nothing() -> None:
    def fail() -> None:
        with Cluster(parse(SYSTEM)) as cluster:
            cluster.start()
            cluster.wait_ready(timeout=10)
            folders.append(cluster.node.folder)
            pods.extend(cluster.pods)
            raise ZeroDivisionError

    folders: list[Path] = []
    pods: list[Pod] = []
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(ZeroDivisionError):
        fail()

    assert processes(folders[0]) == []
    assert not folders[0].exists()
    assert folders[0].parent == Path(tempfile.gettempdir())
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    assert not any(pod.container.running for pod in pods)


def processes(folder: Path) -> list[int]:
    """The processes whose root was built in a run's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            log = str((place / "fd" / "1").readlink())
            if log.startswith(str(folder)) and (place / "exe").exists():
                found.append(int(place.name))
        except OSError:
            continue
    return found
