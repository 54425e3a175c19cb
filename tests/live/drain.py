"""Evictions, as the API server grants or refuses them, and a drain that waits for its turn."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from tests.live.cluster import Cluster
from tests.live.faults import owner
from tests.live.manifests import Document, ManifestError, namespace_of, selects
from tests.live.pod import Pod


def refusal(cluster: Cluster, pod: Pod) -> str:
    """Why a pod may not be evicted at the moment, as its PodDisruptionBudget has it; empty where it
    may be."""
    labels = pod.identity.labels
    budgets = [
        item
        for item in cluster.manifests.every("PodDisruptionBudget", pod.namespace)
        if selects(item["spec"].get("selector", {}), labels)
    ]
    if len(budgets) > 1:
        names = ", ".join(item["metadata"]["name"] for item in budgets)
        msg = f"{pod.name} has more than one PodDisruptionBudget: {names}; none is ever evicted"
        raise ManifestError(msg)
    for item in budgets:
        healthy, wanted = _healthy(cluster, item)
        always = item["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"
        if not pod.ready and (always or healthy >= wanted > 0):
            return ""
        if healthy <= wanted:
            return f"{item['metadata']['name']}: {healthy} are healthy, {wanted} have to be"
    return ""


def drain(cluster: Cluster, pods: Sequence[Pod], timeout: float) -> list[Pod]:
    """Evict pods as `kubectl drain` does, each as soon as it may go, with its hooks and its time,
    and return those that follow; raises `TimeoutError`, having evicted what it could."""
    deadline = time.monotonic() + timeout
    waiting = list(pods)
    stopping: dict[Pod, Future[None]] = {}
    following: dict[Pod, Pod] = {}

    def stopped() -> list[Pod]:
        return [pod for pod, future in stopping.items() if future.done()]

    def allowed() -> list[Pod]:
        return [pod for pod in waiting if not refusal(cluster, pod)]

    with ThreadPoolExecutor(max_workers=len(pods)) as others:
        while waiting or stopping:
            reasons = "; ".join(refusal(cluster, pod) for pod in waiting[:1])
            left = deadline - time.monotonic()
            cluster.wait(lambda: bool(stopped() or allowed()), left, f"drained. {reasons}")
            for pod in stopped():
                stopping.pop(pod).result()
                following[pod] = owner(cluster, pod).replace(pod)
            for pod in allowed()[:1]:
                waiting.remove(pod)
                stopping[pod] = others.submit(pod.stop)
                # The next one is asked for when this one counts no longer.
                cluster.wait(partial(_leaves, pod), 10, f"{pod.name} is terminating")
    return [following[pod] for pod in pods]


def healthy_wanted(spec: Document, expected: int) -> int:
    """How many pods a budget wants healthy, of so many that there are to be."""
    if "minAvailable" in spec:
        return _number(spec["minAvailable"], expected)
    return max(expected - _number(spec.get("maxUnavailable", 1), expected), 0)


def _healthy(cluster: Cluster, budget: Document) -> tuple[int, int]:
    """How many of a budget's pods are healthy, and how many have to be."""
    selector = budget["spec"].get("selector", {})
    workloads = [
        workload
        for workload in cluster.workloads
        if workload.namespace == namespace_of(budget) and selects(selector, workload.labels)
    ]
    ready = sum(pod.ready for workload in workloads for pod in workload.pods)
    expected = sum(workload.replicas for workload in workloads)
    return ready, healthy_wanted(budget["spec"], expected)


def _leaves(pod: Pod) -> bool:
    return pod.terminating


def _number(value: int | str, expected: int) -> int:
    if isinstance(value, int):
        return value
    return math.ceil(expected * int(value.removesuffix("%")) / 100)
