"""What is declared of a PostgreSQL server's inside: databases, schemas, logins and the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.body import Body
from constructs_lib.kube.claims import Volume
from constructs_lib.refs import Binding, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.part import Part
from constructs_lib.values import Value

Access = Literal["owner", "write", "read"]

# What needs no quotes, whatever program writes it, and no escapes in a URL.
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Database(Value):
    """A database. It is made, and never dropped."""

    name: str = field(kw_only=False)
    """Its name."""

    schemas: tuple[str, ...]
    """Schemas that are made in it. In ``public`` nobody may make anything."""

    extensions: tuple[str, ...] = ()
    """Extensions that are made in it, in schema ``public``; the image has to bring them."""

    def problems(self) -> Iterator[Problem]:
        """Names, each once."""
        yield from _identifier_problems("name", self.name)
        for name in self.schemas:
            yield from _identifier_problems("schemas", name)
            if name in ("public", "information_schema"):
                yield Problem("schemas", name, "is there in every database", "leave it out")
        for name in self.extensions:
            # Extensions may have a '-' in their names: uuid-ossp.
            yield from _identifier_problems("extensions", name.replace("-", "_"))
        for where in ("schemas", "extensions"):
            yield from _twice_problems(where, getattr(self, where))


class Reach(Value):
    """A schema that a login reaches."""

    database: str = field(kw_only=False)
    """Database that it may connect to."""

    schema: str | None = field(default=None, kw_only=False)
    """Schema in it. None lets it connect and nothing more, for what only reads statistics."""

    access: Access = "owner"
    """``owner`` makes and changes tables, and everything in the schema is its own; a schema has
    one. ``write`` reads and writes what the owner makes, ``read`` reads it. Default owner."""

    def problems(self) -> Iterator[Problem]:
        """An access to nothing is none."""
        if self.schema is None and self.access != "owner":
            yield Problem("schema", None, f"leaves nothing to {self.access}", "name the schema")


class Login(Value):
    """A role that logs in, and reaches what is named here and no other database or schema."""

    name: str = field(kw_only=False)
    """Its name."""

    password: SecretKey
    """Its password, by reference. Characters that need no escape in a URL."""

    reaches: tuple[Reach, ...]
    """What it reaches. The first database is the one that its clients connect to unless they ask
    for another by ``store.login("<login>@<database>")``. Schemas are searched in this order."""

    pool: int = 5
    """Most connections that one pod opens. Default 5."""

    pods: int = 2
    """Most pods that connect as this login, rollouts aside. Default 2."""

    surge: int = 1
    """Pods that rollouts add to those at the most. Default 1, as a rollout of one workload does;
    0 for one that rolls with ``max_surge=0``. Pods that are ending are not among them: while all
    pools are full, the next pod gets the connections of one that ends when that has closed them."""

    idle: int = 1
    """Connections that each pod keeps while it does nothing, as its pool is set up. Default 1; 0
    for pools that close what is idle. It says how small ``at_once`` may be, and nothing else."""

    at_once: int | None = None
    """Most connections that all pods together may have at a time. None lets every pool be full:
    ``pool`` x (``pods`` + ``surge``). Fewer suits pools that are seldom full at the same moment.
    PostgreSQL refuses what is above, of this login alone (``too many connections for role``,
    SQLSTATE 53300); the pool that is told so has to wait and try again."""

    roles: tuple[str, ...] = ()
    """Predefined roles that it is a member of, such as ``pg_monitor``.
    https://www.postgresql.org/docs/current/predefined-roles.html"""

    @property
    def connections(self) -> int:
        """Most connections at a time, which become CONNECTION LIMIT."""
        return self.full if self.at_once is None else self.at_once

    @property
    def full(self) -> int:
        """Connections of all pools when every one of them is full."""
        return self.pool * (self.pods + self.surge)

    @property
    def databases(self) -> tuple[str, ...]:
        """Databases that it may connect to, the first one first."""
        return tuple(dict.fromkeys(reach.database for reach in self.reaches))

    def problems(self) -> Iterator[Problem]:
        """Names and numbers."""
        yield from _identifier_problems("name", self.name)
        if self.name.startswith("pg_") or self.name in ("public", "none"):
            yield Problem("name", self.name, "is reserved by PostgreSQL", "choose another name")
        yield from self._number_problems()
        if not self.reaches:
            fix = "name what it reaches: Reach('orders', 'orders')"
            yield Problem("reaches", self.reaches, "lets it connect to no database", fix)
        for role in self.roles:
            if not role.startswith("pg_"):
                fix = "use pg_monitor or another of them, and grant schemas by reaches"
                yield Problem("roles", role, "is no predefined role", fix)
        pairs = tuple((reach.database, reach.schema) for reach in self.reaches)
        for pair in dict.fromkeys(pair for pair in pairs if pairs.count(pair) > 1):
            name = ".".join(part for part in pair if part)
            yield Problem("reaches", name, "is named twice", "name it once, with one access")

    def _number_problems(self) -> Iterator[Problem]:
        for where, least in (("pool", 1), ("pods", 1), ("surge", 0), ("idle", 0)):
            if getattr(self, where) < least:
                why = "connects nobody" if least else "is negative"
                yield Problem(where, getattr(self, where), why, f"use {least} or more")
        if self.idle > self.pool:
            why = f"is more than the {self.pool} of the pool"
            yield Problem("idle", self.idle, why, f"use {self.pool} or fewer")
        if self.at_once is not None:
            yield from self._share_problems(self.at_once)

    def _share_problems(self, at_once: int) -> Iterator[Problem]:
        """Whether the connections go round, and are fewer than those of full pools."""
        pods = f"({self.pods} + {self.surge} pods)"
        kept = self.idle * (self.pods + self.surge)
        if at_once < self.pool:
            why = f"is less than the pool of one pod, {self.pool}"
            yield Problem("at_once", at_once, why, f"use {self.pool} or more, or a smaller pool")
        elif at_once < kept:
            why = (
                f"is less than what pods keep that do nothing, {self.idle} x {pods} = {kept}: the "
                f"last ones would get none"
            )
            fix = f"use {kept} or more, or let pools close what is idle: idle=0"
            yield Problem("at_once", at_once, why, fix)
        elif at_once > self.full:
            why = f"is more than all pools hold, {self.pool} x {pods} = {self.full}"
            yield Problem("at_once", at_once, why, "leave it out")


