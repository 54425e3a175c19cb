"""Envoy Gateway's policies: what Gateway API has no field for.

https://gateway.envoyproxy.io/docs/api/extension_types/ — from Envoy Gateway 1.8, the first whose
BackendTrafficPolicy knows how long a stream may be silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.gateway.plan import IDLE_SECONDS, Group, Plan, Settings, settings_of
from constructs_lib.gateway.props import Route
from constructs_lib.gateway.settings import CookieAffinity, Cors, Off, RateLimit
from constructs_lib.kube.body import Body, body
from constructs_lib.quantity import memory, parse

API = "gateway.envoyproxy.io"
ENVOY_GATEWAY_CRDS = frozenset(
    f"{plural}.{API}"
    for plural in (
        "backendtrafficpolicies",
        "clienttrafficpolicies",
        "envoyproxies",
        "securitypolicies",
    )
)
"""CRDs of Envoy Gateway that a gateway may need, for ``Cluster(crds=...)``."""

_PLURALS = {
    "BackendTrafficPolicy": "backendtrafficpolicies",
    "ClientTrafficPolicy": "clienttrafficpolicies",
    "EnvoyProxy": "envoyproxies",
    "SecurityPolicy": "securitypolicies",
}
_EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
_BUFFER_CEILING = 2**32 - 1
"""Bytes; Envoy keeps the limit in 32 bits."""

_LONGEST_SECONDS = 99_999
"""Durations of Gateway API have at most five digits per unit."""


def duration(seconds: int) -> str:
    """``seconds`` as Gateway API and Envoy Gateway write durations."""
    if seconds <= _LONGEST_SECONDS:
        return f"{seconds}s"
    hours, rest = divmod(seconds, 3600)
    return f"{hours}h{rest}s" if rest else f"{hours}h"


def objects(plan: Plan) -> Iterator[Body]:
    """The policies of the gateway and of each group, and the proxy's form where it differs."""
    if not plan.chart.environment.cluster.load_balancers:
        yield _proxy(plan)
    yield _client_traffic_policy(plan)
    for group in plan.groups:
        yield _backend_traffic_policy(plan, group)
        if group.settings.cors is not None or group.settings.allow_from:
            yield _security_policy(plan, group)


def problems(plan: Plan) -> Iterator[Problem]:
    """What the policies cannot express, and policies the cluster does not know."""
    yield from _crd_problems(plan)
    if plan.props.body_size is not None:
        yield from _size_problems("body_size", plan.props.body_size)
    if plan.props.rate_limit is not None:
        yield from _rate_limit_problems(plan, "rate_limit", plan.props.rate_limit)
    for index, route in enumerate(plan.props.routes):
        where = f"routes[{index}]"
        if isinstance(route.rate_limit, RateLimit):
            yield from _rate_limit_problems(plan, f"{where}.rate_limit", route.rate_limit)
        yield from _buffer_problems(plan, where, route)


def _crd_problems(plan: Plan) -> Iterator[Problem]:
    cluster = plan.chart.environment.cluster
    for kind in sorted({str(manifest["kind"]) for manifest in objects(plan)}):
        name = f"{_PLURALS[kind]}.{API}"
        if name not in cluster.crds:
            why = f"has no {name}, and Gateway API alone cannot express what the gateway says"
            fix = "install Envoy Gateway and add ENVOY_GATEWAY_CRDS to cluster.crds"
            yield Problem("environment.cluster.crds", kind, why, fix)


def _buffer_problems(plan: Plan, where: str, route: Route) -> Iterator[Problem]:
    size = settings_of(plan.props, route).body_size
    if not isinstance(size, str):
        return
    if isinstance(route.body_size, str):
        yield from _size_problems(f"{where}.body_size", size)
    if route.websocket or route.streaming:
        kind = "WebSocket" if route.websocket else "stream"
        why = f"is kept by Envoy by buffering, which holds a {kind} up for ever"
        fix = "write body_size=Off() and limit it in the service, or split the path"
        yield Problem(f"{where}.body_size", size, why, fix)


def _size_problems(field: str, size: str) -> Iterator[Problem]:
    if parse(size) > _BUFFER_CEILING:
        why, fix = "is more than Envoy can buffer", "use less than 4Gi, or a streaming route"
        yield Problem(field, size, why, fix)


def _rate_limit_problems(plan: Plan, field: str, limit: RateLimit) -> Iterator[Problem]:
    if limit.at_once != limit.requests_per_second:
        why = f"is not requests_per_second ({limit.requests_per_second}), the only one of Envoy's"
        fix = "leave burst out"
        yield Problem(f"{field}.burst", limit.burst, why, fix)
    service = plan.chart.environment.cluster.rate_limit_service
    if limit.scope == "client-global" and not service:
        why = "needs a rate-limit service beside Envoy Gateway, and the cluster has none"
        fix = "install it and set cluster.rate_limit_service, or use client-per-replica"
        yield Problem(f"{field}.scope", limit.scope, why, fix)


