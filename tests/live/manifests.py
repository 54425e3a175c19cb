"""Rendered objects by kind, namespace and name, and what is in ConfigMaps and Secrets."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Document = Mapping[str, Any]
Contents = Mapping[str, bytes]


class ManifestError(Exception):
    """A manifest that no cluster, or not this runner, can run."""


def load(*files: Path) -> list[Document]:
    """The objects in YAML files."""
    return [item for file in files for item in parse(file.read_text(encoding="utf-8"))]


def parse(text: str) -> list[Document]:
    """The objects in YAML."""
    return [item for item in yaml.safe_load_all(text) if item]


class Manifests:
    """Objects of one cluster."""

    def __init__(
        self,
        documents: Iterable[Document],
        secrets: Mapping[str, Mapping[str, str | bytes]] | None = None,
    ) -> None:
        self._documents = list(documents)
        self._secrets = {
            name: {key: _bytes(value) for key, value in values.items()}
            for name, values in (secrets or {}).items()
        }

    def add(self, item: Document) -> None:
        """Make another object, as somebody does by hand."""
        self._documents.append(item)

    def remove(self, item: Document) -> None:
        """Remove an object."""
        self._documents.remove(item)

    def every(self, kind: str, namespace: str | None = None) -> Iterator[Document]:
        """All objects of a kind, of one namespace or of all."""
        for item in self._documents:
            if item["kind"] == kind and namespace in (None, namespace_of(item)):
                yield item

    def find(self, kind: str, namespace: str, name: str) -> Document | None:
        """An object, if there is one."""
        for item in self.every(kind, namespace):
            if item["metadata"]["name"] == name:
                return item
        return None

    def named(self, name: str) -> Document:
        """The one object that is ``kind/name`` or ``kind/namespace/name``."""
        kind, *place, last = name.split("/")
        found = [
            item
            for item in self.every(kind)
            if item["metadata"]["name"] == last and place in ([], [namespace_of(item)])
        ]
        if len(found) != 1:
            msg = f"{len(found)} objects are {name}"
            raise ManifestError(msg)
        return found[0]

    def config_map(self, namespace: str, name: str) -> Contents | None:
        """What is in a ConfigMap."""
        item = self.find("ConfigMap", namespace, name)
        if item is None:
            return None
        data = {key: text.encode() for key, text in item.get("data", {}).items()}
        return data | {
            key: base64.b64decode(text) for key, text in item.get("binaryData", {}).items()
        }

    def secret(self, namespace: str, name: str) -> Contents | None:
        """What is in a Secret: as the test has handed it in, or as it is rendered."""
        handed_in = self._secrets.get(f"{namespace}/{name}", self._secrets.get(name))
        item = self.find("Secret", namespace, name)
        if handed_in is not None or item is None:
            return handed_in
        data = {key: base64.b64decode(text) for key, text in item.get("data", {}).items()}
        return data | {key: text.encode() for key, text in item.get("stringData", {}).items()}

    def namespace_labels(self, namespace: str) -> Mapping[str, str]:
        """The labels that policies select a namespace by."""
        found = self.find("Namespace", "", namespace)
        labels = found["metadata"].get("labels", {}) if found else {}
        return {"kubernetes.io/metadata.name": namespace, **labels}


def namespace_of(item: Document) -> str:
    """The namespace of an object; empty for what has none."""
    if item["kind"] == "Namespace":
        return ""
    return str(item["metadata"].get("namespace", "default"))


def selects(selector: Document, labels: Mapping[str, str]) -> bool:
    """Whether a label selector means an object with these labels; an empty one means all."""
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        _meets(expression, labels) for expression in selector.get("matchExpressions", ())
    )


def _meets(expression: Document, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return value is not None
        case _:
            return value is None


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
