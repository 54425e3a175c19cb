"""JSON for people who read what changed: keys sorted, and what is short on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_WIDTH = 100


def json_text(value: Any, *, depth: int = 0, before: int = 0) -> str:
    """``value``, a plain JSON value, as text.

    A list or an object is one line where it fits into 100 columns, ``before`` of which are taken,
    and otherwise one line for each of its entries.
    """
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    inner = depth + 1
    entries = _entries(value, inner)
    flat = opening + ", ".join(entries) + closing
    # An entry of several lines is too long for one, and so is whatever holds it.
    if "\n" not in flat and len(flat) + depth + before <= _WIDTH:
        return flat
    lines = [" " * inner + entry for entry in entries]
    return "\n".join([opening, ",\n".join(lines), " " * depth + closing])


def _entries(value: Mapping[str, Any] | list[Any], depth: int) -> list[str]:
    if isinstance(value, list):
        return [json_text(item, depth=depth) for item in value]
    keys = [(f"{json.dumps(key)}: ", value[key]) for key in sorted(value)]
    return [key + json_text(item, depth=depth, before=len(key)) for key, item in keys]