def proxy_reference(plan: Plan) -> Body:
    """What a Gateway says to be served by the proxy that :func:`objects` describes."""
    return {"parametersRef": {"group": API, "kind": "EnvoyProxy", "name": plan.name}}


def _proxy(plan: Plan) -> Body:
    """The proxy behind a ClusterIP Service: a LoadBalancer one would wait for its address."""
    kubernetes = {"envoyService": {"type": "ClusterIP"}}
    spec = {"provider": {"type": "Kubernetes", "kubernetes": kubernetes}}
    return _object("EnvoyProxy", plan.metadata(plan.name), spec)


def _client_traffic_policy(plan: Plan) -> Body:
    idle = plan.props.timeouts.idle_seconds
    hops = plan.props.trusted_hops
    detection = None if hops is None else {"xForwardedFor": {"numTrustedHops": hops}}
    spec = body(
        targetRefs=[_target("Gateway", plan.name)],
        clientIPDetection=detection,
        # Until a route is chosen; each group's own time follows in its BackendTrafficPolicy.
        timeout={"http": {"streamIdleTimeout": duration(idle or IDLE_SECONDS)}},
    )
    return _object("ClientTrafficPolicy", plan.metadata(plan.name), spec)


def _backend_traffic_policy(plan: Plan, group: Group) -> Body:
    settings = group.settings
    spec = body(
        targetRefs=[_target("HTTPRoute", group.name)],
        timeout={
            "tcp": {"connectTimeout": duration(settings.connect_seconds)},
            "http": {"streamIdleTimeout": duration(settings.idle_seconds)},
        },
        rateLimit=_rate_limit(settings),
        requestBuffer=_request_buffer(settings),
        httpUpgrade=[{"type": "websocket"}] if settings.websocket else None,
        loadBalancer=_load_balancer(settings.session_affinity, plan),
    )
    return _object("BackendTrafficPolicy", plan.metadata(group.name), spec)


def _request_buffer(settings: Settings) -> Body | None:
    size = settings.body_size
    return None if size is None or isinstance(size, Off) else {"limit": memory(parse(size))}


def _rate_limit(settings: Settings) -> Body | None:
    limit = settings.rate_limit
    if limit is None:
        return None
    everywhere = limit.scope == "client-global"
    rules = [
        body(
            # "Distinct" counts for each address in the range by itself.
            clientSelectors=[{"sourceCIDR": {"type": "Distinct", "value": block}}],
            limit={"requests": limit.requests_per_second, "unit": "Second"},
            shared=True if everywhere else None,
        )
        for block in _EVERY_ADDRESS
    ]
    return {"global" if everywhere else "local": {"rules": rules}}


def _load_balancer(affinity: CookieAffinity | None, plan: Plan) -> Body | None:
    if affinity is None:
        return None
    # Without a path the cookie would hold for the folder of the page that happened to set it.
    attributes = {"Path": "/", "SameSite": affinity.same_site}
    if plan.tls.secret is not None:
        # Browsers look at the attribute's name only.
        attributes["Secure"] = "true"
    cookie = {
        "name": affinity.name,
        "ttl": duration(affinity.max_age_seconds),
        "attributes": attributes,
    }
    return {"type": "ConsistentHash", "consistentHash": {"type": "Cookie", "cookie": cookie}}


def _security_policy(plan: Plan, group: Group) -> Body:
    spec = body(
        targetRefs=[_target("HTTPRoute", group.name)],
        cors=None if group.settings.cors is None else _cors(group.settings.cors),
        authorization=_authorization(group.settings.allow_from),
    )
    return _object("SecurityPolicy", plan.metadata(group.name), spec)


def _cors(cors: Cors) -> Body:
    return body(
        allowOrigins=list(cors.origins),
        allowMethods=list(cors.methods),
        allowHeaders=list(cors.headers),
        exposeHeaders=list(cors.expose),
        allowCredentials=cors.credentials,
        maxAge=duration(cors.max_age_seconds),
    )


def _authorization(blocks: tuple[str, ...]) -> Body | None:
    if not blocks:
        return None
    rule = {"name": "clients", "action": "Allow", "principal": {"clientCIDRs": list(blocks)}}
    return {"defaultAction": "Deny", "rules": [rule]}


def _target(kind: str, name: str) -> Body:
    return {"group": "gateway.networking.k8s.io", "kind": kind, "name": name}


def _object(kind: str, metadata: Body, spec: Body) -> Body:
    return {"apiVersion": f"{API}/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
