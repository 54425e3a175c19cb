"""Volumes that outlive pods.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import OBJECT_LIMIT, name_problems
from constructs_lib.quantity import memory, memory_problems, parse
from constructs_lib.values import Value


class Volume(Value):
    """A volume for each pod of a StatefulSet."""

    size: str = "10Gi"
    """Requested size. Default 10Gi, unless the environment sizes it. A StatefulSet's claims cannot
    be changed once it exists: growing one means growing each claim, then replacing the set with
    its pods left alone (``kubectl delete --cascade=orphan``)."""

    storage_class: str | None = None
    """StorageClass; None takes the cluster's."""

    when_deleted: Literal["Retain", "Delete"] = "Retain"
    """What becomes of the claims when the StatefulSet is deleted. Default Retain: a deletion by
    mistake loses no data.
    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention"""

    when_scaled: Literal["Retain", "Delete"] = "Retain"
    """What becomes of the claims of pods that are scaled away. Default Retain."""

    def problems(self) -> Iterator[Problem]:
        """Size and class."""
        yield from memory_problems("size", self.size, example="10Gi")
        if self.storage_class is not None:
            yield from name_problems("storage_class", self.storage_class, limit=OBJECT_LIMIT)


def claim_spec(size: str, storage_class: str) -> Body:
    """``spec`` of a claim that one node mounts at a time."""
    return {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class,
        "resources": {"requests": {"storage": memory(parse(size))}},
    }


def claim_template(name: str, size: str, storage_class: str) -> Body:
    """An entry of ``volumeClaimTemplates``.

    No labels: claim templates can never change, and labels may.
    """
    # Kind and version are what the API server adds; without them a GitOps controller sees a
    # difference for ever.
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": claim_spec(size, storage_class),
    }


def persistent_volume_claim(metadata: Body, size: str, storage_class: str) -> Body:
    """A claim of its own, for what belongs to no single pod."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": claim_spec(size, storage_class),
    }


def retention_policy(volume: Volume) -> Body:
    """``persistentVolumeClaimRetentionPolicy`` of a StatefulSet."""
    return body(whenDeleted=volume.when_deleted, whenScaled=volume.when_scaled)
