"""Rule files in the cluster: ConfigMaps, and where Prometheus finds them; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.kube.body import Body
from constructs_lib.kube.config import config_map
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.storage import ConfigMapFiles, FileMount
from constructs_lib.store.engine import Place

_FOLDER = "/etc/prometheus/rules"

Shares = Sequence[Mapping[str, str]]
"""Files by name, as they share ConfigMaps."""


def rule_maps(place: Place, shares: Shares) -> Iterator[tuple[str, Body]]:
    """The ConfigMaps ``prometheus-rules-1`` and so on, by id."""
    for number, files in enumerate(shares, start=1):
        metadata = object_metadata(place.owner, _name(place, number), workload=place.name)
        yield f"rules-{number}", config_map(metadata, files)


def rule_mounts(place: Place, shares: Shares) -> tuple[FileMount, ...]:
    """Each of them in a folder of its own."""
    return tuple(
        FileMount(_folder(number), source=ConfigMapFiles(_name(place, number)))
        for number, _ in enumerate(shares, start=1)
    )


def rule_patterns(shares: Shares) -> list[str]:
    """Where Prometheus looks; only the last part of a path may be a pattern."""
    return [f"{_folder(number)}/*.yaml" for number, _ in enumerate(shares, start=1)]


def _folder(number: int) -> str:
    return f"{_FOLDER}/{number}"


def _name(place: Place, number: int) -> str:
    return f"{place.name}-rules-{number}"
