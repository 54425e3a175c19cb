"""Volume claims: which of them tie the pods that share them to one place.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from constructs_lib.placement.amounts import amount
from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.pods import mapping, pod_templates, value_at

Tie = Literal["none", "node", "pod"]


class Claim(NamedTuple):
    """A claim, or all claims of one template."""

    name: str
    """``namespace/name``; of a template what its claims' names begin with."""

    owner: str
    """The object that asks for it."""

    namespace: str
    tie: Tie
    """``node``: pods that mount it have to be on one node, and so in the zone where its volume was
    made for the first; ``pod``: one pod mounts it at a time; ``none``: no such bound."""

    size: int
    storage_class: str | None
    per_pod: bool
    """Whether each pod of its owner has one of its own."""


def claims_of(objects: Sequence[Manifest]) -> list[Claim]:
    """Every claim that ``objects`` ask for; raises ``ValueError`` for a wrong quantity."""
    found = [
        _claim(item, str(value_at(item, "metadata.name")), item.get("spec"), per_pod=False)
        for item in objects
        if item.get("kind") == "PersistentVolumeClaim"
    ]
    for item in objects:
        if item.get("kind") != "StatefulSet":
            continue
        name = value_at(item, "metadata.name")
        for template in value_at(item, "spec.volumeClaimTemplates") or ():
            prefix = f"{value_at(template, 'metadata.name')}-{name}-"
            found.append(_claim(item, prefix, template.get("spec"), per_pod=True))
    found += _ephemeral(objects)
    return found


def _ephemeral(objects: Sequence[Manifest]) -> Iterator[Claim]:
    for pod in pod_templates(objects):
        for volume in pod.spec.get("volumes") or ():
            spec = value_at(volume, "ephemeral.volumeClaimTemplate.spec")
            if spec is not None:
                prefix = f"{value_at(pod.owner, 'metadata.name')}-{volume.get('name')}-"
                yield _claim(pod.owner, prefix, spec, per_pod=True)


def _claim(owner: Manifest, name: str, spec: object, *, per_pod: bool) -> Claim:
    body = mapping(spec)
    namespace = str(value_at(owner, "metadata.namespace") or "default")
    size = amount("storage", str(value_at(body, "resources.requests.storage") or 0))
    return Claim(
        f"{namespace}/{name}",
        described(owner),
        namespace,
        _tie(body.get("accessModes") or ()),
        size,
        body.get("storageClassName"),
        per_pod,
    )


def _tie(modes: Sequence[str]) -> Tie:
    if "ReadWriteMany" in modes or "ReadOnlyMany" in modes:
        return "none"
    return "pod" if "ReadWriteOncePod" in modes else "node"
