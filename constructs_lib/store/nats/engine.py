"""NATS with JetStream: one server, or a quorum of them.

https://docs.nats.io/running-a-nats-service/configuration/clustering/jetstream_clustering
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.quantity import memory, memory_problems, parse
from constructs_lib.refs import Endpoint, Pods, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import backup_alerts, backup_objects
from constructs_lib.store.backups import room_problems
from constructs_lib.store.certificate_alerts import certificate_alerts
from constructs_lib.store.engine import Engine, Front, Place, Plan, data_path_problems
from constructs_lib.store.nats.alerts import alerts, volume_alerts
from constructs_lib.store.nats.backup import NatsTools, backup_parts, largest_backup
from constructs_lib.store.nats.config import Settings
from constructs_lib.store.nats.server import (
    CLIENT,
    NatsExporter,
    Server,
    server_part,
    stop_problems,
)
from constructs_lib.store.nats.users import NatsUser, backup_user, bindings, user_problems
from constructs_lib.store.part import Part
from constructs_lib.store.quorum import quorum_problems
from constructs_lib.store.tls import Tls

_SHARE_OF_VOLUME = Decimal("0.85")
_MOST_OF_VOLUME = Decimal("0.9")
_SHARE_OF_MEMORY = Decimal("0.25")
_MOST_OF_MEMORY = Decimal("0.5")
_MEMORY_TARGET = Decimal("0.8")
_LARGEST_PAYLOAD = "64Mi"
_INTERVAL = re.compile(r"always|[1-9][0-9]*(ms|s|m)")


class NatsJetStream(Engine):
    """Servers that keep messages in streams: each stream on one of them, or on three or five.

    How many copies a stream has is its own setting (``num_replicas``); only one with three or more
    survives a server. The store's pods are equal: clients connect to any of them.
    """

    replicas: int = 3
    """Servers: 1, 3 or 5. Default 3, of which one may be lost; 5 lose two. One server is no
    cluster: streams that it keeps are not seen by a cluster made of it later, and move there by
    backup and restore."""

    users: tuple[NatsUser, ...]
    """Logins. The first is that of ``store.client()``."""

    route_password: SecretKey | None = None
    """What servers show each other; needed by more than one. Of characters that need no escape in
    URLs."""

    system_password: SecretKey | None = None
    """Password of ``sys``, who sees the servers from inside (``nats server report jetstream``) and
    can take one out of the cluster. None: nobody can."""

    backup_password: SecretKey | None = None
    """Password of ``backup``, who may copy and make streams and nothing else; needed by a store
    with backups."""

    max_file_store: str | None = None
    """Most that a server keeps on disk. None takes 85 % of the volume: it holds less than its name
    says, and when it is full JetStream switches itself off. Streams are refused more messages at
    85 % of what all servers may keep, since one that meets a server's own limit is stuck."""

    max_memory_store: str | None = None
    """Most that a server keeps in memory, and streams get 85 % of. None takes a quarter of the
    memory limit."""

    max_bytes_required: bool = False
    """Whether every stream has to say how large it may become (``max_bytes``): servers keep that
    room for it, and refuse a stream that they have no room for. Default False. With five servers,
    or streams of one copy, only this keeps a single server from being filled."""

    fewest_copies: int = 1
    """The fewest copies that a stream has, 1 to ``replicas``. Default 1. A backup has each stream
    once, so that room is asked for what the account may keep, divided by this. Nobody keeps
    programs from making streams of fewer."""

    max_payload: str = "1Mi"
    """Largest message. Default 1Mi."""

    sync_interval: str = "10s"
    """How long an acknowledged message may stand in the kernel's memory only; ``always`` writes it
    to the disk first, and each one waits for that. A killed server loses nothing either way: this
    is about nodes that lose power, all that hold a copy within the time. Default 10s; NATS' own
    is 2m."""

    tls: Tls | None = None
    """Encrypted connections, of clients and between servers. None encrypts none."""

    image: Image = Image("docker.io/library/nats", tag="2.15.1-alpine")
    """Its image. Default the official one; its variant without a shell will do, too."""

    user: int = 1000
    """Numeric user id. Default 1000: the image has no user of its own, and needs none."""

    group: int | None = None
    """Numeric group id; None takes the user's number."""

    data_path: str = "/data"
    """Where the volume is mounted and messages are kept. Default ``/data``."""

    resources: Resources = Resources(
        cpu="100m", memory="128Mi", cpu_limit="500m", memory_limit="512Mi"
    )
    """Requests and limits of a server. Default 100m to 500m, 128Mi to 512Mi. Go's runtime is told
    to stay below 80 % of the limit (``GOMEMLIMIT``)."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=60, drain_seconds=30, stop_seconds=25)
    """How a server stops: it gives leadership of its streams away at once, takes no new clients,
    and within ``drain_seconds`` sends those it has elsewhere, one by one (lame duck mode). Default
    60 s, of which 30 s are for the clients. A single server stops at once."""

    exporter: NatsExporter | None = NatsExporter()
    """Container beside each server that tells Prometheus what the server tells in JSON. None
    renders none."""

    tools: NatsTools = NatsTools()
    """The CLI that backups need."""

    def problems(self) -> Iterator[Problem]:
        """What can be said without knowing volume and environment."""
        yield from self._quorum_problems()
        yield from user_problems(self.users)
        yield from stop_problems("shutdown", self.shutdown)
        if not 1 <= self.fewest_copies <= max(self.replicas, 1):
            why, fix = "is no number of copies among its servers", f"use 1 to {self.replicas}"
            yield Problem("fewest_copies", self.fewest_copies, why, fix)
        for name in ("max_file_store", "max_memory_store", "max_payload"):
            if getattr(self, name) is not None:
                yield from memory_problems(name, getattr(self, name), example="1Gi")
        if not _INTERVAL.fullmatch(self.sync_interval):
            fix = "write one such as '10s', or 'always'"
            yield Problem("sync_interval", self.sync_interval, "is no interval", fix)
        yield from data_path_problems(self.data_path)
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use any number from 1")

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """Limits of the server against those of its pod."""
        disk, limit = parse(place.volume.size), self._limit(place)
        files, kept = self._file_store(place), self._memory_store(place)
        if files > disk * _MOST_OF_VOLUME:
            why = (
                f"is {files / disk:.0%} of the volume of {place.volume.size}: a file system takes "
                "some of it, the disk is full before the limit is reached, and JetStream switches "
                "itself off"
            )
            fix = f"use at most {_MOST_OF_VOLUME:.0%}, {memory(disk * _MOST_OF_VOLUME // 1)}"
            yield Problem("engine.max_file_store", self.max_file_store, why, fix)
        if kept > limit * _MOST_OF_MEMORY:
            why = (
                f"is {kept / limit:.0%} of the memory limit of {memory(limit)}, and the server "
                "needs the rest for clients, consumers and what it writes"
            )
            fix = f"use at most {_MOST_OF_MEMORY:.0%}, {memory(limit * _MOST_OF_MEMORY // 1)}"
            yield Problem("engine.max_memory_store", self.max_memory_store, why, fix)
        if parse(self.max_payload) > parse(_LARGEST_PAYLOAD):
            fix = f"use at most {_LARGEST_PAYLOAD}, or keep large objects elsewhere"
            yield Problem("engine.max_payload", self.max_payload, "is refused by servers", fix)
        if place.backup is not None:
            settings = self._server(place).settings
            copies = "one copy" if self.fewest_copies == 1 else f"{self.fewest_copies} copies"
            because = f"what the account may keep, in streams of {copies}"
            yield from room_problems(place.backup, largest_backup(settings), because)
            if self.backup_password is None:
                fix = "give backup_password, or leave backup out"
                yield Problem("engine.backup_password", None, "is needed by backups", fix)

    def plan(self, place: Place) -> Plan:
        """Servers, one Service for clients, and what backups need."""
        server = self._server(place)
        parts: list[Part] = [server_part(place, server)]
        found = (*volume_alerts(place), *certificate_alerts(place, self.tls, "Nats"))
        if self.exporter is not None:
            limit = int(self._limit(place))
            found = (*found, *alerts(place, replicas=self.replicas, memory_limit=limit))
        if place.backup is not None and self.backup_password is not None:
            parts += backup_parts(place, place.backup, server, self.backup_password, self.tools)
            found = (*found, *backup_alerts(place, place.backup, "Nats"))
        hosts = [place.pod_host(number) for number in range(self.replicas)]
        endpoint = Endpoint(place.write_service, place.namespace, CLIENT, peers=(place.pods(),))
        front = Front(name=place.write_service, part=place.name, ports=server.client_ports)
        return Plan(
            parts=tuple(parts),
            fronts=(front,),
            endpoints={"client": endpoint},
            bindings=bindings(endpoint, self.users, hosts, tls=self.tls is not None),
            kind="nats",
            alerts=found,
            objects={} if place.backup is None else backup_objects(place, place.backup),
        )

    def _server(self, place: Place) -> Server:
        resources = place.size_of(place.name, self.resources)
        users = self.users
        operators: tuple[Pods, ...] = ()
        if place.backup is not None and self.backup_password is not None:
            users = (*users, backup_user(self.backup_password))
            operators = tuple(place.pods(f"{place.name}-{job}") for job in ("backup", "restore"))
        return Server(
            image=self.image,
            user=self.user,
            group=self.group,
            resources=resources,
            shutdown=self.shutdown,
            exporter=self.exporter,
            tls=self.tls,
            operators=operators,
            settings=Settings(
                replicas=self.replicas,
                data_path=self.data_path,
                users=users,
                system_password=self.system_password,
                route_password=self.route_password,
                tls=self.tls is not None,
                max_file_store=int(self._file_store(place)),
                max_memory_store=int(self._memory_store(place)),
                max_bytes_required=self.max_bytes_required,
                fewest_copies=self.fewest_copies,
                max_payload=int(parse(self.max_payload)),
                sync_interval=self.sync_interval,
                lame_duck_seconds=self.shutdown.drain_seconds,
                memory_target=int(self._limit(place) * _MEMORY_TARGET),
            ),
        )

    def _limit(self, place: Place) -> Decimal:
        resources = place.size_of(place.name, self.resources)
        return parse(resources.memory_limit or resources.memory)

    def _file_store(self, place: Place) -> Decimal:
        if self.max_file_store is not None:
            return parse(self.max_file_store)
        return parse(place.volume.size) * _SHARE_OF_VOLUME // 1

    def _memory_store(self, place: Place) -> Decimal:
        if self.max_memory_store is not None:
            return parse(self.max_memory_store)
        return self._limit(place) * _SHARE_OF_MEMORY // 1

    def _quorum_problems(self) -> Iterator[Problem]:
        yield from quorum_problems("replicas", self.replicas)
        if self.replicas > 1 and self.route_password is None:
            fix = "give route_password=SecretKey(...)"
            yield Problem("route_password", None, "is what servers know each other by", fix)
