"""What goes wrong in a cluster, on purpose.

Signals are sent by `Container.send`; cuts are made by `Fabric.cut` and undone by `rejoin`.
"""

import threading
from collections.abc import Sequence

from tests.live.cluster import Cluster
from tests.live.pod import Pod
from tests.live.volumes import delete_claim


def evict(cluster: Cluster, pod: Pod, grace: float | None = None) -> Pod:
    """Stop a pod as `kubectl delete pod` does, and return the one that follows."""
    pod.stop(grace)
    return _follow(cluster, pod)


def lose(cluster: Cluster, pod: Pod, *, claims: bool = False) -> Pod:
    """Have a pod gone without a word, with its volumes or without, and return the one that
    follows: at another address, and of a StatefulSet under the same name."""
    pod.kill()
    if claims:
        for claim in pod.identity.claims.values():
            delete_claim(cluster.node.folder / "claims", pod.namespace, claim)
    return _follow(cluster, pod)


def lose_all(cluster: Cluster, pods: Sequence[Pod]) -> list[Pod]:
    """Have pods gone at the same moment, and start all that follow at the same moment."""
    ending = [threading.Thread(target=pod.kill) for pod in pods]
    for thread in ending:
        thread.start()
    for thread in ending:
        thread.join()
    return [_follow(cluster, pod) for pod in pods]


def _follow(cluster: Cluster, pod: Pod) -> Pod:
    for workload in cluster.workloads:
        if pod in workload.pods:
            return workload.replace(pod)
    msg = f"{pod.name} belongs to no workload"
    raise LookupError(msg)
