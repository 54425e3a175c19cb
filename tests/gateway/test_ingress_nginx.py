"""What the annotations of ingress-nginx mean for a request."""

from dataclasses import replace

import pytest

from constructs_lib.gateway import (
    NOBODY,
    CookieAffinity,
    Cors,
    ExistingCertificate,
    IngressGateway,
    IngressGatewayProps,
    Off,
    RateLimit,
    Route,
    Timeouts,
)
from constructs_lib.refs import Port
from tests.gateway.cases import (
    CONTENT,
    MEDIA,
    MESSAGING,
    NGINX,
    SMALLEST,
    USER,
    annotations,
    chart,
    of_kind,
    rendered,
    service,
)

_WITH_WEBSOCKET = replace(
    SMALLEST,
    routes=(Route("/", CONTENT), Route("/ws", MESSAGING, websocket=True)),
    body_size="100Mi",
)


def test_a_websocket_route_is_never_buffered_and_may_be_silent_for_an_hour() -> None:
    socket = annotations(rendered(_WITH_WEBSOCKET), "gateway-ws")

    assert socket["proxy-request-buffering"] == "off"
    assert "proxy-body-size" not in socket
    assert socket["proxy-read-timeout"] == socket["proxy-send-timeout"] == "3600"


def test_other_routes_keep_their_own_times_beside_a_websocket() -> None:
    plain = annotations(rendered(_WITH_WEBSOCKET))

    assert plain["proxy-read-timeout"] == "60"
    assert plain["proxy-body-size"] == "100m"
    assert "proxy-request-buffering" not in plain


@pytest.mark.parametrize(
    ("size", "expected"),
    [("100Mi", "100m"), ("100M", "100000000"), ("2Gi", "2g"), ("1536Ki", "1536k"), (Off(), "0")],
)
def test_body_sizes_keep_their_value(size: str | Off, expected: str) -> None:
    routes = (Route("/up", MEDIA, body_size=size),)
    manifests = rendered(replace(SMALLEST, routes=routes))

    assert annotations(manifests, "gateway-up")["proxy-body-size"] == expected


def test_the_rate_is_per_client_and_replica_with_as_much_again_at_once() -> None:
    limit = annotations(rendered(replace(SMALLEST, rate_limit=RateLimit(requests_per_second=100))))

    assert limit["limit-rps"] == "100"
    assert limit["limit-burst-multiplier"] == "1"
    assert not [key for key in limit if key.startswith("global-rate-limit")]


def test_credentials_are_forbidden_where_nothing_is_said() -> None:
    cors = annotations(rendered(replace(SMALLEST, cors=Cors(origins=("https://a.example.com",)))))

    assert cors["cors-allow-credentials"] == "false"


def test_http_is_redirected_only_where_there_is_tls() -> None:
    without = replace(NGINX, certificate_issuer=None)

    assert annotations(rendered(SMALLEST))["ssl-redirect"] == "true"
    assert annotations(rendered(SMALLEST, without))["ssl-redirect"] == "false"
    assert "tls" not in of_kind(rendered(SMALLEST, without), "Ingress")["gateway"]["spec"]


def test_one_certificate_serves_all_ingress_objects() -> None:
    manifests = rendered(_WITH_WEBSOCKET)
    secrets = {i["spec"]["tls"][0]["secretName"] for i in of_kind(manifests, "Ingress").values()}

    assert secrets == {"gateway-tls"}
    assert list(of_kind(manifests, "Certificate")) == ["gateway-tls"]


def test_an_existing_certificate_is_only_referred_to() -> None:
    manifests = rendered(replace(SMALLEST, tls=ExistingCertificate("corporate")))

    assert of_kind(manifests, "Ingress")["gateway"]["spec"]["tls"][0]["secretName"] == "corporate"
    assert not of_kind(manifests, "Certificate")


def test_affinity_is_kept_by_cookie() -> None:
    affinity = replace(SMALLEST, session_affinity=CookieAffinity("chat", max_age_seconds=10800))

    found = annotations(rendered(affinity))

    assert found["affinity"] == "cookie"
    assert found["session-cookie-name"] == "chat"
    assert found["session-cookie-max-age"] == "10800"


