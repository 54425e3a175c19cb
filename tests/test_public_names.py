"""What the library offers is written down, and is there."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import constructs_lib


def packages() -> list[ModuleType]:
    """The library and each package in it that offers names."""
    found = pkgutil.walk_packages(constructs_lib.__path__, prefix=f"{constructs_lib.__name__}.")
    inner = [importlib.import_module(item.name) for item in found if item.ispkg]
    return [constructs_lib, *(module for module in inner if hasattr(module, "__all__"))]


def rank(name: str) -> tuple[bool, bool, str]:
    """Constants first, functions last, as the linter has it."""
    return not name.isupper(), name[0].islower(), name


every_package = pytest.mark.parametrize("package", packages(), ids=lambda p: p.__name__)


@every_package
def test_names_are_listed_once_in_order(package: ModuleType) -> None:
    assert package.__all__ == sorted(set(package.__all__), key=rank)


@every_package
def test_every_listed_name_is_there(package: ModuleType) -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


@pytest.mark.parametrize("package", ["service", "gateway", "store", "observability"])
def test_names_of_constructs_are_names_of_the_library(package: str) -> None:
    module = importlib.import_module(f"constructs_lib.{package}")
    constructs = {name for name in module.__all__ if name[0].isupper() and not name.isupper()}
    assert constructs <= set(constructs_lib.__all__)


def test_the_library_lists_what_it_imports() -> None:
    public = {
        name
        for name, value in vars(constructs_lib).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(constructs_lib.__all__)
