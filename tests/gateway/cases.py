"""Environments, services and charts that the tests of gateways share."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts)

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.environment import (
    Cluster,
    DevelopmentLiterals,
    Environment,
    Images,
    NodePool,
)
from constructs_lib.gateway import (
    ENVOY_GATEWAY_CRDS,
    NOBODY,
    CertificateFromIssuer,
    CookieAffinity,
    Cors,
    IngressGateway,
    IngressGatewayProps,
    Off,
    RateLimit,
    Route,
    Timeouts,
)
from constructs_lib.manifest import Manifest
from constructs_lib.refs import Endpoint, Pods, Port

BackEnd = Literal["ingress-nginx", "gateway-api"]

_CLUSTER = Cluster(
    kubernetes="1.33",
    nodes=(NodePool(count=3, cpu="4", memory="8Gi"),),
    storage_class="standard",
    ingress_class="nginx",
    gateway_class="envoy",
    ingress_pods=Pods("ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"}),
    crds=ENVOY_GATEWAY_CRDS,
)
NGINX = Environment(
    name="test",
    cluster=_CLUSTER,
    secrets=DevelopmentLiterals(),
    images=Images(registry="registry.example.com"),
    domain="example.com",
    certificate_issuer="letsencrypt",
)
ENVOY = replace(
    NGINX,
    gateway="gateway-api",
    cluster=replace(
        _CLUSTER,
        ingress_pods=Pods("envoy-gateway-system", labels={"app.kubernetes.io/name": "envoy"}),
    ),
)
ENVIRONMENTS: dict[BackEnd, Environment] = {"ingress-nginx": NGINX, "gateway-api": ENVOY}


def service(name: str, port: Port | int, namespace: str = "nova") -> Endpoint:
    """The http port of a service whose pods carry its name."""
    pods = Pods(namespace, labels={"app.kubernetes.io/name": name})
    listening = port if isinstance(port, Port) else Port("http", port)
    return Endpoint(name, namespace, listening, peers=(pods,))


CONTENT = service("content-service", 8081)
MEDIA = service("media-service", Port("http", 8082, service_port=80))
USER = service("user-service", 8083)
MESSAGING = service("messaging-service", 8084)

SMALLEST = IngressGatewayProps(hosts=("nova.example.com",), routes=(Route("/", CONTENT),))


def full(back_end: BackEnd) -> IngressGatewayProps:
    """Every field set that the back end can express."""
    envoy = back_end == "gateway-api"
    return IngressGatewayProps(
        hosts=("nova.example.com", "nova.example.org"),
        routes=(
            Route("/", CONTENT),
            Route("/api/v1/posts", CONTENT, rate_limit=RateLimit(requests_per_second=10)),
            Route("/api/v1/users", USER, match="exact"),
            Route("/metrics", CONTENT, match="exact", allow_from=NOBODY),
            Route("/api/v1/uploads", MEDIA, group="uploads", streaming=True, body_size=Off()),
            Route("/api/v1/videos", MEDIA, group="uploads", streaming=True, body_size=Off()),
            Route("/api/v1/videos/votes", USER, nested=True, cors=Off(), session_affinity=Off()),
            Route("/legacy", USER, hosts=("nova.example.org",)),
            Route(
                "/ws",
                MESSAGING,
                websocket=True,
                cors=Cors(origins=("*",)),
                rate_limit=Off(),
                timeouts=Timeouts(connect_seconds=3, idle_seconds=7200),
                session_affinity=CookieAffinity("chat", max_age_seconds=86400, same_site="Strict"),
            ),
        ),
        tls=CertificateFromIssuer("internal", kind="Issuer", secret="nova-certificate"),  # noqa: S106
        redirect_http=False,
        cors=Cors(
            origins=("https://app.example.com", "http://localhost:3000"),
            methods=("GET", "POST"),
            headers=("Authorization", "X-Trace"),
            expose=("X-Total-Count",),
            credentials=True,
            max_age_seconds=1200,
        ),
        rate_limit=RateLimit(requests_per_second=100, burst=100 if envoy else 300),
        body_size="100Mi",
        timeouts=Timeouts(
            connect_seconds=4, idle_seconds=90, request_seconds=30 if envoy else None
        ),
        session_affinity=CookieAffinity("nova"),
        allow_from=("203.0.113.0/24", "2001:db8::/32"),
        request_headers={"X-Edge": "nova"} if envoy else {},
        trusted_hops=1 if envoy else None,
    )


def chart(environment: Environment, namespace: str = "nova") -> AppChart:
    """An empty chart of an app of its own."""
    return AppChart(cdk8s.App(), "nova", environment=environment, team="web", namespace=namespace)


def rendered(props: IngressGatewayProps, environment: Environment = NGINX) -> list[Any]:
    """What a gateway called ``gateway`` renders, in order, without the chart's own objects."""
    gateway = IngressGateway(chart(environment), "gateway", props)
    return [m.to_json() for m in gateway.node.find_all() if isinstance(m, Manifest)]


def of_kind(manifests: Iterable[Any], kind: str) -> dict[str, Any]:
    """Objects of one kind, by name."""
    return {m["metadata"]["name"]: m for m in manifests if m["kind"] == kind}


def annotations(manifests: Iterable[Any], name: str = "gateway") -> dict[str, str]:
    """ingress-nginx annotations of one Ingress, without their prefix."""
    found = of_kind(manifests, "Ingress")[name]["metadata"]["annotations"]
    return {key.rpartition("/")[2]: value for key, value in found.items()}
