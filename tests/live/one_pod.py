"""A Deployment of one pod, for tests of what a pod is given and what happens to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.live.cluster import Cluster
from tests.live.manifests import Document
from tests.live.pod import Pod

FOREVER = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 60 & wait $!; done"]


def deployment(*containers: Mapping[str, Any], **pod: Any) -> Document:
    """A Deployment of one pod."""
    labels = {"app": "one"}
    filled = [{"name": "one", "image": "busybox", "command": FOREVER, **c} for c in containers]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "one", "namespace": "tests"},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, "annotations": {"note": "kept"}},
                "spec": {"terminationGracePeriodSeconds": 3, **pod, "containers": filled},
            },
        },
    }


def claim(name: str, storage: str = "1Gi") -> Document:
    """A volume that pods share."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "tests"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": storage}},
        },
    }


@contextmanager
def running(*documents: Document, **options: Any) -> Iterator[tuple[Cluster, Pod]]:
    """The only pod of the Deployment, started."""
    with Cluster(documents, **options) as cluster:
        cluster.start()
        yield cluster, cluster.pod("Deployment/one")
