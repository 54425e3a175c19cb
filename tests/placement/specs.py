"""Small workloads and clusters, of which a test changes what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.cluster import Cluster, NodePool
from constructs_lib.placement import unplaceable
from constructs_lib.placement.nodes import HOSTNAME, Pool, Taint, pools_of
from constructs_lib.placement.scene import scene
from constructs_lib.placement.simulation import Simulation, simulate
from constructs_lib.rules.findings import Finding

Body = dict[str, Any]

GIB = 2**30


def cluster(*pools: NodePool, **sizes: Any) -> Cluster:
    """A cluster of these pools, or of one: two nodes of 1 cpu and 1Gi unless said otherwise."""
    nodes = pools or (NodePool(**{"count": 2, "cpu": "1", "memory": "1Gi", **sizes}),)
    return Cluster(kubernetes="1.33", nodes=nodes, storage_class="fast")


def pool(name: str = "pool", count: int = 1, **fields: Any) -> Pool:
    """Nodes of 1 cpu and 1Gi with labels and taints."""
    allocatable = {"cpu": 1000, "memory": GIB, "pods": 110}
    most = fields.pop("most", count)
    return Pool(name, count, most, **{"allocatable": allocatable, **fields})


def tainted(key: str = "gpu", effect: str = "NoSchedule", value: str = "yes") -> tuple[Taint, ...]:
    """One taint."""
    return (Taint(key, value, effect),)


def container(cpu: str | None = "100m", memory: str | None = None, **fields: Any) -> Body:
    """A container that requests this much."""
    requests = {k: v for k, v in {"cpu": cpu, "memory": memory}.items() if v is not None}
    return {"name": "main", "resources": {"requests": requests}, **fields}


def workload(kind: str = "Deployment", name: str = "api", **fields: Any) -> Body:
    """A workload of pods that ask for ``cpu`` and ``memory``.

    ``pod`` are further fields of their spec, ``labels`` theirs, what is left is the object's spec.
    """
    asked = {key: fields.pop(key) for key in ("cpu", "memory") if key in fields}
    spec = {"containers": [container(**asked)], **fields.pop("pod", {})}
    labels = fields.pop("labels", {"app": name})
    template = {"metadata": {"labels": labels}, "spec": spec}
    if kind == "Pod":
        return thing(kind, name, spec=spec, labels=labels)
    if kind == "CronJob":
        job = {"template": template, **fields.pop("job", {})}
        return thing(kind, name, spec={"jobTemplate": {"spec": job}, **fields})
    return thing(kind, name, spec={"template": template, **fields})


def set_of(replicas: int, **fields: Any) -> Body:
    """A StatefulSet: no rollout of it starts a pod beside the old ones."""
    return workload("StatefulSet", replicas=replicas, **fields)


def thing(kind: str, name: str, *, namespace: str = "shop", **fields: Any) -> Body:
    """Any object."""
    metadata: Body = {"name": name, "namespace": namespace}
    if labels := fields.pop("labels", None):
        metadata["labels"] = labels
    return {"kind": kind, "metadata": metadata, **fields}


def autoscaler(least: int, most: int, target: str = "api") -> Body:
    """A HorizontalPodAutoscaler."""
    reference = {"kind": "Deployment", "name": target}
    spec = {"scaleTargetRef": reference, "minReplicas": least, "maxReplicas": most}
    return thing("HorizontalPodAutoscaler", target, spec=spec)


def near(sort: str, app: str, key: str = HOSTNAME, **fields: Any) -> Body:
    """``affinity`` that requires pods of ``app`` near (``podAffinity``) or far."""
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key, **fields}
    return {"affinity": {sort: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}


def spread(key: str, app: str = "api", **fields: Any) -> Body:
    """``topologySpreadConstraints`` with one that pods wait for."""
    constraint = {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": app}},
    }
    return {"topologySpreadConstraints": [{**constraint, **fields}]}


def claim(name: str, mode: str = "ReadWriteOnce", size: str = "1Gi") -> Body:
    """A claim of its own."""
    return thing("PersistentVolumeClaim", name, spec=claim_spec(mode, size))


def claim_spec(mode: str = "ReadWriteOnce", size: str = "1Gi") -> Body:
    """What a claim asks for."""
    return {"accessModes": [mode], "resources": {"requests": {"storage": size}}}


def mounting(name: str) -> Body:
    """``volumes`` with the claim of that name."""
    return {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]}


def recreate() -> Body:
    """The strategy under which old pods go first."""
    return {"type": "Recreate"}


def found(objects: Sequence[Mapping[str, Any]], nodes: Cluster | Sequence[Pool]) -> list[str]:
    """What is found, as messages say it."""
    return [finding.message for finding in findings(objects, nodes)]


def findings(
    objects: Sequence[Mapping[str, Any]], nodes: Cluster | Sequence[Pool]
) -> list[Finding]:
    """What is found."""
    if isinstance(nodes, Cluster):
        return unplaceable(objects, nodes)
    return list(simulated(objects, nodes).findings)


def simulated(objects: Sequence[Mapping[str, Any]], nodes: Cluster | Sequence[Pool]) -> Simulation:
    """The whole outcome."""
    pools = pools_of(nodes) if isinstance(nodes, Cluster) else nodes
    return simulate(scene(objects, pools))
