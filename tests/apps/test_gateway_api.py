"""Both apps behind Gateway API and Envoy Gateway in place of ingress-nginx."""

from pathlib import Path, PurePosixPath

import pytest
from syrupy.assertion import SnapshotAssertion

from apps.environments import PROD, gateway_api
from main import render_environment
from tests import schemas
from tests.apps.rendered import Document, Flow, Rendered, main_container
from tests.apps.test_nova_platform import HTTP, ROUTES


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    environment = gateway_api(PROD)
    return Rendered(environment, render_environment(environment))


@pytest.mark.parametrize("app", ["nova-messaging", "nova-platform"])
def test_app(app: str, rendered: Rendered, yaml_snapshot: SnapshotAssertion) -> None:
    assert rendered.files[PurePosixPath("prod", app, f"{app}.k8s.yaml")] == yaml_snapshot


def test_no_ingress_is_left(rendered: Rendered) -> None:
    assert not rendered.every("Ingress")


@pytest.mark.parametrize(
    ("namespace", "host"),
    [("nova-messaging", "messaging.nova.example.com"), ("nova", "api.nova.example.com")],
)
def test_gateway_serves_the_host_over_tls(rendered: Rendered, namespace: str, host: str) -> None:
    (gateway,) = rendered.every("Gateway", namespace=namespace)
    (certificate,) = rendered.every("Certificate", namespace=namespace)
    (https,) = [item for item in gateway["spec"]["listeners"] if item["protocol"] == "HTTPS"]

    assert gateway["spec"]["gatewayClassName"] == "envoy"
    assert [ref["name"] for ref in https["tls"]["certificateRefs"]] == [
        certificate["spec"]["secretName"]
    ]
    assert certificate["spec"]["dnsNames"] == [host]
    for route in rendered.every("HTTPRoute", namespace=namespace):
        assert route["spec"]["hostnames"] == [host]
        assert {ref["name"] for ref in route["spec"]["parentRefs"]} == {gateway["metadata"]["name"]}


def test_platform_routes(rendered: Rendered) -> None:
    assert _routes(rendered, "nova") == {
        path: (name, HTTP[name]) for name, paths in ROUTES.items() for path in paths
    }


def test_messaging_routes(rendered: Rendered) -> None:
    assert _routes(rendered, "nova-messaging") == {"/": ("messaging-service", 3000)}


def test_plain_http_only_redirects(rendered: Rendered) -> None:
    for route in rendered.every("HTTPRoute"):
        listeners = {ref["sectionName"] for ref in route["spec"]["parentRefs"]}
        forwards = any(rule.get("backendRefs") for rule in route["spec"]["rules"])
        assert listeners == ({"https"} if forwards else {"http"})


def test_platform_limits_and_origins(rendered: Rendered) -> None:
    traffic = rendered.every("BackendTrafficPolicy", namespace="nova")
    security = rendered.every("SecurityPolicy", namespace="nova")

    limited = {name for policy in traffic for name in _targets(policy)}
    guarded = {name for policy in security for name in _targets(policy)}
    assert limited == guarded == {"gateway", "gateway-ws"}
    for policy in traffic:
        for rule in policy["spec"]["rateLimit"]["local"]["rules"]:
            assert rule["limit"] == {"requests": 100, "unit": "Second"}
            assert [item["sourceCIDR"]["type"] for item in rule["clientSelectors"]] == ["Distinct"]
    for policy in security:
        assert policy["spec"]["cors"]["allowOrigins"] == [
            "https://app.nova.example.com",
            "https://admin.nova.example.com",
        ]


def test_platform_websocket_is_not_buffered_and_lasts(rendered: Rendered) -> None:
    usual = rendered("BackendTrafficPolicy", "gateway", namespace="nova")["spec"]
    websocket = rendered("BackendTrafficPolicy", "gateway-ws", namespace="nova")["spec"]

    assert usual["requestBuffer"] == {"limit": "100000000"}
    assert "requestBuffer" not in websocket
    assert int(websocket["timeout"]["http"]["streamIdleTimeout"].removesuffix("s")) >= 3600
    assert {"type": "websocket"} in websocket["httpUpgrade"]


def test_messaging_keeps_its_affinity(rendered: Rendered) -> None:
    (policy,) = rendered.every("BackendTrafficPolicy", namespace="nova-messaging")
    cookie = policy["spec"]["loadBalancer"]["consistentHash"]["cookie"]

    assert cookie["ttl"] == "10800s"
    assert cookie["attributes"]["Secure"] == "true"


def test_only_the_new_controller_reaches_services(rendered: Rendered) -> None:
    for name, port in HTTP.items():
        deployment = rendered("Deployment", name, namespace="nova")
        assert rendered.flows(deployment, "ingress") == {
            Flow("envoy-gateway-system/envoy", port, "TCP"),
            Flow("observability/prometheus", port, "TCP"),
        }


def test_services_are_what_they_are_behind_the_other_gateway(
    rendered: Rendered, prod: Rendered
) -> None:
    here, there = (
        {_place(item): main_container(item) for item in each.every("Deployment")}
        for each in (rendered, prod)
    )

    assert here == there


def test_api_servers_accept_every_object(rendered: Rendered) -> None:
    versions = {PROD.cluster.kubernetes, schemas.newest_version()}
    own = [item for item in rendered.objects if not schemas.is_custom(item)]

    assert [p for v in versions for item in own for p in schemas.kubernetes_problems(item, v)] == []


def test_operators_accept_every_object(rendered: Rendered, crd_folder: Path) -> None:
    custom = [item for item in rendered.objects if schemas.is_custom(item)]

    assert [p for item in custom for p in schemas.custom_resource_problems(item, crd_folder)] == []


def _routes(rendered: Rendered, namespace: str) -> dict[str, tuple[str, int]]:
    """Service and port behind each path."""
    return {
        match["path"]["value"]: (rule["backendRefs"][0]["name"], rule["backendRefs"][0]["port"])
        for route in rendered.every("HTTPRoute", namespace=namespace)
        for rule in route["spec"]["rules"]
        if rule.get("backendRefs")
        for match in rule["matches"]
    }


def _targets(policy: Document) -> list[str]:
    return [ref["name"] for ref in policy["spec"]["targetRefs"] if ref["kind"] == "HTTPRoute"]


def _place(item: Document) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
