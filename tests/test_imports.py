"""Imports point one way, from apps down to values."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "constructs_lib"

CONSTRUCTS = ("service", "store", "observability", "gateway")
FOUNDATION = ("chart", "manifest", "secrets", "tree")
VALUES = (
    "bindings",
    "cluster",
    "endpoints",
    "environment",
    "errors",
    "json_body",
    "keys",
    "naming",
    "peers",
    "ports",
    "quantity",
    "refs",
    "resources",
    "values",
)

ALLOWED: dict[str, tuple[str, ...]] = {
    "": (*CONSTRUCTS, *FOUNDATION, *VALUES, "kube", "node", "output", "quota", "rules"),
    "node": (),
    "errors": (),
    "json_body": ("errors",),
    "naming": ("errors",),
    "quantity": ("errors",),
    "values": ("errors",),
    "peers": ("errors", "naming", "values"),
    "ports": ("errors", "naming", "values"),
    "endpoints": ("errors", "naming", "peers", "ports", "values"),
    "keys": ("errors", "naming", "values"),
    "bindings": ("endpoints", "errors", "keys", "naming", "values"),
    "refs": ("bindings", "endpoints", "keys", "peers", "ports"),
    "resources": ("errors", "quantity", "values"),
    "cluster": ("errors", "naming", "quantity", "refs", "values"),
    "environment": ("cluster", "errors", "naming", "quantity", "refs", "resources", "values"),
    "kube": ("kube", *VALUES),
    "manifest": VALUES,
    "tree": ("errors",),
    "chart": ("kube", "manifest", "tree", *VALUES),
    "secrets": ("chart", "kube", "manifest", "tree", *VALUES),
    "quota": ("chart", "kube", "manifest", "tree", *VALUES),
    "subjects": (),
    "rules": ("rules", "subjects"),
    "declared": ("chart", "kube", "refs", "rules", "secrets", "service"),
    "placement": ("placement", "rules", "cluster", "errors", "quantity"),
    "service": ("service", "kube", "subjects", *FOUNDATION, *VALUES),
    **dict.fromkeys(("gateway", "store"), (*CONSTRUCTS, "kube", *FOUNDATION, *VALUES)),
    "observability": (*CONSTRUCTS, "kube", "yaml_text", *FOUNDATION, *VALUES),
}
"""What each part of the library may import of it; parts not listed may import anything of it."""

FILES = sorted(LIBRARY.rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(file: Path) -> str:
    """The part of the library that a file belongs to; nothing for its ``__init__``."""
    return file.relative_to(LIBRARY).parts[0].removesuffix(".py").replace("__init__", "")


def of_library(module: str) -> str | None:
    """The part of the library that ``module`` is in, if it is."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == LIBRARY.name else None


files = pytest.mark.parametrize(
    "file", [pytest.param(file, id=str(file.relative_to(LIBRARY))) for file in FILES]
)


@files
def test_imports_point_down(file: Path) -> None:
    allowed = ALLOWED.get(part(file))
    used = {name for module in imported(file) if (name := of_library(module)) is not None}
    assert allowed is None or used <= set(allowed)


@files
def test_the_library_stands_alone(file: Path) -> None:
    tops = {module.partition(".")[0] for module in imported(file)}
    assert tops.isdisjoint({"imports", "apps", "tests", "main", "examples"})


@pytest.mark.parametrize("folder", ["kube", "placement", "rules"])
def test_pure_parts_know_no_constructs(folder: str) -> None:
    modules = {m for file in (LIBRARY / folder).rglob("*.py") for m in imported(file)}
    assert {m.partition(".")[0] for m in modules}.isdisjoint(
        {"cdk8s", "cdk8s_plus_27", "constructs", "jsii"}
    )


def test_every_part_has_its_rule() -> None:
    free = {"checking", "cli", "output", "rendering", "testing", "yaml_text"}
    assert {part(file) for file in FILES} <= ALLOWED.keys() | free
