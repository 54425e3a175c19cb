"""One host and path has one owner, over all apps of an environment.

Two Ingress objects with the same host and path are both accepted by the API server; the controller
serves the older one and says nothing. Two HTTPRoutes, two GRPCRoutes with the same method, and two
default backends of a class likewise.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.pods import entries, listed, mapping, namespace_of, value_at

OWNER = "hosts/one-owner"
NAMES = (OWNER,)

_CANARY = "nginx.ingress.kubernetes.io/canary"
_CLASS = "kubernetes.io/ingress.class"
_PREFIX = "Prefix"
_OWN_BALANCER = frozenset({"gce", "gce-internal", "alb"})
"""Classes whose controllers start a load balancer for each Ingress, and compare a path that is
``ImplementationSpecific`` as it stands.

https://docs.cloud.google.com/kubernetes-engine/docs/concepts/ingress
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/spec/
"""
_ANY_METHOD = "any method"


@dataclass(frozen=True)
class _Claim:
    """A host and path that an object sends to a back end."""

    place: tuple[str, ...]
    """What a second object must not claim: host, kind of match, path and further conditions."""

    title: str
    """The place, as a finding says it."""

    backend: str
    manifest: Manifest


def one_owner(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each host and path that a second Ingress rule or route rule claims.

    Canary Ingresses share host and path with the one they accompany, and HTTPRoute rules that only
    redirect send nothing anywhere, so neither claims. An Ingress and an HTTPRoute may share a host
    and path while they lead to the same back end: that is a move from one controller to another.
    """
    first: dict[tuple[str, ...], _Claim] = {}
    findings: list[Finding] = []
    for manifest in manifests:
        for claim in _claims(manifest):
            other = first.setdefault(claim.place, claim)
            if other is not claim and not _moving(other, claim):
                findings.append(_finding(other, claim))
    return findings


def _moving(one: _Claim, other: _Claim) -> bool:
    return one.manifest["kind"] != other.manifest["kind"] and one.backend == other.backend


def _finding(first: _Claim, second: _Claim) -> Finding:
    return Finding(
        rule=OWNER,
        object=described(second.manifest),
        message=f"{second.title} goes to {second.backend}, and to {first.backend} by "
        f"{described(first.manifest)}",
        fix="let one of them have it, or use another host or path",
    )


def _claims(manifest: Manifest) -> Iterator[_Claim]:
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    match group, manifest.get("kind"):
        case "networking.k8s.io", "Ingress":
            yield from _ingress_claims(manifest)
        case "gateway.networking.k8s.io", "HTTPRoute":
            yield from _route_claims(manifest, "path", _path)
        case "gateway.networking.k8s.io", "GRPCRoute":
            yield from _route_claims(manifest, "method", _method)


def _ingress_claims(manifest: Manifest) -> Iterator[_Claim]:
    annotations = mapping(value_at(manifest, "metadata.annotations"))
    if annotations.get(_CANARY) == "true":
        return
    rules = entries(manifest, "spec.rules")
    default = mapping(value_at(manifest, "spec.defaultBackend.service"))
    sort = str(value_at(manifest, "spec.ingressClassName") or annotations.get(_CLASS) or "")
    # Behind an address of its own, what has no host is nobody else's.
    own = described(manifest) if sort in _OWN_BALANCER else ""
    if default and not rules:
        # Beside rules it is for their hosts alone, at the controllers that read it there.
        title = f"what no rule takes (class {sort})" if sort else "what no rule takes"
        yield _Claim(("default", sort, own), title, _service(manifest, default), manifest)
    for rule in rules:
        for path in entries(rule, "http.paths"):
            service = mapping(value_at(path, "backend.service"))
            match = {"type": path.get("pathType"), "value": path.get("path")}
            kind, text, title = _path(match, exact=sort in _OWN_BALANCER)
            host = str(rule.get("host") or "*")
            place = (host, kind, text, own if host == "*" else "")
            yield _Claim(place, f"{host}{title}", _service(manifest, service), manifest)


def _route_claims(
    manifest: Manifest, field: str, read: Callable[[Manifest], tuple[str, str, str]]
) -> Iterator[_Claim]:
    """The claims of a route whose matches say in ``field`` what ``read`` reads."""
    for rule in entries(manifest, "spec.rules"):
        backends = entries(rule, "backendRefs")
        if not backends:
            continue
        backend = ", ".join(_backend(manifest, ref, ref.get("port")) for ref in backends)
        matches: Sequence[Mapping[str, Any]] = entries(rule, "matches") or ({},)
        for match in matches:
            kind, text, title = read(mapping(match.get(field)))
            conditions = {key: match[key] for key in sorted(match.keys() - {field})}
            further = json.dumps(conditions, sort_keys=True) if conditions else ""
            for name in listed(manifest, "spec.hostnames") or ("*",):
                host = str(name or "*")
                place = (host, kind, text, further)
                yield _Claim(place, f"{host}{title}", backend, manifest)


def _path(match: Manifest, *, exact: bool = False) -> tuple[str, str, str]:
    """Kind and text of the match of a path, and both as a finding says them.

    ``exact`` is whether a path that is the controller's to read is compared as it stands.
    """
    said = str(match.get("type", "PathPrefix")).replace("PathPrefix", _PREFIX)
    # What it means is the controller's to say, and most of them take it for a prefix.
    kind = _PREFIX if said == "ImplementationSpecific" and not exact else said
    text = str(match.get("value") or "/")
    # A prefix covers whole elements of a path, so a slash at its end says nothing.
    if kind == _PREFIX:
        text = text.rstrip("/") or "/"
    return kind, text, f"{text} ({said})"


def _method(match: Manifest) -> tuple[str, str, str]:
    """The same of the match of a gRPC method."""
    kind = str(match.get("type") or "Exact")
    service, method = match.get("service"), match.get("method")
    if not service and not method:
        return _ANY_METHOD, "", f" ({_ANY_METHOD})"
    text = f"/{service or '*'}/{method or '*'}"
    return f"method {kind}", text, f"{text} ({kind})"


def _service(manifest: Manifest, service: Mapping[str, Any]) -> str:
    port = mapping(service.get("port"))
    return _backend(manifest, service, port.get("number", port.get("name")))


def _backend(manifest: Manifest, service: Mapping[str, Any], port: object) -> str:
    namespace = service.get("namespace") or namespace_of(manifest)
    return f"{namespace}/{service.get('name')}:{port}"
