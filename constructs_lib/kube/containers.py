"""Containers beside the workload's own.

https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from constructs_lib.environment import Cluster, Images
from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.images import AppImage, Image, image_body
from constructs_lib.kube.probes import Probes, probe_bodies, probe_port_problems
from constructs_lib.kube.security import Security, container_security_context
from constructs_lib.kube.variables import (
    Variable,
    VariablesFrom,
    variable_bodies,
    variable_map_problems,
    variables_from_bodies,
)
from constructs_lib.naming import name_problems
from constructs_lib.quantity import cpu, memory, parse
from constructs_lib.refs import Ports
from constructs_lib.resources import Resources
from constructs_lib.values import Value

NATIVE_SIDECARS = "1.29"
"""First version that takes ``restartPolicy`` on an init container without a feature gate."""

MIGRATION = "migrate"
"""Name of a migration's init container."""

SMALL = Resources(cpu="20m", memory="64Mi")


class InitContainer(Value):
    """A container that runs to its end before the workload's own starts.

    It sees the pod's writable folders and files.
    """

    name: str
    """Name of the container."""

    image: Image | AppImage
    """Its image."""

    command: tuple[str, ...] = ()
    """Program and arguments; none runs the image's entry point."""

    args: tuple[str, ...] = ()
    """Arguments; none leaves the image's."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    """Its environment variables; the workload's are not shared."""

    variables_from: tuple[VariablesFrom, ...] = ()
    """ConfigMaps and Secrets whose keys become variables."""

    resources: Resources = SMALL
    """Requests and limits. Default 20m and 64Mi."""

    user: int | None = None
    """Numeric user id; None takes the pod's."""

    def problems(self) -> Iterator[Problem]:
        """Name, variables and user."""
        yield from name_problems("name", self.name)
        others = bool(self.variables_from)
        yield from variable_map_problems("variables", self.variables, {}, others=others)
        if self.user is not None and self.user < 1:
            yield Problem("user", self.user, "is root", "use the image's numeric id, 1 or more")


class Sidecar(InitContainer):
    """A container that runs beside the workload's own, with the pod's writable folders and files.

    A native one starts before the init containers, is restarted alone, and stops after the
    workload; a plain one starts with it, and gets SIGTERM with it, after the same drain (preStop
    ``sleep``, see ``Shutdown.drain_seconds``). A scheduled job takes native ones only.
    """

    native: bool = True
    """Whether it is native, which needs Kubernetes 1.29. Default True."""

    ports: Ports = field(default_factory=Ports)
    """Its ports. They are not part of the Service."""

    probes: Probes = Probes()
    """Its probes. Default none."""

    def problems(self) -> Iterator[Problem]:
        """As for an init container, and probes that ask its own ports."""
        yield from super().problems()
        yield from probe_port_problems("probes", self.probes, self.ports)


class Migration(Value):
    """An init container with the workload's own image and variables.

    It brings the database to the version that the image expects. Every pod runs it, so it has to be
    idempotent and to lock.
    """

    command: tuple[str, ...]
    """Program and arguments."""

    args: tuple[str, ...] = ()
    """Further arguments."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    """Variables besides the workload's, or in their place."""

    resources: Resources | None = None
    """Requests and limits; None takes the workload's."""

    def problems(self) -> Iterator[Problem]:
        """There is a command."""
        if not self.command:
            yield Problem("command", self.command, "runs nothing", "name the migration program")


def init_container(
    item: InitContainer, images: Images, security: Security, mounts: list[Body]
) -> Body:
    """``item`` as an entry of ``initContainers`` or ``containers``."""
    return body(
        name=item.name,
        **image_body(item.image, images),
        command=list(item.command),
        args=list(item.args),
        envFrom=variables_from_bodies(item.variables_from),
        env=variable_bodies(item.variables),
        resources=resource_body(item.resources),
        volumeMounts=mounts,
        # A capability is there for the workload's own binary.
        securityContext=container_security_context(
            replace(security, add_capabilities=()), user=item.user
        ),
    )


def sidecar(item: Sidecar, images: Images, security: Security, mounts: list[Body]) -> Body:
    """``item`` as an entry of ``initContainers`` (native) or ``containers`` (plain)."""
    return {
        **init_container(item, images, security, mounts),
        **body(
            restartPolicy="Always" if item.native else None,
            ports=port_bodies(item.ports),
            **probe_bodies(item.probes, item.ports),
        ),
    }


def port_bodies(ports: Ports) -> list[Body]:
    """``ports`` of a container."""
    return [
        {"name": port.name, "containerPort": port.number, "protocol": port.protocol}
        for port in ports
    ]


def resource_body(resources: Resources) -> Body:
    """``resources`` of a container, quantities in one canonical form."""
    limit = resources.cpu_limit
    disk = resources.ephemeral_storage
    ephemeral = {} if disk is None else {"ephemeral-storage": memory(parse(disk))}
    requests = {"cpu": cpu(parse(resources.cpu)), "memory": memory(parse(resources.memory))}
    limits = {
        **({} if limit is None else {"cpu": cpu(parse(limit))}),
        "memory": memory(parse(resources.memory_limit or resources.memory)),
    }
    return {"requests": {**requests, **ephemeral}, "limits": {**limits, **ephemeral}}


def native_sidecar_problems(
    field_name: str, sidecars: tuple[Sidecar, ...], cluster: Cluster, *, fix: str
) -> Iterator[Problem]:
    """Whether the cluster can run the native ones."""
    if cluster.at_least(NATIVE_SIDECARS):
        return
    for index, item in enumerate(sidecars):
        if item.native:
            why = f"needs Kubernetes {NATIVE_SIDECARS}, and the cluster has {cluster.kubernetes}"
            yield Problem(f"{field_name}[{index}].native", item.native, why, fix)
