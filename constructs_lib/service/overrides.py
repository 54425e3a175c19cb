"""Overrides: the last word on any rendered object, never lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from constructs_lib.errors import Problem, nearest
from constructs_lib.json_body import object_problems
from constructs_lib.kube.body import Body
from constructs_lib.naming import NAME
from constructs_lib.values import Value

_IDENTITY = ("apiVersion", "kind")
_LIST_KEYS = ("mountPath", "name")
"""What tells entries of a list apart, the first that all of them have: two mounts may share a
volume, and so its name."""

_EXCLUSIVE = {"value": "valueFrom", "valueFrom": "value"}
"""Where one is set in an entry, the API refuses the other."""

_OWN = ("NetworkPolicy",)
"""What every workload renders one of under its own name, and others beside it where it uses other
workloads; which others there are differs between environments."""

_CONTAINERS = ("containers", "initContainers")


class Override(Value):
    """A patch of one object that the construct renders.

    Mappings are merged; lists whose entries have a ``name`` (containers, ports, env, volumes) are
    merged by name, ``volumeMounts`` by ``mountPath``; every other list and value is replaced; None
    removes a key, which has to be there, unless the same mapping gives another in its
    place: ``{"sleep": None, "httpGet": {…}}``. A variable's ``value`` takes the place of its
    ``valueFrom``, and the other way round.
    """

    kind: str = field(kw_only=False)
    """Kind of the object, for example ``Deployment``."""

    patch: Mapping[str, Any] = field(kw_only=False)
    """What to merge into it."""

    name: str | None = None
    """Name of the object; None where the construct renders just one of the kind, and for its own
    NetworkPolicy, beside which there may be those that open ways into others."""

    def problems(self) -> Iterator[Problem]:
        """It changes something, and not what the object is."""
        if not self.patch:
            yield Problem("patch", self.patch, "changes nothing", "leave the override out")
        yield from object_problems("patch", self.patch)
        for key in _IDENTITY:
            if key in self.patch:
                fix = "render another object with extra_manifests"
                yield Problem("patch", self.patch[key], f"changes {key}", fix)
        renamed = self.patch.get("metadata", {})
        if renamed is None:
            fix = "name what is to go, such as {'annotations': None}"
            yield Problem("patch.metadata", renamed, "takes the object its name", fix)
        elif isinstance(renamed, Mapping) and {"name", "namespace"} & renamed.keys():
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
    for override in [item for item in overrides if _meets(item, rendered)]:
        rendered = merge(rendered, override.patch)
    return rendered


def override_problems(
    overrides: tuple[Override, ...], rendered: list[Body], left_out: set[str]
) -> Iterator[Problem]:
    """Overrides that meet no object among ``rendered``, or more than one, or that miss inside it.

    Kinds that the environment has ``left_out`` may be met elsewhere.
    """
    listed = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in rendered)
    for index, override in enumerate(overrides):
        bodies = [item for item in rendered if _meets(override, item)]
        met = [item["metadata"]["name"] for item in bodies]
        where = f"overrides[{index}]"
        if not met and override.kind not in left_out:
            shown = f"{override.kind} {override.name or ''}".strip()
            yield Problem(where, shown, "meets no object", f"rendered are: {listed}")
        elif len(met) > 1:
            fix = f"add name=, one of {', '.join(met)}"
            yield Problem(where, override.kind, f"meets {len(met)} objects", fix)
        elif met:
            before = overridden(bodies[0], overrides[:index])
            yield from (p.within(f"{where}.patch") for p in _misses(before, override.patch))


def _meets(override: Override, rendered: Body) -> bool:
    metadata = rendered["metadata"]
    own = metadata.get("labels", {}).get(NAME)
    wanted = own if override.name is None and override.kind in _OWN else override.name
    return override.kind == rendered["kind"] and wanted in (None, metadata["name"])


def _misses(document: Any, patch: Any, by: str | None = None) -> Iterator[Problem]:
    """Keys removed that are not there, and containers added that could run nothing.

    The value of the key ``by`` only says which entry of a list is meant.
    """
    known = document if isinstance(document, Mapping) else {}
    changes = patch if isinstance(patch, Mapping) else {}
    # What is replaced may be another thing in another environment.
    replaces = any(change is not None for key, change in changes.items() if key != by)
    for key, change in changes.items():
        if change is None and key not in known and not replaces:
            yield Problem(str(key), None, "removes what is not there", nearest(str(key), known))
        elif isinstance(change, Mapping):
            yield from (p.within(str(key)) for p in _misses(known.get(key), change))
        elif _common_key(known.get(key, ()), change) is not None:
            yield from _entry_misses(str(key), known.get(key, ()), change)


def _entry_misses(key: str, document: Any, patch: Any) -> Iterator[Problem]:
    """The same for lists whose entries are merged one by one."""
    by = _common_key(document, patch) or "name"
    there = {entry[by]: entry for entry in document}
    for entry in patch:
        spot = f"{key}[{entry[by]!r}]"
        if key in _CONTAINERS and entry[by] not in there and not entry.get("image"):
            why = "is no container there, and one without an image to add"
            yield Problem(spot, entry, why, nearest(str(entry[by]), map(str, there)))
        else:
            yield from (p.within(spot) for p in _misses(there.get(entry[by]), entry, by))


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
    merged = [_merge_entry(entry, changes.pop(entry[key], {})) for entry in document]
    return [*merged, *(merge(None, entry) for entry in changes.values())]


def _merge_entry(entry: Any, change: Any) -> Any:
    """The entry changed; a source of its value takes the place of the other."""
    replaced = {_EXCLUSIVE[key] for key in _EXCLUSIVE if change.get(key) is not None}
    kept = {key: value for key, value in entry.items() if key not in replaced - change.keys()}
    return merge(kept, change)
