"""What ``test`` asks: each Service by the name clients use, in the way that its port speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.cli.rendered import Key, key_of
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping, value_at

_TEMPLATES = ("DaemonSet", "Deployment", "StatefulSet")
_PASSWORD = "REDISCLI_AUTH"  # noqa: S105  (the variable's name)


@dataclass(frozen=True)
class SecretReference:
    """A key of a Secret in the cluster."""

    namespace: str
    """Namespace of the Secret."""

    name: str
    """Name of the Secret."""

    key: str
    """The key."""


@dataclass(frozen=True)
class Question:
    """One thing to ask from inside the cluster."""

    kind: str
    """``name``, ``tcp``, ``http``, ``redis`` or ``postgres``, as the script knows them."""

    host: str
    """Name of a Service as clients write it: ``redis-service.nova-redis``."""

    port: int | None = None
    """The Service's port; None where only the name is asked for."""

    path: str = ""
    """What to get over HTTP."""

    password: SecretReference | None = None
    """Where the password of a Redis is."""

    def __str__(self) -> str:
        """As a line for the script."""
        port = "" if self.port is None else str(self.port)
        return " ".join(part for part in (self.kind, self.host, port, self.path) if part)


def questions(manifests: Sequence[Manifest]) -> list[Question]:
    """A question for each TCP port of each Service, and one for the name of each that has none."""
    asked: list[Question] = []
    for service in manifests:
        if service.get("kind") == "Service":
            found = list(_of_service(service, _container_ports(service, manifests)))
            asked += found or [Question("name", _host(service))]
    return asked


@dataclass(frozen=True)
class _Listener:
    """The port of a container behind a Service."""

    name: str
    number: int
    container: Manifest


def _of_service(service: Manifest, behind: Sequence[_Listener]) -> Iterator[Question]:
    for port in value_at(service, "spec.ports") or ():
        # Over UDP no answer and no listener look the same.
        if port.get("protocol", "TCP") != "TCP" or value_at(service, "spec.externalName"):
            continue
        target = port.get("targetPort", port["port"])
        at = next((one for one in behind if target in (one.name, one.number)), None)
        # The peers' Service of a set has no address: connections go to the pod's own port.
        headless = value_at(service, "spec.clusterIP") == "None"
        number = at.number if headless and at is not None else int(port["port"])
        yield _question(_host(service), number, at)


def _question(host: str, number: int, at: _Listener | None) -> Question:
    if at is None:
        return Question("tcp", host, number)
    namespace = host.rpartition(".")[2]
    if at.name == "redis":
        return Question("redis", host, number, password=_password(namespace, at.container))
    if at.name == "postgres":
        return Question("postgres", host, number)
    path = _health(at)
    return Question("http", host, number, path) if path else Question("tcp", host, number)


def _host(service: Manifest) -> str:
    key = key_of(service)
    return f"{key.name}.{key.namespace}"


def _container_ports(service: Manifest, manifests: Sequence[Manifest]) -> list[_Listener]:
    selector = mapping(value_at(service, "spec.selector"))
    return [
        _Listener(str(port.get("name", "")), int(port["containerPort"]), container)
        for manifest in manifests
        if selector and _selects(selector, service, manifest)
        for container in _containers(manifest)
        for port in container.get("ports") or ()
    ]


def _containers(manifest: Manifest) -> list[Mapping[str, Any]]:
    spec = mapping(value_at(manifest, "spec.template.spec"))
    return [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]


def _selects(selector: Mapping[str, Any], service: Manifest, manifest: Manifest) -> bool:
    labels = mapping(value_at(manifest, "spec.template.metadata.labels"))
    one, other = key_of(service), key_of(manifest)
    return (
        manifest.get("kind") in _TEMPLATES
        and one.namespace == other.namespace
        and selector.items() <= labels.items()
    )


def _health(at: _Listener) -> str:
    """The path that the readiness probe asks for on this port, without TLS."""
    probe = mapping(value_at(at.container, "readinessProbe.httpGet"))
    plain = probe.get("scheme", "HTTP") == "HTTP"
    return (
        str(probe.get("path", "/")) if plain and probe.get("port") in (at.name, at.number) else ""
    )


def _password(namespace: str, container: Manifest) -> SecretReference | None:
    for variable in container.get("env") or ():
        reference = mapping(value_at(variable, "valueFrom.secretKeyRef"))
        if variable.get("name") == _PASSWORD and reference:
            return SecretReference(namespace, str(reference["name"]), str(reference["key"]))
    return None


def sorted_by_program(asked: Sequence[Question]) -> tuple[list[Question], list[Question]]:
    """The questions that PostgreSQL's image answers, and all others."""
    postgres = [question for question in asked if question.kind == "postgres"]
    return postgres, [question for question in asked if question.kind != "postgres"]


def probed_namespaces(asked: Sequence[Question]) -> list[str]:
    """The namespaces whose Services are asked for."""
    return sorted({question.host.rpartition(".")[2] for question in asked})


def image_of(manifests: Sequence[Manifest], kind: str) -> str | None:
    """The image of the first container with a port called ``kind``, such as ``redis``."""
    for manifest in manifests:
        if manifest.get("kind") in _TEMPLATES:
            for container in _containers(manifest):
                if any(port.get("name") == kind for port in container.get("ports") or ()):
                    return str(container["image"])
    return None


def prober(manifests: Sequence[Manifest]) -> Key:
    """Where the pod that asks lives: a namespace of its own.

    In one of the apps' namespaces its quota would count the pod, and labels that policies let pass
    would make it an end point of a Service.
    """
    taken = {key_of(manifest).name for manifest in manifests if manifest.get("kind") == "Namespace"}
    name = "nova-local-test"
    while name in taken:
        name += "-1"
    return Key("Pod", name, "probe")
