"""What Redis engines share: the server, its image, its memory, what it keeps on disk.

https://redis.io/docs/latest/operate/oss_and_stack/management/config/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.quantity import memory_problems, parse
from constructs_lib.refs import SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.backups import room_problems
from constructs_lib.store.engine import Engine, Place
from constructs_lib.store.redis.clients import RedisClient, client_problems
from constructs_lib.store.redis.config import reserved
from constructs_lib.store.redis.memory import Room, limit_of, volume_problems
from constructs_lib.store.tls import Tls
from constructs_lib.values import Value

OLDEST = 7
"""First major version with append-only files of several parts, a server that waits for its
replicas when it ends, and Sentinels that keep a name which does not resolve at the moment."""

SHUTDOWN_MARGIN = 5
"""Seconds of ``stop_seconds`` that are the server's own, after it has waited for replicas."""

Eviction = Literal[
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
]


class SavePoint(Value):
    """A snapshot is made where so much has changed in so long."""

    seconds: int
    """Time since the last snapshot."""

    changes: int
    """Writes since the last snapshot."""

    def problems(self) -> Iterator[Problem]:
        """Both are positive."""
        for name in ("seconds", "changes"):
            if getattr(self, name) < 1:
                yield Problem(name, getattr(self, name), "must be positive", "use 1 or more")


class RedisExporter(Value):
    """Metrics for Prometheus, by a container beside the server."""

    image: Image = Image("docker.io/oliver006/redis_exporter", tag="v1.62.0-alpine")
    """Its image. https://github.com/oliver006/redis_exporter"""

    resources: Resources = Resources(
        cpu="10m", memory="32Mi", cpu_limit="100m", memory_limit="64Mi"
    )
    """Requests and limits. Default 10m to 100m, 32Mi to 64Mi."""


class RedisEngine(Engine):
    """A Redis server. Not used itself: an engine is one of its subclasses."""

    password: SecretKey
    """Password of clients, servers and Sentinels. It may hold letters, digits and ``._~+=-``, since
    it stands in URLs; a server refuses to start with another one, and says so."""

    version: str = "7.4"
    """Version of the image, for what depends on it. Default 7.4; 7.0 is the oldest."""

    image: Image = Image("docker.io/library/redis", tag="7.4.6-alpine")
    """Its image: the official one, or another with ``redis-server``, ``redis-cli``, a POSIX shell
    and the tools that come with one. https://hub.docker.com/_/redis"""

    user: int = 999
    """Numeric user id of the image. Default 999, as in the official one.
    https://github.com/redis/docker-library-redis"""

    group: int | None = 1000
    """Numeric group id, which owns the volume. Default 1000, as in the official Alpine image; the
    Debian one has 999."""

    data_path: str = "/data"
    """Where the volume is mounted. Default ``/data``, as in the official image."""

    resources: Resources = Resources(
        cpu="100m", memory="256Mi", cpu_limit="500m", memory_limit="512Mi"
    )
    """Requests and limits of the server, unless the environment sizes it. Default 100m to 500m,
    256Mi to 512Mi."""

    append_only: bool = True
    """Whether every write goes to a file, and to the disk once a second. Default True: the end of
    the process loses nothing, the end of the machine one second."""

    save_points: tuple[SavePoint, ...] = (
        SavePoint(seconds=3600, changes=1),
        SavePoint(seconds=300, changes=100),
        SavePoint(seconds=60, changes=10000),
    )
    """When snapshots are made. Default as Redis' own; none makes none."""

    max_memory: str | None = None
    """Most memory that data may take, ``maxmemory``. Default None derives it from the limit: what
    is left besides the server, its clients and its replicas, divided by 1 + ``copy_percent``."""

    copy_percent: int = 50
    """How much of the data may change while a save or a copy for a replica goes on: that part is
    in memory twice, and a limit without room for it kills the server then. Default 50 %, of which
    fragmentation takes some too; 100 survives a rewrite of everything."""

    eviction: Eviction = "noeviction"
    """What happens when the memory is used up. Default ``noeviction``: writes are refused, nothing
    is lost. A cache takes ``allkeys-lru`` or ``allkeys-lfu``."""

    max_clients: int = 1000
    """Most connections to a server, and to each proxy, which may be the only one left. Each takes
    16Ki of the server's memory, and an open file of its node. Default 1000."""

    clients: tuple[RedisClient, ...] = ()
    """Workloads whose pools are counted: more than ``max_clients``, less 50 of the store itself, is
    refused. ``store.client("shop/orders")`` is what one of them gets; ``store.client()`` is for
    clients that nobody counts. Who may connect at all, ``clients`` of the store's props says, and
    ``uses`` of the workloads."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of ``redis.conf``, such as ``{"notify-keyspace-events": "Ex"}``."""

    startup_seconds: int = 300
    """Longest start allowed, with all data loaded from disk. Default 300 s."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=30, drain_seconds=0, stop_seconds=20)
    """How a server stops: a master waits for its replicas to have everything, at most
    ``stop_seconds`` less 5 s. Default: 20 s from SIGTERM to the end, in a grace period of 30 s."""

    tls: Tls | None = None
    """Encrypts all connections, Sentinels' and replicas' too; None leaves them plain."""

    exporter: RedisExporter | None = RedisExporter()
    """Metrics; None renders none."""

    def problems(self) -> Iterator[Problem]:
        """What holds wherever the store stands."""
        yield from _version_problems(self.version, self.image)
        yield from self._number_problems()
        yield from client_problems(self.max_clients, self.clients)
        yield from _shutdown_problems(self.shutdown)
        if not self.data_path.startswith("/") or self.data_path.strip("/") == "":
            fix = "write an absolute path, such as /data"
            yield Problem("data_path", self.data_path, "is no folder to mount", fix)
        if self.max_memory is not None:
            yield from memory_problems("max_memory", self.max_memory, example="256Mi")
        for name, text in self.settings.items():
            yield from _setting_problems(name, text)

    def _number_problems(self) -> Iterator[Problem]:
        for name, least in (("user", 1), ("group", 1), ("max_clients", 1), ("copy_percent", 0)):
            number = getattr(self, name)
            if number is not None and number < least:
                yield Problem(name, number, "is too small", f"use {least} or more")
        # A start waits for others as well: 30 s for them, 30 s to load what a small limit can hold.
        if self.startup_seconds < 60:  # noqa: PLR2004
            fix = "use 60 or more"
            yield Problem("startup_seconds", self.startup_seconds, "restarts a slow start", fix)

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """Whether memory, volumes and backups have room for what they are to hold."""
        for name in self._servers(place):
            found = list(self.room(place, name).problems(self.max_memory))
            yield from found
            if not found:
                yield from volume_problems(
                    place.volume.size,
                    self.data_size(place, name),
                    append_only=self.append_only,
                    snapshots=bool(self.save_points),
                )
        if place.backup is not None:
            yield from room_problems(place.backup, self.data_size(place, place.name), "maxmemory")

    def room(self, place: Place, part: str) -> Room:
        """What the memory limit of a part's server has to hold."""
        return Room(
            limit=limit_of(place.size_of(part, self.resources)),
            copy_percent=self.copy_percent,
            clients=self.max_clients,
            replication=self._replication_memory(),
        )

    def data_size(self, place: Place, part: str) -> Decimal:
        """Bytes that the data of a part's server may take."""
        return self.room(place, part).most if self.max_memory is None else parse(self.max_memory)

    @property
    def security(self) -> Security:
        """As whom the pods run."""
        return Security(user=self.user, group=self.group)

    def _servers(self, place: Place) -> tuple[str, ...]:
        """Names of the parts that have a server."""
        return (place.name,)

    def _replication_memory(self) -> Decimal:
        """Bytes for what replicas have not got yet."""
        return Decimal(0)


