"""Every field of every value leaves its mark in what is rendered; fields are found, not listed."""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Requests
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Metric
from constructs_lib.refs import Binding, Port, Ports
from constructs_lib.service import KafkaConsumer, NatsConsumer
from constructs_lib.values import Value
from tests.service.full import FULL
from tests.service.rendering import CONSTRUCTS, rendered

Field = tuple[type[Value], str]
Step = str | int
Place = tuple[Step, ...]

CHECKED_ONLY: set[Field] = {
    # How long the process needs is not said to Kubernetes; the grace period is measured by it.
    (Shutdown, "stop_seconds"),
    # What a store promises its clients; they get it as variables, and are held to it.
    # What a target exposes; rules and dashboards are held to it.
    *((Metric, name) for name in ("name", "kind", "unit", "help")),
    (Metrics, "exposes"),
    (Requests, "buckets"),
    *((Binding, name) for name in ("user", "database", "password", "pool", "pods", "surge")),
    # By what name, and as what, it is counted over all workloads.
    *((Binding, name) for name in ("client", "broker")),
    *((kind, name) for kind in (KafkaConsumer, NatsConsumer) for name in ("shared", "broker")),
}

# Words that fields refer to others by: another port, another object.
REFERENCES = (
    *("http", "rpc"),
    *("orders", "orders-public", "Deployment"),
    *("metadata.uid", "10.9.0.0/16", "@daily"),
)


def reachable(kind: type[Value], seen: set[type[Value]]) -> set[type[Value]]:
    """``kind`` and every value class that its annotations lead to."""
    if kind not in seen:
        seen.add(kind)
        for hint in hints(kind).values():
            for inner in classes(hint):
                reachable(inner, seen)
    return seen


def hints(kind: type[Value]) -> dict[str, Any]:
    """The annotations of the fields of ``kind``."""
    annotations = get_type_hints(kind)
    return {f.name: annotations[f.name] for f in dataclasses.fields(kind)}  # type: ignore[arg-type]


def classes(hint: Any) -> Iterator[type[Value]]:
    """The value classes that an annotation names."""
    if inspect.isclass(hint) and issubclass(hint, Value):
        yield hint
    for argument in get_args(hint):
        yield from classes(argument)


def places(node: Any, kind: type[Value], place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Each value of exactly ``kind`` below ``node``, with the way to it."""
    if type(node) is kind:
        yield place, node
    for step, member in members(node):
        yield from places(member, kind, (*place, step))


def members(node: Any) -> Iterator[tuple[Step, Any]]:
    """What a value, tuple or mapping holds."""
    if isinstance(node, Value):
        yield from ((f.name, getattr(node, f.name)) for f in dataclasses.fields(node))  # type: ignore[arg-type]
    elif isinstance(node, tuple):
        yield from enumerate(node)
    elif isinstance(node, Mapping):
        yield from node.items()


def changed(node: Any, place: Place, new: Any) -> Any:
    """``node`` with ``new`` at ``place``."""
    if not place:
        return new
    step, *rest = place
    inner = changed(dict(members(node))[step], tuple(rest), new)
    if isinstance(node, Ports):
        return Ports(*inner)
    if isinstance(node, tuple):
        return tuple(inner if index == step else item for index, item in enumerate(node))
    if isinstance(node, Mapping):
        return {key: inner if key == step else item for key, item in node.items()}
    return dataclasses.replace(node, **{str(step): inner})


def default(field: "dataclasses.Field[Any]") -> Iterator[Any]:
    """The default of a field that has one."""
    if field.default is not dataclasses.MISSING:
        yield field.default
    if field.default_factory is not dataclasses.MISSING:
        yield field.default_factory()


def others(value: Any, hint: Any) -> Iterator[Any]:
    """Other values of the same type, some of which will be valid."""
    match value:
        case bool():
            yield not value
        case float():
            yield from (value + 0.01, value * 2)
        case int():
            yield from (value + 1, value - 1)
        case str():
            yield from literals(hint)
            yield from (f"{value}x", f"1{value}", f"{value}/x", f"{value} --x", *REFERENCES)
        case Ports():
            yield Ports(*value, Port("other", 1))
        case tuple():
            yield from (value[:-1], value[1:], (*value, "other"))
            yield from within(value)
        case Mapping():
            yield from ({k: v for k, v in value.items() if k != key} for key in value)
            yield from within(value)
        case Value():
            yield from within(value)


def within(value: Any) -> Iterator[Any]:
    """``value`` with one of its members changed."""
    for step, inner in members(value):
        hint = hints(type(value))[str(step)] if isinstance(value, Value) else Any
        yield from (changed(value, (step,), other) for other in others(inner, hint))


def literals(hint: Any) -> Iterator[str]:
    """The words of a ``Literal`` in ``hint``."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    else:
        for argument in get_args(hint):
            yield from literals(argument)


VALUE_CLASSES = sorted(
    set().union(*(reachable(kind, set()) for kind in CONSTRUCTS)), key=lambda kind: kind.__name__
)
FIELDS = [(kind, name) for kind in VALUE_CLASSES for name in hints(kind)]
BASELINES = [rendered(props, environment) for props, environment in FULL]

fields = pytest.mark.parametrize(
    ("kind", "name"), [pytest.param(*f, id=f"{f[0].__name__}.{f[1]}") for f in FIELDS]
)


def attempts(kind: type[Value], name: str) -> Iterator[bool]:
    """For each valid change of the field in the fullest props: whether the output changed."""
    (field,) = (f for f in dataclasses.fields(kind) if f.name == name)  # type: ignore[arg-type]
    for (props, environment), baseline in zip(FULL, BASELINES, strict=True):
        for place, value in places(props, kind):
            old = getattr(value, name)
            for new in (*default(field), *others(old, hints(kind)[name])):
                if new == old:
                    continue
                try:
                    now = rendered(changed(props, (*place, name), new), environment)
                except PropsError:
                    continue
                yield now != baseline


@fields
def test_full_props_leave_no_field_at_its_default(kind: type[Value], name: str) -> None:
    (field,) = (f for f in dataclasses.fields(kind) if f.name == name)  # type: ignore[arg-type]
    values = [v for props, _ in FULL for _, v in places(props, kind)]
    assert values, f"no {kind.__name__} among the fullest props"
    assert any(getattr(value, name) not in list(default(field)) for value in values)


@fields
def test_a_field_is_rendered(kind: type[Value], name: str) -> None:
    if (kind, name) in CHECKED_ONLY:
        assert not any(attempts(kind, name))
    else:
        assert any(attempts(kind, name)), f"{kind.__name__}.{name} is rendered nowhere"
