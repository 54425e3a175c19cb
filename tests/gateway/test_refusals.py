"""Gateways that cannot be meant or cannot be rendered, each refused with what to do instead."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.gateway import (
    CertificateFromIssuer,
    CookieAffinity,
    Cors,
    IngressGateway,
    IngressGatewayProps,
    Off,
    PlainHttp,
    RateLimit,
    Route,
    Timeouts,
)
from constructs_lib.refs import ANYWHERE, Endpoint, Port
from tests.gateway.cases import (
    CONTENT,
    ENVOY,
    MESSAGING,
    NGINX,
    SMALLEST,
    USER,
    chart,
    rendered,
    service,
)

_HERE = "https://app.example.com"


def _routes(*routes: Route, **fields: Any) -> IngressGatewayProps:
    return replace(SMALLEST, routes=routes, **fields)


def _one(**fields: Any) -> IngressGatewayProps:
    return _routes(Route("/api", CONTENT, **fields))


_ANY_BACK_END = {
    "no host": (replace(SMALLEST, hosts=()), "hosts = .*name at least one"),
    "no host name": (
        replace(SMALLEST, hosts=("nova",)),
        r"hosts\[0\] = 'nova': is not a host name",
    ),
    "host twice": (replace(SMALLEST, hosts=("a.b.c", "a.b.c")), r"hosts\[1\].*listed twice"),
    "host under wildcard": (
        replace(SMALLEST, hosts=("*.example.com", "a.example.com")),
        r"is covered by \*.example.com",
    ),
    "no route": (replace(SMALLEST, routes=()), "sends nothing anywhere"),
    "route of another host": (_one(hosts=("else.example.com",)), "not a host of this gateway"),
    "hosts as text": (replace(SMALLEST, hosts="a.example.com"), "write a tuple"),  # type: ignore[arg-type]
    "relative path": (_routes(Route("api", CONTENT)), "write '/api'"),
    "path pattern": (_routes(Route("/api/(.*)", CONTENT)), "patterns are not supported"),
    "path with dots": (_routes(Route("/a/../b", CONTENT)), "write it in its plain form"),
    "slash at the end": (_routes(Route("/api/", CONTENT)), "write '/api', which covers it"),
    "udp": (
        _routes(Route("/turn", service("turn", Port("turn", 3478, protocol="UDP")))),
        "does not speak HTTP over TCP",
    ),
    "raw tcp": (
        _routes(Route("/db", service("db", Port("db", 5432, app_protocol="tcp")))),
        "is not HTTP",
    ),
    "another protocol": (
        _routes(Route("/db", service("db", Port("db", 6379, app_protocol="example.com/redis")))),
        "is not HTTP",
    ),
    "no pods": (_routes(Route("/", Endpoint("x", "nova", Port("http", 80)))), "names no pods"),
    "no pods but ranges": (
        _routes(Route("/", Endpoint("x", "nova", Port("http", 80), peers=(ANYWHERE,)))),
        "names no pods",
    ),
    "same path twice": (
        _routes(Route("/api", CONTENT), Route("/api", USER)),
        "belongs to content-service:8081 already, and would belong to user-service:8083",
    ),
    "same path on one of the hosts": (
        replace(
            _routes(Route("/a", CONTENT, hosts=("b.example.com",)), Route("/a", USER)),
            hosts=("a.example.com", "b.example.com"),
        ),
        "belongs to content-service:8081 already",
    ),
    "nested unsaid": (
        _routes(Route("/api", CONTENT), Route("/api/v1", USER)),
        "takes part of /api, which belongs to content-service:8081.*nested=True",
    ),
    "exact inside prefix unsaid": (
        _routes(Route("/api", CONTENT), Route("/api", USER, match="exact")),
        "takes part of /api",
    ),
    "shadowed": (
        _routes(Route("/api", CONTENT), Route("/api/v1", CONTENT)),
        "changes nothing: /api sends it to content-service:8081 already",
    ),
    "shadowed by the root": (
        _routes(Route("/", CONTENT), Route("/api", CONTENT)),
        "changes nothing: / sends it",
    ),
    "nested in nothing": (_one(nested=True), "lies inside no other route"),
    "group of unlike routes": (
        _routes(Route("/a", CONTENT, group="up", streaming=True), Route("/b", CONTENT, group="up")),
        r"routes\[1\].group = 'up': differs in settings or hosts from routes\[0\]",
    ),
    "two paths, one name": (
        _routes(Route("/a/b", CONTENT, websocket=True), Route("/a-b", CONTENT, websocket=True)),
        "would be rendered as 'gateway-a-b', as .*give one of them a group",
    ),
    "name too long": (
        _routes(Route("/" + "a" * 60, CONTENT, websocket=True)),
        "its object has 68 characters.*give the route a short group",
    ),
    "name of the redirect": (_one(group="to-https"), "is the redirect's name"),
    "group no name": (_one(group="Uploads"), "is not a DNS label"),
    "origin with a path": (
        replace(SMALLEST, cors=Cors(origins=(f"{_HERE}/",))),
        "is not an origin",
    ),
    "origin pattern": (
        replace(SMALLEST, cors=Cors(origins=("https://*.example.com",))),
        "back ends read patterns differently",
    ),
    "every origin with credentials": (
        replace(SMALLEST, cors=Cors(origins=("*",), credentials=True)),
        "lets every site act in the user's name",
    ),
    "no origin": (replace(SMALLEST, cors=Cors(origins=())), "allows no origin"),
    "origin twice": (replace(SMALLEST, cors=Cors(origins=(_HERE, _HERE))), "an origin twice"),
    "header pattern": (
        replace(SMALLEST, cors=Cors(origins=(_HERE,), headers=("*",))),
        "not the name of a header",
    ),
    "unknown method": (
        replace(SMALLEST, cors=Cors(origins=(_HERE,), methods=("FETCH",))),  # type: ignore[arg-type]
        "cors.methods",
    ),
    "no method": (replace(SMALLEST, cors=Cors(origins=(_HERE,), methods=())), "allows no method"),
    "no preflight age": (
        replace(SMALLEST, cors=Cors(origins=(_HERE,), max_age_seconds=0)),
        "cors.max_age_seconds = 0: is no time",
    ),
    "rate of nothing": (
        replace(SMALLEST, rate_limit=RateLimit(requests_per_second=0)),
        "rate_limit.requests_per_second = 0: lets nobody in",
    ),
    "burst of nothing": (
        replace(SMALLEST, rate_limit=RateLimit(requests_per_second=1, burst=0)),
        "rate_limit.burst = 0",
    ),
    "global rate": (
        _one(rate_limit=RateLimit(requests_per_second=1, scope="client-global")),
        r"routes\[0\].rate_limit.scope = 'client-global': needs",
    ),
    "body of half a byte": (replace(SMALLEST, body_size="512m"), "body_size = '512m'"),
    "body size that no route takes": (
        replace(_one(websocket=True), body_size="10Mi"),
        "body_size = '10Mi': reaches no route",
    ),
    "request time that no route takes": (
        replace(_one(websocket=True), timeouts=Timeouts(request_seconds=9)),
        "timeouts.request_seconds = 9: reaches no route",
    ),
    "body of words": (_one(body_size="big"), r"routes\[0\].body_size = 'big': is not a quantity"),
    "no idle time": (replace(SMALLEST, timeouts=Timeouts(idle_seconds=0)), "leaves no time"),
    "connect too long": (
        replace(SMALLEST, timeouts=Timeouts(connect_seconds=120)),
        "use at most 75",
    ),
    "impatient websocket": (
        _one(websocket=True, timeouts=Timeouts(idle_seconds=30)),
        "breaks WebSockets between pings; use 60 or more",
    ),
    "websocket with a deadline": (
        _one(websocket=True, timeouts=Timeouts(request_seconds=30)),
        "cuts off a live WebSocket",
    ),
    "cookie name": (replace(SMALLEST, session_affinity=CookieAffinity("a b")), "name of a cookie"),
    "cookie age": (
        replace(SMALLEST, session_affinity=CookieAffinity("a", max_age_seconds=0)),
        "session_affinity.max_age_seconds",
    ),
    "insecure cookie for all sites": (
        replace(SMALLEST, tls=PlainHttp(), session_affinity=CookieAffinity("a", same_site="None")),
        "refused by browsers without TLS",
    ),
    "clients by name": (replace(SMALLEST, allow_from=("office",)), "is not an address range"),
    "clients of a route by name": (
        _one(allow_from=("office",)),
        r"routes\[0\].allow_from = 'office': is not an address range",
    ),
    "range with host bits": (replace(SMALLEST, allow_from=("10.0.0.1/8",)), "host bits zero"),
    "header": (replace(SMALLEST, request_headers={"X Y": "z"}), "is not a header"),
    "no hops": (replace(SMALLEST, trusted_hops=0), "trusts no proxy"),
    "issuer": (replace(SMALLEST, tls=CertificateFromIssuer("Let's Encrypt")), "tls.issuer"),
    "tls as text": (replace(SMALLEST, tls="letsencrypt"), "tls = 'letsencrypt': is a str"),  # type: ignore[arg-type]
    "settings as a dict": (
        replace(SMALLEST, cors={"origins": [_HERE]}),  # type: ignore[arg-type]
        "whose keys nobody would check",
    ),
}

_NGINX_ONLY = {
    "trusted hops": (replace(SMALLEST, trusted_hops=1), "use-forwarded-headers"),
    "request headers": (replace(SMALLEST, request_headers={"X-Edge": "a"}), "proxy-set-headers"),
    "request time": (
        replace(SMALLEST, timeouts=Timeouts(request_seconds=30)),
        "nginx limits only silences",
    ),
    "request time of a route": (
        _one(timeouts=Timeouts(request_seconds=30)),
        r"routes\[0\].timeouts.request_seconds = 30",
    ),
    "service elsewhere": (
        _routes(Route("/", service("search", 8086, namespace="other"))),
        "another namespace than the Ingress .*make a gateway in other, or use gateway-api",
    ),
}

_ENVOY_ONLY = {
    "burst": (
        replace(SMALLEST, rate_limit=RateLimit(requests_per_second=100, burst=300)),
        "rate_limit.burst = 300.*leave burst out",
    ),
    "websocket with a body limit": (
        _one(websocket=True, body_size="1Mi"),
        "by buffering, which holds a WebSocket up for ever",
    ),
    "stream with a body limit": (
        replace(_one(streaming=True), body_size="1Mi"),
        r"routes\[0\].body_size = '1Mi': .*stream.*body_size=Off\(\)",
    ),
    "body beyond 32 bits": (replace(SMALLEST, body_size="4Gi"), "more than Envoy can buffer"),
    "encrypted service": (
        _routes(Route("/", service("x", Port("https", 8443, app_protocol="https")))),
        "BackendTLSPolicy",
    ),
    "encrypted websocket": (
        _routes(Route("/", service("x", Port("ws", 8443, app_protocol="kubernetes.io/wss")))),
        "BackendTLSPolicy",
    ),
    "too many hosts": (
        replace(SMALLEST, hosts=tuple(f"h{n}.example.com" for n in range(17))),
        "more than the 16 of a route",
    ),
    "too many services": (
        _routes(*(Route(f"/s{n}", service(f"s{n}", 80)) for n in range(17))),
        "need more than 16 services",
    ),
}


def _refused(props: IngressGatewayProps, environment: Environment, message: str) -> None:
    with pytest.raises(PropsError, match=f"(?s)nova/gateway .IngressGateway.*{message}"):
        rendered(props, environment)


@pytest.mark.parametrize("environment", [NGINX, ENVOY], ids=lambda e: e.gateway)
@pytest.mark.parametrize(("props", "message"), _ANY_BACK_END.values(), ids=_ANY_BACK_END)
def test_no_back_end_takes(
    props: IngressGatewayProps, message: str, environment: Environment
) -> None:
    _refused(props, environment, message)


@pytest.mark.parametrize(("props", "message"), _NGINX_ONLY.values(), ids=_NGINX_ONLY)
def test_ingress_nginx_cannot_express(props: IngressGatewayProps, message: str) -> None:
    _refused(props, NGINX, message)
    rendered(props, ENVOY)


@pytest.mark.parametrize(("props", "message"), _ENVOY_ONLY.values(), ids=_ENVOY_ONLY)
def test_gateway_api_cannot_express(props: IngressGatewayProps, message: str) -> None:
    _refused(props, ENVOY, message)
    rendered(props, NGINX)


@pytest.mark.parametrize("environment", [NGINX, ENVOY], ids=lambda e: e.gateway)
def test_a_cluster_whose_controller_is_not_known(environment: Environment) -> None:
    cluster = replace(environment.cluster, ingress_pods=None)

    _refused(SMALLEST, replace(environment, cluster=cluster), "cluster.ingress_pods = None")


@pytest.mark.parametrize("environment", [NGINX, ENVOY], ids=lambda e: e.gateway)
def test_a_cluster_without_a_class_for_gateways(environment: Environment) -> None:
    cluster = replace(environment.cluster, ingress_class=None, gateway_class=None)
    bare = replace(environment, cluster=cluster)

    _refused(SMALLEST, bare, f"environment.gateway = '{environment.gateway}'")
    assert chart(bare).to_json() is not None


def test_a_burst_that_is_no_multiple_of_the_rate() -> None:
    props = replace(SMALLEST, rate_limit=RateLimit(requests_per_second=100, burst=250))

    _refused(props, NGINX, "rate_limit.burst = 250: is no multiple .*use 300")


def test_a_cluster_without_envoy_gateways_policies() -> None:
    environment = replace(ENVOY, cluster=replace(ENVOY.cluster, crds=frozenset()))

    _refused(SMALLEST, environment, "backendtrafficpolicies.gateway.envoyproxy.io")


def test_several_problems_are_told_at_once() -> None:
    props = _routes(Route("/a", CONTENT), Route("/a", USER), Route("/b", MESSAGING, nested=True))

    with pytest.raises(PropsError) as refusal:
        rendered(replace(props, trusted_hops=1))

    assert {p.field for p in refusal.value.problems} == {
        "routes[1].path",
        "routes[2].nested",
        "trusted_hops",
    }


def test_a_host_and_path_that_another_gateway_of_the_app_has() -> None:
    app = chart(NGINX)
    IngressGateway(app, "first", SMALLEST)

    with pytest.raises(PropsError, match="is published by nova/first already"):
        IngressGateway(app, "second", SMALLEST)


def test_the_same_host_and_path_in_another_tree_is_another_cluster() -> None:
    IngressGateway(chart(NGINX), "gateway", SMALLEST)
    IngressGateway(chart(NGINX), "gateway", SMALLEST)


def test_props_that_are_none() -> None:
    with pytest.raises(PropsError, match=r"write IngressGatewayProps\(...\)"):
        IngressGateway(chart(NGINX), "gateway", {"hosts": ["a.example.com"]})  # type: ignore[arg-type]


def test_an_id_that_names_no_object() -> None:
    with pytest.raises(PropsError, match="id = 'Gateway': is not a DNS label"):
        IngressGateway(chart(NGINX), "Gateway", SMALLEST)


def test_a_misspelt_field_is_answered_by_the_right_one() -> None:
    with pytest.raises(NovaError, match="did you mean 'rate_limit'"):
        Route("/api", CONTENT, rate_limits=Off())  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "routes",
    [
        (Route("/", CONTENT), Route("/api", USER)),
        (Route("/api", CONTENT), Route("/apis", USER)),
        (Route("/api", CONTENT), Route("/api/v1", USER, nested=True)),
        (Route("/api", CONTENT), Route("/api/up", CONTENT, streaming=True)),
        (Route("/api", CONTENT, match="exact"), Route("/api/v1", USER)),
        (Route("/a/", CONTENT, match="exact"), Route("/a", CONTENT, match="exact")),
    ],
    ids=["below the root", "another element", "nested", "own settings", "beside exact", "slash"],
)
def test_routes_that_may_lie_beside_each_other(routes: tuple[Route, ...]) -> None:
    assert rendered(_routes(*routes))
