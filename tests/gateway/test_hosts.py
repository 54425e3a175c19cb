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


def test_objects_of_other_kinds_and_empty_ones_are_left_alone() -> None:
    bare = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "x"}}

    assert one_owner([bare, {"apiVersion": "v1", "kind": "Service"}]) == []
