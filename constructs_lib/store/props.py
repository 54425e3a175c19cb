"""Props of ResilientStatefulStore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from constructs_lib.environment import Spread
from constructs_lib.errors import Problem
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.placement import Toleration, TopologySpread
from constructs_lib.naming import (
    OBJECT_LIMIT,
    label_map_problems,
    name_problems,
    own_label_problems,
)
from constructs_lib.refs import Peer
from constructs_lib.service.overrides import Override
from constructs_lib.store.backups import Backup
from constructs_lib.store.engine import Engine
from constructs_lib.values import Value


class StoreProps(Value):
    """A store: its engine, and what every engine has."""

    engine: Engine
    """What runs, and in which topology."""

    volume: Volume = Volume()
    """The volume of each pod that holds data. Default 10Gi of the cluster's class, kept whatever
    becomes of the pods; the environment's ``volumes`` may say another size."""

    backup: Backup | None = None
    """Scheduled backups, and a way to restore them; None makes none."""

    clients: tuple[Peer, ...] = ()
    """Who may connect, besides workloads that name a binding of the store in ``uses``."""

    write_service: str | None = None
    """Name of the Service that follows the master; None is the store's own name. It is the same in
    every topology, so that no client's setting changes with it."""

    read_service: str | None = None
    """Name of the Service for reads that may be a moment old; None is ``<name>-replicas``. In a
    topology without replicas it leads to the only instance. Engines whose every member takes reads
    and writes alike have none."""

    spread: Spread | None = None
    """How pods with data keep apart; None takes the environment's ``store_spread``."""

    topology_spread: tuple[TopologySpread, ...] = ()
    """Spread constraints besides those of ``spread``."""

    node_selector: Mapping[str, str] = field(default_factory=dict)
    """Labels that a node must have."""

    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods put up with."""

    priority_class: str | None = None
    """PriorityClass; None is the cluster's default."""

    image_pull_secrets: tuple[str, ...] = ()
    """Secrets with registry credentials."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Further labels of the pods and of the objects made for them."""

    rotation: str | None = None
    """Any text; a new one rolls the pods, for changed Secrets, whose contents nobody here sees.
    None renders nothing."""

    overrides: tuple[Override, ...] = ()
    """The last word on rendered objects."""

    def problems(self) -> Iterator[Problem]:
        """Names and labels."""
        for name in ("write_service", "read_service"):
            if getattr(self, name) is not None:
                yield from name_problems(name, getattr(self, name))
        if self.write_service is not None and self.write_service == self.read_service:
            fix = "give reads a Service of their own"
            yield Problem("read_service", self.read_service, "is the write service too", fix)
        if self.priority_class is not None:
            yield from name_problems("priority_class", self.priority_class, limit=OBJECT_LIMIT)
        for secret in self.image_pull_secrets:
            yield from name_problems("image_pull_secrets", secret, limit=OBJECT_LIMIT)
        yield from label_map_problems("node_selector", self.node_selector)
        yield from own_label_problems("labels", self.labels)
