"""Each environment rendered once for all tests of the apps."""

import os
from pathlib import Path

import pytest

from apps.environments import DEV, LOCAL, PROD
from main import render_environment
from tests.apps.rendered import Rendered
from tests.apps.stacks import NAMESPACES, Stack


@pytest.fixture(scope="session")
def dev() -> Rendered:
    return Rendered(DEV, render_environment(DEV))


@pytest.fixture(scope="session")
def local() -> Rendered:
    return Rendered(LOCAL, render_environment(LOCAL))


@pytest.fixture(scope="session")
def prod() -> Rendered:
    return Rendered(PROD, render_environment(PROD))


@pytest.fixture(params=["dev", "local", "prod"])
def every(request: pytest.FixtureRequest) -> Rendered:
    """Each of the three in turn."""
    rendered: Rendered = request.getfixturevalue(request.param)
    return rendered


@pytest.fixture(params=["trimmed", "full"])
def crd_folder(request: pytest.FixtureRequest) -> Path:
    """Schemas of custom resources: the project's own, and those of the folder ``$CRDS``."""
    if request.param == "trimmed":
        return Path(__file__).parents[2] / "crds"
    if not (folder := os.environ.get("CRDS")):
        pytest.skip("CRDS names no folder of full schemas")
    return Path(folder)


@pytest.fixture(scope="session")
def _stacks() -> dict[tuple[str, str], Stack]:
    """Those that have been read so far."""
    return {}


@pytest.fixture(params=NAMESPACES)
def stack(
    request: pytest.FixtureRequest, every: Rendered, _stacks: dict[tuple[str, str], Stack]
) -> Stack:
    """Each stack of each environment in turn."""
    place = NAMESPACES[request.param]
    return _stacks.setdefault((every.environment.name, place), Stack(every, place))
