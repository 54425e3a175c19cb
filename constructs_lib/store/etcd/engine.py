"""etcd: one member, or a quorum of them.

https://etcd.io/docs/v3.6/op-guide/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import SLEEP_ACTION, Shutdown
from constructs_lib.quantity import memory, memory_problems, parse
from constructs_lib.refs import Endpoint, Pods, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import backup_alerts, backup_objects
from constructs_lib.store.backups import room_problems
from constructs_lib.store.certificate_alerts import certificate_alerts
from constructs_lib.store.engine import Engine, Front, Place, Plan, data_path_problems
from constructs_lib.store.etcd.alerts import alerts
from constructs_lib.store.etcd.backup import backup_parts
from constructs_lib.store.etcd.binding import EtcdBinding
from constructs_lib.store.etcd.server import CLIENT, Member, member_part
from constructs_lib.store.etcd.settings import (
    CLIENT_PORT,
    Settings,
    largest_snapshot,
    member_urls,
    parsed,
    version_problems,
)
from constructs_lib.store.etcd.upkeep import (
    Defragment,
    EtcdTools,
    defragment_part,
    rejoin_part,
)
from constructs_lib.store.part import Part
from constructs_lib.store.quorum import quorum_problems
from constructs_lib.store.tls import Tls

_LOGS = Decimal(512 * 2**20)
"""Five write-ahead logs of 64 MiB, and what is written while one is replaced."""

_COPIES = 3
"""The database, its copy while it is defragmented, and one more: a snapshot from the leader, or
what a restore has set aside."""

_PROCESS = Decimal(128 * 2**20)
_MEMORY_TARGET = Decimal("0.8")
_SHORTEST_ELECTION = 5
_COMPACTION = re.compile(r"[1-9][0-9]*[mh]")


class Etcd(Engine):
    """Members that agree on every write, and keep all of it, each on a volume of its own."""

    replicas: int = 3
    """Members: 1, 3 or 5. Default 3, of which one may be lost; 5 lose two. Members that exist
    cannot be made more or fewer by this number: see ``docs/stores/etcd.md``."""

    version: str = "3.6.15"
    """Release. It decides how flags are called and which health checks there are. Default 3.6.15;
    3.4 to 3.7 are known. Upgrade one minor release at a time, to 3.6 from 3.5.26 or newer."""

    image: Image | None = None
    """Its image, of that release. None takes ``gcr.io/etcd-development/etcd``."""

    quota: str = "256Mi"
    """Largest database. At this size etcd refuses writes and raises the alarm NOSPACE, until
    somebody makes room and disarms it. Default 256Mi, many times what Patroni needs."""

    compaction: str = "1h"
    """How long old revisions of keys are kept. Default 1h."""

    defragment: Defragment | None = Defragment()
    """When room that compaction has freed is given back. None leaves it to you, and the quota is
    reached one day."""

    tools: EtcdTools = EtcdTools()
    """What defragmentation runs with, the Job that puts a lost member back, and backups besides."""

    heartbeat_milliseconds: int = 100
    """How often the leader is heard. Default 100 ms. With volumes across a network use 250."""

    election_milliseconds: int = 1000
    """How long it may be silent until another one is elected. Default 1000 ms; ten heartbeats."""

    tls: Tls | None = None
    """Encrypted connections, of clients and between members. None encrypts none."""

    client_certificates: bool = False
    """Whether clients have to show a certificate of the same authority. Default False. There are
    no logins: who may connect is told by the network policy and, with True, by this."""

    user: int = 65532
    """Numeric user id. Default 65532, ``nonroot`` of the base image: etcd's own would be root."""

    group: int | None = None
    """Numeric group id; None takes the user's number."""

    data_path: str = "/var/lib/etcd"
    """Where the volume is mounted. Default ``/var/lib/etcd``. A member's data are in its folder
    ``data``, since a volume's own may belong to root and hold ``lost+found``."""

    resources: Resources = Resources(
        cpu="100m", memory="256Mi", cpu_limit="1", memory_limit="512Mi"
    )
    """Requests and limits of a member. Default 100m to 1 core, 256Mi to 512Mi."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=30, drain_seconds=0, stop_seconds=20)
    """How a member stops: on SIGTERM a leader gives its office away, then it closes its files.
    Default 30 s in all, nothing before SIGTERM."""

    def problems(self) -> Iterator[Problem]:
        """What can be said without knowing volume and environment."""
        yield from quorum_problems("replicas", self.replicas)
        yield from version_problems("version", self.version)
        yield from memory_problems("quota", self.quota, example="256Mi")
        yield from self._time_problems()
        if self.shutdown.command is not None:
            why = "needs programs, and the image has none but etcd's own"
            yield Problem("shutdown.command", self.shutdown.command, why, "leave it out")
        if self.client_certificates and self.tls is None:
            fix = "give tls=Tls('secret')"
            why = "can only be shown over TLS"
            yield Problem("client_certificates", self.client_certificates, why, fix)
        yield from data_path_problems(self.data_path)
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use any number from 1")

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """The quota against volume and memory, and what the cluster can do."""
        yield from self._quota_problems(place)
        if place.backup is not None:
            largest = largest_snapshot(parse(self.quota))
            yield from room_problems(place.backup, largest, "quota and what is under way")
        cluster = place.environment.cluster
        if self.shutdown.drain_seconds and not cluster.at_least(SLEEP_ACTION):
            why = f"is a sleep that the image lacks, and Kubernetes has from {SLEEP_ACTION} only"
            fix = "use 0"
            yield Problem("engine.shutdown.drain_seconds", self.shutdown.drain_seconds, why, fix)

    def plan(self, place: Place) -> Plan:
        """Members, one Service for clients, defragmentation, and what backups need."""
        member = self._member(place)
        parts: list[Part] = [member_part(place, member)]
        found = (
            *alerts(place, replicas=self.replicas),
            *certificate_alerts(place, self.tls, "Etcd"),
        )
        if self.defragment is not None:
            parts.append(defragment_part(place, member, self.tools, self.defragment))
        if self.replicas > 1:
            parts.append(rejoin_part(place, member, self.tools))
        if place.backup is not None:
            parts += backup_parts(place, place.backup, member, self.tools)
            found = (*found, *backup_alerts(place, place.backup, "Etcd"))
        endpoint = Endpoint(place.write_service, place.namespace, CLIENT, peers=(place.pods(),))
        return Plan(
            parts=tuple(parts),
            fronts=(Front(name=place.write_service, part=place.name, ports=Ports(CLIENT)),),
            endpoints={"client": endpoint},
            bindings={"default": self._binding(place, endpoint, member.settings)},
            kind="etcd",
            alerts=found,
            objects={} if place.backup is None else backup_objects(place, place.backup),
        )

    def _binding(self, place: Place, endpoint: Endpoint, settings: Settings) -> EtcdBinding:
        members = member_urls(place, settings, CLIENT_PORT)
        url = f"{settings.scheme}://{endpoint.address}"
        # A program that is etcd's own reads every variable that begins with ETCD_ as a flag.
        variables = {"ETCD_URL": url, "ETCD_ENDPOINTS": ",".join(members)}
        return EtcdBinding(endpoint, variables=variables, when_deleted=place.volume.when_deleted)

    def _member(self, place: Place) -> Member:
        default = Image("gcr.io/etcd-development/etcd", tag=f"v{self.version}")
        jobs = ["defragment"] * (self.defragment is not None)
        jobs += ["rejoin"] * (self.replicas > 1)
        jobs += ["backup"] * (place.backup is not None)
        operators: tuple[Pods, ...] = tuple(place.pods(f"{place.name}-{job}") for job in jobs)
        return Member(
            image=self.image or default,
            user=self.user,
            group=self.group,
            resources=place.size_of(place.name, self.resources),
            shutdown=self.shutdown,
            tls=self.tls,
            operators=operators,
            settings=Settings(
                version=parsed(self.version),
                replicas=self.replicas,
                data_path=self.data_path,
                quota=int(parse(self.quota)),
                compaction=self.compaction,
                heartbeat_milliseconds=self.heartbeat_milliseconds,
                election_milliseconds=self.election_milliseconds,
                memory_target=int(self._limit(place) * _MEMORY_TARGET),
                tls=self.tls is not None,
                client_certificates=self.client_certificates,
            ),
        )

    def _limit(self, place: Place) -> Decimal:
        resources = place.size_of(place.name, self.resources)
        return parse(resources.memory_limit or resources.memory)

    def _quota_problems(self, place: Place) -> Iterator[Problem]:
        quota, disk, limit = parse(self.quota), parse(place.volume.size), self._limit(place)
        needed = quota * _COPIES + _LOGS
        if disk < needed:
            why = (
                f"needs a volume of {_COPIES} x {memory(quota)} + {memory(_LOGS)} of logs = "
                f"{memory(needed)}, and it has {place.volume.size}"
            )
            fix = f"use a volume of {memory(needed)} or more, or a smaller quota"
            yield Problem("engine.quota", self.quota, why, fix)
        if limit < quota + _PROCESS:
            why = (
                f"and {memory(_PROCESS)} for the process are {memory(quota + _PROCESS)}, above the "
                f"memory limit of {memory(limit)}: parts of the database are read from the disk "
                "again and again, and heartbeats wait for them"
            )
            fix = f"use a limit of {memory(quota + _PROCESS)} or more, or a smaller quota"
            yield Problem("engine.quota", self.quota, why, fix)

    def _time_problems(self) -> Iterator[Problem]:
        heartbeat, election = self.heartbeat_milliseconds, self.election_milliseconds
        if heartbeat < 1:
            fix = "use 100, or 250 with volumes across a network"
            yield Problem("heartbeat_milliseconds", heartbeat, "is no time", fix)
        elif election < heartbeat * _SHORTEST_ELECTION:
            why = (
                f"is less than {_SHORTEST_ELECTION} heartbeats of {heartbeat} ms = "
                f"{heartbeat * _SHORTEST_ELECTION} ms, which etcd refuses"
            )
            yield Problem("election_milliseconds", election, why, f"use {heartbeat * 10}")
        elif election > 50_000:  # noqa: PLR2004  (etcd's own limit)
            why = "is more than etcd takes"
            yield Problem("election_milliseconds", election, why, "use 50000 or less")
        if not _COMPACTION.fullmatch(self.compaction):
            fix = "write one such as '1h' or '30m'"
            yield Problem("compaction", self.compaction, "is not a time", fix)
