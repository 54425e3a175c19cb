"""Evictions that a PodDisruptionBudget grants, holds back or refuses."""

from collections.abc import Iterator

import pytest

from tests.live.cluster import Cluster
from tests.live.drain import drain, healthy_wanted, refusal
from tests.live.manifests import Document, ManifestError, parse
from tests.live.node import Timing

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
        args: ['trap "exit 0" TERM; touch /run/ready; while :; do sleep 60 & wait $!; done']
        readinessProbe:
          exec: {command: [test, -e, /run/ready]}
          periodSeconds: 1
          timeoutSeconds: 10
          failureThreshold: 1
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: store, namespace: tests}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: {matchLabels: {app: store}}
"""


def with_budget(**spec: object) -> list[Document]:
    *others, budget = parse(SYSTEM)
    selector = {"matchLabels": {"app": "store"}}
    return [*others, {**budget, "spec": {"selector": selector, **spec}}]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(parse(SYSTEM), timing=Timing(restart=0.1)) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


def test_pods_are_drained_one_after_the_other(cluster: Cluster) -> None:
    before, earlier = list(cluster.pods), cluster.journal.size()

    following = drain(cluster, before, timeout=60)
    cluster.wait_ready(timeout=30)

    assert following == cluster.pods
    assert [pod.name for pod in following] == [pod.name for pod in before]
    assert not {*before} & {*following}
    assert [pod.container.exit_codes for pod in before] == [[0]] * 3
    story = cluster.journal.lines()[earlier:]
    words = [word for line in story for word in ("is terminating", "ready: True") if word in line]
    assert words == ["is terminating", "ready: True"] * 3


def test_a_pod_that_is_not_ready_uses_up_the_budget_and_may_go_itself(cluster: Cluster) -> None:
    sick, *others = cluster.pods
    assert [refusal(cluster, pod) for pod in cluster.pods] == [""] * 3

    sick.run("rm", "/run/ready")
    cluster.wait(lambda: not sick.ready, 30, "it is not ready")

    assert refusal(cluster, sick) == ""
    assert {refusal(cluster, pod) for pod in others} == {"store: 2 are healthy, 2 have to be"}
    with pytest.raises(TimeoutError, match="2 are healthy, 2 have to be"):
        drain(cluster, others, timeout=0.5)
    drain(cluster, [sick], timeout=30)
    cluster.wait_ready(timeout=30)


def test_a_budget_that_leaves_nothing_refuses_for_ever() -> None:
    with Cluster(with_budget(minAvailable="100%")) as cluster:
        cluster.start("StatefulSet/store")
        cluster.wait_ready(timeout=30)
        with pytest.raises(TimeoutError, match="store: 3 are healthy, 3 have to be"):
            drain(cluster, cluster.pods, timeout=0.5)
        assert all(pod.ready for pod in cluster.pods)

        sick = cluster.pods[0]
        sick.run("rm", "/run/ready")
        cluster.wait(lambda: not sick.ready, 30, "it is not ready")
        # Nor does what is not ready go, unless the budget says so.
        assert refusal(cluster, sick) == "store: 2 are healthy, 3 have to be"


def test_what_has_two_budgets_is_never_evicted() -> None:
    *system, budget = parse(SYSTEM)
    second = {**budget, "metadata": {"name": "second", "namespace": "tests"}}
    with Cluster([*system, budget, second]) as cluster:
        cluster.start()
        with pytest.raises(ManifestError, match=r"more than one .*: store, second"):
            refusal(cluster, cluster.pods[0])


@pytest.mark.parametrize(
    ("spec", "expected", "wanted"),
    [
        ({"maxUnavailable": 1}, 3, 2),
        ({"maxUnavailable": 1}, 0, 0),
        ({"maxUnavailable": "34%"}, 3, 1),
        ({"maxUnavailable": 0}, 3, 3),
        ({"minAvailable": 2}, 3, 2),
        ({"minAvailable": "51%"}, 3, 2),
        ({"minAvailable": "50%"}, 5, 3),
    ],
    ids=str,
)
def test_shares_are_rounded_up(spec: Document, expected: int, wanted: int) -> None:
    assert healthy_wanted(spec, expected) == wanted
