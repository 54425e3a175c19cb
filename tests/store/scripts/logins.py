"""What is declared of a PostgreSQL server's inside, and the script that makes it so."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import constructs_lib.store.files
from tests.store.scripts.servers import SHELLS, Postgres, environment, psql

SCRIPT = Path(constructs_lib.store.files.__file__).parent / "postgres/reconcile-logins.sh"

# Quotes, a backslash and what a shell or psql would expand.
AWKWARD = """it's "a" \\ $(reboot) :'x' `y`"""

DECLARED: Mapping[str, Any] = {
    "mark": "declared by shop/postgres",
    "keep": ["rewind_user"],
    "databases": [
        {"name": "core", "schemas": ["auth", "users"], "extensions": ["pgcrypto"]},
        {"name": "search", "schemas": ["search"], "extensions": []},
    ],
    "logins": [
        {"name": name, "connections": 5, "replication": False, "roles": [], "password": variable}
        for name, variable in (
            ("auth", "PASSWORD_0"),
            ("users", "PASSWORD_1"),
            ("search", "PASSWORD_2"),
            ("report", "PASSWORD_3"),
            # It is let in without one, by where it comes from.
            ("metrics", None),
        )
    ],
    "reaches": [
        {"login": "auth", "database": "core", "schemas": ["auth"]},
        {"login": "users", "database": "core", "schemas": ["users", "auth"]},
        {"login": "search", "database": "search", "schemas": ["search"]},
        {"login": "report", "database": "core", "schemas": ["auth"]},
    ],
    "grants": [
        {"login": "auth", "database": "core", "schema": "auth", "access": "owner"},
        {"login": "users", "database": "core", "schema": "users", "access": "owner"},
        {"login": "users", "database": "core", "schema": "auth", "access": "write"},
        {"login": "search", "database": "search", "schema": "search", "access": "owner"},
        {"login": "report", "database": "core", "schema": "auth", "access": "read"},
    ],
}
PASSWORDS = {f"PASSWORD_{n}": f"password {n}" for n in range(3)} | {"PASSWORD_3": AWKWARD}


@contextmanager
def emptied(server: Postgres) -> Iterator[Postgres]:
    """The server, which afterwards has no databases and roles again."""
    yield server
    others = "datname NOT IN ('postgres', 'template0', 'template1')"
    for database in server.ask(f"SELECT datname FROM pg_database WHERE {others}").splitlines():  # noqa: S608
        quoted = database.replace('"', '""')
        server.ask(f'DROP DATABASE "{quoted}" WITH (FORCE)')
    owned = "SELECT format('DROP OWNED BY %I; DROP ROLE %I', rolname, rolname)"
    server.ask(f"{owned} FROM pg_roles WHERE rolname !~ '^(pg_|postgres$)' \\gexec")


def reconcile(
    server: Postgres,
    declared: Mapping[str, Any] = DECLARED,
    shell: Sequence[str] = SHELLS["dash"],
    **variables: str,
) -> str:
    """What the script writes."""
    file = server.folder / "declared.json"
    file.write_text(json.dumps(declared))
    given = {**server.variables, **PASSWORDS, "WAIT_SECONDS": "5", "DECLARED": str(file)}
    given["TMPDIR"] = str(server.folder)
    done = subprocess.run(
        [*shell, SCRIPT],
        env=environment(**{**given, **variables}),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def asked_by(server: Postgres, login: str, sql: str, database: str) -> str:
    """What a login is answered, or why it is not."""
    number = [item["name"] for item in DECLARED["logins"]].index(login)
    own = {"PGUSER": login, "PGPASSWORD": PASSWORDS[f"PASSWORD_{number}"]}
    try:
        return psql(sql, database=database, variables={**server.variables, **own})
    except subprocess.CalledProcessError as error:
        return str(error.stderr)


def changed(**changes: Any) -> dict[str, Any]:
    return {**DECLARED, **changes}
