"""A correct app, copies of it with one thing changed, and what the rules say to them."""

import copy
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from constructs_lib.rules import FLEET_RULES, Finding, Fleet, Known

_FILE = Path(__file__).with_name("shop.yaml")
_OBJECTS: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))

KNOWN = Known(
    storage_classes=frozenset({"fast"}),
    priority_classes=frozenset({"high"}),
    ingress_classes=frozenset({"nginx"}),
    gateway_classes=frozenset({"envoy"}),
)
"""What the cluster of the app has."""

POD = "spec.template.spec"
API = f"{POD}.containers.0"

GONE: Any = object()
"""In place of a value: the field is left out."""


class Change(NamedTuple):
    """One field of one object with another value."""

    object: str
    """Kind and name, for example ``Deployment api``."""

    path: str
    """The field, with the numbers of entries: ``spec.rules.0.host``."""

    value: Any


class Break(NamedTuple):
    """A change that breaks a rule, and what its only finding says."""

    rule: str
    change: Change
    message: str
    """What the finding's message contains."""

    where: str = ""
    """The object that is found, if it is another one than the changed one."""


def shop(*changes: Change) -> list[dict[str, Any]]:
    """The app's objects, with ``changes`` made to a copy."""
    # Without anchors, which would let a change of one container change them all.
    objects = [copy_of(item) for item in _OBJECTS]
    for change in changes:
        kind, name = change.object.split(" ")
        (item,) = (o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))
        put(item, change.path, copy.deepcopy(change.value) if change.value is not GONE else GONE)
    return objects


def copy_of(node: Any) -> Any:
    """A copy of a tree in which nothing is shared."""
    if isinstance(node, dict):
        return {key: copy_of(value) for key, value in node.items()}
    return [copy_of(entry) for entry in node] if isinstance(node, list) else node


def put(node: Any, path: str, value: Any) -> None:
    """Set or leave out what stands at ``path``; the path up to it is there."""
    *above, last = [int(step) if step.isdigit() else step for step in _steps(path)]
    for step in above:
        node = node[step]
    if value is GONE:
        del node[last]
    else:
        node[last] = value


def _steps(path: str) -> list[str]:
    """The steps of a path; a name with dots stands in brackets, ``spec.hard[requests.cpu]``."""
    head, _, name = path.partition("[")
    return [*head.split("."), name.removesuffix("]")] if name else head.split(".")


def found(*changes: Change, known: Known = KNOWN) -> list[Finding]:
    """What all rules find in the changed app."""
    fleet = Fleet(shop(*changes), known)
    return [finding for rule in FLEET_RULES for finding in rule(fleet)]


def check(broken: Break) -> None:
    """The change breaks its rule and no other, once, and the finding says how."""
    (finding,) = found(broken.change)
    kind, _, name = broken.change.object.partition(" ")
    assert finding.rule == broken.rule
    assert finding.object == (broken.where or f"{kind} shop/{name}")
    assert broken.message in finding.message
