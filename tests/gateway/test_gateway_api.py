"""What Gateway API objects and Envoy Gateway's policies mean for a request."""

from dataclasses import replace

from constructs_lib.gateway import (
    NOBODY,
    CookieAffinity,
    Cors,
    IngressGatewayProps,
    Off,
    RateLimit,
    Route,
    Timeouts,
)
from constructs_lib.gateway.envoy import duration
from tests.gateway.cases import (
    CONTENT,
    ENVOY,
    MESSAGING,
    SMALLEST,
    USER,
    of_kind,
    rendered,
    service,
)

_WITH_WEBSOCKET = replace(
    SMALLEST,
    routes=(Route("/", CONTENT), Route("/ws", MESSAGING, websocket=True)),
    body_size="100Mi",
    timeouts=Timeouts(request_seconds=30),
)


def test_a_websocket_route_is_never_buffered_nor_cut_off() -> None:
    manifests = rendered(_WITH_WEBSOCKET, ENVOY)
    policies = of_kind(manifests, "BackendTrafficPolicy")
    [rule] = of_kind(manifests, "HTTPRoute")["gateway-ws"]["spec"]["rules"]

    assert "requestBuffer" not in policies["gateway-ws"]["spec"]
    assert policies["gateway-ws"]["spec"]["timeout"]["http"]["streamIdleTimeout"] == "3600s"
    assert rule["timeouts"]["request"] == "0s"
    assert policies["gateway"]["spec"]["requestBuffer"]["limit"] == "100Mi"


def test_no_route_is_left_to_envoys_fifteen_seconds() -> None:
    [rule] = of_kind(rendered(SMALLEST, ENVOY), "HTTPRoute")["gateway"]["spec"]["rules"]

    assert rule["timeouts"]["request"] == "0s"


def test_the_rate_is_counted_for_each_address_by_each_replica() -> None:
    limited = replace(SMALLEST, rate_limit=RateLimit(requests_per_second=100))
    policy = of_kind(rendered(limited, ENVOY), "BackendTrafficPolicy")["gateway"]["spec"]

    assert list(policy["rateLimit"]) == ["local"]
    for rule in policy["rateLimit"]["local"]["rules"]:
        assert rule["clientSelectors"][0]["sourceCIDR"]["type"] == "Distinct"
        assert rule["limit"] == {"requests": 100, "unit": "Second"}


def test_a_global_rate_uses_the_service_that_counts_for_all_replicas() -> None:
    limited = replace(
        SMALLEST, rate_limit=RateLimit(requests_per_second=100, scope="client-global")
    )
    environment = replace(ENVOY, cluster=replace(ENVOY.cluster, rate_limit_service=True))

    policy = of_kind(rendered(limited, environment), "BackendTrafficPolicy")["gateway"]["spec"]

    assert list(policy["rateLimit"]) == ["global"]


