"""Which objects ``up`` has created, and so ``down`` may delete.

Each of them bears a label. An object that was there before gets none, whoever made it, so it is
never deleted. Claims that a StatefulSet makes bear no label of their own: immutable as the set's
templates are, a label there would make every other way to apply it fail.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from constructs_lib.cli.rendered import key_of
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.identity import identity_of
from constructs_lib.rules.pods import mapping, value_at

LABEL = "nova-constructs/created-by"
VALUE = "nova-local"
SELECTOR = f"{LABEL}={VALUE}"

PASSING = ("endpoints", "endpointslices.discovery.k8s.io", "events", "events.events.k8s.io")
"""What controllers make for other objects, Services' labels and all, and remove by themselves."""

_EVERYWHERE = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}


def labels_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The labels of an object."""
    return mapping(value_at(body, "metadata.labels"))


def is_ours(body: Mapping[str, Any]) -> bool:
    """Whether ``up`` created an object."""
    return labels_of(body).get(LABEL) == VALUE


def marked(manifests: Sequence[Manifest], present: Iterable[Manifest]) -> list[Manifest]:
    """``manifests``, with the label on those that are not among the foreign ones of ``present``."""
    foreign = {identity_of(body) for body in present if not is_ours(body)}
    return [
        manifest if identity_of(manifest) in foreign else _labelled(manifest)
        for manifest in manifests
    ]


def _labelled(manifest: Manifest) -> Manifest:
    body = copy.copy(dict(manifest))
    metadata = dict(mapping(body.get("metadata")))
    metadata["labels"] = {**mapping(metadata.get("labels")), LABEL: VALUE}
    body["metadata"] = metadata
    return body


def claims_of(sets: Sequence[Manifest], claims: Sequence[Manifest]) -> list[Manifest]:
    """The claims that were made for the pods of ``sets``, and those that bear the label.

    A claim's name is its template's, the set's and the pod's number. One that is older than the set
    was there before it, and its data may be anybody's.
    """
    return [
        claim for claim in claims if is_ours(claim) or any(_made_for(claim, one) for one in sets)
    ]


def _made_for(claim: Manifest, one: Manifest) -> bool:
    key, of = key_of(claim), key_of(one)
    names = [
        re.escape(str(value_at(template, "metadata.name")))
        for template in value_at(one, "spec.volumeClaimTemplates") or ()
    ]
    pattern = f"(?:{'|'.join(names)})-{re.escape(of.name)}-[0-9]+"
    named = bool(names) and key.namespace == of.namespace and re.fullmatch(pattern, key.name)
    return bool(named) and _created(claim) >= _created(one)


def _created(body: Manifest) -> str:
    return str(value_at(body, "metadata.creationTimestamp") or "")


def left_in(namespace: str, objects: Iterable[Manifest]) -> list[Manifest]:
    """The objects that keep a namespace from being deleted: somebody made them, or they hold data.

    Not among them is what every namespace has, what belongs to another object, and what is on its
    way out already.
    """
    return [
        body
        for body in objects
        if key_of(body).namespace == namespace
        and (key_of(body).kind, key_of(body).name) not in _EVERYWHERE
        and not value_at(body, "metadata.ownerReferences")
        and not value_at(body, "metadata.deletionTimestamp")
        and not _token(body)
    ]


def _token(body: Manifest) -> bool:
    return body.get("type") == "kubernetes.io/service-account-token"
