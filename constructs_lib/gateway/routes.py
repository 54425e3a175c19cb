"""How routes lie to each other: twice the same, one inside another, one that changes nothing.

Both back ends send a request by its longest matching path, an exact path before a prefix of the
same length. So nesting is never ambiguous to them; whether it was meant is what is asked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from constructs import IConstruct

from constructs_lib.errors import Problem
from constructs_lib.gateway.plan import Plan, settings_of
from constructs_lib.gateway.props import IngressGatewayProps, Route

_Claim = tuple[str, str, str]
"""Host, kind of match, path."""

_claims: WeakKeyDictionary[IConstruct, dict[tuple[str, _Claim], str]] = WeakKeyDictionary()
"""Per construct tree: which gateway an environment's host and path belong to."""


def overlap_problems(props: IngressGatewayProps) -> Iterator[Problem]:
    """Routes of one gateway that get in each other's way."""
    for index, route in enumerate(props.routes):
        where = f"routes[{index}]"
        twin = next((r for r in props.routes[:index] if _same(props, r, route)), None)
        if twin is not None:
            why = f"belongs to {_owner(twin)} already, and would belong to {_owner(route)} too"
            fix = "remove one of the two routes"
            yield Problem(f"{where}.path", route.path, why, fix)
            continue
        outer = _nearest_around(props, route)
        if outer is not None:
            yield from _nesting_problems(props, where, route, outer)
        elif route.nested:
            fix = "remove nested=True"
            yield Problem(f"{where}.nested", route.path, "lies inside no other route", fix)


def _nesting_problems(
    props: IngressGatewayProps, where: str, route: Route, outer: Route
) -> Iterator[Problem]:
    if _target(route) == _target(outer):
        if settings_of(props, route) == settings_of(props, outer):
            why = f"changes nothing: {outer.path} sends it to {_owner(outer)} already"
            yield Problem(f"{where}.path", route.path, why, "remove it, or give it settings")
    elif outer.path != "/" and not route.nested:
        why = f"takes part of {outer.path}, which belongs to {_owner(outer)}, for {_owner(route)}"
        fix = "write nested=True if that is meant, else another path"
        yield Problem(f"{where}.path", route.path, why, fix)


def _nearest_around(props: IngressGatewayProps, route: Route) -> Route | None:
    around = [other for other in props.routes if _encloses(props, other, route)]
    return max(around, key=lambda other: len(other.path), default=None)


def _encloses(props: IngressGatewayProps, outer: Route, inner: Route) -> bool:
    if outer is inner or outer.match == "exact" or not _hosts(props, outer) & _hosts(props, inner):
        return False
    if outer.path == inner.path:
        return inner.match == "exact"
    return inner.path.startswith(outer.path.rstrip("/") + "/")


def _same(props: IngressGatewayProps, one: Route, other: Route) -> bool:
    alike = (one.path, one.match) == (other.path, other.match)
    return alike and bool(_hosts(props, one) & _hosts(props, other))


def _hosts(props: IngressGatewayProps, route: Route) -> set[str]:
    return set(route.hosts or props.hosts)


def _target(route: Route) -> tuple[str, str, int]:
    return route.endpoint.namespace, route.endpoint.service, route.endpoint.port.offered


def _owner(route: Route) -> str:
    return f"{route.endpoint.service}:{route.endpoint.port.offered}"


def ownership_problems(plan: Plan) -> Iterator[Problem]:
    """Hosts and paths that another gateway of the same construct tree and environment has."""
    owners = _claims.get(plan.chart.node.root, {})
    for index, claim in _claims_of(plan):
        owner = owners.get((plan.chart.environment.name, claim))
        if owner is not None:
            host, _, path = claim
            fix = "let one gateway have it, or use another host or path"
            why = f"is published by {owner} already"
            yield Problem(f"routes[{index}].path", f"{host}{path}", why, fix)


def claim(plan: Plan, where: str) -> None:
    """Note that the gateway called ``where`` has its hosts and paths from now on."""
    owners = _claims.setdefault(plan.chart.node.root, {})
    for _, taken in _claims_of(plan):
        owners[plan.chart.environment.name, taken] = where


def _claims_of(plan: Plan) -> Iterator[tuple[int, _Claim]]:
    for index, route in enumerate(plan.props.routes):
        for host in route.hosts or plan.props.hosts:
            yield index, (host, route.match, route.path)
