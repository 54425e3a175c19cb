"""What controllers act on is there: scaled workloads, peers of a StatefulSet, scraped ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import Selector, equal, matches, selector_of, written
from constructs_lib.rules.pods import entries, mapping, name_of, namespace_of, value_at
from constructs_lib.rules.ports import has_port, running_ports
from constructs_lib.rules.selection import nearest_pods, selected, selects

SCALING = "targets/scaling"
PEERS = "targets/peers"
MONITOR = "targets/monitor"
NAMES = (SCALING, PEERS, MONITOR)

_MONITORING = "monitoring.coreos.com"


def scaling(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each autoscaler of a workload that is not there.

    Custom resources that can be scaled are looked for like any other object.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for scaler in fleet.of_kind("autoscaling", "HorizontalPodAutoscaler"):
        target = mapping(value_at(scaler, "spec.scaleTargetRef"))
        group = str(target.get("apiVersion", "")).rpartition("/")[0]
        kind, name = str(target.get("kind")), str(target.get("name"))
        known = fleet.names(group, kind, namespace_of(scaler))
        if name not in known:
            message = f"spec.scaleTargetRef is {kind} {name}; {nearest(name, known)}"
            fix = "name a workload of the same namespace, with its apiVersion and kind"
            findings.append(Finding(SCALING, described(scaler), message, fix))
    return findings


def peers(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each StatefulSet whose ``serviceName`` gives its pods no names.

    It has to be a headless Service that selects them: ``redis-0.redis-peers`` is resolved by it.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        name = value_at(pod.owner, "spec.serviceName")
        if pod.owner.get("kind") != "StatefulSet" or not name:
            continue
        service = fleet.find("", "Service", pod.namespace, str(name))
        known = fleet.names("", "Service", pod.namespace)
        if service is None:
            wrong = None if str(name) in known else f"is not there; {nearest(str(name), known)}"
        elif value_at(service, "spec.clusterIP") != "None":
            wrong = "has an address of its own (clusterIP is not None)"
        else:
            selector = equal(value_at(service, "spec.selector"))
            hit = matches(selector, fleet.labels(pod))
            wrong = None if hit else f"selects other pods ({written(selector)})"
        if wrong:
            message = f"spec.serviceName is {name}, which {wrong}"
            fix = "name a headless Service that selects these pods"
            findings.append(Finding(PEERS, described(pod.owner), message, fix))
    return findings


def monitors(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each ServiceMonitor or PodMonitor that scrapes nothing.

    One that looks into namespaces of others is judged by what it finds in ours.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for monitor in fleet.of_kind(_MONITORING, "ServiceMonitor"):
        findings += _of_services(fleet, monitor)
    for monitor in fleet.of_kind(_MONITORING, "PodMonitor"):
        findings += _of_pods(fleet, monitor)
    return findings


def _of_services(fleet: Fleet, monitor: Manifest) -> Iterator[Finding]:
    places = sorted(_namespaces(fleet, monitor))
    selector = selector_of(value_at(monitor, "spec.selector"))
    found = [s for place in places for s in fleet.service_index(place).matching(selector)]
    if not found:
        names = (name for place in places for name in fleet.names("", "Service", place))
        near = nearest(name_of(monitor), names)
        yield _nothing(monitor, selector, f"no Service; {near}")
    for index, endpoint in enumerate(entries(monitor, "spec.endpoints") if found else ()):
        known = {str(p.get("name")) for s in found for p in entries(s, "spec.ports")}
        port, target = endpoint.get("port"), endpoint.get("targetPort")
        if port and str(port) not in known:
            yield _port(monitor, f"spec.endpoints[{index}].port", port, known)
        pods = [
            pod
            for s in found
            for pod in selected(fleet, namespace_of(s), equal(value_at(s, "spec.selector")))
        ]
        if not port and target and not any(has_port(fleet, pod, target, "TCP") for pod in pods):
            known = {str(p.get("name")) for pod in pods for p in running_ports(fleet, pod)}
            yield _port(monitor, f"spec.endpoints[{index}].targetPort", target, known)


def _of_pods(fleet: Fleet, monitor: Manifest) -> Iterator[Finding]:
    places = sorted(_namespaces(fleet, monitor))
    selector = selector_of(value_at(monitor, "spec.selector"))
    pods = [pod for place in places for pod in selected(fleet, place, selector)]
    if not any(selects(fleet, place, selector) for place in places):
        near = nearest_pods(fleet, namespace_of(monitor), selector)
        yield _nothing(monitor, selector, f"no pods; {near}")
    for index, endpoint in enumerate(entries(monitor, "spec.podMetricsEndpoints") if pods else ()):
        port = endpoint.get("port")
        known = {str(p.get("name")) for pod in pods for p in running_ports(fleet, pod)}
        if port and str(port) not in known:
            yield _port(monitor, f"spec.podMetricsEndpoints[{index}].port", port, known)


def _namespaces(fleet: Fleet, monitor: Manifest) -> set[str]:
    """The namespaces that a monitor looks into, its own where it does not say."""
    if value_at(monitor, "spec.namespaceSelector.any") is True:
        return {namespace_of(manifest) for manifest in fleet}
    names = value_at(monitor, "spec.namespaceSelector.matchNames")
    return set(map(str, names)) if names else {namespace_of(monitor)}


def _nothing(monitor: Manifest, selector: Selector, what: str) -> Finding:
    message = f"spec.selector ({written(selector)}) matches {what}"
    fix = "select by labels that are there, in a namespace that it looks into"
    return Finding(MONITOR, described(monitor), message, fix)


def _port(monitor: Manifest, at: str, port: object, known: set[str]) -> Finding:
    message = f"{at} is {port}, and nothing selected has it; {nearest(str(port), known)}"
    return Finding(MONITOR, described(monitor), message, "name a port that is there")
