"""Every host name of the cluster that a setting holds is a Service's, with the port beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import entries, mapping, name_of, namespace_of, value_at

ADDRESS = "references/address"
NAMES = (ADDRESS,)

# Not behind what a variable or a placeholder may continue.
_HOST = re.compile(
    r"(?<![\w$})@%-])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?:\.svc(?:\.[a-z0-9.-]*[a-z0-9])?(?::([0-9]+))?|:([0-9]+))(?![\w.-])"
)

# A name without dots is looked up in the pod's own namespace.
_URL = re.compile(
    r"://(?:[^/@\s]*@)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?::([0-9]+))?(?![\w.$@({:%-])"
)
_OWN = frozenset({"localhost"})


class _Setting(NamedTuple):
    """A text that programs read."""

    owner: Manifest
    at: str
    text: str
    variable: bool
    """Whether it is a variable's value; a file may have names of its own in URLs."""

    def addresses(self, namespaces: Iterable[str]) -> Iterator[tuple[str, str, str | None]]:
        """Service, namespace and port of each host name in it that may be in ``namespaces``."""
        # Most texts are without any, and to look for one is quick.
        if any(f".{name}.svc" in self.text or f".{name}:" in self.text for name in namespaces):
            for match in _HOST.finditer(self.text):
                name, namespace, port, bare_port = match.groups()
                yield name, namespace, port or bare_port
        for match in _URL.finditer(self.text) if self.variable else ():
            if match[1] not in _OWN and not match[1].isdigit():
                yield match[1], namespace_of(self.owner), match[2]


def addresses(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each ``service.namespace.svc`` or ``service.namespace:port`` that is nobody's.

    Looked at are variables and ConfigMaps, and host names in namespaces that are rendered; in the
    URLs of variables also names without a namespace, which are of the pod's own.
    """
    fleet = Fleet.of(manifests)
    fix = "take the address from the Endpoint or the Binding of what is meant"
    found: dict[Finding, None] = {}
    for setting in _settings(fleet):
        for name, namespace, port in setting.addresses(fleet.namespaces):
            if namespace in fleet.namespaces:
                for message in _wrong(fleet, namespace, name, port):
                    text = f"{setting.at} {message}"
                    found[Finding(ADDRESS, described(setting.owner), text, fix)] = None
    return list(found)


def _wrong(fleet: Fleet, namespace: str, name: str, port: str | None) -> Iterator[str]:
    known = fleet.names("", "Service", namespace)
    service = fleet.find("", "Service", namespace, name)
    if name not in known:
        yield f"asks for Service {namespace}/{name}; {nearest(name, known)}"
    elif service is not None and port is not None:
        # A headless Service answers with the pods' own addresses, so any of their ports will do.
        headless = value_at(service, "spec.clusterIP") == "None"
        ports = {str(entry.get("port")) for entry in entries(service, "spec.ports")}
        if not headless and value_at(service, "spec.type") != "ExternalName" and port not in ports:
            yield f"asks for port {port} of {described(service)}; {nearest(port, ports)}"


def _settings(fleet: Fleet) -> Iterator[_Setting]:
    variables: set[tuple[str, str]] = set()
    for pod in fleet.pods:
        for container in fleet.containers(pod):
            for variable in entries(container.body, "env"):
                at = f"{container.path}.env[{variable.get('name')}]"
                yield _Setting(pod.owner, at, str(variable.get("value") or ""), variable=True)
            for source in entries(container.body, "envFrom"):
                variables.add((pod.namespace, str(value_at(source, "configMapRef.name"))))
    for config in fleet.of_kind("", "ConfigMap"):
        read = (namespace_of(config), name_of(config)) in variables
        for key, value in mapping(config.get("data")).items():
            yield _Setting(config, f"data[{key}]", str(value), variable=read)
