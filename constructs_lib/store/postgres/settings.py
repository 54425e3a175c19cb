"""Settings of PostgreSQL, derived from what a pod may use.

https://www.postgresql.org/docs/current/runtime-config.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.quantity import memory, parse
from constructs_lib.store.postgres.server import RESERVED_CONNECTIONS
from constructs_lib.store.tls import FOLDER as TLS_FOLDER

_KI = Decimal(2**10)
_MI = Decimal(2**20)

_PROCESSES = 64 * _MI
"""Processes that are always there, and what they have for themselves."""

_CONNECTION = 2 * _MI
"""What the process of a connection has for itself while it does little."""

_AT_WORK = 4
"""One in so many connections sorts or joins at the same moment."""

_LEAST_WORK = _MI
_SEGMENT = 16 * _MI
_SHARE_OF_WAL = Decimal("0.5")

SENDERS = 10
"""Connections for copies of the data besides the replicas': archive, backups, and a few more."""

_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What the memory limit of a server's container has to hold."""

    limit: Decimal
    connections: int

    beside: Decimal
    """Bytes of other programs in the same container."""

    shared_buffers: Decimal
    maintenance_work_mem: Decimal
    work_mem: Decimal

    @classmethod
    def of(
        cls,
        limit: Decimal,
        *,
        connections: int,
        beside: Decimal,
        shared_buffers: str | None,
        work_mem: str | None,
    ) -> Memory:
        """What is not given is derived from the limit."""
        buffers = _mebibytes(limit / 4) if shared_buffers is None else parse(shared_buffers)
        maintenance = min(_mebibytes(limit / 16), 1024 * _MI)
        used = buffers + maintenance + beside + _PROCESSES + connections * _CONNECTION
        share = (limit - used) / _at_work(connections)
        return cls(
            limit=limit,
            connections=connections,
            beside=beside,
            shared_buffers=buffers,
            maintenance_work_mem=maintenance,
            # PostgreSQL's own default does for what is usual, and large sorts go to the disk.
            work_mem=min(share // _KI * _KI, 4 * _MI) if work_mem is None else parse(work_mem),
        )

    @property
    def _parts(self) -> Mapping[str, Decimal]:
        return {
            "shared_buffers": self.shared_buffers,
            "maintenance_work_mem": self.maintenance_work_mem,
            "the processes": _PROCESSES + self.beside,
            f"{self.connections} connections of {memory(_CONNECTION)}": (
                self.connections * _CONNECTION
            ),
        }

    def problems(self, work_mem: str | None) -> Iterator[Problem]:
        """Whether it fits; ``work_mem`` as it was given."""
        used = sum(self._parts.values(), Decimal(0))
        least = _LEAST_WORK if work_mem is None else self.work_mem
        needed = used + least * _at_work(self.connections)
        if needed <= self.limit:
            return
        enough = memory(-(-needed // _MI) * _MI)
        parts = " + ".join(f"{memory(size)} for {name}" for name, size in self._parts.items())
        why = (
            f"is less than {parts} + {memory(least)} of work_mem for {_at_work(self.connections)} "
            f"connections at work = {enough}"
        )
        fix = f"use {enough} or more, or fewer connections, or smaller buffers"
        yield Problem("engine.resources.memory_limit", memory(self.limit), why, fix)


@dataclass(frozen=True, kw_only=True)
class Wal:
    """How much of the volume write-ahead logs may take."""

    volume: Decimal
    max_wal_size: Decimal
    max_slot_wal_keep_size: Decimal

    @classmethod
    def of(cls, volume: Decimal, max_slot_wal_keep_size: str | None) -> Wal:
        """What is not given is derived from the volume."""
        given = max_slot_wal_keep_size
        return cls(
            volume=volume,
            max_wal_size=max(min(_mebibytes(volume / 10), 1024 * _MI), 2 * _SEGMENT),
            max_slot_wal_keep_size=_mebibytes(volume * 3 / 10) if given is None else parse(given),
        )

    def problems(self) -> Iterator[Problem]:
        """Whether enough is left for data: a server whose volume is full stops."""
        most = _mebibytes(self.volume * _SHARE_OF_WAL)
        if self.max_wal_size + self.max_slot_wal_keep_size <= most:
            return
        why = (
            f"and max_wal_size of {memory(self.max_wal_size)} are more than half of the volume of "
            f"{memory(self.volume)}: a replica or an archive that is away for long would fill it, "
            "and the server stops"
        )
        left = memory(max(most - self.max_wal_size, _MI))
        given = memory(self.max_slot_wal_keep_size)
        yield Problem(
            "engine.max_slot_wal_keep_size", given, why, f"use {left} or less, or a larger volume"
        )


def parameters(
    sizes: Memory, wal: Wal, *, replicas: int, tls: bool, own: Mapping[str, str]
) -> dict[str, str]:
    """All settings that are the same for every server of a store, sorted; ``own`` win."""
    senders = str(SENDERS + replicas)
    derived = {
        "max_connections": str(sizes.connections),
        "superuser_reserved_connections": str(RESERVED_CONNECTIONS),
        "shared_buffers": _megabytes(sizes.shared_buffers),
        "work_mem": f"{int(sizes.work_mem / _KI)}kB",
        "maintenance_work_mem": _megabytes(sizes.maintenance_work_mem),
        # What the planner takes the node's cache for; nothing is set aside.
        "effective_cache_size": _megabytes(_mebibytes(sizes.limit * 3 / 4)),
        "max_wal_size": _megabytes(wal.max_wal_size),
        "min_wal_size": _megabytes(max(_mebibytes(wal.max_wal_size / 4), 2 * _SEGMENT)),
        "max_slot_wal_keep_size": _megabytes(wal.max_slot_wal_keep_size),
        "max_wal_senders": senders,
        "max_replication_slots": senders,
        "wal_level": "replica",
        "wal_log_hints": "on",
        "password_encryption": "scram-sha-256",
        # A client whose node is gone keeps its locks until it is missed.
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
    }
    return dict(sorted({**derived, **(_encrypted() if tls else {}), **own}.items()))


def _encrypted() -> dict[str, str]:
    return {
        "ssl": "on",
        "ssl_cert_file": f"{TLS_FOLDER}/tls.crt",
        "ssl_key_file": f"{TLS_FOLDER}/tls.key",
        "ssl_ca_file": f"{TLS_FOLDER}/ca.crt",
        "ssl_min_protocol_version": "TLSv1.2",
    }


_ELSEWHERE = {
    "max_connections": "max_connections",
    "superuser_reserved_connections": None,
    "shared_buffers": "shared_buffers",
    "work_mem": "work_mem",
    "max_slot_wal_keep_size": "max_slot_wal_keep_size",
    "password_encryption": None,
    "wal_log_hints": None,
    "listen_addresses": None,
    "port": None,
    "unix_socket_directories": None,
    "data_directory": None,
    "hba_file": None,
    "ident_file": None,
    "config_file": None,
    "hot_standby": None,
    "cluster_name": None,
    "primary_conninfo": None,
    "primary_slot_name": None,
    "synchronous_standby_names": "synchronous",
    "logging_collector": None,
    "log_destination": None,
    "ssl": "tls",
    "ssl_cert_file": "tls",
    "ssl_key_file": "tls",
    "ssl_ca_file": "tls",
}
"""Settings that are the engine's, by the field that decides them."""


def parameter_problems(given: Mapping[str, str]) -> Iterator[Problem]:
    """Whether these can be set by hand."""
    for name, value in given.items():
        if not _NAME.fullmatch(name):
            fix = "write a name such as 'random_page_cost'"
            yield Problem("parameters", name, "is no setting of PostgreSQL", fix)
        elif name in _ELSEWHERE:
            field = _ELSEWHERE[name]
            fix = "leave it out" if field is None else f"use the field {field}"
            yield Problem("parameters", name, "is the engine's to set", fix)
        if "\n" in value:
            yield Problem("parameters", value, f"is no value of {name}", "write one line")


def written(settings: Mapping[str, str]) -> str:
    """Lines of ``postgresql.conf``."""
    return "\n".join(f"{name} = '{_escaped(value)}'" for name, value in settings.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _at_work(connections: int) -> int:
    return -(-connections // _AT_WORK)


def _megabytes(size: Decimal) -> str:
    return f"{int(size / _MI)}MB"


def _mebibytes(size: Decimal) -> Decimal:
    return size // _MI * _MI
