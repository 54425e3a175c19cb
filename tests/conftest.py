"""What every test shares: Node.js chosen before jsii starts, snapshots as YAML files, schemas."""

import os
from pathlib import Path

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts)

import pytest

from tests.snapshots import yaml_snapshot

__all__ = ["crd_folder", "yaml_snapshot"]


@pytest.fixture(scope="session")
def crd_folder() -> Path:
    """The folder of full CRDs that ``CRDS`` names, else the project's trimmed ones."""
    return Path(os.environ.get("CRDS") or Path(__file__).parents[1] / "crds")
