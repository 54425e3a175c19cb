"""In which order objects reach the cluster, and leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.rules.findings import Manifest

_BUILT_IN = ("", "apps", "autoscaling", "batch", "policy")
_BUILT_IN_SUFFIX = ".k8s.io"
# CRDs whose group ends as those of Kubernetes do.
_ADDED = ("gateway.networking.k8s.io", "metrics.k8s.io", "snapshot.storage.k8s.io")
_LATE = (
    *("DaemonSet", "Deployment", "CronJob", "HorizontalPodAutoscaler"),
    *("Ingress", "Pod", "PodDisruptionBudget", "ReplicaSet"),
)


@dataclass(frozen=True)
class Phase:
    """Objects that are applied together."""

    name: str
    """What they are, in words for a progress line."""

    objects: tuple[Manifest, ...]
    """In the order they are rendered."""


PHASES = ("namespaces", "quotas", "custom resources", "configuration", "stores", "services")
"""Quotas come before what they count. Custom resources come before the rest, since they may make
the Secrets that pods read. A Job is with the stores: it prepares what services find in them."""


def in_order(manifests: Sequence[Manifest]) -> tuple[Phase, ...]:
    """All objects in phases, in the order to apply them; phases without objects are left out."""
    phases: dict[str, list[Manifest]] = {name: [] for name in PHASES}
    for manifest in manifests:
        phases[_phase_of(manifest)].append(manifest)
    return tuple(Phase(name, tuple(objects)) for name, objects in phases.items() if objects)


def _phase_of(manifest: Manifest) -> str:
    kind = str(manifest.get("kind"))
    if kind in ("Namespace", "CustomResourceDefinition"):
        return "namespaces"
    if kind in ("LimitRange", "ResourceQuota"):
        return "quotas"
    if is_custom(str(manifest.get("apiVersion", ""))):
        return "custom resources"
    if kind in ("StatefulSet", "Job"):
        return "stores"
    return "services" if kind in _LATE else "configuration"


def is_custom(api_version: str) -> bool:
    """Whether an apiVersion is not one of Kubernetes' own, so that a CRD has to bring it."""
    group = api_version.rpartition("/")[0]
    return group in _ADDED or not (group in _BUILT_IN or group.endswith(_BUILT_IN_SUFFIX))
