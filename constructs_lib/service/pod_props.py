"""What services, workers and scheduled jobs have in common: the pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from constructs_lib.environment import Spread
from constructs_lib.errors import Problem
from constructs_lib.kube.containers import MIGRATION, InitContainer, Migration, Sidecar
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.placement import Toleration, TopologySpread
from constructs_lib.kube.probes import Probes, probe_port_problems
from constructs_lib.kube.rbac import ExistingServiceAccount, OwnServiceAccount, Rule
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import FileMount, WritablePath, mount_problems
from constructs_lib.kube.variables import Variable, VariablesFrom
from constructs_lib.naming import (
    OBJECT_LIMIT,
    annotation_problems,
    label_map_problems,
    name_problems,
    own_label_problems,
    variable_problems,
)
from constructs_lib.refs import Ports
from constructs_lib.resources import Resources
from constructs_lib.service.connections import Connections
from constructs_lib.service.manifests import manifest_problems
from constructs_lib.service.overrides import Override


class PodProps(Connections):
    """The pod: image, configuration, identity, limits, and its connections."""

    image: Image | AppImage
    """What runs."""

    command: tuple[str, ...] = ()
    """Program and arguments in place of the image's entry point; none leaves it."""

    args: tuple[str, ...] = ()
    """Arguments in place of the image's; none leaves them."""

    ports: Ports = field(default_factory=Ports)
    """Ports that the container listens on."""

    resources: Resources = Resources(cpu="100m", memory="128Mi")
    """Requests and limits, unless the environment sizes it. Default 100m, 128Mi."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings that are no secret: a ConfigMap ``<name>-config`` whose keys become environment
    variables, together with the environment's own ``settings``. A change rolls the pods. Their text
    is taken as it is: ``$(OTHER)`` is expanded in ``variables`` only."""

    environment_settings: bool = True
    """Whether the environment's ``settings`` are added. Default True; False for third-party images
    that would not know them."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    """Environment variables of every form; they win over ``settings``."""

    variables_from: tuple[VariablesFrom, ...] = ()
    """ConfigMaps and Secrets made elsewhere, all of whose keys become variables."""

    files: tuple[FileMount, ...] = ()
    """Files from ConfigMaps and Secrets, or written here (ConfigMap ``<name>-files``)."""

    writable: tuple[WritablePath, ...] = (WritablePath("/tmp"),)  # noqa: S108
    """Folders that may be written under the read-only root. Default ``/tmp``, 64Mi."""

    migration: Migration | None = None
    """A run of the workload's own image before each start; None has none."""

    init_containers: tuple[InitContainer, ...] = ()
    """Further containers that run before the start, in order, before the migration."""

    sidecars: tuple[Sidecar, ...] = ()
    """Containers that run beside it."""

    security: Security = Security()
    """As whom it runs. Default: user 1000, everything that ``restricted`` demands."""

    shutdown: Shutdown | None = None
    """How it stops. None: 5 s drain, 20 s to finish, 30 s in all; with a load balancer, whose
    health checks take longer, 15 s drain, 20 s to finish, 40 s in all."""

    service_account: OwnServiceAccount | ExistingServiceAccount = OwnServiceAccount()
    """Whose identity it has. Default: one of its own."""

    rules: tuple[Rule, ...] = ()
    """What it may ask of the Kubernetes API: a Role and its binding. Only with rules, or where
    ``service_account`` says so, do its pods get a token, and a way to the API server through their
    network policy."""

    metrics: Metrics | None = None
    """Where its metrics are: a monitor object where the cluster has the CRD, else annotations, and
    a way in for the cluster's scrapers. None exposes none."""

    traces: bool = False
    """Whether it sends traces to the environment's OTLP receiver: renders ``OTEL_*`` variables and
    the way there. Default False."""

    spread: Spread | None = None
    """How its pods keep apart; None takes the environment's."""

    topology_spread: tuple[TopologySpread, ...] = ()
    """Spread constraints besides those of ``spread``."""

    node_selector: Mapping[str, str] = field(default_factory=dict)
    """Labels that a node must have."""

    tolerations: tuple[Toleration, ...] = ()
    """Taints it puts up with."""

    priority_class: str | None = None
    """PriorityClass; None is the cluster's default."""

    runtime_class: str | None = None
    """RuntimeClass; None is the cluster's default."""

    image_pull_secrets: tuple[str, ...] = ()
    """Secrets with registry credentials."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Further labels of the pods and of the objects made for them."""

    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations of the pods."""

    overrides: tuple[Override, ...] = ()
    """The last word on rendered objects."""

    extra_manifests: tuple[Mapping[str, Any], ...] = ()
    """Whole objects that belong to it; namespace and labels are added where they have none."""

    def problems(self) -> Iterator[Problem]:
        """Everything that needs no environment to be known as wrong."""
        yield from super().problems()
        for name in self.settings:
            yield from variable_problems(f"settings[{name!r}]", name)
        yield from mount_problems(self.writable, self.files)
        yield from own_label_problems("labels", self.labels)
        yield from _metrics_problems(self)
        yield from _reference_problems(self)
        yield from _container_name_problems(self)
        yield from manifest_problems(self.extra_manifests)

    @property
    def stop(self) -> Shutdown:
        """How it stops, its default decided."""
        return self.shutdown or Shutdown()

    @property
    def needs_api(self) -> bool:
        """Whether its pods get a token, and a way to the API server."""
        return bool(self.rules) or self.service_account.token


class ServingProps(PodProps):
    """What long-running workloads add: probes and clients."""

    probes: Probes | None = None
    """Its probes; None opens the first TCP port for startup and readiness, and restarts nothing.
    ``Probes()`` renders none at all."""

    clients: tuple[Client, ...] = ()
    """Who may connect, besides gateways in front of it and the cluster's scrapers."""

    def problems(self) -> Iterator[Problem]:
        """As for the pod, and ports that exist."""
        yield from super().problems()
        if self.probes is not None:
            yield from probe_port_problems("probes", self.probes, self.ports)
            yield from _waiting_problems(self, self.probes)
        if self.clients and len(self.ports) == 0:
            fix = "give ports, or leave clients out"
            yield Problem("clients", self.clients, "have no port to connect to", fix)
        for index, client in enumerate(self.clients):
            for name in client.ports:
                if name not in self.ports:
                    known = ", ".join(port.name for port in self.ports) or "none"
                    where = f"clients[{index}].ports"
                    yield Problem(where, name, "is no port of it", f"its ports: {known}")


