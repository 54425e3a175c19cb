"""Whether an object of a kind has a field, by the schemas of the API server."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from apps.environments import PROD
from tests.operations.deployed import PROJECT
from tests.schemas import _definitions, definition

_VERSION: Final = PROD.cluster.kubernetes
_FOLDER: Final = Path(os.environ.get("CRDS") or PROJECT / "crds")
"""Full schemas of custom resources where they are given; the project's own leave status out."""

_CUSTOM: Final = {
    "ExternalSecret": "external-secrets.io",
    "Certificate": "cert-manager.io",
}


def has_field(kind: str, path: str) -> bool:
    """``path`` as ``custom-columns`` takes it: ``.status.conditions[0].reason``."""
    if kind in _CUSTOM and path.startswith(".status") and _FOLDER == PROJECT / "crds":
        return True
    schemas = _schemas(kind)
    return any(_has(schema, path) for schema in schemas)


def _has(schema: Any, path: str) -> bool:
    for name in re.sub(r"\[\d+\]", "", path).lstrip(".").split("."):
        schema = _resolved(schema)
        schema = _resolved(schema.get("items", schema))
        if name in schema.get("properties", {}):
            schema = schema["properties"][name]
        elif schema.get("additionalProperties"):
            schema = schema["additionalProperties"]
        else:
            return False
    return True


def _resolved(schema: Any) -> Any:
    name = schema.get("$ref", "").rpartition("/")[2] if isinstance(schema, Mapping) else ""
    return _definitions(_VERSION)["$defs"][name] if name else schema


def _schemas(kind: str) -> list[Any]:
    """One for each version of the kind that the server knows."""
    definitions = _definitions(_VERSION)["$defs"]
    if group := _CUSTOM.get(kind):
        found = definition(_FOLDER, group, kind)
        assert found is not None
        metadata = definitions["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]
        roots = [item["schema"]["openAPIV3Schema"] for item in found["spec"]["versions"]]
        return [{"properties": {**root["properties"], "metadata": metadata}} for root in roots]
    return [
        schema
        for schema in definitions.values()
        if [item["kind"] for item in schema.get("x-kubernetes-group-version-kind", ())] == [kind]
    ]
