"""Configuration of Redis servers and Sentinels, from the files in ``files/redis``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from constructs_lib.store.files import text_of

REDIS_PORT = 6379
SENTINEL_PORT = 26379

FOLDER = "/etc/redis"
"""Where containers find configuration and scripts."""

# What start scripts add, and what would undo what they and the fields decide.
_ALSO_RESERVED = (
    "requirepass",
    "masterauth",
    "masteruser",
    "replica-announce-ip",
    "replica-announce-port",
    "replicaof",
    "slaveof",
    "include",
    "user",
    "aclfile",
    "rename-command",
    "appenddirname",
    "dbfilename",
    "daemonize",
    "unixsocket",
    "cluster-enabled",
    "loadmodule",
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """What a server's configuration says, derived and ready to be written."""

    data_path: str
    append_only: bool
    save: str
    """Save points as Redis reads them: seconds and changes in turn."""

    max_memory: int
    policy: str
    max_clients: int
    shutdown_timeout: int
    settings: Mapping[str, str]
    tls: bool


@dataclass(frozen=True, kw_only=True)
class Replication:
    """What makes a server one of several."""

    replicas: int
    backlog: int
    replica_buffer: int
    min_replicas: int
    max_lag: int


def server_configuration(server: Server, replication: Replication | None) -> str:
    """``redis.conf``, but for what a pod knows only once it runs."""
    parts = [
        text_of(
            "redis/redis.conf",
            DATA=server.data_path,
            APPENDONLY="yes" if server.append_only else "no",
            SAVE=server.save or '""',
            MAXMEMORY=str(server.max_memory),
            POLICY=server.policy,
            CLIENTS=str(server.max_clients),
            SHUTDOWN=str(server.shutdown_timeout),
            ON_SIGTERM="nosave" if server.append_only else "save",
        ),
        _listening(REDIS_PORT, tls=server.tls),
    ]
    if replication is not None:
        parts.append(_replication(replication))
    if server.settings:
        parts.append("".join(f"{key} {text}\n" for key, text in server.settings.items()))
    return "\n".join(parts)


def sentinel_configuration(
    *, data_path: str, master_set: str, down_after: int, failover_timeout: int, tls: bool
) -> str:
    """``sentinel.conf``, but for what a pod knows only once it runs. Times are in seconds."""
    own = text_of(
        "redis/sentinel.conf",
        DATA=data_path,
        SET=master_set,
        PORT=str(SENTINEL_PORT),
        DOWN_AFTER=str(down_after * 1000),
        FAILOVER_TIMEOUT=str(failover_timeout * 1000),
    )
    return "\n".join([own, _listening(SENTINEL_PORT, tls=tls)])


def scripts(*names: str) -> dict[str, str]:
    """Scripts and those that they source, by file name."""
    return {name: text_of(f"redis/{name}") for name in (*names, "ask.sh", "alive.sh", "ready.sh")}


@cache
def reserved() -> frozenset[str]:
    """Settings that the files and scripts make."""
    found = set(_ALSO_RESERVED)
    for name in ("redis", "replication", "plain", "tls"):
        lines = _raw(f"redis/{name}.conf").splitlines()
        found |= {line.split()[0] for line in lines if line and not line.startswith("#")}
    return frozenset(found)


def _listening(port: int, *, tls: bool) -> str:
    return text_of("redis/tls.conf" if tls else "redis/plain.conf", PORT=str(port))


def _replication(replication: Replication) -> str:
    return text_of(
        "redis/replication.conf",
        REPLICAS=str(replication.replicas),
        BACKLOG=str(replication.backlog),
        REPLICA_BUFFER=str(replication.replica_buffer),
        MIN_REPLICAS=str(replication.min_replicas),
        MAX_LAG=str(replication.max_lag),
    )


def _raw(path: str) -> str:
    """A file with its placeholders left in."""
    from importlib.resources import files  # noqa: PLC0415

    return files("constructs_lib.store.files").joinpath(path).read_text(encoding="utf-8")
