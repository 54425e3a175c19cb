"""Namespaces and what every one of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def namespace(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A Namespace."""
    metadata = {"name": name, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def default_deny(namespace_name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A NetworkPolicy that selects every pod and allows nothing.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
    """
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": namespace_name, "labels": dict(labels)},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
