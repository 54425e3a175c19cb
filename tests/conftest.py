"""What every test shares: Node.js chosen before jsii starts, signals, YAML snapshots, schemas."""

import os
import signal
from pathlib import Path

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts)

import pytest

from tests.snapshots import yaml_snapshot

__all__ = ["crd_folder", "yaml_snapshot"]


def pytest_configure() -> None:
    """Let an interrupt reach the programs that tests start.

    Whatever a shell runs in the background ignores it, and so does everything below; a server that
    stops by an interrupt would not.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def crd_folder() -> Path:
    """The folder of full CRDs that ``CRDS`` names, else the project's trimmed ones."""
    return Path(os.environ.get("CRDS") or Path(__file__).parents[1] / "crds")
