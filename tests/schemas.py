"""Rendered objects against the schemas of the API server that will receive them.

Built-in kinds are checked with the strict schemas that ``kubernetes-validate`` ships, one set for
each Kubernetes minor version. Custom resources are checked with the CustomResourceDefinitions of a
folder: ``crds/``, or the full ones of their projects.
"""

import functools
import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

_BUNDLE = files("kubernetes_validate") / "kubernetes-json-schema"
_DEFINITIONS = "https://kubernetes.io/api/_definitions.json"
_SHOWN = 200


def newest_version() -> str:
    """The newest Kubernetes version there are schemas for, for example ``1.37``."""
    return _versions()[-1]


def kubernetes_problems(manifest: Mapping[str, Any], version: str) -> list[str]:
    """What the API server of Kubernetes ``version`` would refuse in a built-in object.

    Unknown fields are problems, although a server only warns of them: what it ignores was meant to
    do something.
    """
    validator = _kubernetes_validator(version, str(manifest["kind"]), str(manifest["apiVersion"]))
    if validator is None:
        served = f"{manifest['apiVersion']} {manifest['kind']}"
        return [f"{_named(manifest)}: $.apiVersion: Kubernetes {version} serves no {served}"]
    return _problems(manifest, validator.iter_errors(manifest))


