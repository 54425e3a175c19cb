import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import FrozenInstanceError, field
from typing import Any, Literal

import pytest

from constructs_lib.errors import Problem, PropsError
from constructs_lib.kube.images import AppImage
from constructs_lib.refs import Port, Ports
from constructs_lib.service import NovaServiceProps
from constructs_lib.values import Value, check


class Wheel(Value):
    size: int
    """Size."""

    def problems(self) -> Iterator[Problem]:
        if self.size < 1:
            yield Problem("size", self.size, "is flat", "inflate it")


class Car(Value):
    brand: str = field(kw_only=False)
    """Brand."""

    wheels: tuple[Wheel, ...] = ()
    """Wheels."""

    spares: Mapping[str, Wheel] = field(default_factory=dict)
    """Spare wheels by place."""

    weight: float = 1.0
    """Weight."""

    options: frozenset[str] = frozenset()
    """Options."""

    gear: Literal["manual", "automatic"] | None = None
    """Gear."""

    def problems(self) -> Iterator[Problem]:
        if sum(wheel.size for wheel in self.wheels) > 100:
            yield Problem("wheels", len(self.wheels), "are too large", "use smaller ones")


class Safe(Value):
    codes: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Codes by door, which no message may show."""

    doors: tuple[str, ...] = ()
    """Doors."""


WRONG_CALLS: dict[str, tuple[Callable[[Any], object], str]] = {
    "unknown-keyword": (
        lambda make: make("a", wheel=1),
        "Car: 1 problem\n  wheel = 1: Car has no such field; did you mean 'wheels'?",
    ),
    "unlike-any-keyword": (
        lambda make: make("a", zzz=1),
        (
            "Car: 1 problem\n  zzz = 1: Car has no such field; "
            "known: brand, gear, options, spares, weight, wheels"
        ),
    ),
    "missing": (
        lambda make: make(),
        "Car: 1 problem\n  brand = None: is required; give Car a brand",
    ),
    "positional": (
        lambda make: make("a", ()),
        "Car: 1 problem\n  (positional) = (): fields are given by name; write field=value",
    ),
    "several": (
        lambda make: make(colour="red"),
        (
            "Car: 2 problems\n  colour = 'red': Car has no such field; known: brand, gear, "
            "options, spares, weight, wheels\n  brand = None: is required; give Car a brand"
        ),
    ),
}


@pytest.mark.parametrize(("call", "message"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_says_what_to_write(call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(PropsError, match=f"^{re.escape(message)}$"):
        call(Car)


def test_one_argument_twice_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="multiple values"):
        Port("http", 80, name="web")  # type: ignore[misc]


def test_props_of_services_take_no_positional_fields() -> None:
    make: Any = NovaServiceProps
    with pytest.raises(PropsError, match=re.escape("(positional) = AppImage(")):
        make(AppImage("a", tag="1"))


CHECKED: dict[str, tuple[Callable[[Any], Car], tuple[str, ...]]] = {
    "nested": (
        lambda make: make("a", wheels=(Wheel(size=1), Wheel(size=0))),
        ("wheels[1].size = 0: is flat; inflate it",),
    ),
    "in-a-mapping": (
        lambda make: make("a", spares={"boot": Wheel(size=0)}),
        ("spares['boot'].size = 0: is flat; inflate it",),
    ),
    "all-at-once": (
        lambda make: make(1, wheels=[], gear="none"),
        (
            "brand = 1: is an int; write str",
            "wheels = []: is a list, and values are immutable; write a tuple: (a, b) or (a,)",
            "gear = 'none': is none of the choices; write 'manual' or 'automatic' or None",
        ),
    ),
    "own-rules-only-of-whole-values": (
        lambda make: make("a", wheels=(Wheel(size=101), Wheel(size=0))),
        ("wheels[1].size = 0: is flat; inflate it",),
    ),
    "own-rules": (
        lambda make: make("a", wheels=(Wheel(size=101),)),
        ("wheels = 1: are too large; use smaller ones",),
    ),
    "tuple-for-frozenset": (
        lambda make: make("a", options=("radio",)),
        ("options = ('radio',): is a tuple; write a frozenset of str",),
    ),
    "wrong-member-of-frozenset": (
        lambda make: make("a", options=frozenset({1})),
        ("options = frozenset({1}): does not hold what it should; write a frozenset of str",),
    ),
    "list-for-mapping": (
        lambda make: make("a", spares=[]),
        ("spares = []: is a list; write a mapping of str to Wheel",),
    ),
    "flag-for-number": (
        lambda make: make("a", weight=True),
        ("weight = True: is a bool; write float",),
    ),
}


@pytest.mark.parametrize(("build", "told"), CHECKED.values(), ids=CHECKED.keys())
def test_a_check_lists_all_that_does_not_fit(
    build: Callable[[Any], Car], told: tuple[str, ...]
) -> None:
    with pytest.raises(PropsError) as caught:
        check("garage/car (Car)", build(Car), Car)
    assert [str(problem) for problem in caught.value.problems] == list(told)
    assert caught.value.where == "garage/car (Car)"


def test_a_whole_number_is_a_float() -> None:
    check("car", Car("a", weight=2), Car)


def made(**fields: Any) -> Safe:
    return Safe(**fields)


SECRETIVE: dict[str, tuple[Callable[[], Any], str]] = {
    "wrong-member": (
        lambda: made(codes={"front": "hunter2", "back": 5}),
        (
            "codes = <dict, not shown>: does not hold what it should "
            "(a mapping of str to str); ['back'] is an int; write a mapping of str to str"
        ),
    ),
    "wrong-key": (
        lambda: made(codes={5: "hunter2"}),
        (
            "codes = <dict, not shown>: does not hold what it should "
            "(a mapping of str to str); [5] is a str; write a mapping of str to str"
        ),
    ),
    "wrong-type": (
        lambda: made(codes="hunter2"),
        "codes = <str, not shown>: is a str; write a mapping of str to str",
    ),
    "misspelt": (
        lambda: made(code={"front": "hunter2"}),
        "code = <dict, not shown>: Safe has no such field; did you mean 'codes'?",
    ),
    "positional": (
        lambda: Safe({"front": "hunter2"}),  # type: ignore[call-arg]
        "(positional) = <dict, not shown>: fields are given by name; write field=value",
    ),
    "dict-for-the-whole": (
        lambda: {"codes": {"front": "hunter2"}},
        "props = <dict, not shown>: is a dict; write Safe(...)",
    ),
}


@pytest.mark.parametrize(("make", "told"), SECRETIVE.values(), ids=SECRETIVE.keys())
def test_what_is_never_printed_is_in_no_message(make: Callable[[], Any], told: str) -> None:
    with pytest.raises(PropsError) as caught:
        check("safe", make(), Safe)
    assert [str(problem) for problem in caught.value.problems] == [told]


def test_fields_beside_a_hidden_one_are_shown() -> None:
    with pytest.raises(PropsError, match=re.escape("doors = 'front': is a str; write a tuple")):
        check("safe", made(doors="front"), Safe)


def test_something_else_in_place_of_props_is_refused() -> None:
    with pytest.raises(PropsError, match=re.escape("props = {'brand': 'a'}: is a dict; write Car")):
        check("car", {"brand": "a"}, Car)


def test_values_are_equal_by_content_and_never_change() -> None:
    wheel: Any = Wheel(size=1)
    assert wheel == Wheel(size=1)
    with pytest.raises(FrozenInstanceError):
        wheel.size = 2


def test_long_values_are_cut_in_messages() -> None:
    told = str(Problem("a", "x" * 500, "is long", "shorten it"))
    assert len(told) < 150
    assert told.endswith("...: is long; shorten it")


def test_ports_come_by_name_and_whole() -> None:
    ports = Ports(Port("relay-1", 49160, protocol="UDP"), http=8080, web=Port("web", 80))
    assert [port.name for port in ports] == ["relay-1", "http", "web"]
    assert ports["relay-1"].protocol == "UDP"
    assert "http" in ports
    assert "grpc" not in ports
