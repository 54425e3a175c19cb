"""Every route leads to a port of a Service, by a gateway that is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import entries, group_of, mapping, namespace_of, value_at

BACKEND = "routes/backend"
PARENT = "routes/parent"
ATTACHED = "routes/attached"
NAMES = (BACKEND, PARENT, ATTACHED)

_GATEWAY_API = "gateway.networking.k8s.io"
_ROUTES = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")


class _Lead(NamedTuple):
    """One place that a route or an Ingress leads to."""

    owner: Manifest
    at: str
    namespace: str
    name: str
    port: Any
    """Number or name of the Service's port; None where a route does not say."""


def backends(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Service, or port of one, that a route leads to and that is not there.

    Services in namespaces of others are theirs to keep.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for lead in (*_of_ingresses(fleet), *_of_routes(fleet)):
        known = fleet.names("", "Service", lead.namespace)
        if lead.name in known:
            findings += _port(fleet, lead)
        elif lead.namespace == namespace_of(lead.owner) or lead.namespace in fleet.namespaces:
            near = nearest(lead.name, known)
            message = f"{lead.at} leads to Service {lead.namespace}/{lead.name}; {near}"
            fix = "name a Service that is rendered, or list it in Known.objects"
            findings.append(Finding(BACKEND, described(lead.owner), message, fix))
    return findings


def _port(fleet: Fleet, lead: _Lead) -> Iterator[Finding]:
    service = fleet.find("", "Service", lead.namespace, lead.name)
    if service is None or lead.port is None:
        return
    ports = entries(service, "spec.ports")
    known = {str(port.get(field)) for port in ports for field in ("name", "port") if field in port}
    if not any(lead.port in (port.get("name"), port.get("port")) for port in ports):
        near = nearest(str(lead.port), known)
        message = f"{lead.at} leads to port {lead.port} of {described(service)}; {near}"
        yield Finding(BACKEND, described(lead.owner), message, "name a port of the Service")


def _of_ingresses(fleet: Fleet) -> Iterator[_Lead]:
    for ingress in fleet.of_kind("networking.k8s.io", "Ingress"):
        found = [("spec.defaultBackend", value_at(ingress, "spec.defaultBackend"))]
        for index, rule in enumerate(entries(ingress, "spec.rules")):
            for path in entries(rule, "http.paths"):
                at = f"spec.rules[{index}].http.paths[{path.get('path')}].backend"
                found.append((at, path.get("backend")))
        for at, backend in found:
            service = mapping(mapping(backend).get("service"))
            if service:
                port = mapping(service.get("port"))
                number = port.get("number", port.get("name"))
                yield _Lead(ingress, at, namespace_of(ingress), str(service.get("name")), number)


def _of_routes(fleet: Fleet) -> Iterator[_Lead]:
    for route in _routes(fleet):
        for index, rule in enumerate(entries(route, "spec.rules")):
            filters = entries(rule, "filters")
            references = [
                *((f"backendRefs[{n}]", r) for n, r in enumerate(entries(rule, "backendRefs"))),
                *(
                    (f"filters[{n}].requestMirror.backendRef", r)
                    for n, each in enumerate(filters)
                    if (r := mapping(value_at(each, "requestMirror.backendRef")))
                ),
            ]
            for at, reference in references:
                if reference.get("kind", "Service") == "Service" and not reference.get("group"):
                    namespace = str(reference.get("namespace") or namespace_of(route))
                    name, port = str(reference.get("name")), reference.get("port")
                    yield _Lead(route, f"spec.rules[{index}].{at}", namespace, name, port)


def _routes(fleet: Fleet) -> Iterator[Manifest]:
    for kind in _ROUTES:
        yield from fleet.of_kind(_GATEWAY_API, kind)


def parents(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each route of a Gateway, or listener of one, that is not there."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for route in _routes(fleet):
        for index, parent in enumerate(entries(route, "spec.parentRefs")):
            if parent.get("kind", "Gateway") == "Gateway":
                at = f"spec.parentRefs[{index}]"
                findings += _parent(fleet, route, at, parent)
    return findings


def _parent(fleet: Fleet, route: Manifest, at: str, parent: Manifest) -> Iterator[Finding]:
    namespace = str(parent.get("namespace") or namespace_of(route))
    name, section = str(parent.get("name")), parent.get("sectionName")
    known = fleet.names(_GATEWAY_API, "Gateway", namespace)
    if name not in known:
        if namespace == namespace_of(route) or namespace in fleet.namespaces:
            message = f"{at} is Gateway {namespace}/{name}; {nearest(name, known)}"
            fix = "name a Gateway that is rendered, or list it in Known.objects"
            yield Finding(PARENT, described(route), message, fix)
        return
    gateway = fleet.find(_GATEWAY_API, "Gateway", namespace, name)
    listeners = {str(entry.get("name")) for entry in entries(gateway, "spec.listeners")}
    if gateway is not None and section and str(section) not in listeners:
        near = nearest(str(section), listeners)
        message = f"{at} is listener {section} of {described(gateway)}; {near}"
        yield Finding(PARENT, described(route), message, "name a listener of the Gateway")


def attached(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each policy of a gateway's extensions that is attached to nothing.

    ``spec.targetRefs`` of a policy may name Gateways, routes and Services of its own namespace.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for policy in fleet:
        if not str(policy.get("kind")).endswith("Policy") or "." not in group_of(policy):
            continue
        own = mapping(value_at(policy, "spec.targetRef"))
        targets = [own] if own else entries(policy, "spec.targetRefs")
        for index, target in enumerate(targets):
            group, kind = str(target.get("group") or ""), str(target.get("kind"))
            name = str(target.get("name"))
            known = fleet.names(group, kind, namespace_of(policy))
            if group in ("", _GATEWAY_API) and name not in known:
                message = f"spec.targetRefs[{index}] is {kind} {name}; {nearest(name, known)}"
                fix = "name an object of the same namespace, or list it in Known.objects"
                findings.append(Finding(ATTACHED, described(policy), message, fix))
    return findings
