"""ConfigMaps, and the hash that makes pods follow them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body

CHECKSUM = "checksum/config"
"""Annotation of the pod template: a changed ConfigMap changes it, and so rolls the pods."""


_LIMIT = 2**20


def config_map_problems(field: str, data: Mapping[str, str], fix: str) -> Iterator[Problem]:
    """Whether ``data`` fits one ConfigMap."""
    size = sum(len(key) + len(text.encode()) for key, text in data.items())
    if size > _LIMIT:
        why = f"is {size} bytes, and a ConfigMap holds 1 MiB"
        yield Problem(field, sorted(data), why, fix)


def config_map(metadata: Body, data: Mapping[str, str]) -> Body:
    """A ConfigMap of ``data``."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data)}


def content_hash(*parts: Mapping[str, str]) -> str:
    """Twelve characters that change when any part's content does, not when its order does."""
    text = json.dumps([sorted(part.items()) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
