"""What an object is known by in a cluster belongs to one object of a render."""

from collections import Counter
from collections.abc import Sequence

from constructs_lib.rules.findings import Finding, Manifest, described

UNIQUE = "identity/unique"


def unique(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each API group, kind, namespace and name that several objects share.

    The version is no part of it: ``autoscaling/v1`` and ``autoscaling/v2`` serve the same objects.
    Objects without a name are left out, since the server makes one up from ``generateName``.
    """
    named = [m for m in manifests if (m.get("metadata") or {}).get("name")]
    counts = Counter(map(_identity, named))
    first = {_identity(manifest): manifest for manifest in reversed(named)}
    return [
        Finding(
            rule=UNIQUE,
            object=described(first[identity]),
            message=f"{count} objects of API group {identity[0] or 'core'!r} have this identity, "
            "and the last one applied would replace the others",
            fix="render it once, or give each its own name",
        )
        for identity, count in counts.items()
        if count > 1
    ]


def _identity(manifest: Manifest) -> tuple[str, str, str, str]:
    metadata = manifest["metadata"]
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    namespace = str(metadata.get("namespace") or "")
    return group, str(manifest.get("kind")), namespace, str(metadata["name"])
