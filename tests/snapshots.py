"""Snapshots: one readable YAML file per case, in ``__snapshots__/<module>/<case>.yaml``."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from constructs_lib.yaml_text import to_yaml


class YamlExtension(SingleFileSnapshotExtension):
    """Objects as they stand in ``dist/``, in the order they were rendered."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"

    def serialize(self, data: Sequence[Mapping[str, Any]], **_: Any) -> str:
        """One YAML stream of all objects."""
        return to_yaml(data)


@pytest.fixture
def yaml_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares a sequence of rendered objects with the YAML file of the running test."""
    return snapshot.use_extension(YamlExtension)
