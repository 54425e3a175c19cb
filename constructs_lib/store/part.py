"""What a store consists of: sets of pods, described before anything is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import FileMount, WritablePath
from constructs_lib.kube.variables import Variable
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Peer, Ports
from constructs_lib.resources import Resources

NO_STOP = Shutdown(drain_seconds=0)
"""SIGTERM at once, and nothing before."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of a part."""

    name: str
    image: Image
    resources: Resources
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports)
    probes: Probes = Probes()  # noqa: RUF009  (a value, frozen)

    stop: Shutdown = NO_STOP
    """What happens before SIGTERM; its grace period is the part's to set."""

    data: bool = False
    """Whether it sees the part's volumes: the data, and other claims."""

    user: int | None = None
    """Numeric user id, where it differs from the pod's."""

    native: bool = False
    """Among ``init``: whether it goes on beside the others."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Peers that may connect to some ports of a part."""

    peers: tuple[Peer, ...]
    ports: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Pods of one template, under one name that selects them."""

    name: str
    containers: tuple[Container, ...]
    security: Security
    grace_seconds: int

    init: tuple[Container, ...] = ()
    files: tuple[FileMount, ...] = ()
    writable: tuple[WritablePath, ...] = ()

    claims: Mapping[str, str] = field(default_factory=dict)
    """Claims that exist on their own, by the path where containers with ``data`` see them."""

    accepts: tuple[Access, ...] = ()
    """Who may connect, besides clients and scrapers."""

    client_ports: tuple[str, ...] = ()
    """Ports that the store's clients may connect to."""

    reaches: tuple[Traffic, ...] = ()
    """What it connects to, besides DNS."""

    metrics: tuple[Metrics, ...] = ()
    """Where its metrics are; the first is what annotations tell of."""

    dns_options: Mapping[str, str] = field(default_factory=dict)
    """Options of the pods' resolver; an empty text is an option without a value."""

    token: bool = False
    """Whether its pods get the token of their ServiceAccount, and a way to the API server."""

    @property
    def ports(self) -> Ports:
        """Ports of all its containers."""
        every = (*self.init, *self.containers)
        return Ports(*(port for container in every for port in container.ports))


@dataclass(frozen=True, kw_only=True)
class Servers(Part):
    """Pods with a name and a volume each: a StatefulSet and its headless Service."""

    replicas: int
    headless: str
    """Name of the Service below which each pod has its host name."""

    volume: Volume
    data_path: str
    """Where containers with ``data`` see the volume."""

    min_ready_seconds: int = 0

    apart: tuple[str, ...] = ()
    """Parts whose pods are to be on other nodes than its own where they can be."""


@dataclass(frozen=True, kw_only=True)
class Proxies(Part):
    """Pods that keep nothing: a Deployment."""

    replicas: int


@dataclass(frozen=True, kw_only=True)
class Scheduled(Part):
    """Pods that run on a schedule: a CronJob. A suspended one runs by hand only."""

    schedule: Schedule
    beside: str | None = None
    """Name of a part on whose node it has to run, since it shares a volume with it."""


@dataclass(frozen=True, kw_only=True)
class Once(Part):
    """A pod that runs to its end once for each different content: a Job.

    Its object's name ends with a hash of what it runs, since a Job can never be changed: changed
    content is another Job, and the same content is applied again without effect.
    """

    retries: int = 10
    deadline_seconds: int = 3600
