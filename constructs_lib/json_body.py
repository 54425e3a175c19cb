"""Whether what a user wrote as a Kubernetes object, or a part of one, can be rendered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.errors import Hidden, Problem

_METADATA = (
    (),
    ("spec", "template"),
    ("spec", "jobTemplate"),
    ("spec", "jobTemplate", "spec", "template"),
)
"""What has ``metadata`` in an object: the object, and the pods or jobs that it makes."""

_STRINGS = ("apiVersion", "kind")


def plain_json_problems(field: str, value: object) -> Iterator[Problem]:
    """Everything in ``value`` that JSON has no word for, by its dotted path.

    Only its type is shown, since it may stand in a Secret.
    """
    if value is None or isinstance(value, str) or type(value) in (bool, int):
        return
    if isinstance(value, Mapping):
        for key, member in value.items():
            if isinstance(key, str):
                yield from plain_json_problems(f"{field}.{key}", member)
            else:
                yield Problem(field, key, "is a key that is no string", f"write {str(key)!r}")
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from plain_json_problems(f"{field}[{index}]", member)
    elif type(value) is not float:
        fix = "write strings, numbers, booleans, None, lists and dicts"
        yield Problem(field, Hidden(value), "is no plain JSON", fix)
    elif not math.isfinite(value):
        yield Problem(field, value, "is no number of JSON", "write a finite one")


def object_problems(field: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """What an API server would refuse, whatever the kind, in an object or a patch of one."""
    found = list(plain_json_problems(field, body))
    yield from found
    if found:
        return
    for key in _STRINGS:
        if not isinstance(body.get(key, ""), str):
            yield Problem(f"{field}.{key}", body[key], "is no string", "write a string")
    for path in _METADATA:
        part: Any = body
        for step in path:
            part = part.get(step) if isinstance(part, Mapping) else None
        metadata = part.get("metadata") if isinstance(part, Mapping) else None
        # Whether an object may be without its own is for whoever asks to say.
        if isinstance(metadata, Mapping) or (path and metadata is not None):
            yield from _metadata_problems(".".join((field, *path, "metadata")), metadata)


def _metadata_problems(field: str, metadata: object) -> Iterator[Problem]:
    if not isinstance(metadata, Mapping):
        yield Problem(field, metadata, "is no mapping", "write {name: value}")
        return
    for key in ("name", "namespace"):
        if not isinstance(metadata.get(key) or "", str):
            yield Problem(f"{field}.{key}", metadata[key], "is no string", "write a string")
    for key in ("labels", "annotations"):
        pairs = metadata.get(key)
        if pairs is not None and not isinstance(pairs, Mapping):
            yield Problem(f"{field}.{key}", pairs, "is no mapping", "write {name: value}")
        for name, value in pairs.items() if isinstance(pairs, Mapping) else ():
            # None removes the key from what it is merged into.
            if value is not None and not isinstance(value, str):
                yield Problem(
                    f"{field}.{key}[{name!r}]", value, "is no string", f"write {str(value)!r}"
                )