def _shutdown_problems(shutdown: Shutdown) -> Iterator[Problem]:
    """Whether the server has time to end, and the command is left to the engine."""
    if shutdown.stop_seconds <= SHUTDOWN_MARGIN:
        why = f"leaves nothing besides the {SHUTDOWN_MARGIN} s that the server's own end may take"
        fix = f"use {SHUTDOWN_MARGIN + 1} or more"
        yield Problem("shutdown.stop_seconds", shutdown.stop_seconds, why, fix)
    if shutdown.command is not None:
        fix = "leave it out"
        yield Problem("shutdown.command", shutdown.command, "is the engine's own to set", fix)


def _version_problems(version: str, image: Image) -> Iterator[Problem]:
    match = re.fullmatch(r"(\d+)(\.\d+)*", version)
    if match is None:
        yield Problem("version", version, "is no version", "write one such as '7.4'")
        return
    if int(match[1]) < OLDEST:
        why = (
            "keeps no name that does not resolve at the moment, so that a pod which is gone cannot "
            "be watched, and waits for no replica when it ends"
        )
        yield Problem("version", version, why, "use 7.0 or newer")
    tagged = re.match(r"\d+(\.\d+)*", image.tag or "")
    if tagged and not f"{tagged[0]}.".startswith(f"{version}."):
        fix = f"write version={'.'.join(tagged[0].split('.')[:2])!r}, or another tag"
        yield Problem("version", version, f"is not that of the image, {image.tag}", fix)


def _setting_problems(name: str, text: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        yield Problem("settings", name, "is no setting of redis.conf", "write one such as 'hz'")
    elif name in reserved():
        fix = "use the engine's field for it, where there is one"
        yield Problem("settings", name, "is the engine's own to set", fix)
    if "\n" in text or not text:
        yield Problem("settings", text, f"is no value of {name}", "write one line")
