"""Pods that ask each other, those of services and others that nobody has declared."""

from dataclasses import replace

from tests.live.cluster import Cluster
from tests.live.images import IMAGES
from tests.live.manifests import Document
from tests.live.pod import Pod

WITH_PYTHON = {**IMAGES, "nginx": replace(IMAGES["nginx"], paths=IMAGES["patroni"].paths)}
"""Images where the stand-in of a service has the clients of stores that the tests have."""

DROPPED = "curl 28"
"""What becomes of a packet that a policy does not let through."""

ARRIVED = "curl 7"
"""What becomes of one that reaches a pod where nobody listens."""

_LABELS = {"tests": "may-send"}
_TIMES = 5


def may_send(namespace: str) -> Document:
    """A policy for strangers of a namespace, which is closed to both sides: they send anything."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "strangers-may-send", "namespace": namespace},
        "spec": {
            "podSelector": {"matchLabels": _LABELS},
            "policyTypes": ["Egress"],
            "egress": [{}],
        },
    }


def stranger(cluster: Cluster, namespace: str) -> Pod:
    """A pod of ``namespace`` that may send anything, by :func:`may_send`, and is let in nowhere."""
    return cluster.client(namespace, _LABELS)


def asked(pod: Pod, url: str, *, seconds: int = 1) -> str:
    """What is answered there, or the exit code of curl: 7 is refused, 28 is no answer in time.

    Variables in ``url`` are the pod's own. To find a name takes some of the time: a test that looks
    at what was sent gives more of it, and so does one that waits for an answer.
    """
    curl = f'curl -sS -m {seconds} "{url}"'
    done = pod.run("sh", "-c", curl, timeout=20)
    return done.stdout if done.returncode == 0 else f"curl {done.returncode}"


def is_dropped(cluster: Cluster, pod: Pod, url: str, target: Pod, port: int) -> bool:
    """Whether nothing answers a pod there, and a policy says that it has dropped what was sent.

    It is asked again where nothing was sent in time, as where the name was not found yet.
    """
    wanted = (pod.name, target.name, "tcp", port)
    for _ in range(_TIMES):
        if asked(pod, url, seconds=3) != DROPPED:
            return False
        if wanted in cluster.blocked():
            return True
    return False
