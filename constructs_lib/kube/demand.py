"""What the objects of a namespace ask for at their busiest, counted as the API server does.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from constructs_lib.errors import Problem, PropsError
from constructs_lib.kube.workloads import RollingUpdate
from constructs_lib.quantity import Starts, at_its_busiest, cpu, memory, parse

Amounts = dict[str, Decimal]
"""Cores, bytes and counts, by the name that a ResourceQuota has for them."""

COMPUTE = ("cpu", "memory", "ephemeral-storage")

PODS = "pods"
CLAIMS = "persistentvolumeclaims"
STORAGE = "requests.storage"
LOAD_BALANCERS = "services.loadbalancers"

OF_CONTAINERS = tuple(f"{way}.{kind}" for way in ("requests", "limits") for kind in COMPUTE)
FIGURES = (PODS, *OF_CONTAINERS, CLAIMS, STORAGE, LOAD_BALANCERS)

_NOTHING = Decimal(0)
_TEMPLATED = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
)


class Asked(NamedTuple):
    """So many of the same, asked for by one object."""

    owner: str
    """The object, for example ``StatefulSet db``."""

    times: int
    """How many there are when the namespace is busiest."""

    each: Amounts
    """What one of them takes."""


class Container(NamedTuple):
    """One container of a pod template."""

    path: str
    """Where it stands, for example ``StatefulSet db: containers[db]``."""

    amounts: Amounts
    """Its requests and limits, as far as it has any."""


class Demand(NamedTuple):
    """What a namespace asks for at its busiest."""

    asked: tuple[Asked, ...]
    """Pods, claims and load balancers."""

    containers: tuple[Container, ...]
    """The containers of all pods, one entry for each template."""

    def total(self, figure: str) -> Decimal:
        """The sum over everything there can be at once."""
        return sum((item.times * item.each.get(figure, _NOTHING) for item in self.asked), _NOTHING)

    def largest(self, figure: str) -> Decimal:
        """What the largest single pod or claim takes."""
        return max((item.each.get(figure, _NOTHING) for item in self.asked), default=_NOTHING)

    def stated(self, figure: str) -> bool:
        """Whether every container says it: a quota of CPU or memory refuses one that does not."""
        return all(figure in item.amounts for item in self.containers)

    def sum_of(self, figure: str) -> str:
        """The sum as somebody would write it down: ``12 x 250m (Deployment api) + ...``."""
        return " + ".join(
            f"{item.times} x {written(figure, item.each[figure])} ({item.owner})"
            for item in self.asked
            if item.times and item.each.get(figure)
        )


def demand(objects: Sequence[Mapping[str, Any]], *, nodes: int) -> Demand:
    """What ``objects`` of one namespace ask for, in a cluster of at most ``nodes`` nodes.

    Raises ``PropsError`` where a quantity in them cannot be read.
    """
    most = _most_replicas(objects)
    asked: list[Asked] = []
    containers: list[Container] = []
    for item in objects:
        kind, name, spec = item["kind"], item["metadata"]["name"], item.get("spec") or {}
        owner = f"{kind} {name}"
        replicas = max(_given(spec, "replicas", 1), most.get((kind, name), 0))
        pod = _pod_spec(kind, spec)
        if pod is not None:
            found = [
                Container(f"{owner}: {path}", amounts)
                for _starts, path, amounts in _each(owner, pod)
            ]
            containers += found
            pods = _pods(kind, spec, replicas, nodes)
            asked.append(Asked(owner, pods, {PODS: Decimal(1), **_pod_amounts(owner, pod)}))
            asked += [Asked(owner, pods, claim) for claim in _ephemeral_claims(owner, pod)]
        for claim in spec.get("volumeClaimTemplates") or ():
            asked.append(Asked(owner, replicas, _claim(owner, claim["spec"])))
        if kind == "PersistentVolumeClaim":
            asked.append(Asked(owner, 1, _claim(owner, spec)))
        if kind == "Service" and spec.get("type") == "LoadBalancer":
            asked.append(Asked(owner, 1, {LOAD_BALANCERS: Decimal(1)}))
    return Demand(tuple(asked), tuple(containers))


def amounts_of(owner: str, path: str, resources: Mapping[str, Any] | None) -> Amounts:
    """Requests and limits as they are written in ``resources``, which stand at ``path``."""
    return {
        f"{way}.{kind}": _number(owner, f"{path}.{way}.{kind}", amount)
        for way in ("requests", "limits")
        for kind, amount in ((resources or {}).get(way) or {}).items()
        if kind in COMPUTE and amount is not None
    }


def written(figure: str, amount: Decimal) -> str:
    """``amount`` as Kubernetes writes it."""
    if figure.endswith(".cpu"):
        return cpu(amount)
    return memory(amount) if figure in (*OF_CONTAINERS, STORAGE) else str(int(amount))


def _most_replicas(objects: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Replicas that autoscalers may ask for, by kind and name of what they scale."""
    scalers = [o["spec"] for o in objects if o["kind"] == "HorizontalPodAutoscaler"]
    targets = [(spec["scaleTargetRef"], spec["maxReplicas"]) for spec in scalers]
    return {(target["kind"], target["name"]): most for target, most in targets}


