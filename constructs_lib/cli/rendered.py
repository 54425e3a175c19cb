"""What is rendered for ``local``: the objects, and what of a cluster they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.output import SUFFIX
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping, value_at

WORKLOADS = ("DaemonSet", "Deployment", "Job", "StatefulSet")
"""Kinds whose pods are expected to run, or, of a Job, to end well."""

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class Key(NamedTuple):
    """What a workload, or another namespaced object, is known by."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """As kinds and names are written in messages: ``StatefulSet nova-redis/redis``."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class Workload:
    """A rendered object that makes pods."""

    app: str
    """The folder it is rendered to."""

    key: Key
    """Kind, namespace, name."""

    body: Manifest
    """The whole object."""


def load(folder: Path) -> dict[str, list[Manifest]]:
    """The objects below ``folder`` by app, which is the name of the folder they are in.

    Raises ``CommandError`` where nothing is rendered there, or a file is no YAML.
    """
    files = sorted(folder.glob(f"*/*{SUFFIX}"))
    if not files:
        what = "holds nothing rendered" if folder.is_dir() else "is not there"
        msg = f"{folder} {what}; render it with `cdk8s synth`, or name another: --folder"
        raise CommandError(msg, Exit.MISSING)
    apps: dict[str, list[Manifest]] = {}
    for file in files:
        try:
            with file.open("rb") as text:
                documents = [entry for entry in yaml.load_all(text, yaml.CSafeLoader) if entry]
        except yaml.YAMLError as error:
            msg = f"{file} is no YAML: {error}; render it again with `cdk8s synth`"
            raise CommandError(msg, Exit.MISSING) from None
        apps.setdefault(file.parent.name, []).extend(documents)
    return apps


def workloads(apps: Mapping[str, Sequence[Manifest]]) -> tuple[Workload, ...]:
    """The rendered workloads, by app and in the order of their files."""
    return tuple(
        Workload(app, key_of(manifest), manifest)
        for app, manifests in apps.items()
        for manifest in manifests
        if manifest.get("kind") in WORKLOADS
    )


def key_of(manifest: Mapping[str, Any]) -> Key:
    """Kind, namespace and name of an object, rendered or answered."""
    metadata = mapping(manifest.get("metadata"))
    namespace = str(metadata.get("namespace") or "")
    return Key(str(manifest.get("kind")), namespace, str(metadata.get("name")))


def kinds_needed(manifests: Sequence[Manifest]) -> dict[tuple[str, str], Manifest]:
    """The apiVersion and kind of every object, each with the first object that has it."""
    needed: dict[tuple[str, str], Manifest] = {}
    for manifest in manifests:
        needed.setdefault((str(manifest.get("apiVersion")), str(manifest.get("kind"))), manifest)
    return needed


def storage_classes(manifests: Sequence[Manifest]) -> dict[str | None, Manifest]:
    """The storage classes that claims name, each with the first object that does.

    None stands for claims that leave it to the cluster's default class.
    """
    needed: dict[str | None, Manifest] = {}
    for manifest in manifests:
        for spec in _claims(manifest):
            needed.setdefault(spec.get("storageClassName"), manifest)
    # An empty name asks for no class at all, but for a volume that somebody has made by hand.
    needed.pop("", None)
    return needed


def ingress_classes(manifests: Sequence[Manifest]) -> dict[str, Manifest]:
    """The ingress classes that Ingresses name, each with the first that does."""
    needed: dict[str, Manifest] = {}
    for manifest in manifests:
        name = value_at(manifest, "spec.ingressClassName")
        if manifest.get("kind") == "Ingress" and name:
            needed.setdefault(str(name), manifest)
    return needed


def is_default(storage_class: Mapping[str, Any]) -> bool:
    """Whether claims without a class get this one."""
    annotations = mapping(value_at(storage_class, "metadata.annotations"))
    return annotations.get(_DEFAULT_CLASS) == "true"


def _claims(manifest: Manifest) -> Iterator[Manifest]:
    """The ``spec`` of each claim that an object is, or makes."""
    if manifest.get("kind") == "PersistentVolumeClaim":
        yield mapping(manifest.get("spec"))
    if manifest.get("kind") == "StatefulSet":
        for claim in value_at(manifest, "spec.volumeClaimTemplates") or ():
            yield mapping(mapping(claim).get("spec"))