class Archive(Value):
    """The WAL archive that goes with backups: one pod that receives WAL as it is written.

    It holds a replication slot, so nothing is removed from the primary before it has arrived here,
    up to the server's ``max_slot_wal_keep_size``.
    """

    volume: Volume = Volume(size="5Gi")
    """Where it keeps what is not shipped yet. Default 5Gi: 320 files of 16 MiB."""

    ship_seconds: int = 15
    """How often finished files, and what there is of the one being written, are shipped to where
    the backups are. Default 15 s: what may be lost with both the servers and this volume."""

    resources: Resources = Resources(
        cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi"
    )
    """Requests and limits of the container that receives. Default 50m to 500m, 64Mi to 256Mi."""

    def problems(self) -> Iterator[Problem]:
        """It ships now and then."""
        if self.ship_seconds < 1:
            yield Problem("ship_seconds", self.ship_seconds, "never pauses", "use 1 or more")


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What is rendered for databases, logins and backups beside the servers themselves."""

    parts: tuple[Part, ...] = ()
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    objects: Mapping[str, Body] = field(default_factory=dict)

    connects: tuple[str, ...] = ()
    """Names of parts that connect to the servers or to the proxies in front of them."""

    slots: tuple[str, ...] = ()
    """Physical replication slots that every member keeps."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    """Settings that servers need for it."""


def _identifier_problems(where: str, name: str) -> Iterator[Problem]:
    if not _IDENTIFIER.fullmatch(name):
        fix = "use up to 63 lower-case letters, digits and '_', no digit first"
        yield Problem(where, name, "needs quotes wherever it is written", fix)


def _twice_problems(where: str, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Problem(where, name, "is named twice", "name it once")
