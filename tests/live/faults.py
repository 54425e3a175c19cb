"""What goes wrong in a cluster, on purpose.

A container that is killed is started again by the kubelet, first after a second; a pod that is gone
is followed by another one, at another address and of a StatefulSet under the same name.
"""

import contextlib
import signal
from collections.abc import Iterable, Iterator, Sequence

from tests.live.cluster import Cluster
from tests.live.pod import Pod
from tests.live.workloads import Workload, at_once

_PATIENCE = 10.0
"""Seconds that the kernel may take over the end of a process."""


def crash(pod: Pod, container: str = "") -> None:
    """Kill a container with SIGKILL, one by name or the one that the pod is about, and return when
    it has ended: what is acknowledged from then on, it has not acknowledged."""
    chosen = pod.containers[container] if container else pod.container
    if not chosen.send(signal.SIGKILL).ended.wait(_PATIENCE):
        msg = f"{pod.name} {chosen.name} has not ended within {_PATIENCE} s"
        raise TimeoutError(msg)


def freeze(pod: Pod, container: str = "") -> None:
    """Stop the processes of a container, or of all of the pod's that run, as they are, until
    `thaw`."""
    _send(pod, container, signal.SIGSTOP)


def thaw(pod: Pod, container: str = "") -> None:
    """Have what is frozen go on."""
    _send(pod, container, signal.SIGCONT)


def evict(cluster: Cluster, pod: Pod, grace: float | None = None) -> Pod:
    """Stop a pod as `kubectl delete pod` does, with its hooks and its time, and return the one
    that follows."""
    pod.stop(grace)
    return owner(cluster, pod).replace(pod)


def evict_all(cluster: Cluster, pods: Sequence[Pod], grace: float | None = None) -> list[Pod]:
    """Stop pods at the same moment, each with its hooks and its time, and start all that follow
    at the same moment."""
    at_once(lambda pod: pod.stop(grace), pods)
    return [owner(cluster, pod).replace(pod) for pod in pods]


def lose(cluster: Cluster, pod: Pod, *, claims: bool = False) -> Pod:
    """Have a pod gone without a word, with the volumes that its StatefulSet made or without, and
    return the one that follows."""
    pod.kill()
    if claims:
        for claim in pod.identity.claims.values():
            cluster.node.claims.delete(pod.namespace, claim["metadata"]["name"])
    return owner(cluster, pod).replace(pod)


def lose_all(cluster: Cluster, pods: Sequence[Pod]) -> list[Pod]:
    """Have pods gone at the same moment, and start all that follow at the same moment."""
    at_once(lambda pod: pod.kill(), pods)
    return [owner(cluster, pod).replace(pod) for pod in pods]


@contextlib.contextmanager
def cut_from(cluster: Cluster, pod: Pod, others: Iterable[Pod]) -> Iterator[None]:
    """Drop everything between a pod and some others until the context is left, also what is sent
    over connections that are open. Pods that follow any of them are not cut off."""
    chosen = list(others)
    if not chosen:
        msg = f"{pod.name} would be cut from nobody"
        raise LookupError(msg)
    cluster.fabric.cut(pod, *chosen)
    try:
        yield
    finally:
        cluster.fabric.rejoin(pod)


def peers(cluster: Cluster, pod: Pod) -> list[Pod]:
    """The other pods of its workload."""
    return [other for other in owner(cluster, pod).pods if other is not pod]


def strangers(cluster: Cluster, pod: Pod) -> list[Pod]:
    """All pods that are not of its workload, clients among them."""
    own = owner(cluster, pod).pods
    return [other for other in cluster.everybody if other not in own]


def owner(cluster: Cluster, pod: Pod) -> Workload:
    """The workload that a pod belongs to; raises `LookupError` where it belongs to none."""
    for workload in cluster.workloads:
        if pod in workload.pods:
            return workload
    msg = f"{pod.name} belongs to no workload"
    raise LookupError(msg)


def _send(pod: Pod, container: str, number: signal.Signals) -> None:
    running = [item for item in pod.containers.values() if item.instance]
    for item in [pod.containers[container]] if container else running:
        item.send(number)
