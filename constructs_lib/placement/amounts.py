"""What pods ask for, as whole numbers, summed as kube-scheduler does.

https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NamedTuple

from constructs_lib.quantity import Starts, at_its_busiest, cpu, memory, merged, parse
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping

Amounts = dict[str, int]
"""By resource: thousandths of a core, bytes, pods, or units of an extended resource."""

Way = Literal["requests", "limits"]

CPU, MEMORY, EPHEMERAL, PODS = "cpu", "memory", "ephemeral-storage", "pods"

_BYTES = ("memory", "storage")
_EXA = {"E": Decimal(10**18), "Ei": Decimal(2**60)}


class Container(NamedTuple):
    """What one container of a pod asks for, defaults of the namespace included."""

    name: str
    starts: Starts
    requests: Amounts
    limits: Amounts


class Defaults(NamedTuple):
    """What a LimitRange gives a container that says nothing."""

    requests: Amounts
    limits: Amounts


NO_DEFAULTS = Defaults({}, {})


@cache
def amount(resource: str, text: str) -> int:
    """The quantity ``text`` of ``resource``, rounded up.

    Raises ``ValueError`` where it is none.
    """
    number = _number(text)
    scaled = number * 1000 if resource.endswith(CPU) else number
    return int(scaled.to_integral_value(ROUND_CEILING))


def _number(text: str) -> Decimal:
    for unit, factor in _EXA.items():
        if text.endswith(unit):
            return parse(text.removesuffix(unit)) * factor
    try:
        return parse(text)
    except ValueError:
        # The API takes exponents as well, as in 12e6.
        try:
            return Decimal(text)
        except InvalidOperation:
            pass
        raise


def written(resource: str, number: int) -> str:
    """``number`` of ``resource`` as Kubernetes writes it."""
    if resource.endswith(CPU):
        return cpu(Decimal(number) / 1000)
    return memory(Decimal(number)) if resource.endswith(_BYTES) else str(number)


def amounts(values: Any) -> Amounts:
    """The quantities of a mapping from resource to quantity."""
    return {
        name: amount(name, str(text)) for name, text in mapping(values).items() if text is not None
    }


def containers_of(spec: Manifest, defaults: Defaults = NO_DEFAULTS) -> tuple[Container, ...]:
    """The containers of a pod in the order in which they start."""
    found = [
        _container(body, "sidecar" if body.get("restartPolicy") == "Always" else "init", defaults)
        for body in spec.get("initContainers") or ()
    ]
    found += [_container(body, "main", defaults) for body in spec.get("containers") or ()]
    return tuple(found)


def _container(body: Manifest, starts: Starts, defaults: Defaults) -> Container:
    resources = mapping(body.get("resources"))
    limits = amounts(resources.get("limits"))
    # A limit is also the request that is missing; the namespace's defaults come after that.
    requests = {**defaults.requests, **limits, **amounts(resources.get("requests"))}
    return Container(str(body.get("name")), starts, requests, {**defaults.limits, **limits})


def pod_amounts(spec: Manifest, containers: tuple[Container, ...], way: Way) -> Amounts:
    """What a pod takes."""
    whole = at_its_busiest((item.starts, getattr(item, way)) for item in containers)
    # What a pod states as a whole goes before the sum of its containers (Kubernetes 1.34).
    whole = {**whole, **amounts(mapping(spec.get("resources")).get(way))}
    overhead = amounts(spec.get("overhead"))
    if way == "limits":
        # Nothing that has no bound gets one by the overhead.
        overhead = {name: number for name, number in overhead.items() if name in whole}
    return merged(whole, overhead, int.__add__)
