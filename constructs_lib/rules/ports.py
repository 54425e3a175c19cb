"""Every port that is named or numbered is one that a container has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import equal
from constructs_lib.rules.pods import (
    Container,
    PodTemplate,
    entries,
    mapping,
    namespace_of,
    value_at,
)
from constructs_lib.rules.selection import selected

SERVICE = "ports/service"
PROBE = "ports/probe"
SCRAPE = "ports/scrape"
NAMES = (SERVICE, PROBE, SCRAPE)

_ACTIONS = (
    *("startupProbe", "readinessProbe", "livenessProbe"),
    *("lifecycle.postStart", "lifecycle.preStop"),
)


def services(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each target port of a Service that pods behind it do not have."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for service in fleet.of_kind("", "Service"):
        selector = equal(value_at(service, "spec.selector"))
        pods = selected(fleet, namespace_of(service), selector) if selector else ()
        for port in entries(service, "spec.ports"):
            target = port.get("targetPort", port.get("port"))
            protocol = str(port.get("protocol") or "TCP")
            lacking = [pod for pod in pods if not has_port(fleet, pod, target, protocol)]
            at = f"spec.ports[{port.get('name', port.get('port'))}]"
            findings += [_of_service(fleet, service, at, target, pod) for pod in lacking]
    return [*findings, *_of_slices(fleet)]


def _of_service(
    fleet: Fleet, service: Manifest, at: str, target: object, pod: PodTemplate
) -> Finding:
    message = (
        f"{at} leads to port {target}, which the pods of {described(pod.owner)} do not have; "
        f"{nearest(str(target), port_words(fleet, pod))}"
    )
    fix = "name a port of the container, or select only pods that have it"
    return Finding(SERVICE, described(service), message, fix)


def _of_slices(fleet: Fleet) -> Iterator[Finding]:
    """Ports of addresses that are listed by hand; a Service takes them by their names."""
    for item in fleet.of_kind("discovery.k8s.io", "EndpointSlice"):
        name = mapping(value_at(item, "metadata.labels")).get("kubernetes.io/service-name")
        service = fleet.find("", "Service", namespace_of(item), str(name))
        offered = {str(port.get("name") or "") for port in entries(service, "spec.ports")}
        for port in entries(item, "ports"):
            own = str(port.get("name") or "")
            if service is not None and own not in offered:
                message = (
                    f"ports[{own}] is no port of {described(service)}; {nearest(own, offered)}"
                )
                fix = "give both ports the same name"
                yield Finding(SERVICE, described(item), message, fix)


def probes(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each probe or hook that asks a port by a name its container does not have."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        for container in fleet.containers(pod):
            known = {str(port["name"]) for port in _ports(container) if port.get("name")}
            for at, port in _asked(container):
                if isinstance(port, str) and not port.isdigit() and port not in known:
                    message = f"{at} asks port {port}; {nearest(port, known)}"
                    fix = "name a port of the same container, or give its number"
                    findings.append(Finding(PROBE, described(pod.owner), message, fix))
    return findings


def _asked(container: Container) -> Iterator[tuple[str, object]]:
    for name in _ACTIONS:
        for action in ("httpGet", "tcpSocket"):
            port = value_at(container.body, f"{name}.{action}.port")
            if port is not None:
                yield f"{container.path}.{name}.{action}", port


def scrapes(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each ``prometheus.io/port`` that the annotated pods do not have.

    On a Service it is a port of the pods behind it.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        findings += _scraped(fleet, pod.owner, pod.annotations, [pod])
    for service in fleet.of_kind("", "Service"):
        selector = equal(value_at(service, "spec.selector"))
        if selector:
            annotations = mapping(value_at(service, "metadata.annotations"))
            pods = selected(fleet, namespace_of(service), selector)
            findings += _scraped(fleet, service, annotations, pods)
    return findings


def _scraped(
    fleet: Fleet, owner: Manifest, annotations: Manifest, pods: Sequence[PodTemplate]
) -> Iterator[Finding]:
    port = str(annotations.get("prometheus.io/port", ""))
    scraped = str(annotations.get("prometheus.io/scrape")).lower() == "true"
    if not scraped or not port.isdigit() or not pods:
        return
    if not any(has_port(fleet, pod, int(port), "TCP") for pod in pods):
        known = {word for pod in pods for word in port_words(fleet, pod)}
        message = f"annotation prometheus.io/port is {port}; {nearest(port, known)}"
        fix = "give the number of the container port that serves the metrics"
        yield Finding(SCRAPE, described(owner), message, fix)


def has_port(fleet: Fleet, pod: PodTemplate, port: object, protocol: str) -> bool:
    """Whether a container that runs as long as the pod has a port of this name or number."""
    return any(
        port in (entry.get("name"), entry.get("containerPort"))
        and str(entry.get("protocol") or "TCP") == protocol
        for entry in running_ports(fleet, pod)
    )


def running_ports(fleet: Fleet, pod: PodTemplate) -> Iterator[Manifest]:
    """The ports of the containers that run as long as the pod does, sidecars included."""
    for container in fleet.containers(pod):
        starting = f"{pod.path}.initContainers" in container.path
        if not starting or container.body.get("restartPolicy") == "Always":
            yield from _ports(container)


def port_words(fleet: Fleet, pod: PodTemplate) -> Collection[str]:
    """The ports of a pod as findings list them: names, and the numbers of those without."""
    return [
        str(port.get("name") or port.get("containerPort")) for port in running_ports(fleet, pod)
    ]


def _ports(container: Container) -> list[Manifest]:
    return entries(container.body, "ports")
