"""What an API server refuses to change: two renders of the same objects, compared.

A GitOps controller stops at such an object, and what comes after it is not applied either. The
fields are those that the API reference calls immutable,
https://kubernetes.io/docs/reference/kubernetes-api/ .
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.identity import identity_of
from constructs_lib.rules.pods import mapping

IMMUTABLE = "revisions/immutable"

_RECREATE = "keep it, or delete the object before this is applied"
_RENAME = "give the object another name: what is to run again is another object"
_REPLACE_SET = (
    "keep it, or grow its claims by hand and delete the set with its pods left alone (kubectl "
    "delete statefulset NAME --cascade=orphan) before this is applied"
)
_SET_MAY_CHANGE = frozenset(
    {"minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "replicas"}
    | {"revisionHistoryLimit", "template", "updateStrategy"}
)
_CLAIM_MAY_CHANGE = frozenset({"resources", "volumeAttributesClassName"})

_Fields = Callable[[Manifest], Mapping[str, Any]]


def refused_changes(before: Sequence[Manifest], after: Sequence[Manifest]) -> list[Finding]:
    """A finding for each field of ``after`` that an API server with ``before`` would not take."""
    known = {identity_of(manifest): manifest for manifest in before}
    return [
        Finding(IMMUTABLE, described(manifest), f"{field} differs, and can never change", fix)
        for manifest in after
        if (old := known.get(identity_of(manifest))) is not None
        for field, fix in _changes(old, manifest)
    ]


def _changes(old: Manifest, new: Manifest) -> list[tuple[str, str]]:
    if new["kind"] not in _KINDS:
        return []
    fields, fix = _KINDS[new["kind"]]
    if fields is _SEALED and not old.get("immutable"):
        return []
    was, becomes = fields(old), fields(new)
    return [(name, fix) for name in sorted({*was, *becomes}) if was.get(name) != becomes.get(name)]


def _spec_but(changing: frozenset[str]) -> _Fields:
    def fields(manifest: Manifest) -> Mapping[str, Any]:
        spec = mapping(manifest.get("spec"))
        return {f"spec.{name}": value for name, value in spec.items() if name not in changing}

    return fields


def _spec(*names: str) -> _Fields:
    def fields(manifest: Manifest) -> Mapping[str, Any]:
        spec = mapping(manifest.get("spec"))
        return {f"spec.{name}": spec.get(name) for name in names}

    return fields


def _own(*names: str) -> _Fields:
    return lambda manifest: {name: manifest.get(name) for name in names}


_SEALED = _own("data", "immutable", "stringData")
"""Of objects that say that they never change; others have nothing of the kind."""

_KINDS: Mapping[str, tuple[_Fields, str]] = {
    "ClusterRoleBinding": (_own("roleRef"), _RECREATE),
    "ConfigMap": (_SEALED, _RENAME),
    "DaemonSet": (_spec("selector"), _RECREATE),
    "Deployment": (_spec("selector"), _RECREATE),
    "Job": (_spec("completionMode", "completions", "selector", "template"), _RENAME),
    "PersistentVolumeClaim": (_spec_but(_CLAIM_MAY_CHANGE), _RECREATE),
    "PriorityClass": (_own("preemptionPolicy", "value"), _RECREATE),
    "RoleBinding": (_own("roleRef"), _RECREATE),
    "Secret": (_SEALED, _RENAME),
    "Service": (_spec("clusterIP"), _RECREATE),
    "StatefulSet": (_spec_but(_SET_MAY_CHANGE), _REPLACE_SET),
    "StorageClass": (
        _own("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
        _RECREATE,
    ),
}
"""What never changes of each kind, and what to do."""
