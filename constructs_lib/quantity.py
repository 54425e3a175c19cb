"""Kubernetes quantities ("250m", "1Gi"): read, compare, add, write.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import operator
import re
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from constructs_lib.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_UNITS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
}
Starts = Literal["init", "sidecar", "main"]
"""When a container of a pod runs: to its end before the others, beside them, or as one of them."""

_Number = TypeVar("_Number", int, Decimal)

INT32 = 2**31 - 1
"""Most that a plain number, such as one of replicas, can be in the API."""

_FORM = re.compile(r"(\d+(?:\.\d+)?)(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")


def parse(text: str) -> Decimal:
    """The number that ``text`` stands for: cores for CPU, bytes for memory and storage.

    Raises ``ValueError`` where it stands for none.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        msg = f"{text!r} is not a quantity such as 250m, 0.5, 512Mi or 1Gi"
        raise ValueError(msg)
    return Decimal(match[1]) * _UNITS[match[2] or ""]


def cpu(cores: Decimal) -> str:
    """``cores`` as Kubernetes writes it: whole cores plain, else in thousandths, rounded up."""
    millis = int((cores * 1000).to_integral_value(ROUND_CEILING))
    return str(millis // 1000) if millis % 1000 == 0 else f"{millis}m"


def memory(size: Decimal) -> str:
    """``size`` bytes in the largest binary unit that leaves it whole."""
    whole = int(size.to_integral_value(ROUND_CEILING))
    for unit in ("Ti", "Gi", "Mi", "Ki"):
        if whole and whole % int(_UNITS[unit]) == 0:
            return f"{whole // int(_UNITS[unit])}{unit}"
    return str(whole)


def quantity_problems(field: str, text: str, *, example: str) -> Iterator[Problem]:
    """Whether ``text`` is a positive quantity."""
    try:
        number = parse(text)
    except ValueError:
        yield Problem(field, text, "is not a quantity", f"write one such as {example!r}")
        return
    if number <= 0:
        yield Problem(field, text, "is nothing", f"write one such as {example!r}")


def cpu_problems(field: str, text: str, *, example: str) -> Iterator[Problem]:
    """Whether ``text`` is a number of cores that somebody can have meant."""
    found = list(quantity_problems(field, text, example=example))
    yield from found
    # "1Gi" are a thousand million cores: the API server takes it and no node ever has them.
    if not found and text[-1] not in "0123456789mun":
        yield Problem(field, text, "has a unit of bytes", f"write cores, as in {example!r}")


def memory_problems(field: str, text: str, *, example: str) -> Iterator[Problem]:
    """Whether ``text`` is an amount of memory or storage that somebody can have meant."""
    found = list(quantity_problems(field, text, example=example))
    yield from found
    # "512m" is half a byte: the API server takes it and the container never starts.
    if not found and parse(text) < _UNITS["Ki"]:
        yield Problem(field, text, f"is {parse(text)} bytes", f"add a unit, as in {example!r}")


def merged(
    one: Mapping[str, _Number],
    other: Mapping[str, _Number],
    by: Callable[[_Number, _Number], _Number],
) -> dict[str, _Number]:
    """All amounts of both; ``by`` says what becomes of two of one name."""
    return {**one, **{name: by(one[name], n) if name in one else n for name, n in other.items()}}


def at_its_busiest(
    containers: Iterable[tuple[Starts, Mapping[str, _Number]]],
) -> dict[str, _Number]:
    """What a pod takes of each resource, its containers given in the order in which they start.

    What runs together, or, where that is more, an init container and the sidecars before it.
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    running: dict[str, _Number] = {}
    sidecars: dict[str, _Number] = {}
    starting: dict[str, _Number] = {}
    for starts, own in containers:
        if starts == "main":
            running = merged(running, own, operator.add)
        elif starts == "sidecar":
            sidecars = merged(sidecars, own, operator.add)
        else:
            starting = merged(starting, merged(sidecars, own, operator.add), max)
    return merged(merged(running, sidecars, operator.add), starting, max)
