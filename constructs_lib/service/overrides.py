"""Overrides: the last word on any rendered object, never lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.values import Value

_IDENTITY = ("apiVersion", "kind")
_LIST_KEYS = ("mountPath", "name")
"""What tells entries of a list apart, the first that all of them have: two mounts may share a
volume, and so its name."""


class Override(Value):
    """A patch of one object that the construct renders.

    Mappings are merged; lists whose entries have a ``name`` (containers, ports, env, volumes) are
    merged by name, ``volumeMounts`` by ``mountPath``; every other list and value is replaced; None
    removes a key.
    """

    kind: str = field(kw_only=False)
    """Kind of the object, for example ``Deployment``."""

    patch: Mapping[str, Any] = field(kw_only=False)
    """What to merge into it."""

    name: str | None = None
    """Name of the object; None where the construct renders just one of the kind."""

    def problems(self) -> Iterator[Problem]:
        """It changes something, and not what the object is."""
        if not self.patch:
            yield Problem("patch", self.patch, "changes nothing", "leave the override out")
        for key in _IDENTITY:
            if key in self.patch:
                fix = "render another object with extra_manifests"
                yield Problem("patch", self.patch[key], f"changes {key}", fix)
        renamed = self.patch.get("metadata", {})
        if isinstance(renamed, Mapping) and {"name", "namespace"} & renamed.keys():
            why = "renames the object, and others refer to it by name"
            yield Problem("patch", renamed, why, "give the construct another id")


def merge(document: Any, patch: Any) -> Any:
    """``document`` with ``patch`` merged in; neither is changed."""
    if isinstance(document, Mapping) and isinstance(patch, Mapping):
        merged = {**document}
        for key, change in patch.items():
            if change is None:
                merged.pop(key, None)
            else:
                merged[key] = merge(merged.get(key), change)
        return merged
    key = _common_key(document, patch)
    if key is not None:
        return _merge_entries(document, patch, key)
    if isinstance(patch, Mapping):
        return {key: merge(None, change) for key, change in patch.items() if change is not None}
    return patch


def overridden(rendered: Body, overrides: tuple[Override, ...]) -> Body:
    """``rendered`` with the overrides that are meant for it."""
    for override in overrides:
        name = rendered["metadata"]["name"]
        if override.kind == rendered["kind"] and override.name in (None, name):
            rendered = merge(rendered, override.patch)
    return rendered


def override_problems(
    overrides: tuple[Override, ...], rendered: list[tuple[str, str]], left_out: set[str]
) -> Iterator[Problem]:
    """Overrides that meet no object, or more than one, among (kind, name) ``rendered``.

    Kinds that the environment has ``left_out`` may be met elsewhere.
    """
    listed = ", ".join(f"{kind} {name}" for kind, name in rendered)
    for index, override in enumerate(overrides):
        met = [
            name
            for kind, name in rendered
            if kind == override.kind and override.name in (None, name)
        ]
        where = f"overrides[{index}]"
        if not met and override.kind not in left_out:
            shown = f"{override.kind} {override.name or ''}".strip()
            yield Problem(where, shown, "meets no object", f"rendered are: {listed}")
        elif len(met) > 1:
            fix = f"add name=, one of {', '.join(met)}"
            yield Problem(where, override.kind, f"meets {len(met)} objects", fix)


def _common_key(document: Any, patch: Any) -> str | None:
    """The key by which entries of both lists can be told apart, if there is one."""
    if not isinstance(document, list | tuple) or not isinstance(patch, list | tuple) or not patch:
        return None
    entries = [*document, *patch]
    if not all(isinstance(entry, Mapping) for entry in entries):
        return None
    return next((key for key in _LIST_KEYS if all(key in entry for entry in entries)), None)


def _merge_entries(document: Any, patch: Any, key: str) -> list[Any]:
    changes = {entry[key]: entry for entry in patch}
    merged = [merge(entry, changes.pop(entry[key], {})) for entry in document]
    return [*merged, *(merge(None, entry) for entry in changes.values())]
