"""What every engine of a store is asked, and what it answers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.environment import Environment
from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.body import Body
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.metadata import Owner
from constructs_lib.kube.services import SessionAffinity
from constructs_lib.kube.signals import Recording, SignalsKind
from constructs_lib.naming import selector
from constructs_lib.refs import Binding, Endpoint, Peer, Pods, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.backups import Backup
from constructs_lib.store.part import Part
from constructs_lib.values import Value


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a store stands, and what its props decided for every engine alike."""

    name: str
    owner: Owner
    environment: Environment
    volume: Volume
    backup: Backup | None
    write_service: str
    read_service: str
    clients: tuple[Peer, ...]

    @property
    def namespace(self) -> str:
        """Namespace of everything the store has."""
        return self.owner.app_namespace

    @property
    def headless(self) -> str:
        """Name of the Service below which pods of the part called like the store are found."""
        return self.headless_of(self.name)

    def headless_of(self, part: str) -> str:
        """Name of the headless Service of a part."""
        return f"{part}-peers"

    def pods(self, part: str | None = None) -> Pods:
        """Pods of a part, or of the one called like the store, as network policies name them."""
        return Pods(self.namespace, labels=selector(part or self.name, self.owner.app_name))

    def service_host(self, service: str) -> str:
        """Absolute name of a Service, which no search list lengthens."""
        return f"{service}.{self.namespace}.svc.{self.environment.cluster.domain}"

    def pod_host(self, pod: int | str, part: str | None = None) -> str:
        """Absolute name of a pod: by its ordinal, or a text such as ``$(POD_NAME)``."""
        chosen = part or self.name
        name = f"{chosen}-{pod}" if isinstance(pod, int) else pod
        return f"{name}.{self.service_host(self.headless_of(chosen))}"

    def size_of(self, part: str, own: Resources) -> Resources:
        """Requests and limits of a part's main container: the environment's, or its own.

        The environment's size for services is none for stores, whose limits carry meaning.
        """
        return self.environment.sizes.get(f"{self.owner.app_name}/{part}", own)


@dataclass(frozen=True, kw_only=True)
class Front:
    """A Service in front of a part's pods."""

    name: str
    part: str
    ports: Ports
    headless: bool = False
    publish_not_ready: bool = False
    affinity: SessionAffinity | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a store renders, and what it offers to others."""

    parts: tuple[Part, ...]
    fronts: tuple[Front, ...]

    endpoints: Mapping[str, Endpoint]
    """By role: ``write`` and ``read``, or ``client``; others as the engine has them."""

    bindings: Mapping[str, Binding]
    """What clients get, by login; the one of engines without logins is called ``default``."""

    kind: SignalsKind = "store"
    """What it is, to dashboards and pages of runbooks. Default a store that these do not know."""

    alerts: tuple[Alert, ...] = ()

    recordings: tuple[Recording, ...] = ()
    """What is recorded of it."""

    objects: Mapping[str, Body] = field(default_factory=dict)
    """Further objects by their id in the construct tree."""


def data_path_problems(path: str) -> Iterator[Problem]:
    """Whether a volume can be mounted there."""
    if not path.startswith("/") or path.strip("/") == "":
        fix = "write an absolute path, such as /data"
        yield Problem("data_path", path, "is no folder to mount", fix)


class Engine(Value):
    """One way to run one kind of store. Not made itself: an engine is one of its subclasses."""

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """What does not fit between the engine and the place; fields as ``engine.<field>``."""
        del place
        yield from ()

    @abstractmethod
    def plan(self, place: Place) -> Plan:
        """Everything to render, once there is no problem."""
        raise NotImplementedError

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the subclass a value."""
        super().__init_subclass__(**kwargs)
