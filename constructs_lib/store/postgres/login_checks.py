"""What does not fit among databases and logins, and between them and their server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from constructs_lib.errors import Problem, nearest
from constructs_lib.store.engine import Place
from constructs_lib.store.postgres.server import PostgresServer
from constructs_lib.store.postgres.values import Database, Login

if TYPE_CHECKING:
    from constructs_lib.store.postgres.engine import PostgresEngine

METRICS_CONNECTIONS = 4
"""Connections of the exporter."""

_EVERYWHERE = ("postgres", "template0", "template1")


def addition_problems(
    place: Place, server: PostgresServer, engine: PostgresEngine
) -> Iterator[Problem]:
    """Names that are there twice or not at all, schemas without one owner, too many connections."""
    del place
    databases, logins = engine.databases, engine.logins
    yield from _twice_problems("engine.databases", [item.name for item in databases])
    yield from _twice_problems("engine.logins", [item.name for item in logins])
    for index, database in enumerate(databases):
        if database.name in _EVERYWHERE:
            where = f"engine.databases[{index}].name"
            yield Problem(where, database.name, "is the server's own", "choose another name")
    own = (server.superuser, server.replication_user, *server.keep)
    for index, login in enumerate(logins):
        where = f"engine.logins[{index}]"
        if login.name in own:
            fix = "choose another name"
            yield Problem(f"{where}.name", login.name, "is a role of the store itself", fix)
        yield from _reach_problems(where, login, databases)
    for index, database in enumerate(databases):
        yield from _owner_problems(f"engine.databases[{index}].schemas", database, logins)
    yield from connection_problems(server, logins)


def connection_problems(server: PostgresServer, logins: tuple[Login, ...]) -> Iterator[Problem]:
    """Whether all logins can have all their connections at the same time."""
    metrics = METRICS_CONNECTIONS if server.metrics_user is not None else 0
    left = server.max_connections - server.superuser_reserved - metrics
    promised = sum(login.connections for login in logins)
    if promised <= left:
        return
    sums = [_promise(item) for item in logins]
    besides = f" - {metrics} for metrics" if metrics else ""
    why = (
        f"accepts {server.max_connections} - {server.superuser_reserved} for superusers{besides} = "
        f"{left}, and logins are promised {' + '.join(sums)} = {promised}, each with the pods that "
        f"a rollout adds"
    )
    needed = promised + server.max_connections - left
    fix = (
        f"use {needed} or more, with the memory for it, or smaller pools, or at_once where pools "
        f"are seldom full together"
    )
    yield Problem("engine.max_connections", server.max_connections, why, fix)


def _promise(login: Login) -> str:
    if login.at_once is not None:
        return f"{login.name} {login.at_once} at once"
    return f"{login.name} {login.pool} x ({login.pods} + {login.surge})"


def _reach_problems(where: str, login: Login, databases: tuple[Database, ...]) -> Iterator[Problem]:
    known = {item.name: item.schemas for item in databases}
    for index, reach in enumerate(login.reaches):
        at = f"{where}.reaches[{index}]"
        if reach.database == "postgres" and reach.schema is None:
            continue
        if reach.database not in known:
            fix = nearest(reach.database, known)
            yield Problem(f"{at}.database", reach.database, "is none of the databases", fix)
        elif reach.schema is not None and reach.schema not in known[reach.database]:
            fix = nearest(reach.schema, known[reach.database])
            yield Problem(f"{at}.schema", reach.schema, f"is no schema of {reach.database}", fix)


def _owner_problems(where: str, database: Database, logins: tuple[Login, ...]) -> Iterator[Problem]:
    for schema in database.schemas:
        owners = [
            login.name
            for login in logins
            for reach in login.reaches
            if (reach.database, reach.schema, reach.access) == (database.name, schema, "owner")
        ]
        if not owners:
            fix = f"give a login Reach({database.name!r}, {schema!r})"
            yield Problem(where, schema, "has no owner, so nobody may make tables in it", fix)
        elif len(owners) > 1:
            why = f"has {len(owners)} owners, and only one of them could change a table"
            fix = f"let one be the owner, and give others access='write': {', '.join(owners)}"
            yield Problem(where, schema, why, fix)


def _twice_problems(where: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Problem(where, name, "is declared twice", "declare it once")
