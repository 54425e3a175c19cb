"""Databases, schemas and logins of a PostgreSQL server, made and kept by a Job.

The Job runs SQL files over what is declared, as JSON. Names reach SQL by ``format()`` of the server
alone, so no code here quotes anything. Whenever what is declared changes, it is another Job.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.refs import Binding
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container, Once
from constructs_lib.store.postgres.client import as_superuser, to_servers
from constructs_lib.store.postgres.job_alerts import job_alert
from constructs_lib.store.postgres.login_checks import METRICS_CONNECTIONS, addition_problems
from constructs_lib.store.postgres.server import PostgresServer
from constructs_lib.store.postgres.values import Additions, Login
from constructs_lib.store.tls import tls_files

if TYPE_CHECKING:
    from constructs_lib.store.postgres.engine import PostgresEngine

__all__ = ["SCRIPTS", "addition_problems", "additions", "declared", "script_texts"]

SCRIPTS = "/opt/logins"
"""Where the Job's container finds the script, its SQL and what is declared."""

_FILES = ("", "-declared", "-roles", "-password", "-database")
_NO_LIMIT = -1


def additions(place: Place, server: PostgresServer, engine: PostgresEngine) -> Additions:
    """The Job ``<store>-logins-<hash>``, and what clients get by login."""
    job = _job(place, server, engine)
    return Additions(
        parts=(job,),
        bindings=_bindings(server, engine.logins),
        alerts=(
            job_alert(
                place,
                job.name,
                name="PostgresLoginsFailed",
                summary=f"Databases and logins of {place.name} in {place.namespace} are not as"
                " declared.",
            ),
        ),
        connects=(job.name,),
    )


def script_texts(place: Place, server: PostgresServer, engine: PostgresEngine) -> dict[str, str]:
    """The script, its SQL and what is declared, by file name."""
    names = [f"reconcile-logins{part}.{'sql' if part else 'sh'}" for part in _FILES]
    texts = {name: text_of(f"postgres/{name}") for name in names}
    return {**texts, "declared.json": declared(place, server, engine)}


def declared(place: Place, server: PostgresServer, engine: PostgresEngine) -> str:
    """What the script is to make true, as JSON."""
    state = {
        "mark": f"declared by {place.owner.app_name}/{place.name}",
        "keep": list(server.keep),
        "databases": [
            {"name": item.name, "schemas": item.schemas, "extensions": item.extensions}
            for item in engine.databases
        ],
        "logins": [*_own_logins(server), *(_login(login) for login in engine.logins)],
        "reaches": [
            *_own_reaches(server),
            *(r for login in engine.logins for r in _reaches(login)),
        ],
        "grants": [
            {
                "login": login.name,
                "database": reach.database,
                "schema": reach.schema,
                "access": reach.access,
            }
            for login in engine.logins
            for reach in login.reaches
            if reach.schema is not None
        ],
    }
    return json.dumps(state, indent=1) + "\n"


def _job(place: Place, server: PostgresServer, engine: PostgresEngine) -> Once:
    container = Container(
        name="reconcile",
        image=server.image,
        resources=Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="128Mi"),
        command=("/bin/sh", f"{SCRIPTS}/reconcile-logins.sh"),
        variables={
            **as_superuser(server),
            "DECLARED": f"{SCRIPTS}/declared.json",
            # A new cluster elects its first primary meanwhile.
            "WAIT_SECONDS": "300",
            _variable(server.replication_user): server.replication_password,
            **{_variable(login.name): login.password for login in engine.logins},
        },
    )
    return Once(
        name=f"{place.name}-logins",
        containers=(container,),
        security=server.security,
        grace_seconds=30,
        files=(
            FileMount(SCRIPTS, source=ConfigFiles(script_texts(place, server, engine))),
            *tls_files(server.tls),
        ),
        writable=(WritablePath("/tmp"),),  # noqa: S108
        reaches=to_servers(server.write),
    )


def _own_logins(server: PostgresServer) -> list[dict[str, Any]]:
    """Logins of the store itself."""
    replication = {
        "name": server.replication_user,
        "connections": _NO_LIMIT,
        "replication": True,
        "roles": [],
        "password": _variable(server.replication_user),
    }
    if server.metrics_user is None:
        return [replication]
    metrics = {
        "name": server.metrics_user,
        "connections": METRICS_CONNECTIONS,
        "replication": False,
        "roles": ["pg_monitor"],
        # It is let in by where it comes from.
        "password": None,
    }
    return [replication, metrics]


def _own_reaches(server: PostgresServer) -> list[dict[str, Any]]:
    names = [] if server.metrics_user is None else [server.metrics_user]
    return [{"login": name, "database": "postgres", "schemas": []} for name in names]


def _login(login: Login) -> dict[str, Any]:
    return {
        "name": login.name,
        "connections": login.connections,
        "replication": False,
        "roles": login.roles,
        "password": _variable(login.name),
    }


def _reaches(login: Login) -> list[dict[str, Any]]:
    return [
        {
            "login": login.name,
            "database": database,
            "schemas": [
                reach.schema
                for reach in login.reaches
                if reach.database == database and reach.schema is not None
            ],
        }
        for database in login.databases
    ]


def _variable(login: str) -> str:
    """Variable that holds a login's password."""
    return f"PASSWORD_{login.upper()}"


def _bindings(server: PostgresServer, logins: tuple[Login, ...]) -> dict[str, Binding]:
    """By login, and for each of its databases by ``login@database``."""
    bindings = {}
    for login in logins:
        for database in reversed(login.databases):
            binding = _binding(server, login, database)
            bindings[f"{login.name}@{database}"] = binding
            bindings[login.name] = binding
    return bindings


def _binding(server: PostgresServer, login: Login, database: str) -> Binding:
    write, read = server.write, server.read
    who = f"postgresql://{login.name}:$(DATABASE_PASSWORD)@"
    options = "" if server.tls is None else "?sslmode=require"
    return Binding(
        write,
        read=read,
        user=login.name,
        database=database,
        password=login.password,
        variables={
            "DATABASE_HOST": write.host,
            "DATABASE_PORT": str(write.port.offered),
            "DATABASE_NAME": database,
            "DATABASE_USER": login.name,
            "DATABASE_PASSWORD": login.password,
            "DATABASE_URL": f"{who}{write.address}/{database}{options}",
            "DATABASE_READ_HOST": read.host,
            "DATABASE_READ_URL": f"{who}{read.address}/{database}{options}",
            "DATABASE_MAX_CONNECTIONS": str(login.pool),
        },
        pool=login.pool,
        pods=login.pods,
        surge=login.surge,
    )