def _waiting_problems(props: ServingProps, probes: Probes) -> Iterator[Problem]:
    """Whether the kubelet leaves the program the time that it may wait for its stores."""
    first = probes.startup or probes.liveness
    wait = props.startup_wait_seconds
    if first is None or not props.bindings:
        return
    patience = first.initial_delay_seconds + first.budget_seconds
    if wait >= patience:
        name = "startup" if probes.startup else "liveness"
        why = f"is no less than the {patience} s after which probes.{name} ends the container"
        fix = f"wait less, or raise probes.{name}.failure_threshold"
        yield Problem("startup_wait_seconds", wait, why, fix)


def _reference_problems(props: PodProps) -> Iterator[Problem]:
    """Names of objects and keys that cannot be."""
    for name in props.image_pull_secrets:
        yield from name_problems("image_pull_secrets", name, limit=OBJECT_LIMIT)
    for field_name in ("priority_class", "runtime_class"):
        if getattr(props, field_name) is not None:
            yield from name_problems(field_name, getattr(props, field_name), limit=OBJECT_LIMIT)
    yield from label_map_problems("node_selector", props.node_selector)
    yield from annotation_problems("pod_annotations", props.pod_annotations)


def _metrics_problems(props: PodProps) -> Iterator[Problem]:
    if props.metrics is None:
        return
    port, known = props.metrics.port, ", ".join(port.name for port in props.ports) or "none"
    if port not in props.ports:
        why = f"the container has no port {port!r}"
        yield Problem("metrics.port", port, why, f"its ports: {known}")
    elif props.ports[port].protocol != "TCP":
        why = f"is a {props.ports[port].protocol} port, and metrics are fetched by TCP"
        yield Problem("metrics.port", port, why, f"its ports: {known}")


def _container_name_problems(props: PodProps) -> Iterator[Problem]:
    names = [MIGRATION] if props.migration else []
    for field_name in ("init_containers", "sidecars"):
        for index, item in enumerate(getattr(props, field_name)):
            if item.name in names:
                where = f"{field_name}[{index}].name"
                yield Problem(where, item.name, "is taken in this pod", "choose another name")
            names.append(item.name)
    sockets = {(port.number, port.protocol): f"ports[{port.name!r}]" for port in props.ports}
    for index, item in enumerate(props.sidecars):
        for port in item.ports:
            socket, spot = (port.number, port.protocol), f"sidecars[{index}].ports[{port.name!r}]"
            if socket in sockets:
                why = f"containers of a pod share one address, and {sockets[socket]} has it"
                yield Problem(f"{spot}.number", port.number, why, "use another number")
            sockets.setdefault(socket, spot)
