"""What ``dist/prod`` puts into a cluster, and what exists there because of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from tests.apps.rendered import Document, selects, template_of

PROJECT: Final = Path(__file__).parents[2]
DIST: Final = PROJECT / "dist" / "prod"

WITH_PODS: Final = ("Deployment", "StatefulSet", "CronJob", "Job")


@dataclass(frozen=True)
class Deployed:
    """The objects of every app."""

    objects: tuple[Document, ...]

    @classmethod
    def read(cls, folder: Path = DIST) -> "Deployed":
        """What lies below ``folder``."""
        files = sorted(folder.glob("*/*.k8s.yaml"))
        texts = (file.read_text(encoding="utf-8") for file in files)
        return cls(tuple(item for text in texts for item in yaml.load_all(text, yaml.CSafeLoader)))

    def every(self, *kinds: str, namespace: str | None = None) -> list[Document]:
        """All objects of some kinds, in one namespace or in all."""
        return [
            item
            for item in self.objects
            if item["kind"] in kinds and namespace in (None, item["metadata"].get("namespace"))
        ]

    def find(self, kind: str, namespace: str, name: str) -> Document | None:
        """The object of that name, or None."""
        found = [
            item
            for item in self.every(kind, namespace=namespace)
            if item["metadata"]["name"] == name
        ]
        return found[0] if found else None

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Those that are rendered."""
        return frozenset(item["metadata"]["name"] for item in self.every("Namespace"))

    @cached_property
    def pods(self) -> Mapping[tuple[str, str], Document]:
        """The StatefulSet of each of its pods, which have lasting names."""
        return {
            (item["metadata"]["namespace"], f"{item['metadata']['name']}-{number}"): item
            for item in self.every("StatefulSet")
            for number in range(item["spec"]["replicas"])
        }

    @cached_property
    def claims(self) -> frozenset[tuple[str, str]]:
        """Namespace and name of every claim, those of StatefulSets included."""
        own = {
            (item["metadata"]["namespace"], item["metadata"]["name"])
            for item in self.every("PersistentVolumeClaim")
        }
        return frozenset(own) | {
            (namespace, f"{template['metadata']['name']}-{pod}")
            for (namespace, pod), item in self.pods.items()
            for template in item["spec"].get("volumeClaimTemplates", ())
        }

    @cached_property
    def expected_config_maps(self) -> frozenset[tuple[str, str, str]]:
        """Namespace, name and key of ConfigMaps that pods read and nothing renders."""
        return frozenset(
            (item["metadata"]["namespace"], ref["name"], ref["key"])
            for item in self.every(*WITH_PODS)
            for container in containers_of(item)
            for entry in container.get("env", ())
            if (ref := entry.get("valueFrom", {}).get("configMapKeyRef"))
            and not self.find("ConfigMap", item["metadata"]["namespace"], ref["name"])
        )

    def selected(self, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Document]:
        """Objects with ``labels``; of pods, what they are made from."""
        if kind == "Pod":
            made = self.every(*WITH_PODS, namespace=namespace)
            return [i for i in made if selects(labels, template_of(i)["metadata"]["labels"])]
        found = self.every(kind, namespace=namespace)
        return [item for item in found if selects(labels, item["metadata"].get("labels", {}))]

    def peers_elsewhere(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Namespace and labels of pods that policies name and nothing renders."""
        for policy in self.every("NetworkPolicy"):
            for peer in peers_of(policy):
                labels = peer.get("namespaceSelector", {}).get("matchLabels", {})
                namespace = labels.get("kubernetes.io/metadata.name")
                if namespace and namespace not in self.namespaces:
                    yield namespace, peer.get("podSelector", {}).get("matchLabels", {})


def containers_of(workload: Document) -> list[Document]:
    """Init containers too."""
    spec: Any = template_of(workload)["spec"]
    return [*spec.get("initContainers", ()), *spec["containers"]]


def peers_of(policy: Document) -> Iterator[Document]:
    """Everybody on the other side, in both directions."""
    for rule in policy["spec"].get("ingress", ()):
        yield from rule.get("from", ())
    for rule in policy["spec"].get("egress", ()):
        yield from rule.get("to", ())
