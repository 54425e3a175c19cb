"""One Kubernetes object in a chart, rendered from a Python dict that crosses nothing.

cdk8s-plus' own objects filter what they render, patches included, through the schema of one
Kubernetes version, and lose newer fields without a word. A :class:`Manifest` renders its body as
it is. The body never travels to Node; only kind and metadata do, so that the object stands in the
construct tree, has a name there, and can be depended upon, labelled and patched like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import cdk8s
import jsii
from constructs import Construct

Body = Mapping[str, Any]
"""A whole object: apiVersion, kind, metadata and the rest."""

_SCALARS = frozenset({str, int, float, bool})

_CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterExternalSecret",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "GatewayClass",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)


class _NodeMetadata:
    """``manifest.metadata``, noting that somebody asked for it.

    Whoever holds it may add labels or owner references that only Node knows of. Asking Node for
    every object's metadata would cost more than all the rest of rendering, so it is asked where
    the attribute was read. Not a data descriptor: jsii would take it for an override.
    """

    def __get__(self, manifest: Manifest | None, owner: type) -> Any:
        if manifest is None:
            return self
        manifest.__dict__["_metadata_read"] = True
        return cast("property", cdk8s.ApiObject.metadata).__get__(manifest, owner)


class Manifest(cdk8s.ApiObject):
    """A Kubernetes object whose body is a Python dict; every key of it is rendered.

    A key that says None is left out, as Node would; an entry of a list that is None stays.
    """

    metadata: Any = _NodeMetadata()

    def __init__(self, scope: Construct, id: str, body: Body) -> None:  # noqa: A002
        """Put the object ``body`` into the chart of ``scope``.

        ``id`` names it among its siblings; ``body["metadata"]["name"]`` names the object, and the
        chart gives namespace and labels where the body has none.
        """
        self._body = body
        self._patches: list[cdk8s.JsonPatch] = []
        self._metadata_read = False
        super().__init__(
            scope,
            id,
            api_version=body["apiVersion"],
            kind=body["kind"],
            metadata=cdk8s.ApiObjectMetadata(**_typed_metadata(body["metadata"])),
        )

    @property
    def body(self) -> Body:
        """The object as it was given, before chart labels and patches."""
        return self._body

    def discard(self, *path: str) -> None:
        """Drop the key at ``path`` from the body."""
        self._body = _without(self._body, path)

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Apply RFC 6902 operations to what is rendered; none of their fields is lost."""
        self._patches.extend(ops)

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> Any:
        """The whole object, patches applied."""
        # Next to no body has any, and copying all of them would be felt in a large synth.
        rendered = _without_nulls(self._body) if _has_nulls(self._body) else dict(self._body)
        if self._metadata_read or self._needs_chart():
            node_side = super().to_json()["metadata"]
            rendered["metadata"] = _merged(self._body["metadata"], node_side, self._body["kind"])
        if self._patches:
            rendered = cdk8s.JsonPatch.apply(rendered, *self._patches)
        return rendered

    def _needs_chart(self) -> bool:
        """Whether the body left its namespace to the chart, as it does in another team's chart."""
        metadata = self._body["metadata"]
        return "namespace" not in metadata and self._body["kind"] not in _CLUSTER_SCOPED


def is_cluster_scoped(kind: str) -> bool:
    """Whether objects of ``kind`` belong to no namespace."""
    return kind in _CLUSTER_SCOPED


def _has_nulls(node: Any) -> bool:
    if isinstance(node, Mapping):
        node = node.values()
    elif not isinstance(node, list | tuple):
        return False
    return any(item is None or (type(item) not in _SCALARS and _has_nulls(item)) for item in node)


def _without_nulls(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _without_nulls(item) for key, item in node.items() if item is not None}
    if isinstance(node, list | tuple):
        return [_without_nulls(item) for item in node]
    return node


def _without(document: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    kept = {key: value for key, value in document.items() if key != first}
    if rest and first in document:
        return {**document, first: _without(document[first], tuple(rest))}
    return kept


def _typed_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    known = ("name", "namespace", "labels", "annotations")
    return {key: metadata[key] for key in known if metadata.get(key)}


def _merged(own: Mapping[str, Any], node_side: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Node's metadata in the order of our own, what only our own has kept."""
    merged: dict[str, Any] = {}
    for key in ("name", "namespace", *own, *node_side):
        if key in node_side or key in own:
            merged.setdefault(key, node_side.get(key, own.get(key)))
    if is_cluster_scoped(kind):
        merged.pop("namespace", None)
    return merged
