"""Whole gateways, one file per case, and whether what is rendered fits the API servers' schemas."""

from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.gateway import IngressGatewayProps, PlainHttp, Route
from constructs_lib.values import Value
from tests import schemas
from tests.gateway.cases import ENVIRONMENTS, ENVOY, NGINX, SMALLEST, BackEnd, full, rendered

_BACK_ENDS = sorted(ENVIRONMENTS)
_ONLY_ENVOY = {"request_headers", "trusted_hops"}


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_smallest(back_end: BackEnd, yaml_snapshot: SnapshotAssertion) -> None:
    assert rendered(SMALLEST, ENVIRONMENTS[back_end]) == yaml_snapshot


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_full(back_end: BackEnd, yaml_snapshot: SnapshotAssertion) -> None:
    assert rendered(full(back_end), ENVIRONMENTS[back_end]) == yaml_snapshot


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_without_tls_or_load_balancers(back_end: BackEnd, yaml_snapshot: SnapshotAssertion) -> None:
    environment = ENVIRONMENTS[back_end]
    bare = replace(
        environment,
        certificate_issuer=None,
        cluster=replace(environment.cluster, load_balancers=False),
    )

    assert rendered(SMALLEST, bare) == yaml_snapshot


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_full_sets_every_field_the_back_end_has(back_end: BackEnd) -> None:
    props = full(back_end)
    left_out = set() if back_end == "gateway-api" else _ONLY_ENVOY

    assert {f.name for f in _untouched(IngressGatewayProps, (props,))} == left_out
    assert not _untouched(Route, props.routes)


def _untouched(cls: type[Value], values: tuple[Value, ...]) -> list[Field[Any]]:
    optional = [
        f
        for f in fields(cls)  # type: ignore[arg-type]
        if f.default is not MISSING or f.default_factory is not MISSING
    ]
    return [f for f in optional if all(getattr(v, f.name) == _default(f) for v in values)]


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


@pytest.mark.parametrize("version", ["1.27", "1.33", schemas.newest_version()])
@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_kubernetes_takes_it(back_end: BackEnd, version: str) -> None:
    built_in = [
        manifest
        for manifest in rendered(full(back_end), ENVIRONMENTS[back_end])
        if not schemas.is_custom(manifest)
    ]

    assert built_in
    assert [p for m in built_in for p in schemas.kubernetes_problems(m, version)] == []


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_a_new_route_renames_no_object(back_end: BackEnd) -> None:
    props = full(back_end)
    environment = ENVIRONMENTS[back_end]
    before = [m["metadata"]["name"] for m in rendered(props, environment)]
    more = replace(
        props, routes=(Route("/aaa", props.routes[0].endpoint, websocket=True), *props.routes)
    )

    after = [m["metadata"]["name"] for m in rendered(more, environment)]

    assert set(before) < set(after)


@pytest.mark.parametrize("back_end", _BACK_ENDS)
def test_the_order_of_routes_names_nothing(back_end: BackEnd) -> None:
    props = full(back_end)
    environment = ENVIRONMENTS[back_end]
    reverse = replace(props, routes=props.routes[::-1])

    names = [sorted(_identities(p, environment)) for p in (props, reverse)]

    assert names[0] == names[1]


def _identities(props: IngressGatewayProps, environment: Any) -> list[tuple[str, str]]:
    return [(m["kind"], m["metadata"]["name"]) for m in rendered(props, environment)]


def test_every_object_says_whose_it_is() -> None:
    for environment in (NGINX, ENVOY):
        for manifest in rendered(full(environment.gateway), environment):
            labels = manifest["metadata"]["labels"]
            assert labels["app.kubernetes.io/name"] == "gateway"
            assert labels["app.kubernetes.io/instance"] == "nova"
            assert labels["team"] == "web"


def test_plain_http_can_be_asked_for() -> None:
    manifests = rendered(replace(SMALLEST, tls=PlainHttp()))

    assert "Certificate" not in [m["kind"] for m in manifests]


def test_custom_resources_fit_the_operators_schemas(crd_folder: Path) -> None:
    for environment in (NGINX, ENVOY):
        custom = [
            manifest
            for manifest in rendered(full(environment.gateway), environment)
            if schemas.is_custom(manifest)
        ]
        assert [p for m in custom for p in schemas.custom_resource_problems(m, crd_folder)] == []
