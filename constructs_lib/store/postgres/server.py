"""What everything that connects to PostgreSQL servers has to know of them."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.kube.images import Image
from constructs_lib.kube.security import Security
from constructs_lib.refs import Endpoint, Pods, Port, SecretKey
from constructs_lib.store.tls import Tls

PORT = 5432

SUPERUSER = "postgres"
"""Role that owns the server, as in the official image."""

METRICS_USER = "metrics"
"""Role of the exporter, which may read statistics. It logs in without a password, and only from
inside the server's own pod."""

POSTGRES = Port("postgres", PORT)
READ = Port("postgres-read", PORT + 1, service_port=PORT)
"""Where proxies take connections that only read."""

RESERVED_CONNECTIONS = 3
"""Connections that stay free for superusers, whoever has the others
(``superuser_reserved_connections``)."""

SUPERUSER_CONNECTIONS = RESERVED_CONNECTIONS + 3
"""Connections that no login can have: those, two of Patroni, and one of the Job for logins."""


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """Servers of one store, seen from outside."""

    image: Image
    user: int
    group: int
    tls: Tls | None
    superuser: str
    superuser_password: SecretKey
    replication_user: str
    replication_password: SecretKey

    metrics_user: str | None
    """Role of the exporter; None where there is none."""

    max_connections: int

    superuser_reserved: int
    """Connections of these that no login can have."""

    write: Endpoint
    read: Endpoint

    pods: Pods
    """The servers themselves."""

    members: tuple[str, ...]
    """Host names of the servers."""

    @property
    def security(self) -> Security:
        """As whom the servers run, and what works on their files."""
        return Security(user=self.user, group=self.group)

    @property
    def keep(self) -> tuple[str, ...]:
        """Roles of the store itself, no superusers, that connect to database ``postgres``."""
        return () if self.metrics_user is None else (self.metrics_user,)
