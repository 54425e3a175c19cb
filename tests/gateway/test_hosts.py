"""The rule that a host and path has one owner over all rendered objects."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.gateway import Route
from constructs_lib.rules.hosts import OWNER, one_owner
from tests.gateway.cases import ENVOY, NGINX, SMALLEST, USER, full, rendered


def _elsewhere(manifests: list[Any]) -> list[Any]:
    """The same objects as another app would have them."""
    return [m | {"metadata": m["metadata"] | {"namespace": "other"}} for m in manifests]


@pytest.mark.parametrize("environment", [NGINX, ENVOY], ids=lambda e: e.gateway)
def test_gateways_of_two_apps_may_not_publish_one_place(environment: Any) -> None:
    manifests = rendered(SMALLEST, environment)

    [finding] = one_owner([*manifests, *_elsewhere(manifests)])

    assert finding.rule == OWNER
    assert "nova.example.com/ (Prefix)" in finding.message
    assert "nova/gateway" in finding.message
    assert "other/gateway" in finding.object


@pytest.mark.parametrize("environment", [NGINX, ENVOY], ids=lambda e: e.gateway)
def test_one_gateway_alone_is_fine(environment: Any) -> None:
    assert one_owner(rendered(full(environment.gateway), environment)) == []


def test_moving_from_one_controller_to_another_is_fine() -> None:
    assert one_owner([*rendered(SMALLEST, NGINX), *rendered(SMALLEST, ENVOY)]) == []


def test_two_controllers_with_different_back_ends_are_not() -> None:
    other = replace(SMALLEST, routes=(Route("/", USER),))

    assert len(one_owner([*rendered(SMALLEST, NGINX), *rendered(other, ENVOY)])) == 1


def _ingress(name: str, path: str, kind: str = "Prefix", **annotations: str) -> dict[str, Any]:
    backend = {"service": {"name": name, "port": {"number": 80}}}
    paths = [{"path": path, "pathType": kind, "backend": backend}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": "nova", "annotations": annotations},
        "spec": {"rules": [{"host": "nova.example.com", "http": {"paths": paths}}]},
    }


def test_a_slash_at_the_end_of_a_prefix_says_nothing() -> None:
    assert len(one_owner([_ingress("a", "/api"), _ingress("b", "/api/")])) == 1


def test_exact_and_prefix_are_two_places() -> None:
    assert one_owner([_ingress("a", "/api"), _ingress("b", "/api", "Exact")]) == []


def test_what_the_controller_understands_as_it_likes_is_taken_for_a_prefix() -> None:
    (finding,) = one_owner([_ingress("a", "/api"), _ingress("b", "/api", "ImplementationSpecific")])

    assert finding.message == (
        "nova.example.com/api (ImplementationSpecific) goes to nova/b:80, and to nova/a:80 by "
        "Ingress nova/a"
    )
    assert (
        one_owner([_ingress("a", "/", "Exact"), _ingress("b", "/", "ImplementationSpecific")]) == []
    )


def _default(name: str, sort: str | None, *rules: Any) -> dict[str, Any]:
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    spec = {"ingressClassName": sort, "defaultBackend": backend, "rules": list(rules)}
    return _ingress(name, "/") | {"spec": spec}


def test_what_no_rule_takes_has_one_owner_per_class() -> None:
    (finding,) = one_owner([_default("a", "nginx"), _default("b", "nginx")])

    assert finding.message == (
        "what no rule takes (class nginx) goes to nova/b:http, and to nova/a:http by Ingress nova/a"
    )
    (finding,) = one_owner([_default("a", None), _default("b", None)])
    assert finding.message.startswith("what no rule takes goes to nova/b:http, and to nova/a:http")
    assert one_owner([_default("a", "nginx"), _default("b", "haproxy")]) == []


@pytest.mark.parametrize("sort", ["gce", "gce-internal", "alb"])
def test_each_ingress_of_a_cloud_has_a_load_balancer_of_its_own(sort: str) -> None:
    assert one_owner([_default("a", sort), _default("b", sort)]) == []
    catch_all = [_of_class(_ingress(name, "/"), sort) for name in ("a", "b")]
    for item in catch_all:
        assert item["spec"]["rules"][0].pop("host")
    assert one_owner(catch_all) == []
    older = [_default(name, None) for name in ("a", "b")]
    for item in older:
        item["metadata"]["annotations"] = {"kubernetes.io/ingress.class": sort}
    assert one_owner(older) == []


@pytest.mark.parametrize("sort", ["gce", "gce-internal", "alb"])
def test_a_cloud_compares_a_path_of_its_own_kind_as_it_stands(sort: str) -> None:
    kinds = ("Prefix", "ImplementationSpecific", "ImplementationSpecific")
    prefix, exact, again = (
        _of_class(_ingress(name, "/api", kind), sort)
        for name, kind in zip("abc", kinds, strict=True)
    )
    assert one_owner([prefix, exact]) == []
    assert len(one_owner([prefix, exact, again])) == 1


def _of_class(ingress: dict[str, Any], sort: str) -> dict[str, Any]:
    return ingress | {"spec": ingress["spec"] | {"ingressClassName": sort}}


def test_a_default_beside_rules_is_for_their_hosts() -> None:
    rules = [{"host": f"{name}.example.com"} for name in ("a", "b")]

    assert one_owner([_default("a", "nginx", rules[0]), _default("b", "nginx", rules[1])]) == []


def test_a_canary_accompanies_its_ingress() -> None:
    canary = _ingress("b", "/api", **{"nginx.ingress.kubernetes.io/canary": "true"})

    assert one_owner([_ingress("a", "/api"), canary]) == []


def _route(name: str, *matches: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"backendRefs": [{"name": name, "port": 80}]}
    if matches:
        rule["matches"] = list(matches)
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "nova"},
        "spec": {"rules": [rule]},
    }


def test_routes_told_apart_by_more_than_the_path_are_two_places() -> None:
    path = {"type": "PathPrefix", "value": "/api"}
    by_header = {"path": path, "headers": [{"name": "X-Version", "value": "2"}]}

    assert one_owner([_route("a", {"path": path}), _route("b", by_header)]) == []


def test_routes_that_say_nothing_claim_everything() -> None:
    [finding] = one_owner([_route("a"), _route("b")])

    assert "*/ (Prefix)" in finding.message


def _calls(name: str, **method: str) -> dict[str, Any]:
    matches = [{"method": method}] if method else []
    return _route(name, *matches) | {"kind": "GRPCRoute"}


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ({}, "* (any method)"),
        ({"service": "shop.Orders"}, "*/shop.Orders/* (Exact)"),
        ({"service": "shop.Orders", "method": "Get"}, "*/shop.Orders/Get (Exact)"),
    ],
)
def test_a_method_has_one_owner(method: dict[str, str], told: str) -> None:
    (finding,) = one_owner([_calls("a", **method), _calls("b", **method)])

    assert finding.object == "GRPCRoute nova/b"
    assert finding.message.startswith(f"{told} goes to nova/b:80, and to nova/a:80 by GRPCRoute")
    assert one_owner([_calls("a", **method), _calls("b", service="shop.Other")]) == []


def test_objects_of_other_kinds_and_empty_ones_are_left_alone() -> None:
    bare = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "x"}}

    assert one_owner([bare, {"apiVersion": "v1", "kind": "Service"}]) == []