def test_plain_http_only_redirects() -> None:
    routes = of_kind(rendered(SMALLEST, ENVOY), "HTTPRoute")

    assert [p["sectionName"] for p in routes["gateway"]["spec"]["parentRefs"]] == ["https"]
    redirect = routes["gateway-to-https"]["spec"]
    assert [p["sectionName"] for p in redirect["parentRefs"]] == ["http"]
    assert redirect["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"


def test_without_redirect_both_listeners_serve() -> None:
    routes = of_kind(rendered(replace(SMALLEST, redirect_http=False), ENVOY), "HTTPRoute")

    assert list(routes) == ["gateway"]
    sections = [p["sectionName"] for p in routes["gateway"]["spec"]["parentRefs"]]
    assert sections == ["http", "https"]


def test_all_hosts_share_one_listener_and_so_http2() -> None:
    hosts = ("nova.example.com", "nova.example.org")
    gateway = of_kind(rendered(replace(SMALLEST, hosts=hosts), ENVOY), "Gateway")["gateway"]

    assert [listener["name"] for listener in gateway["spec"]["listeners"]] == ["http", "https"]


def test_one_rule_per_service_holds_all_its_paths() -> None:
    routes = (Route("/a", CONTENT), Route("/b", USER), Route("/c", CONTENT))
    rules = of_kind(rendered(replace(SMALLEST, routes=routes), ENVOY), "HTTPRoute")["gateway"][
        "spec"
    ]["rules"]

    paths = [[match["path"]["value"] for match in rule["matches"]] for rule in rules]
    assert paths == [["/a", "/c"], ["/b"]]


def test_a_service_elsewhere_grants_the_reference_and_lets_the_proxy_in() -> None:
    shared = service("search", 8086, namespace="nova-services")
    manifests = rendered(replace(SMALLEST, routes=(Route("/search", shared),)), ENVOY)

    grant = of_kind(manifests, "ReferenceGrant")["nova-gateway"]
    assert grant["metadata"]["namespace"] == "nova-services"
    assert grant["spec"]["from"][0]["namespace"] == "nova"
    assert [to["name"] for to in grant["spec"]["to"]] == ["search"]
    policy = of_kind(manifests, "NetworkPolicy")["nova-gateway-to-search"]
    assert policy["metadata"]["namespace"] == "nova-services"
    [rule] = of_kind(manifests, "HTTPRoute")["gateway"]["spec"]["rules"]
    assert rule["backendRefs"][0]["namespace"] == "nova-services"


def test_only_listed_clients_come_in() -> None:
    props = replace(SMALLEST, allow_from=("203.0.113.0/24",))
    policy = of_kind(rendered(props, ENVOY), "SecurityPolicy")["gateway"]["spec"]

    assert policy["authorization"]["defaultAction"] == "Deny"
    assert policy["authorization"]["rules"][0]["principal"]["clientCIDRs"] == ["203.0.113.0/24"]


def test_a_route_that_switches_everything_off_has_no_security_policy() -> None:
    props = IngressGatewayProps(
        hosts=("nova.example.com",),
        routes=(Route("/", CONTENT), Route("/open", USER, cors=Off())),
        cors=Cors(origins=("https://app.example.com",)),
    )

    assert set(of_kind(rendered(props, ENVOY), "SecurityPolicy")) == {"gateway"}


def test_affinity_is_kept_by_cookie_over_the_whole_host() -> None:
    props = replace(SMALLEST, session_affinity=CookieAffinity("chat"))
    balancer = of_kind(rendered(props, ENVOY), "BackendTrafficPolicy")["gateway"]["spec"][
        "loadBalancer"
    ]

    cookie = balancer["consistentHash"]["cookie"]
    assert cookie["name"] == "chat"
    assert cookie["attributes"]["Path"] == "/"


def test_a_cluster_without_load_balancers_gets_no_service_that_waits_for_one() -> None:
    environment = replace(ENVOY, cluster=replace(ENVOY.cluster, load_balancers=False))
    manifests = rendered(SMALLEST, environment)

    proxy = of_kind(manifests, "EnvoyProxy")["gateway"]["spec"]["provider"]
    assert proxy["kubernetes"]["envoyService"]["type"] == "ClusterIP"
    reference = of_kind(manifests, "Gateway")["gateway"]["spec"]["infrastructure"]
    assert reference["parametersRef"]["name"] == "gateway"


def test_long_durations_keep_to_five_digits() -> None:
    assert [duration(n) for n in (90, 99_999, 100_800, 100_801)] == [
        "90s",
        "99999s",
        "28h",
        "28h1s",
    ]


def test_a_path_is_closed_to_everybody_while_others_are_open() -> None:
    closed = Route("/metrics", CONTENT, match="exact", allow_from=NOBODY)
    props = replace(SMALLEST, routes=(*SMALLEST.routes, closed))
    manifests = rendered(props, ENVOY)
    [(name, policy)] = of_kind(manifests, "SecurityPolicy").items()
    [rule] = of_kind(manifests, "HTTPRoute")[name]["spec"]["rules"]

    assert policy["spec"]["targetRefs"][0]["name"] == name
    assert policy["spec"]["authorization"]["defaultAction"] == "Deny"
    assert rule["matches"] == [{"path": {"type": "Exact", "value": "/metrics"}}]