def custom_resource_problems(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What does not fit the CustomResourceDefinition in ``folder``.

    Strict: a field the schema does not list is a problem, unless the schema keeps unknown fields.
    Not evaluated are the CEL rules (``x-kubernetes-validations``), so conditions between several
    fields go unseen; ``format`` is not evaluated either.
    """
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    served = _custom_validators(folder, group, str(manifest["kind"]))
    if not served:
        where = f"no schema of {group} {manifest['kind']} in {folder.name}/"
        return [f"{_named(manifest)}: $.kind: {where}"]
    if version not in served:
        listed = ", ".join(sorted(served))
        return [f"{_named(manifest)}: $.apiVersion: {version} is not served, only {listed}"]
    metadata = manifest.get("metadata", {})
    return [
        *_problems(manifest, _metadata_validator().iter_errors(metadata), root="$.metadata"),
        *_problems(manifest, served[version].iter_errors(manifest)),
    ]


def is_custom(manifest: Mapping[str, Any]) -> bool:
    """Whether the object's API group belongs to an operator and not to Kubernetes itself."""
    return str(manifest["apiVersion"]).rpartition("/")[0] not in _builtin_groups()


def definition(folder: Path, group: str, kind: str) -> Mapping[str, Any] | None:
    """The CustomResourceDefinition of a kind, from the files ``<group>_*.yaml`` of ``folder``."""
    mention = re.compile(rf"\bkind: {kind}\b")
    for file in sorted(folder.glob(f"{group}_*.yaml")):
        text = file.read_text(encoding="utf-8")
        if not mention.search(text):  # parsing the full schemas takes seconds
            continue
        for document in yaml.load_all(text, Loader=_Loader):
            if document and document["spec"]["names"]["kind"] == kind:
                return dict(document)
    return None


class _Loader(yaml.CSafeLoader):
    """Reads ``=`` as the text it is; YAML 1.1 has a type for it that PyYAML has no value for."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _loader, node: str(node.value))


@functools.cache
def _versions() -> tuple[str, ...]:
    names = (re.fullmatch(r"v(\d+)\.(\d+)\.\d+-local-strict", f.name) for f in _BUNDLE.iterdir())
    minors = sorted((int(name[1]), int(name[2])) for name in names if name)
    return tuple(f"{major}.{minor}" for major, minor in minors)


@functools.cache
def _definitions(version: str) -> dict[str, Any]:
    if version not in _versions():
        known = f"{_versions()[0]} to {newest_version()}"
        msg = f"no schemas for Kubernetes {version!r}; there are schemas for {known}"
        raise ValueError(msg)
    return _bundled(version, "_definitions.json")


def _bundled(version: str, name: str) -> dict[str, Any]:
    file = _BUNDLE / f"v{version}.0-local-strict" / name
    return dict(json.loads(file.read_text(encoding="utf-8")))


@functools.cache
def _registry(version: str) -> Registry[Any]:
    empty: Registry[Any] = Registry()
    return empty.with_contents([(_DEFINITIONS, _definitions(version))])


@functools.cache
def _kubernetes_validator(version: str, kind: str, api_version: str) -> Validator | None:
    registry = _registry(version)
    # Files are called after the first part of the group, as in "role-rbac-v1".
    group, _, served = api_version.rpartition("/")
    parts = [kind.lower(), *([group.partition(".")[0]] if group else []), served]
    try:
        schema = _bundled(version, f"{'-'.join(parts)}.json")
    except FileNotFoundError:
        return None
    kinds = schema.get("x-kubernetes-group-version-kind", [])
    if {"group": group, "version": served, "kind": kind} not in kinds:
        return None
    return Draft202012Validator(schema, registry=registry)


@functools.cache
def _metadata_validator() -> Validator:
    name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    schema = {"$ref": f"{_DEFINITIONS}#/$defs/{name}"}
    return Draft202012Validator(schema, registry=_registry(newest_version()))


@functools.cache
def _builtin_groups() -> frozenset[str]:
    schemas = _definitions(newest_version())["$defs"].values()
    names = [n for schema in schemas for n in schema.get("x-kubernetes-group-version-kind", [])]
    return frozenset(name["group"] for name in names)


@functools.cache
def _custom_validators(folder: Path, group: str, kind: str) -> dict[str, Validator]:
    found = definition(folder, group, kind)
    versions = found["spec"]["versions"] if found else []
    return {
        version["name"]: _CustomResourceValidator(_root(version["schema"]["openAPIV3Schema"]))
        for version in versions
        if version["served"]
    }


def _root(schema: Mapping[str, Any]) -> dict[str, Any]:
    strict = _strict(schema)
    # Every object has these three, whatever its schema says of them; metadata is checked apart.
    always = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
    strict["properties"] = {**strict.get("properties", {}), **always}
    return strict


_WORDS = frozenset(
    {"type", "required", "enum", "pattern", "minimum", "maximum", "multipleOf", "uniqueItems"}
    | {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
    | {"x-kubernetes-list-map-keys"}
)


def _strict(schema: Mapping[str, Any], *, close: bool = True) -> dict[str, Any]:
    """The JSON Schema of an OpenAPI one; ``close`` refuses fields that it does not list."""
    out: dict[str, Any] = {word: schema[word] for word in _WORDS & schema.keys()}
    if "properties" in schema:
        fields = schema["properties"].items()
        out["properties"] = {name: _strict(field, close=close) for name, field in fields}
    if "items" in schema:
        out["items"] = _strict(schema["items"], close=close)
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        out["additionalProperties"] = _strict(values, close=close)
    elif close and schema.get("type") == "object" and not _open(schema):
        out["additionalProperties"] = False
    # Branches only add conditions; the fields are listed beside them.
    for word in {"allOf", "anyOf", "oneOf"} & schema.keys():
        out[word] = [_strict(branch, close=False) for branch in schema[word]]
    if "not" in schema:
        out["not"] = _strict(schema["not"], close=False)
    if schema.get("x-kubernetes-list-type") == "set":
        out["uniqueItems"] = True
    if "(?i)" in out.get("pattern", ""):
        # Go takes the flag anywhere, Python at the beginning only.
        out["pattern"] = f"(?i){out['pattern'].replace('(?i)', '')}"
    return _with_other_types(schema, out)


def _open(schema: Mapping[str, Any]) -> bool:
    keeps = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")
    return bool(schema.get("additionalProperties") or any(schema.get(word) for word in keeps))


def _with_other_types(schema: Mapping[str, Any], out: dict[str, Any]) -> dict[str, Any]:
    if schema.get("x-kubernetes-int-or-string"):
        out.pop("anyOf", None)
        out["type"] = ["integer", "string"]
    if schema.get("nullable"):
        types = out.get("type", [])
        out["type"] = [*([types] if isinstance(types, str) else types), "null"]
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
    return out


def _unique_keys(
    _validator: Validator, keys: list[str], instance: object, _schema: object
) -> Iterator[ValidationError]:
    seen: set[Hashable] = set()
    for entry in instance if isinstance(instance, list) else []:
        key = tuple(entry.get(name) for name in keys) if isinstance(entry, Mapping) else ()
        if key in seen:
            yield ValidationError(f"two entries with the same {', '.join(keys)}: {key!r}")
        seen.add(key)


_CustomResourceValidator = extend(  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    Draft202012Validator, {"x-kubernetes-list-map-keys": _unique_keys}
)


def _named(manifest: Mapping[str, Any]) -> str:
    metadata = manifest.get("metadata", {})
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{manifest['kind']} {place}{metadata.get('name', '(no name)')}"


def _problems(
    manifest: Mapping[str, Any], errors: Iterable[ValidationError], root: str = "$"
) -> list[str]:
    lines = (f"{root}{error.json_path[1:]}: {_reason(error)}" for error in errors)
    return [f"{_named(manifest)}: {line}" for line in sorted(lines)]


def _reason(error: ValidationError) -> str:
    schema, instance = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(schema, Mapping):
        fields = instance if isinstance(instance, Mapping) else {}
        unknown = sorted(fields.keys() - schema.get("properties", {}).keys())
        return f"unknown field {', '.join(map(repr, unknown))}"
    message = error.message
    return message if len(message) <= _SHOWN else f"{message[:80]} … {message[-80:]}"
