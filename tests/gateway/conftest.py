"""Where the operators' schemas are."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def crd_folder() -> Path:
    """The folder of full CRDs that ``CRDS`` names, else the project's trimmed ones."""
    return Path(os.environ.get("CRDS") or Path(__file__).parents[2] / "crds")
