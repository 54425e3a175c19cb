"""The schemas in ``crds/`` are written as schemas are, and true to the full ones they come from."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.schemas import definition

FILES = sorted((Path(__file__).parent.parent / "crds").glob("*.yaml"))
UPSTREAM = os.environ.get("CRDS")
TEXTS = {"description", "default", "properties", "items", "additionalProperties", "required"}
LIMITS = (
    {"type", "format", "pattern", "nullable", "minimum", "maximum", "minLength", "maxLength"}
    | {"minItems", "maxItems", "minProperties", "maxProperties", "anyOf", "allOf", "oneOf"}
    | {"x-kubernetes-int-or-string", "x-kubernetes-list-map-keys"}
)
LIST_TYPE = "x-kubernetes-list-type"  # "atomic" demands nothing and may be left out


def pairs(ours: Any, full: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Each schema node of ours, with its path and what upstream has there (None: nothing)."""
    yield path, ours, full
    full = full or {}
    for name, field in ours.get("properties", {}).items():
        yield from pairs(field, full.get("properties", {}).get(name), f"{path}.{name}")
    for word, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if word in ours:
            yield from pairs(ours[word], full.get(word), path + mark)


def differences(ours: Any, full: Any) -> list[str]:
    """Where a node of ours allows what upstream's refuses, or means something else."""
    found = [word for word in sorted(LIMITS) if ours.get(word) != full.get(word)]
    if "enum" in full and not set(ours.get("enum", [None])) <= set(full["enum"]):
        found.append("enum")
    if not set(full.get("required", [])) <= set(ours.get("required", [])):
        found.append("required")
    if len({node.get(LIST_TYPE, "atomic") for node in (ours, full)}) > 1:
        found.append(LIST_TYPE)
    return found


def versions_of(file: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    crd = yaml.safe_load(file.read_text(encoding="utf-8"))
    for version in crd["spec"]["versions"]:
        yield crd["spec"], version


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_schema_lists_every_field_and_uses_only_words_of_schemas(file: Path) -> None:
    words = TEXTS | LIMITS | {"enum", LIST_TYPE}
    for spec, version in versions_of(file):
        assert file.stem == f"{spec['group']}_{spec['names']['plural']}"
        for path, node, _ in pairs(version["schema"]["openAPIV3Schema"], None, "$"):
            assert node.keys() <= words, path
            assert set(node.get("required", [])) <= set(node.get("properties", {})), path


@pytest.mark.skipif(UPSTREAM is None, reason="CRDS names no folder of full schemas")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_schema_is_a_part_of_upstreams(file: Path) -> None:
    for spec, version in versions_of(file):
        full = definition(Path(UPSTREAM or ""), spec["group"], spec["names"]["kind"])
        if full is None:
            pytest.skip(f"{UPSTREAM} has no {spec['names']['kind']}")
        assert {**full["spec"]["names"], **spec["names"]} == full["spec"]["names"]
        schemas = {v["name"]: v["schema"]["openAPIV3Schema"] for v in full["spec"]["versions"]}
        root = version["schema"]["openAPIV3Schema"]
        for path, ours, theirs in pairs(root, schemas[version["name"]], "$"):
            assert theirs is not None, f"{path} is not in upstream's schema"
            assert differences(ours, theirs) == [], path
