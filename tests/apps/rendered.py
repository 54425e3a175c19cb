"""Rendered objects, by what an engineer asks of them: by kind and name, and who may reach whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse

Document = Mapping[str, Any]

WORKLOADS = ("Deployment", "StatefulSet", "CronJob", "Job")

ANYBODY = frozenset({"0.0.0.0/0", "::/0"})


class Flow(NamedTuple):
    """One opening in a pod's network policies."""

    peer: str
    """The other side: ``namespace/app`` of pods, or an address range."""

    port: int | str
    """Port number, ``first-last`` of a range, or ``any``."""

    protocol: str


@dataclass(frozen=True)
class Rendered:
    """The objects of one environment."""

    environment: Environment
    files: Mapping[PurePosixPath, Sequence[Document]] = field(repr=False)

    def __call__(self, kind: str, name: str, *, namespace: str | None = None) -> Document:
        """The one object of that kind and name; ``namespace`` where several have one."""
        found = [
            item
            for item in self.every(kind, namespace=namespace)
            if item["metadata"]["name"] == name
        ]
        assert len(found) == 1, f"{len(found)} objects are {kind} {namespace}/{name}"
        return found[0]

    def every(self, kind: str, *, namespace: str | None = None) -> list[Document]:
        """All objects of a kind, in one namespace or in all."""
        return [
            item
            for item in self.objects
            if item["kind"] == kind and namespace in (None, item["metadata"].get("namespace"))
        ]

    @cached_property
    def objects(self) -> list[Document]:
        """All objects of all apps."""
        return [item for items in self.files.values() for item in items]

    def flows(self, pod: Document, direction: str) -> set[Flow]:
        """Everything that network policies open for the pods of a workload, ``ingress`` or
        ``egress``; what no flow lists is closed, provided a policy selects the pods at all."""
        return {
            flow
            for policy in self.policies(pod)
            if direction.title() in policy["spec"]["policyTypes"]
            for rule in policy["spec"].get(direction, ())
            for flow in _flows(rule, direction)
        }

    def workloads(self, *, namespace: str | None = None) -> list[Document]:
        """Everything that has pods, in one namespace or in all."""
        return [item for kind in WORKLOADS for item in self.every(kind, namespace=namespace)]

    def policies(self, workload: Document) -> list[Document]:
        """The network policies that select the pods of a workload."""
        namespace = workload["metadata"]["namespace"]
        labels = template_of(workload)["metadata"]["labels"]
        return [
            policy
            for policy in self.every("NetworkPolicy", namespace=namespace)
            if selects(policy["spec"]["podSelector"].get("matchLabels", {}), labels)
        ]


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether an object with ``labels`` is among those that ``selector`` means."""
    return selector.items() <= labels.items()


def template_of(workload: Document) -> Document:
    """What the pods of a workload of any kind are made from."""
    spec = workload["spec"]
    template: Document = (spec.get("jobTemplate", {}).get("spec") or spec)["template"]
    return template


def pod_spec(workload: Document) -> Document:
    """The pod of a workload."""
    spec: Document = template_of(workload)["spec"]
    return spec


def main_container(workload: Document) -> Document:
    """The container that a workload is about."""
    first: Document = pod_spec(workload)["containers"][0]
    return first


def all_containers(workload: Document) -> list[Document]:
    """Init containers too."""
    spec = pod_spec(workload)
    return [*spec.get("initContainers", ()), *spec["containers"]]


def ports_of(container: Document) -> set[tuple[int, str]]:
    """What a container listens on."""
    return {(port["containerPort"], port["protocol"]) for port in container["ports"]}


def served(service: Document) -> set[tuple[int, str]]:
    """What a Service offers."""
    return {(port["port"], port["protocol"]) for port in service["spec"]["ports"]}


def probed(container: Document, probe: str) -> tuple[str, int]:
    """Path and number of the port that an HTTP probe asks."""
    get = container[probe]["httpGet"]
    numbers = {port["name"]: port["containerPort"] for port in container["ports"]}
    return get["path"], numbers.get(get["port"], get["port"])


def secret_variables(container: Document) -> dict[str, tuple[str, str]]:
    """Secret and key behind each variable that has one."""
    return {
        item["name"]: (ref["name"], ref["key"])
        for item in container.get("env", ())
        if (ref := item.get("valueFrom", {}).get("secretKeyRef"))
    }


def amounts(values: Mapping[str, str]) -> dict[str, object]:
    """Resources as numbers, so that ``2`` and ``2000m`` are the same."""
    return {name: parse(text) for name, text in values.items()}


def annotation(manifest: Document, name: str) -> str:
    """An ingress-nginx annotation without its prefix."""
    value: str = manifest["metadata"]["annotations"][f"nginx.ingress.kubernetes.io/{name}"]
    return value


def routes(ingress: Document) -> dict[tuple[str, str], tuple[str, int]]:
    """Service and port behind each host and prefix of a path."""
    return {
        (rule["host"], path["path"]): (
            path["backend"]["service"]["name"],
            path["backend"]["service"]["port"]["number"],
        )
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
        if path["pathType"] == "Prefix"
    }


def _flows(rule: Document, direction: str) -> Iterator[Flow]:
    peers = rule.get("from" if direction == "ingress" else "to", [{}])
    ports = rule.get("ports", [{"protocol": "any"}])
    for peer in peers:
        for port in ports:
            yield Flow(_peer(peer), _port(port), port["protocol"])


def _peer(peer: Document) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    place = peer.get("namespaceSelector", {}).get("matchLabels", {})
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    app = labels.get("app.kubernetes.io/name", labels.get("k8s-app", "any"))
    return f"{place.get('kubernetes.io/metadata.name', 'any')}/{app}"


def _port(port: Document) -> int | str:
    if "endPort" in port:
        return f"{port['port']}-{port['endPort']}"
    number: int | str = port.get("port", "any")
    return number
