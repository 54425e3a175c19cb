"""One host and path has one owner, over all apps of an environment.

Two Ingress objects with the same host and path are both accepted by the API server; the controller
serves the older one and says nothing. Two HTTPRoutes likewise.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.pods import entries, listed, mapping, namespace_of, value_at

OWNER = "hosts/one-owner"
NAMES = (OWNER,)

_CANARY = "nginx.ingress.kubernetes.io/canary"
_PREFIX = "Prefix"


@dataclass(frozen=True)
class _Claim:
    """A host and path that an object sends to a back end."""

    place: tuple[str, str, str, str]
    """Host, kind of match, path, and further conditions, if any."""

    backend: str
    manifest: Manifest


def one_owner(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each host and path that a second Ingress rule or HTTPRoute rule claims.

    Canary Ingresses share host and path with the one they accompany, and HTTPRoute rules that only
    redirect send nothing anywhere, so neither claims. An Ingress and an HTTPRoute may share a host
    and path while they lead to the same back end: that is a move from one controller to another.
    """
    first: dict[tuple[str, str, str, str], _Claim] = {}
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
    host, match, path, _ = second.place
    return Finding(
        rule=OWNER,
        object=described(second.manifest),
        message=f"{host}{path} ({match}) goes to {second.backend}, and to {first.backend} by "
        f"{described(first.manifest)}",
        fix="let one of them have it, or use another host or path",
    )


def _claims(manifest: Manifest) -> Iterator[_Claim]:
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    match group, manifest.get("kind"):
        case "networking.k8s.io", "Ingress":
            yield from _ingress_claims(manifest)
        case "gateway.networking.k8s.io", "HTTPRoute":
            yield from _route_claims(manifest)


def _ingress_claims(manifest: Manifest) -> Iterator[_Claim]:
    annotations = mapping(value_at(manifest, "metadata.annotations"))
    if annotations.get(_CANARY) == "true":
        return
    for rule in entries(manifest, "spec.rules"):
        for path in entries(rule, "http.paths"):
            service = mapping(value_at(path, "backend.service"))
            port = mapping(service.get("port"))
            backend = _backend(manifest, service, port.get("number", port.get("name")))
            place = _place(rule.get("host"), path.get("pathType"), path.get("path"))
            yield _Claim((*place, ""), backend, manifest)


def _route_claims(manifest: Manifest) -> Iterator[_Claim]:
    for rule in entries(manifest, "spec.rules"):
        backends = entries(rule, "backendRefs")
        if not backends:
            continue
        backend = ", ".join(_backend(manifest, ref, ref.get("port")) for ref in backends)
        matches: Sequence[Mapping[str, Any]] = entries(rule, "matches") or ({},)
        for match in matches:
            path = mapping(match.get("path"))
            conditions = {key: match[key] for key in sorted(match.keys() - {"path"})}
            further = json.dumps(conditions, sort_keys=True) if conditions else ""
            for host in listed(manifest, "spec.hostnames") or ("*",):
                place = _place(host, path.get("type", "PathPrefix"), path.get("value", "/"))
                yield _Claim((*place, further), backend, manifest)


def _place(host: object, match: object, path: object) -> tuple[str, str, str]:
    kind = str(match).replace("PathPrefix", _PREFIX)
    text = str(path or "/")
    # A prefix covers whole elements of a path, so a slash at its end says nothing.
    if kind == _PREFIX:
        text = text.rstrip("/") or "/"
    return str(host or "*"), kind, text


def _backend(manifest: Manifest, service: Mapping[str, Any], port: object) -> str:
    namespace = service.get("namespace") or namespace_of(manifest)
    return f"{namespace}/{service.get('name')}:{port}"