def _pod_spec(kind: str, spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pod that an object of ``kind`` makes; None where it makes none."""
    found: Mapping[str, Any] | None = None
    if kind == "Pod":
        found = spec
    elif kind == "CronJob":
        found = spec["jobTemplate"]["spec"]["template"]["spec"]
    elif kind in _TEMPLATED:
        found = spec["template"]["spec"]
    return found


def _pods(kind: str, spec: Mapping[str, Any], replicas: int, nodes: int) -> int:
    """How many pods there can be at once, those that are on their way out left aside."""
    match kind:
        case "Deployment":
            return replicas + _surge(spec.get("strategy"), replicas, "25%")
        case "DaemonSet":
            return nodes + _surge(spec.get("updateStrategy"), nodes, 0)
        case "Job":
            return _parallel(spec)
        case "CronJob":
            # A quota is also what keeps runs that never end from piling up.
            runs = 2 if _given(spec, "concurrencyPolicy", "Allow") == "Allow" else 1
            return runs * _parallel(spec["jobTemplate"]["spec"])
        case "Pod":
            return 1
    return replicas


def _surge(strategy: Mapping[str, Any] | None, replicas: int, default: int | str) -> int:
    """Pods above ``replicas`` in a rollout, also where old ones may go first to make room.

    A surge that a quota refuses is tried again after waits that double, so the rollout would crawl.
    """
    strategy = strategy or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return 0
    share = _given(strategy.get("rollingUpdate") or {}, "maxSurge", default)
    return RollingUpdate(max_surge=share).pods_above(replicas)


def _parallel(job: Mapping[str, Any]) -> int:
    parallel = _given(job, "parallelism", 1)
    return int(min(parallel, _given(job, "completions", parallel)))


def _each(owner: str, pod: Mapping[str, Any]) -> Iterator[tuple[Starts, str, Amounts]]:
    """Every container of a pod, and what it asks for; a limit is also the request it lacks."""
    for kind in ("initContainers", "containers"):
        for item in pod.get(kind) or ():
            path = f"{kind}[{item['name']}]"
            stated = amounts_of(owner, f"{path}.resources", item.get("resources"))
            limits = {
                name.replace("limits", "requests"): amount
                for name, amount in stated.items()
                if name.startswith("limits")
            }
            first: Starts = "sidecar" if item.get("restartPolicy") == "Always" else "init"
            yield "main" if kind == "containers" else first, path, {**limits, **stated}


def _pod_amounts(owner: str, pod: Mapping[str, Any]) -> Amounts:
    """What one pod takes of the figures that containers have."""
    whole = at_its_busiest((starts, amounts) for starts, _path, amounts in _each(owner, pod))
    # What a pod states as a whole goes before the sum of its containers (Kubernetes 1.34).
    return {**whole, **amounts_of(owner, "resources", pod.get("resources"))}


def _ephemeral_claims(owner: str, pod: Mapping[str, Any]) -> list[Amounts]:
    """Claims that come and go with each pod."""
    volumes = [item["ephemeral"] for item in pod.get("volumes") or () if item.get("ephemeral")]
    return [_claim(owner, volume["volumeClaimTemplate"]["spec"]) for volume in volumes]


def _claim(owner: str, spec: Mapping[str, Any]) -> Amounts:
    size = _number(owner, STORAGE, spec["resources"]["requests"]["storage"])
    return {CLAIMS: Decimal(1), STORAGE: size}


def _number(owner: str, field: str, amount: object) -> Decimal:
    try:
        return parse(str(amount))
    except ValueError:
        why = "is not a quantity that can be counted"
        fix = "write one such as '250m' or '1Gi'"
        raise PropsError(owner, [Problem(field, amount, why, fix)]) from None


def _given(spec: Mapping[str, Any], field: str, default: Any) -> Any:
    """A field, or what the API server takes where it is left out."""
    return default if spec.get(field) is None else spec[field]
