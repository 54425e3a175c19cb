"""Workloads: how many pods of each kind there are, at the least, in a rollout, at the most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal, NamedTuple

from constructs_lib.placement.amounts import NO_DEFAULTS, Defaults, containers_of
from constructs_lib.placement.kinds import REVISION, PodKind, PodSource, pod_kind
from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.pods import PodTemplate, mapping, value_at

Runs = Literal["always", "now and then", "when asked", "everywhere"]

_SYSTEM_PRIORITIES = {
    "system-cluster-critical": 2_000_000_000,
    "system-node-critical": 2_000_001_000,
}
_DAEMON_TAINTS = (
    "not-ready",
    "unreachable",
    "disk-pressure",
    "memory-pressure",
    "pid-pressure",
    "unschedulable",
)
"""Taints that the controller lets every DaemonSet tolerate.
https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations"""


@dataclass(frozen=True, eq=False)
class Workload:
    """One object that makes pods."""

    kind: PodKind
    runs: Runs
    """``always``; ``now and then``: Jobs, and CronJobs by their schedule; ``when asked``: suspended
    ones; ``everywhere``: a pod on each node."""

    replicas: int
    """Pods there are at the least: what an autoscaler starts with, or what one run makes."""

    most: int
    """Pods there are when its autoscaler is at its maximum."""

    next: PodKind | None = None
    """The pods of the next revision, where a rollout starts them beside the old ones."""

    surge: int = 0
    """How many of those start before an old pod has gone."""


class _Scale(NamedTuple):
    least: int
    most: int


class Settings(NamedTuple):
    """What other objects say about the pods of workloads."""

    defaults: Mapping[str, Defaults]
    """By namespace."""
    priorities: Mapping[str, int]
    """By name of the PriorityClass."""
    scales: Mapping[tuple[str, str, str], _Scale]
    """By namespace, kind and name of what is scaled."""
    overheads: Mapping[str, Mapping[str, Any]]
    """RuntimeClasses by name."""


def settings_of(objects: Sequence[Manifest], defaults: Mapping[str, Defaults]) -> Settings:
    """What ``objects`` say about the pods of others."""
    priorities = {
        str(value_at(item, "metadata.name")): int(item.get("value") or 0)
        for item in objects
        if item.get("kind") == "PriorityClass"
    }
    overheads = {
        str(value_at(item, "metadata.name")): item
        for item in objects
        if item.get("kind") == "RuntimeClass"
    }
    return Settings(defaults, {**_SYSTEM_PRIORITIES, **priorities}, _scales(objects), overheads)


def _scales(objects: Sequence[Manifest]) -> dict[tuple[str, str, str], _Scale]:
    found = {}
    for item in objects:
        if item.get("kind") not in ("HorizontalPodAutoscaler", "ScaledObject"):
            continue
        spec = mapping(item.get("spec"))
        target = mapping(spec.get("scaleTargetRef"))
        namespace = str(value_at(item, "metadata.namespace") or "")
        if item.get("kind") == "HorizontalPodAutoscaler":
            scale = _Scale(int(_given(spec, "minReplicas", 1)), int(_given(spec, "maxReplicas", 1)))
        else:
            least = int(_given(spec, "minReplicaCount", 0))
            scale = _Scale(least, int(_given(spec, "maxReplicaCount", 100)))
        key = (namespace, str(target.get("kind", "Deployment")), str(target.get("name")))
        found[key] = scale
    return found


def workload(template: PodTemplate, settings: Settings) -> Workload:
    """The workload that makes the pods of ``template``; ``ValueError`` for a wrong quantity."""
    owner, spec = template.owner, mapping(template.owner.get("spec"))
    sort = str(owner.get("kind"))
    source = _source(template, settings)
    if sort in ("Job", "CronJob"):
        job = spec if sort == "Job" else mapping(value_at(spec, "jobTemplate.spec"))
        runs: Runs = "when asked" if spec.get("suspend") else "now and then"
        parallel = _parallel(job)
        return Workload(pod_kind(source), runs, parallel, parallel)
    if sort == "DaemonSet":
        return _daemons(source, spec)
    given = 1 if sort == "Pod" else int(_given(spec, "replicas", 1))
    key = (source.namespace, sort, str(value_at(owner, "metadata.name")))
    scale = settings.scales.get(key, _Scale(given, given))
    least = min(max(given, scale.least), scale.most)
    if sort != "Deployment":
        return Workload(pod_kind(source), "always", least, max(least, scale.most))
    surge = min(_surge(spec.get("strategy"), least, "25%", "25%"), least)
    old = source._replace(labels={**source.labels, REVISION: "old"})
    new = source._replace(labels={**source.labels, REVISION: "new"})
    beside = pod_kind(new) if surge else None
    return Workload(pod_kind(old), "always", least, max(least, scale.most), beside, surge)


def _daemons(source: PodSource, spec: Manifest) -> Workload:
    tolerated = [
        {"key": f"node.kubernetes.io/{name}", "operator": "Exists"} for name in _DAEMON_TAINTS
    ]
    pod = {**source.spec, "tolerations": [*(source.spec.get("tolerations") or ()), *tolerated]}
    kind = pod_kind(source._replace(spec=pod))
    surge = _surge(spec.get("updateStrategy"), 1, 0, 0)
    return Workload(kind, "everywhere", 0, 0, kind if surge else None, surge)


def _source(template: PodTemplate, settings: Settings) -> PodSource:
    owner = template.owner
    above = template.path.rpartition(".")[0]
    metadata = mapping(value_at(owner, f"{above}.metadata".lstrip(".")))
    namespace = str(value_at(owner, "metadata.namespace") or "default")
    spec = _with_runtime(template.spec, settings)
    containers = containers_of(spec, settings.defaults.get(namespace, NO_DEFAULTS))
    priority = settings.priorities.get(str(spec.get("priorityClassName")), 0)
    own = tuple(_own_claims(owner, spec, namespace))
    labels = mapping(metadata.get("labels"))
    return PodSource(described(owner), namespace, labels, spec, containers, priority, own)


def _with_runtime(spec: Manifest, settings: Settings) -> Manifest:
    """``spec`` with what admission takes over from its RuntimeClass."""
    runtime = settings.overheads.get(str(spec.get("runtimeClassName")))
    if runtime is None:
        return spec
    scheduling = mapping(runtime.get("scheduling"))
    return {
        **spec,
        "overhead": spec.get("overhead") or value_at(runtime, "overhead.podFixed"),
        "nodeSelector": {
            **mapping(spec.get("nodeSelector")),
            **mapping(scheduling.get("nodeSelector")),
        },
        "tolerations": [
            *(spec.get("tolerations") or ()),
            *(scheduling.get("tolerations") or ()),
        ],
    }


def _own_claims(owner: Manifest, spec: Manifest, namespace: str) -> list[str]:
    name = value_at(owner, "metadata.name")
    templates = value_at(owner, "spec.volumeClaimTemplates") or ()
    ephemeral = [v.get("name") for v in spec.get("volumes") or () if v.get("ephemeral")]
    return [
        *(f"{namespace}/{value_at(t, 'metadata.name')}-{name}-" for t in templates),
        *(f"{namespace}/{name}-{volume}-" for volume in ephemeral),
    ]


def _surge(strategy: Any, replicas: int, surge: int | str, unavailable: int | str) -> int:
    """Pods that a rollout starts before an old one goes; none where old ones may go first.

    ``surge`` and ``unavailable`` are what the API server takes where nothing is said.
    """
    if mapping(strategy).get("type", "RollingUpdate") != "RollingUpdate":
        return 0
    rolling = mapping(mapping(strategy).get("rollingUpdate"))
    if _share(_given(rolling, "maxUnavailable", unavailable), replicas, ROUND_FLOOR) > 0:
        return 0
    return _share(_given(rolling, "maxSurge", surge), replicas, ROUND_CEILING)


def _share(share: Any, replicas: int, rounding: str) -> int:
    text = str(share)
    if not text.endswith("%"):
        return int(text)
    exact = Decimal(text.removesuffix("%")) * replicas / 100
    return int(exact.to_integral_value(rounding))


def _parallel(job: Manifest) -> int:
    parallel = int(_given(job, "parallelism", 1))
    return min(parallel, int(_given(job, "completions", parallel)))


def _given(spec: Manifest, field: str, default: Any) -> Any:
    """A field, or what the API server takes where it is left out."""
    return default if spec.get(field) is None else spec[field]
