"""The back end ``gateway-api``: a Gateway, and one HTTPRoute per group of routes.

https://gateway-api.sigs.k8s.io/reference/spec/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs_lib.errors import Problem
from constructs_lib.gateway import envoy
from constructs_lib.gateway.plan import REDIRECT, Group, Plan, settings_of
from constructs_lib.gateway.props import Route
from constructs_lib.kube.body import Body, body

API = "gateway.networking.k8s.io"
_PATH_TYPES = {"prefix": "PathPrefix", "exact": "Exact"}
_ENCRYPTED = frozenset({"https", "grpcs", "tls", "kubernetes.io/wss"})
_HTTP2 = frozenset({"grpc", "kubernetes.io/h2c"})
_HOSTS, _RULES, _MATCHES = 16, 16, 64
"""What one HTTPRoute takes: host names, rules, and matches in a rule."""

_Backend = tuple[str, str, int]
"""Namespace, Service and port."""


def objects(plan: Plan) -> Iterator[Body]:
    """The Gateway, its routes, the grants they need, and Envoy Gateway's policies."""
    yield _gateway(plan)
    if plan.tls.secret is not None and plan.props.redirect_http:
        yield _redirect(plan)
    for group in plan.groups:
        yield _http_route(plan, group)
    yield from _reference_grants(plan)
    yield from envoy.objects(plan)


def problems(plan: Plan) -> Iterator[Problem]:
    """What Gateway API and Envoy Gateway cannot express."""
    if len(plan.props.hosts) > _HOSTS:
        why, fix = f"are more than the {_HOSTS} of a route", "make several gateways"
        yield Problem("hosts", plan.props.hosts, why, fix)
    for group in plan.groups:
        backends = _by_backend(group)
        matches = max(len(routes) for routes in backends.values())
        if len(backends) > _RULES or matches > _MATCHES:
            why = f"need more than {_RULES} services or {_MATCHES} paths of one in {group.name!r}"
            fix = "give some of its routes a group"
            yield Problem("routes", [route.path for route in group.routes], why, fix)
    for index, route in enumerate(plan.props.routes):
        yield from _protocol_problems(plan, f"routes[{index}]", route)
    yield from envoy.problems(plan)


def _protocol_problems(plan: Plan, where: str, route: Route) -> Iterator[Problem]:
    protocol = settings_of(plan.props, route).protocol
    field = f"{where}.endpoint.port.app_protocol"
    if protocol in _ENCRYPTED:
        why = "needs a BackendTLSPolicy with the service's certificate authority"
        fix = "serve clear text inside the cluster, or add the policy and an app_protocol of http"
        yield Problem(field, protocol, why, fix)
    elif protocol is not None and protocol not in _HTTP2:
        fix = "route to a port that speaks HTTP, or publish it with a LoadBalancer Service"
        yield Problem(field, protocol, "is not HTTP", fix)


def _gateway(plan: Plan) -> Body:
    cluster = plan.chart.environment.cluster
    same: Body = {"namespaces": {"from": "Same"}}
    listeners: list[Body] = [
        {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": same}
    ]
    if plan.tls.secret is not None:
        # One listener for all hosts, since all share one certificate: over listeners of their own
        # browsers would reuse a connection for another host and be answered 404, which Envoy
        # Gateway averts by giving up HTTP/2. Routes say which hosts there are.
        certificate = {"group": "", "kind": "Secret", "name": plan.tls.secret}
        listeners.append(
            {
                "name": "https",
                "port": 443,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [certificate]},
                "allowedRoutes": same,
            }
        )
    infrastructure = None if cluster.load_balancers else envoy.proxy_reference(plan)
    return _object(
        "Gateway",
        plan.metadata(plan.name),
        body(
            gatewayClassName=cluster.gateway_class,
            infrastructure=infrastructure,
            listeners=listeners,
        ),
    )


def _redirect(plan: Plan) -> Body:
    redirect = {"scheme": "https", "statusCode": 301}
    spec = {
        "parentRefs": [_parent(plan, "http")],
        "hostnames": list(plan.props.hosts),
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "filters": [{"type": "RequestRedirect", "requestRedirect": redirect}],
            }
        ],
    }
    return _object("HTTPRoute", plan.metadata(f"{plan.name}-{REDIRECT}"), spec)


def _http_route(plan: Plan, group: Group) -> Body:
    parents = [_parent(plan, "http")]
    if plan.tls.secret is not None:
        secure = _parent(plan, "https")
        parents = [secure] if plan.props.redirect_http else [*parents, secure]
    rules = [_rule(plan, group, backend, routes) for backend, routes in _by_backend(group).items()]
    spec = {"parentRefs": parents, "hostnames": list(group.hosts), "rules": rules}
    return _object("HTTPRoute", plan.metadata(group.name), spec)


def _rule(plan: Plan, group: Group, backend: _Backend, routes: list[Route]) -> Body:
    namespace, service, port = backend
    foreign = namespace if namespace != plan.chart.app_namespace else None
    seconds = group.settings.request_seconds
    headers = [{"name": k, "value": v} for k, v in sorted(plan.props.request_headers.items())]
    modifier = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": headers}}
    return body(
        matches=[
            {"path": {"type": _PATH_TYPES[route.match], "value": route.path}} for route in routes
        ],
        filters=[modifier] if headers else [],
        backendRefs=[body(name=service, namespace=foreign, port=port)],
        # Where nothing is said Envoy gives up after 15 s, on open WebSockets too.
        timeouts={"request": "0s" if seconds is None else envoy.duration(seconds)},
    )


def _by_backend(group: Group) -> dict[_Backend, list[Route]]:
    backends: dict[_Backend, list[Route]] = {}
    for route in group.routes:
        endpoint = route.endpoint
        key = (endpoint.namespace, endpoint.service, endpoint.port.offered)
        backends.setdefault(key, []).append(route)
    return backends


def _reference_grants(plan: Plan) -> Iterator[Body]:
    """Leave, given in other namespaces, to send requests to their services."""
    services: dict[str, set[str]] = {}
    for route in plan.props.routes:
        if route.endpoint.namespace != plan.chart.app_namespace:
            services.setdefault(route.endpoint.namespace, set()).add(route.endpoint.service)
    own = plan.chart.app_namespace
    for namespace, names in services.items():
        spec = {
            "from": [{"group": API, "kind": "HTTPRoute", "namespace": own}],
            "to": [{"group": "", "kind": "Service", "name": name} for name in sorted(names)],
        }
        metadata = plan.metadata(f"{own}-{plan.name}", namespace=namespace)
        # Served by every release since 2022; v1 only by those of 2026.
        yield _object("ReferenceGrant", metadata, spec, version="v1beta1")


def _parent(plan: Plan, listener: str) -> Body:
    return {"name": plan.name, "sectionName": listener}


def _object(kind: str, metadata: Body, spec: dict[str, Any], version: str = "v1") -> Body:
    return {"apiVersion": f"{API}/{version}", "kind": kind, "metadata": metadata, "spec": spec}
