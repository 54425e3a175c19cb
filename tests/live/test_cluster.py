"""What holds for all pods of a cluster."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.cluster import Cluster
from tests.live.firewall import Firewall
from tests.live.network import Link
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


def test_what_is_cut_stays_cut_while_another_thread_enforces_what_was_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enforce, begun = Firewall.enforce, threading.Event()

    def late(firewall: Firewall, text: str) -> bool:
        if not begun.is_set():
            begun.set()
            time.sleep(0.5)
        return enforce(firewall, text)

    with Cluster([]) as cluster:
        one, other = cluster.client("tests"), cluster.client("tests")
        monkeypatch.setattr(Firewall, "enforce", late)
        earlier = threading.Thread(target=cluster.fabric.enforce)
        earlier.start()
        assert begun.wait(10)
        cluster.fabric.cut(one)
        earlier.join()

        ping = ("busybox", "ping", "-c", "1", "-W", "1", other.address)
        assert one.run(*ping).returncode == 1


def test_a_pod_is_removed_by_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    remove, removing, most = Link.remove, 0, 0

    def slowly(link: Link) -> None:
        nonlocal removing, most
        removing += 1
        most = max(most, removing)
        time.sleep(0.1)
        remove(link)
        removing -= 1

    with Cluster([]) as cluster:
        pod = cluster.client("tests")
        monkeypatch.setattr(Link, "remove", slowly)
        with ThreadPoolExecutor(max_workers=4) as threads:
            done = [threads.submit(pod.kill) for _ in range(4)]
        assert [future.result() for future in done] == [None] * 4

    assert most == 1
