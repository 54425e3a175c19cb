"""The back end ``ingress-nginx``: Ingress objects, one per group of routes with the same settings.

Annotations: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
None of those used is of risk ``Critical``, which controllers since 1.12 refuse; snippets are.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.gateway.plan import Group, Plan, Settings, settings_of
from constructs_lib.gateway.props import Route
from constructs_lib.gateway.settings import CookieAffinity, Cors, Off, RateLimit
from constructs_lib.kube.body import Body, body
from constructs_lib.quantity import parse

_PREFIX = "nginx.ingress.kubernetes.io"
_PATH_TYPES = {"prefix": "Prefix", "exact": "Exact"}
_PROTOCOLS = {
    "grpc": "GRPC",
    "kubernetes.io/h2c": "GRPC",
    "grpcs": "GRPCS",
    "https": "HTTPS",
    "kubernetes.io/wss": "HTTPS",
    "tls": "HTTPS",
}
"""How ``backend-protocol`` calls what a port's ``appProtocol`` says. HTTP/2 to a service is gRPC to
nginx, which proxies no other."""

_KIB, _MIB, _GIB = 2**10, 2**20, 2**30


def objects(plan: Plan) -> Iterator[Body]:
    """The Ingress objects."""
    for group in plan.groups:
        yield {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": plan.metadata(group.name, annotations=_annotations(plan, group.settings)),
            "spec": body(
                ingressClassName=plan.chart.environment.cluster.ingress_class,
                tls=_tls(plan, group),
                rules=[_rule(host, group) for host in group.hosts],
            ),
        }


def problems(plan: Plan) -> Iterator[Problem]:
    """What an Ingress or its annotations cannot express."""
    props = plan.props
    controller = "is set for the whole ingress-nginx controller, not for one gateway"
    if props.trusted_hops is not None:
        fix = "set use-forwarded-headers or use-proxy-protocol in the controller's ConfigMap"
        yield Problem("trusted_hops", props.trusted_hops, controller, fix)
    if props.request_headers:
        fix = "set proxy-set-headers in the controller's ConfigMap, or use gateway-api"
        yield Problem("request_headers", dict(props.request_headers), controller, fix)
    if props.timeouts.request_seconds is not None:
        yield _request_problem("timeouts.request_seconds", props.timeouts.request_seconds)
    if props.rate_limit is not None:
        yield from _rate_limit_problems("rate_limit", props.rate_limit)
    for index, route in enumerate(props.routes):
        yield from _route_problems(plan, f"routes[{index}]", route)


def _route_problems(plan: Plan, where: str, route: Route) -> Iterator[Problem]:
    if route.timeouts is not None and route.timeouts.request_seconds is not None:
        field = f"{where}.timeouts.request_seconds"
        yield _request_problem(field, route.timeouts.request_seconds)
    if isinstance(route.rate_limit, RateLimit):
        yield from _rate_limit_problems(f"{where}.rate_limit", route.rate_limit)
    if route.endpoint.namespace != plan.chart.app_namespace:
        why = f"is in another namespace than the Ingress ({plan.chart.app_namespace})"
        fix = f"make a gateway in {route.endpoint.namespace}, or use gateway-api"
        yield Problem(f"{where}.endpoint.namespace", route.endpoint.namespace, why, fix)
    protocol = settings_of(plan.props, route).protocol
    if protocol is not None and protocol not in _PROTOCOLS:
        fix = "route to a port that speaks HTTP, or publish it with a LoadBalancer Service"
        yield Problem(f"{where}.endpoint.port.app_protocol", protocol, "is not HTTP", fix)


def _request_problem(field: str, seconds: int) -> Problem:
    why = "limits a whole request, and nginx limits only silences in it"
    fix = "use idle_seconds, and keep the deadline in the service"
    return Problem(field, seconds, why, fix)


def _rate_limit_problems(field: str, limit: RateLimit) -> Iterator[Problem]:
    if limit.scope == "client-global":
        why = "needs a count shared by all replicas, which ingress-nginx has not"
        fix = "use client-per-replica, or gateway-api with a rate-limit service"
        yield Problem(f"{field}.scope", limit.scope, why, fix)
    if limit.at_once % limit.requests_per_second:
        why = f"is no multiple of requests_per_second ({limit.requests_per_second})"
        fix = f"use {-(-limit.at_once // limit.requests_per_second) * limit.requests_per_second}"
        yield Problem(f"{field}.burst", limit.burst, why, fix)


def _tls(plan: Plan, group: Group) -> list[Body]:
    if plan.tls.secret is None:
        return []
    return [{"hosts": list(group.hosts), "secretName": plan.tls.secret}]


def _rule(host: str, group: Group) -> Body:
    return {"host": host, "http": {"paths": [_path(route) for route in group.routes]}}


def _path(route: Route) -> Body:
    endpoint = route.endpoint
    return {
        "path": route.path,
        "pathType": _PATH_TYPES[route.match],
        "backend": {
            "service": {"name": endpoint.service, "port": {"number": endpoint.port.offered}}
        },
    }


def _annotations(plan: Plan, settings: Settings) -> dict[str, str]:
    secure = plan.tls.secret is not None
    values = {
        # Said either way, since the controller redirects by default where an Ingress has TLS.
        "ssl-redirect": _bool(secure and plan.props.redirect_http),
        "proxy-connect-timeout": str(settings.connect_seconds),
        "proxy-read-timeout": str(settings.idle_seconds),
        "proxy-send-timeout": str(settings.idle_seconds),
        **_body(settings),
    }
    if settings.protocol is not None:
        values["backend-protocol"] = _PROTOCOLS[settings.protocol]
    if settings.cors is not None:
        values |= _cors(settings.cors)
    if settings.rate_limit is not None:
        values |= _rate_limit(settings.rate_limit)
    if settings.session_affinity is not None:
        values |= _affinity(settings.session_affinity, secure=secure)
    if settings.allow_from:
        # The older of its two names, which every version reads.
        values["whitelist-source-range"] = ",".join(settings.allow_from)
    return {f"{_PREFIX}/{key}": values[key] for key in sorted(values)}


def _body(settings: Settings) -> dict[str, str]:
    values = {}
    if settings.body_size is not None:
        values["proxy-body-size"] = _size(settings.body_size)
    if settings.websocket or settings.streaming:
        values["proxy-request-buffering"] = "off"
    return values


def _size(size: str | Off) -> str:
    """``size`` as nginx writes it, where k, m and g are powers of 1024 and 0 is no limit."""
    if isinstance(size, Off):
        return "0"
    octets = -(-parse(size) // Decimal(1))
    for unit, factor in (("g", _GIB), ("m", _MIB), ("k", _KIB)):
        if octets % factor == 0:
            return f"{octets // factor}{unit}"
    return str(octets)


def _cors(cors: Cors) -> dict[str, str]:
    values = {
        "enable-cors": "true",
        "cors-allow-origin": ", ".join(cors.origins),
        "cors-allow-methods": ", ".join(cors.methods),
        # Both are said: the controller's defaults are a list of its own, and True.
        "cors-allow-headers": ", ".join(cors.headers),
        "cors-allow-credentials": _bool(cors.credentials),
        "cors-max-age": str(cors.max_age_seconds),
    }
    if cors.expose:
        values["cors-expose-headers"] = ", ".join(cors.expose)
    return values


def _rate_limit(limit: RateLimit) -> dict[str, str]:
    return {
        "limit-rps": str(limit.requests_per_second),
        "limit-burst-multiplier": str(limit.at_once // limit.requests_per_second),
    }


def _affinity(affinity: CookieAffinity, *, secure: bool) -> dict[str, str]:
    return {
        "affinity": "cookie",
        "affinity-mode": "balanced",
        "session-cookie-name": affinity.name,
        "session-cookie-max-age": str(affinity.max_age_seconds),
        "session-cookie-samesite": affinity.same_site,
        "session-cookie-secure": _bool(secure),
        # A pod that does not answer loses its clients to another one.
        "session-cookie-change-on-failure": "true",
    }


def _bool(value: bool) -> str:  # noqa: FBT001  (the one thing it is about)
    return "true" if value else "false"
