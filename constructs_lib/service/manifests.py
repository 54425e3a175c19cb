"""Whole objects that belong to a workload, as they were given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.errors import Problem
from constructs_lib.json_body import object_problems
from constructs_lib.naming import OBJECT_LIMIT, name_problems

_IDENTITY = ("apiVersion", "kind", "metadata")
_RBAC = "rbac.authorization.k8s.io/"
_RBAC_NAME = re.compile(r"(?!\.{1,2}$)[^/%]+")


def manifest_problems(manifests: tuple[Mapping[str, Any], ...]) -> Iterator[Problem]:
    """Whether each is an object of Kubernetes, with a name that can exist."""
    for index, manifest in enumerate(manifests):
        where, metadata = f"extra_manifests[{index}]", manifest.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        version = manifest.get("apiVersion")
        unfit = list(object_problems(where, manifest))
        yield from unfit
        if isinstance(version, str) and manifest.get("kind") and isinstance(name, str):
            # Roles may be called ``team:reader``.
            if not (version.startswith(_RBAC) and _RBAC_NAME.fullmatch(name)):
                yield from name_problems(f"{where}.metadata.name", name, limit=OBJECT_LIMIT)
        elif not unfit:
            # Not the rest: it may be a Secret.
            shown = {key: manifest[key] for key in _IDENTITY if key in manifest}
            fix = "give it apiVersion, kind and metadata.name"
            yield Problem(where, shown, "is no Kubernetes object", fix)
