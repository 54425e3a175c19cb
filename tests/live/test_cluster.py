"""What holds for all pods of a cluster."""

from concurrent.futures import ThreadPoolExecutor

from tests.live.cluster import Cluster
from tests.live.pod import Pod
from tests.live.workloads import a_client


def test_pods_that_are_made_at_the_same_moment_have_nothing_in_common() -> None:
    count = 8
    with Cluster([]) as cluster:

        def make(number: int) -> Pod:
            return cluster._make(a_client("tests", f"pod-{number}", {}))

        with ThreadPoolExecutor(max_workers=count) as threads:
            pods = list(threads.map(make, range(count)))
        folders = {pod.container.order.scratch for pod in pods}

    assert len({pod.address for pod in pods}) == len(folders) == count