def test_grpc_is_spoken_to_services_that_speak_it() -> None:
    grpc = service("content-service", Port("grpc", 9081, app_protocol="kubernetes.io/h2c"))
    manifests = rendered(replace(SMALLEST, routes=(Route("/nova.Content", grpc),)))

    assert annotations(manifests, "gateway-nova-content")["backend-protocol"] == "GRPC"


def test_an_encrypted_websocket_is_reached_by_https() -> None:
    chat = service("chat", Port("ws", 8443, app_protocol="kubernetes.io/wss"))
    manifests = rendered(replace(SMALLEST, routes=(Route("/chat", chat),)))

    assert annotations(manifests, "gateway-chat")["backend-protocol"] == "HTTPS"


def test_nothing_rendered_needs_snippets() -> None:
    keys = {
        key
        for name in of_kind(rendered(SMALLEST), "Ingress")
        for key in annotations(rendered(SMALLEST), name)
    }

    assert not [key for key in keys if "snippet" in key]


def test_the_controller_reaches_the_container_port_not_the_service_port() -> None:
    policies = of_kind(rendered(replace(SMALLEST, routes=(Route("/up", MEDIA),))), "NetworkPolicy")

    [rule] = policies["gateway-to-media-service"]["spec"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": MEDIA.port.number}]
    assert MEDIA.port.number != MEDIA.port.offered


def test_one_policy_per_service_whatever_the_routes() -> None:
    grpc = service("content-service", Port("grpc", 9081))
    routes = (Route("/a", CONTENT), Route("/b", CONTENT), Route("/c", grpc), Route("/d", USER))

    policies = of_kind(rendered(replace(SMALLEST, routes=routes)), "NetworkPolicy")

    assert set(policies) == {
        "gateway-to-content-service",
        "gateway-to-user-service",
        "gateway-to-acme-solver",
    }
    [rule] = policies["gateway-to-content-service"]["spec"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [8081, 9081]


def test_two_gateways_of_an_app_share_nothing_but_their_chart() -> None:
    app = chart(NGINX)
    public = IngressGateway(app, "public", SMALLEST)
    IngressGateway(app, "internal", replace(SMALLEST, hosts=("nova.internal.example.com",)))

    assert public.url == "https://nova.example.com"


def test_a_route_takes_each_time_it_does_not_name_from_the_gateway() -> None:
    props = IngressGatewayProps(
        hosts=("nova.example.com",),
        routes=(Route("/slow", CONTENT, timeouts=Timeouts(idle_seconds=300)),),
        timeouts=Timeouts(connect_seconds=2, idle_seconds=10),
    )

    found = annotations(rendered(props), "gateway-slow")

    assert (found["proxy-connect-timeout"], found["proxy-read-timeout"]) == ("2", "300")


def test_a_path_is_closed_to_everybody_while_others_are_open() -> None:
    closed = Route("/metrics", CONTENT, match="exact", allow_from=NOBODY)
    manifests = rendered(replace(SMALLEST, routes=(*SMALLEST.routes, closed)))
    [rule] = of_kind(manifests, "Ingress")["gateway-metrics"]["spec"]["rules"]

    assert annotations(manifests, "gateway-metrics")["whitelist-source-range"] == "127.0.0.1/32"
    assert [(path["path"], path["pathType"]) for path in rule["http"]["paths"]] == [
        ("/metrics", "Exact")
    ]
    assert "whitelist-source-range" not in annotations(manifests)


def test_a_route_may_be_open_to_more_than_the_others() -> None:
    opened = Route("/hook", CONTENT, allow_from=())
    props = replace(SMALLEST, routes=(*SMALLEST.routes, opened), allow_from=("10.0.0.0/8",))
    manifests = rendered(props)

    assert annotations(manifests)["whitelist-source-range"] == "10.0.0.0/8"
    assert "whitelist-source-range" not in annotations(manifests, "gateway-hook")
