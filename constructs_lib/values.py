"""Values: the frozen, typed, keyword-only objects that describe what to build.

A subclass of :class:`Value` is a frozen dataclass without further ado. Making one never raises for
the sake of its contents, because only the construct that takes it knows where it stands; the
construct calls :func:`check`, which walks the whole tree of values, compares every field with its
annotation, asks each value for its own ``problems()``, and raises once.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Iterator, Mapping
from functools import cache, wraps
from typing import Any, Literal, Union, dataclass_transform, get_args, get_origin, get_type_hints

from constructs_lib.errors import Hidden, Problem, PropsError, nearest, refuse

_UNIONS = (Union, types.UnionType)


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,)
)
class Value:
    """Base of all values; a subclass becomes a frozen keyword-only dataclass."""

    def __init_subclass__(cls) -> None:
        """Turn the subclass into a dataclass that explains a wrong call."""
        super().__init_subclass__()
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        cls.__init__ = _explaining(cls, cls.__init__)  # type: ignore[method-assign]

    def problems(self) -> Iterator[Problem]:
        """What does not fit among fields whose types are right; subclasses override it."""
        yield from ()

    def _seen_from_outside(self, problem: Problem) -> Problem:
        """``problem`` of a field, with the path by which code reaches that field."""
        return problem


def _explaining(cls: type[Value], init: Any) -> Any:
    """``init``, with a wrong keyword answered by the nearest right one."""

    @wraps(init)
    def explained(self: Value, *args: Any, **kwargs: Any) -> None:
        try:
            init(self, *args, **kwargs)
        except TypeError:
            # A subclass with an __init__ of its own (Ports) has its own reading of keywords.
            refuse(cls.__name__, _call_problems(cls, args, kwargs))
            raise

    return explained


def _call_problems(
    cls: type, args: tuple[object, ...], kwargs: dict[str, object]
) -> Iterator[Problem]:
    fields = {f.name: f for f in dataclasses.fields(cls) if f.init}
    positional = [f.name for f in fields.values() if not f.kw_only]
    # Whatever was misspelt or misplaced may have been meant for a field that is never printed.
    shown: Any = Hidden if _hidden(cls) else lambda value: value
    for name in (name for name in kwargs if name not in fields):
        why = f"{cls.__name__} has no such field"
        yield Problem(name, shown(kwargs[name]), why, nearest(name, fields))
    if len(args) > len(positional):
        extra = args[len(positional)]
        yield Problem("(positional)", shown(extra), "fields are given by name", "write field=value")
    given = set(positional[: len(args)]) | kwargs.keys()
    for field in fields.values():
        required = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if required and field.name not in given:
            yield Problem(field.name, None, "is required", f"give {cls.__name__} a {field.name}")


def check(where: str, value: object, expected: type[Value]) -> None:
    """Raise one ``PropsError`` that lists everything wrong in ``value`` and below it.

    ``where`` names the construct (its path and type); ``expected`` is the props class it takes.
    """
    if not isinstance(value, expected):
        fix = f"write {expected.__name__}(...)"
        kind: type = expected
        shown = Hidden(value) if _hidden(kind) else value
        raise PropsError(where, [Problem("props", shown, f"is {_kind(value)}", fix)])
    refuse(where, problems_in(value))


def problems_in(value: Value) -> Iterator[Problem]:
    """Every problem of ``value`` and of the values inside it, with dotted field paths."""
    fits = True
    kind: type = type(value)
    hidden = _hidden(kind)
    for name, hint in _hints(kind).items():
        item = getattr(value, name)
        mismatch = _mismatch(item, hint, hidden=name in hidden)
        if mismatch is not None:
            fits = False
            shown = Hidden(item) if name in hidden else item
            yield value._seen_from_outside(Problem(name, shown, *mismatch))  # noqa: SLF001
            continue
        for problem in _inside(item):
            fits = False
            yield value._seen_from_outside(problem.within(name))  # noqa: SLF001
    # A value's own rules may do arithmetic on its fields, so they run on well-typed ones only.
    if fits:
        yield from value.problems()


def _inside(item: object) -> Iterator[Problem]:
    """Problems of the values that ``item`` is or contains."""
    if isinstance(item, Value):
        yield from problems_in(item)
    elif isinstance(item, tuple):
        for index, member in enumerate(item):
            yield from (p.within(f"[{index}]") for p in _inside(member))
    elif isinstance(item, Mapping):
        for key, member in item.items():
            if isinstance(member, Value):
                yield from (p.within(f"[{key!r}]") for p in problems_in(member))


@cache
def _hints(cls: type) -> dict[str, Any]:
    names = {f.name for f in dataclasses.fields(cls)}
    return {name: hint for name, hint in get_type_hints(cls).items() if name in names}


@cache
def _hidden(cls: type) -> frozenset[str]:
    """The fields of ``cls`` that are never printed: those declared with ``repr=False``."""
    return frozenset(f.name for f in dataclasses.fields(cls) if not f.repr)


def _mismatch(item: object, hint: Any, *, hidden: bool) -> tuple[str, str] | None:
    """Why ``item`` is not a ``hint`` and what to write, or None where it is one."""
    if _matches(item, hint):
        return None
    wanted = _spell(hint)
    if isinstance(item, Mapping) and not _takes(hint, Mapping):
        return "is a dict, whose keys nobody would check", f"write {wanted}, with named fields"
    if isinstance(item, list) and _takes(hint, tuple):
        return "is a list, and values are immutable", "write a tuple: (a, b) or (a,)"
    if isinstance(item, tuple | Mapping) and _takes(hint, type(item)):
        return f"does not hold what it should ({wanted})", _first_stranger(
            item, hint, hidden=hidden
        )
    if isinstance(item, frozenset) and _takes(hint, frozenset):
        return "does not hold what it should", f"write {wanted}"
    if _takes(hint, tuple):
        return f"is {_kind(item)}", "write a tuple, also for one: (a,)"
    if isinstance(item, str) and _has_choices(hint):
        return "is none of the choices", f"write {wanted}"
    return f"is {_kind(item)}", f"write {wanted}"


def _first_stranger(
    item: tuple[object, ...] | Mapping[object, object], hint: Any, *, hidden: bool
) -> str:
    members: Any = item.items() if isinstance(item, Mapping) else enumerate(item)
    for key, member in members:
        alone = (member,) if isinstance(item, tuple) else {key: member}
        if not _matches(alone, hint):
            plain = isinstance(member, str) and not hidden
            return f"[{key!r}] is {repr(member) if plain else _kind(member)}; write {_spell(hint)}"
    return f"write {_spell(hint)}"


def _matches(item: object, hint: Any) -> bool:
    """Whether ``item`` fits the annotation ``hint``, members of containers included."""
    if hint is Any or hint is object:
        return True
    if hint is None or hint is type(None):
        return item is None
    origin = get_origin(hint)
    if origin is None:
        return _is_a(item, hint)
    args = get_args(hint)
    if origin in _UNIONS:
        return any(_matches(item, arg) for arg in args)
    if origin is Literal:
        return any(item == arg and type(item) is type(arg) for arg in args)
    if not isinstance(item, origin):
        return False
    return _members_match(item, args)


def _is_a(item: object, cls: type) -> bool:
    if cls in (int, float) and isinstance(item, bool):
        return False
    if cls is float:
        return isinstance(item, int | float)
    return isinstance(item, cls)


def _members_match(item: Any, args: tuple[Any, ...]) -> bool:
    if isinstance(item, tuple):
        if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004  (tuple[X, ...])
            return all(_matches(member, args[0]) for member in item)
        return len(item) == len(args) and all(map(_matches, item, args))
    if isinstance(item, Mapping):
        key, member = args
        return all(_matches(k, key) and _matches(v, member) for k, v in item.items())
    return all(_matches(member, args[0]) for member in item)


def _takes(hint: Any, container: type) -> bool:
    if get_origin(hint) in _UNIONS:
        return any(_takes(arg, container) for arg in get_args(hint))
    origin = get_origin(hint)
    return inspect.isclass(origin) and issubclass(container, origin)


def _has_choices(hint: Any) -> bool:
    if get_origin(hint) in _UNIONS:
        return any(_has_choices(arg) for arg in get_args(hint))
    return get_origin(hint) is Literal


def _spell(hint: Any) -> str:
    """``hint`` as somebody would write it."""
    if hint is None or hint is type(None):
        return "None"
    origin, args = get_origin(hint), get_args(hint)
    if origin in _UNIONS:
        return " or ".join(_spell(arg) for arg in args)
    if origin is Literal:
        return " or ".join(repr(arg) for arg in args)
    if origin is tuple:
        return f"a tuple of {' and '.join(_spell(a) for a in args if a is not Ellipsis)}"
    if origin is frozenset:
        return f"a frozenset of {_spell(args[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"a mapping of {_spell(args[0])} to {_spell(args[1])}"
    return str(getattr(hint, "__name__", hint))


def _kind(item: object) -> str:
    if item is None:
        return "None"
    name = "dict" if isinstance(item, Mapping) else type(item).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"
