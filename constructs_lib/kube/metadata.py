"""Metadata of objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from constructs_lib.naming import INSTANCE, NAME


class Owner(Protocol):
    """The chart an object belongs to, as far as metadata needs it."""

    app_name: str
    app_namespace: str
    common_labels: dict[str, str]


def object_metadata(
    owner: Owner,
    name: str,
    *,
    workload: str | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Name, namespace, labels and annotations of an object that belongs to ``workload``.

    ``workload`` (default ``name``) becomes ``app.kubernetes.io/name``, so that
    ``kubectl get all -l app.kubernetes.io/name=...`` lists everything of one service.
    """
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": owner.app_namespace,
        "labels": {
            NAME: workload or name,
            INSTANCE: owner.app_name,
            **owner.common_labels,
            **(labels or {}),
        },
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return metadata
