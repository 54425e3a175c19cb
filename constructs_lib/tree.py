"""What every construct asks before it joins the construct tree.

The tree lives in Node, and what it refuses comes back as a JavaScript trace. So the call, the scope
and the id are looked at here first.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from constructs import Construct, Node

from constructs_lib.errors import Problem, nearest, refuse

_Made = TypeVar("_Made")

_NODES: WeakKeyDictionary[Construct, tuple[Node, str]] = WeakKeyDictionary()
"""Node and path of each scope, neither of which ever changes; each would be a call to Node."""


def place(scope: Construct, id: str, kind: str) -> str:  # noqa: A002
    """Where the construct ``id`` of type ``kind`` will stand, as its errors say it.

    Raises ``PropsError`` where it cannot: the scope is no construct, or has a child of that id.
    """
    where = _where(scope, id, kind)
    refuse(where, scope_problems(scope, id))
    return where


def scope_problems(scope: Construct, id: str) -> Iterator[Problem]:  # noqa: A002
    """Whether ``scope`` is a construct that has no child ``id`` yet."""
    known = _node(scope)
    if known is None:
        yield Problem("scope", scope, "is no construct", "pass the chart, self inside of one")
    elif not isinstance(id, str) or not id:
        yield Problem("id", id, "names no construct", "write a string that is not empty")
    else:
        node, path = known
        taken = node.try_find_child(id)
        if taken is not None:
            owner = f"{type(taken).__name__} in {path!r}" if path else type(taken).__name__
            yield Problem("id", id, f"is the id of another {owner}", "give each its own id")


def takes_props(construct: type[_Made]) -> type[_Made]:
    """``construct``, with a call that gives it fields in place of props answered by the right one.

    cdk8s-plus takes every field as an argument of the construct; here they are fields of a value.
    """
    init: Callable[..., None] = construct.__init__
    signature = inspect.signature(init)

    @wraps(init)
    def answered(self: object, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError:
            props = str(signature.parameters["props"].annotation)
            refuse(*_wrong_call(type(self).__name__, props, args, kwargs))
            raise
        init(*bound.args, **bound.kwargs)

    construct.__init__ = answered  # type: ignore[method-assign]
    return construct


def takes_keywords(construct: type[_Made]) -> type[_Made]:
    """``construct``, with an unknown or missing keyword answered by the nearest or its name."""
    init: Callable[..., None] = construct.__init__
    signature = inspect.signature(init)
    named = {name for name, item in signature.parameters.items() if item.kind is item.KEYWORD_ONLY}
    needed = {
        name for name in named if signature.parameters[name].default is inspect.Parameter.empty
    }

    @wraps(init)
    def answered(self: object, *args: Any, **kwargs: Any) -> None:
        unknown = sorted(kwargs.keys() - signature.parameters.keys())
        kind = construct.__name__
        refuse(
            kind,
            [
                *(
                    Problem(name, "...", f"{kind} takes none", nearest(name, named))
                    for name in unknown
                ),
                *(
                    Problem(name, None, "is required", f"pass {name}=...")
                    for name in sorted(needed - kwargs.keys())
                ),
            ],
        )
        init(self, *args, **kwargs)

    construct.__init__ = answered  # type: ignore[method-assign]
    return construct


def _wrong_call(
    kind: str, props: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[str, list[Problem]]:
    """Where a call went wrong that is not (scope, id, props), and what to write.

    Only the names of what was given are shown: a value may be a secret.
    """
    given = dict(zip(("scope", "id", "props"), args, strict=False)) | kwargs
    fields = sorted(kwargs.keys() - {"scope", "id", "props"})
    inner = ", ".join(f"{name}=..." for name in fields) or "..."
    fix = f"pass props: {kind}(scope, id, {props}({inner}))"
    where = _where(given.get("scope"), given.get("id"), kind)
    if fields:
        return where, [Problem("arguments", fields, f"belong into {props}", fix)]
    missing = [name for name in ("scope", "id", "props") if name not in given]
    if missing:
        return where, [Problem("arguments", missing, "are missing", fix)]
    # One argument twice is left to Python's own words.
    return where, [Problem("arguments", len(args), "are too many", fix)] if len(args) > 3 else []  # noqa: PLR2004


def _where(scope: Any, id: object, kind: str) -> str:  # noqa: A002
    known = _node(scope)
    path = f"{known[1]}/" if known and known[1] else ""
    return f"{path}{id} ({kind})"


def _node(scope: Any) -> tuple[Node, str] | None:
    """Node and path of ``scope``; None where it is no construct."""
    if not isinstance(scope, Construct):
        return None
    known = _NODES.get(scope)
    if known is None:
        node = scope.node
        known = _NODES[scope] = (node, node.path)
    return known
