"""Routes that lead nowhere, and gateways that are not there."""

import pytest

from constructs_lib.rules import Known
from tests.rules.shop import GONE, KNOWN, Break, Change, check, found

BACKEND = "spec.rules.0.http.paths.0.backend.service"

BREAKS = (
    Break(
        "routes/backend",
        Change("Ingress web", f"{BACKEND}.name", "apu"),
        "spec.rules[0].http.paths[/].backend leads to Service shop/apu; the nearest is api",
    ),
    Break(
        "routes/backend",
        Change("Ingress web", f"{BACKEND}.port", {"number": 8080}),
        "leads to port 8080 of Service shop/api; the nearest is 80",
    ),
    Break(
        "routes/backend",
        Change("Ingress web", "spec.defaultBackend", {"service": {"name": "sorry", "port": {}}}),
        "spec.defaultBackend leads to Service shop/sorry",
    ),
    Break(
        "routes/backend",
        Change("HTTPRoute api", "spec.rules.0.backendRefs.0.port", 81),
        "spec.rules[0].backendRefs[0] leads to port 81 of Service shop/api",
    ),
    Break(
        "routes/backend",
        Change(
            "HTTPRoute api",
            "spec.rules.0.filters",
            [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "shadow"}}}],
        ),
        "spec.rules[0].filters[0].requestMirror.backendRef leads to Service shop/shadow",
    ),
    Break(
        "routes/parent",
        Change("HTTPRoute api", "spec.parentRefs.0.name", "egde"),
        "spec.parentRefs[0] is Gateway shop/egde; the nearest is edge",
    ),
    Break(
        "routes/parent",
        Change("HTTPRoute api", "spec.parentRefs.0.sectionName", "http"),
        "spec.parentRefs[0] is listener http of Gateway shop/edge; the nearest is https",
    ),
    Break(
        "routes/attached",
        Change("BackendTrafficPolicy api", "spec.targetRefs.0.name", "aip"),
        "spec.targetRefs[0] is HTTPRoute aip; the nearest is api",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_route_that_leads_nowhere_is_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize("kind", ["GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"])
def test_routes_of_every_kind_are_followed(kind: str) -> None:
    wrong = Change("HTTPRoute api", "spec.rules.0.backendRefs.0.name", "apu")
    target = Change("BackendTrafficPolicy api", "spec.targetRefs.0.kind", kind)
    (finding,) = found(wrong, Change("HTTPRoute api", "kind", kind), target)
    assert (finding.rule, finding.object) == ("routes/backend", f"{kind} shop/api")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            Change("HTTPRoute api", "spec.rules.0.backendRefs.0.namespace", "theirs"),
            id="services-of-others",
        ),
        pytest.param(
            Change("HTTPRoute api", "spec.parentRefs.0.namespace", "gateways"),
            id="gateways-of-others",
        ),
        pytest.param(
            Change("HTTPRoute api", "spec.rules.0.backendRefs", [{"group": "x.io", "name": "y"}]),
            id="other-back-ends",
        ),
        pytest.param(
            Change("HTTPRoute api", "spec.parentRefs.0.sectionName", GONE), id="every-listener"
        ),
        pytest.param(
            Change("Ingress web", f"{BACKEND}", {"name": "api", "port": {"number": 80}}),
            id="ports-by-number",
        ),
        pytest.param(
            Change("BackendTrafficPolicy api", "spec.targetRefs.0", {"group": "x.io", "name": "y"}),
            id="policies-of-others",
        ),
    ],
)
def test_what_belongs_to_others_is_accepted(change: Change) -> None:
    assert found(change) == []


def test_services_that_others_make_are_listed() -> None:
    change = Change("Ingress web", f"{BACKEND}.name", "theirs")
    known = KNOWN.joined(Known(objects={"Service shop/theirs": ()}))
    assert len(found(change)) == 1
    assert found(change, known=known) == []
