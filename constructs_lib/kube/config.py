"""ConfigMaps, and the hash that makes pods follow them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from constructs_lib.kube.body import Body

CHECKSUM = "checksum/config"
"""Annotation of the pod template: a changed ConfigMap changes it, and so rolls the pods."""


def config_map(metadata: Body, data: Mapping[str, str]) -> Body:
    """A ConfigMap of ``data``."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data)}


def content_hash(*parts: Mapping[str, str]) -> str:
    """Twelve characters that change when any part's content does, not when its order does."""
    text = json.dumps([sorted(part.items()) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
