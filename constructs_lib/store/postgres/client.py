"""How pods of a store connect to its PostgreSQL servers, and to whom they may."""

from __future__ import annotations

from constructs_lib.kube.network import Traffic
from constructs_lib.kube.variables import Variable
from constructs_lib.refs import Endpoint, SecretKey
from constructs_lib.store.postgres.server import PORT, PostgresServer
from constructs_lib.store.tls import FOLDER as TLS_FOLDER


def connection(
    server: PostgresServer, endpoints: tuple[Endpoint, ...], user: str, password: SecretKey
) -> dict[str, Variable]:
    """Variables by which every program of PostgreSQL connects, to the first that answers.

    https://www.postgresql.org/docs/current/libpq-envars.html
    """
    hosts = ",".join(endpoint.host for endpoint in endpoints)
    ports = ",".join(str(endpoint.port.offered) for endpoint in endpoints)
    return _connection(server, hosts, ports, user, password)


def standby_connection(server: PostgresServer) -> dict[str, Variable]:
    """As who replicates, to the first replica, or to the primary where there is none.

    Members are named, since every connection of one program has to lead to the same one.
    """
    variables = _connection(
        server,
        ",".join(server.members),
        str(PORT),
        server.replication_user,
        server.replication_password,
    )
    return {**variables, "PGTARGETSESSIONATTRS": "prefer-standby"}


def _connection(
    server: PostgresServer, hosts: str, ports: str, user: str, password: SecretKey
) -> dict[str, Variable]:
    variables: dict[str, Variable] = {
        "PGHOST": hosts,
        "PGPORT": ports,
        "PGUSER": user,
        "PGPASSWORD": password,
        # An address that answers nothing is given up for the next one.
        "PGCONNECT_TIMEOUT": "10",
    }
    if server.tls is not None:
        variables["PGSSLMODE"] = "verify-full"
        variables["PGSSLROOTCERT"] = f"{TLS_FOLDER}/ca.crt"
    return variables


def as_superuser(server: PostgresServer) -> dict[str, Variable]:
    """As who owns the server, to the primary."""
    return connection(server, (server.write,), server.superuser, server.superuser_password)


def to_servers(*endpoints: Endpoint) -> tuple[Traffic, ...]:
    """Connections to endpoints."""
    return tuple(Traffic(item.peers, ports=(item.port.number,)) for item in endpoints)
