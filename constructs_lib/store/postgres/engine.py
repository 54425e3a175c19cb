"""What PostgreSQL engines share: the server, its image, its memory, what is inside.

https://www.postgresql.org/docs/current/
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.quantity import memory_problems, parse
from constructs_lib.refs import Endpoint, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Engine, Place
from constructs_lib.store.postgres import backup as postgres_backup
from constructs_lib.store.postgres import logins as postgres_logins
from constructs_lib.store.postgres.exporter import PostgresExporter
from constructs_lib.store.postgres.server import (
    METRICS_USER,
    SUPERUSER,
    SUPERUSER_CONNECTIONS,
    PostgresServer,
)
from constructs_lib.store.postgres.settings import (
    Memory,
    Wal,
    parameter_problems,
    parameters,
)
from constructs_lib.store.postgres.values import Additions, Archive, Database, Login
from constructs_lib.store.tls import Tls

OLDEST = 15
"""Oldest major version whose programs do what scripts ask of them."""


class PostgresEngine(Engine):
    """A PostgreSQL server. Not used itself: an engine is one of its subclasses."""

    superuser_password: SecretKey
    """Password of ``postgres``, who owns the server. It is set once, when the data is made. Another
    one takes ``ALTER ROLE`` on the running server first, then the Secret, then ``rotation``: in any
    other order nobody of the store can log in. ``docs/stores/postgres.md`` has the commands, under
    'Change the superuser's password'."""

    replication_password: SecretKey
    """Password of ``replication_user``."""

    replication_user: str = "replication_user"
    """Role that copies the data: replicas, base backups, the archive."""

    databases: tuple[Database, ...] = ()
    """Databases and schemas, made by a Job and never dropped."""

    logins: tuple[Login, ...] = ()
    """Who connects, and to what. ``store.login("orders")`` is what a client of it gets."""

    archive: Archive = Archive()
    """The archive of write-ahead logs, which there is where there are backups."""

    version: int = 17
    """Major version of the image. Default 17; 15 is the oldest. The files of one are of no use to
    another: ``docs/stores/postgres.md`` says how to move."""

    image: Image = Image("docker.io/library/postgres", tag="17.11-bookworm")
    """Its image: the official one, or another with a POSIX shell and PostgreSQL's programs on the
    search path. https://hub.docker.com/_/postgres"""

    user: int = 999
    """Numeric user id of the image. Default 999, as in the official Debian image; Alpine's is 70.
    https://github.com/docker-library/postgres"""

    group: int = 999
    """Numeric group id, which owns the volume. Default 999, as in the official Debian image."""

    data_path: str = "/var/lib/postgresql/data"
    """Where the volume is mounted. Default as the official images up to 17 have it; it does for
    newer ones as well. The data is in the folder ``pgdata`` below."""

    resources: Resources = Resources(cpu="250m", memory="512Mi", cpu_limit="1", memory_limit="1Gi")
    """Requests and limits of the server, unless the environment sizes it. Default 250m to 1 core,
    512Mi to 1Gi."""

    max_connections: int = 100
    """Most connections, 6 of them for superusers: Patroni, Jobs, and 3 for people. Default 100."""

    shared_buffers: str | None = None
    """Memory for pages that all connections share. None takes a quarter of the limit."""

    work_mem: str | None = None
    """Memory for one sort or join, before it goes to the disk. None takes what is left when a
    quarter of all connections sort at once, at most 4Mi."""

    max_slot_wal_keep_size: str | None = None
    """Most write-ahead logs that are kept for a replica or an archive that is away. One that misses
    more has to be made anew, by hand. None takes 30 % of the volume."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    """Further settings, such as ``{"random_page_cost": "1.1"}``."""

    tls: Tls | None = None
    """Encrypts all connections, replicas' too, and refuses others. None leaves them plain."""

    exporter: PostgresExporter | None = PostgresExporter()
    """Metrics; None renders none."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=120, drain_seconds=0, stop_seconds=110)
    """How a server stops: it ends its connections and writes all changed pages, which takes as long
    as the disk is slow. Default 110 s for that, in a grace period of 120 s."""

    def problems(self) -> Iterator[Problem]:
        """What holds wherever the store stands."""
        yield from self._version_problems()
        yield from self._number_problems()
        yield from parameter_problems(self.parameters)
        for name in ("shared_buffers", "work_mem", "max_slot_wal_keep_size"):
            if getattr(self, name) is not None:
                yield from memory_problems(name, getattr(self, name), example="256Mi")
        if not self.data_path.startswith("/") or self.data_path.strip("/") == "":
            fix = "write an absolute path, such as /var/lib/postgresql/data"
            yield Problem("data_path", self.data_path, "is no folder to mount", fix)
        if self.shutdown.command is not None:
            fix = "leave it out"
            yield Problem("shutdown.command", self.shutdown.command, "is the engine's to set", fix)

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """Whether memory and volume hold what they are to hold, and what is inside fits."""
        yield from self.memory(place).problems(self.work_mem)
        yield from self.wal(place).problems()
        server = self.server(place)
        yield from postgres_logins.addition_problems(place, server, self)
        yield from postgres_backup.addition_problems(place, server, self)

    @property
    @abstractmethod
    def servers(self) -> int:
        """How many there are, the primary included."""
        raise NotImplementedError

    @abstractmethod
    def endpoints(self, place: Place) -> tuple[Endpoint, Endpoint]:
        """Where clients write and where they read."""
        raise NotImplementedError

    @property
    def programs_memory(self) -> Decimal:
        """Bytes of what runs beside PostgreSQL in the same container."""
        return Decimal(0)

    @property
    def security(self) -> Security:
        """As whom the pods run."""
        return Security(user=self.user, group=self.group)

    @property
    def data(self) -> str:
        """Folder of the data.

        Not the volume itself: the kubelet changes its permissions, and there is a ``lost+found``.
        """
        return f"{self.data_path.rstrip('/')}/pgdata"

    def server(self, place: Place) -> PostgresServer:
        """What has to be known of the servers to connect to them."""
        write, read = self.endpoints(place)
        return PostgresServer(
            image=self.image,
            user=self.user,
            group=self.group,
            tls=self.tls,
            superuser=SUPERUSER,
            superuser_password=self.superuser_password,
            replication_user=self.replication_user,
            replication_password=self.replication_password,
            metrics_user=None if self.exporter is None else METRICS_USER,
            max_connections=self.max_connections,
            superuser_reserved=SUPERUSER_CONNECTIONS,
            write=write,
            read=read,
            pods=place.pods(),
            members=tuple(place.pod_host(number) for number in range(self.servers)),
        )

    def additions(self, place: Place) -> Additions:
        """What databases, logins and backups need."""
        server = self.server(place)
        found = (
            postgres_logins.additions(place, server, self),
            postgres_backup.additions(place, server, self),
        )
        return Additions(
            parts=tuple(part for item in found for part in item.parts),
            bindings={name: one for item in found for name, one in item.bindings.items()},
            alerts=tuple(alert for item in found for alert in item.alerts),
            objects={name: one for item in found for name, one in item.objects.items()},
            connects=tuple(name for item in found for name in item.connects),
            slots=tuple(name for item in found for name in item.slots),
            parameters={name: one for item in found for name, one in item.parameters.items()},
        )

    def settings(self, place: Place, additions: Additions) -> dict[str, str]:
        """Settings of every server."""
        return parameters(
            self.memory(place),
            self.wal(place),
            replicas=self.servers - 1,
            tls=self.tls is not None,
            own={**additions.parameters, **self.parameters},
        )

    def memory(self, place: Place) -> Memory:
        """What the memory limit has to hold."""
        resources = place.size_of(place.name, self.resources)
        return Memory.of(
            parse(resources.memory_limit or resources.memory),
            connections=self.max_connections,
            beside=self.programs_memory,
            shared_buffers=self.shared_buffers,
            work_mem=self.work_mem,
        )

    def wal(self, place: Place) -> Wal:
        """How much of the volume write-ahead logs may take."""
        return Wal.of(parse(place.volume.size), self.max_slot_wal_keep_size)

    def _version_problems(self) -> Iterator[Problem]:
        if self.version < OLDEST:
            why = "is older than the programs that scripts ask for"
            yield Problem("version", self.version, why, f"use {OLDEST} or newer")
        tagged = re.match(r"\d+", self.image.tag or "")
        if tagged and int(tagged[0]) != self.version:
            fix = f"write version={tagged[0]}, or another tag"
            why = f"is not that of the image, {self.image.tag}"
            yield Problem("version", self.version, why, fix)

    def _number_problems(self) -> Iterator[Problem]:
        for name in ("user", "group"):
            if getattr(self, name) < 1:
                yield Problem(name, getattr(self, name), "is root", "use the image's numeric id")
        least = SUPERUSER_CONNECTIONS + 1
        if self.max_connections < least:
            why = f"leaves nobody a connection besides the {SUPERUSER_CONNECTIONS} of superusers"
            yield Problem("max_connections", self.max_connections, why, f"use {least} or more")
