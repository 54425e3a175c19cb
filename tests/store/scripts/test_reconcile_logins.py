"""The script that makes databases, schemas and logins, against a real PostgreSQL."""

# ruff: noqa: N802, S608  (a test bears the id of its row; SQL of the tests' own)

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import constructs_lib.store.files
from tests.store.scripts.servers import (
    SHELLS,
    Postgres,
    environment,
    missing,
    open_folder,
    postgres,
    psql,
)

pytestmark = pytest.mark.skipif(
    bool(missing("postgres", "psql", "busybox", "dash", "setpriv")),
    reason="needs PostgreSQL, busybox and dash",
)

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


@pytest.fixture(scope="module")
def started() -> Iterator[Postgres]:
    with open_folder() as folder, postgres(folder / "server") as running:
        yield running


@pytest.fixture
def server(started: Postgres) -> Iterator[Postgres]:
    yield started
    others = "datname NOT IN ('postgres', 'template0', 'template1')"
    for database in started.ask(f"SELECT datname FROM pg_database WHERE {others}").splitlines():
        quoted = database.replace('"', '""')
        started.ask(f'DROP DATABASE "{quoted}" WITH (FORCE)')
    owned = "SELECT format('DROP OWNED BY %I; DROP ROLE %I', rolname, rolname)"
    started.ask(f"{owned} FROM pg_roles WHERE rolname !~ '^(pg_|postgres$)' \\gexec")


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
        timeout=60,
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


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)
def test_C7_each_login_reaches_its_own_schema_and_no_other(
    server: Postgres, shell: Sequence[str]
) -> None:
    reconcile(server, shell=shell)
    databases = server.ask("SELECT datname FROM pg_database").split()
    assert {"core", "search", "template1", "postgres"} <= set(databases)

    for login, own in (("auth", "core"), ("search", "search"), ("report", "core")):
        for database in databases:
            answer = asked_by(server, login, "SELECT 1", database)
            if database == own:
                assert answer == "1"
            elif database == "template0":
                assert "not currently accepting connections" in answer
            else:
                assert "does not have CONNECT privilege" in answer

    make = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, n int); INSERT INTO t(n) VALUES(1)"
    assert asked_by(server, "auth", make, "core") == ""
    assert asked_by(server, "users", make, "core") == ""
    assert asked_by(server, "auth", "SELECT n FROM auth.t", "core") == "1"
    assert "permission denied for schema users" in asked_by(
        server, "auth", "SELECT n FROM users.t", "core"
    )
    for login in ("auth", "users", "report"):
        assert "permission denied for schema public" in asked_by(
            server, login, "CREATE TABLE public.t()", "core"
        )
        assert "permission denied for database" in asked_by(
            server, login, "CREATE SCHEMA mine", "core"
        )


def test_access_by_kind_holds_for_tables_there_are_and_for_later_ones(server: Postgres) -> None:
    reconcile(server, changed(grants=[g for g in DECLARED["grants"] if g["access"] == "owner"]))
    asked_by(server, "auth", "CREATE TABLE before (id serial, n int)", "core")
    assert "permission denied" in asked_by(server, "users", "SELECT FROM auth.before", "core")
    reconcile(server)
    asked_by(server, "auth", "CREATE TABLE later (id serial, n int)", "core")
    for table in ("before", "later"):
        write = f"INSERT INTO auth.{table}(n) VALUES (1)"
        assert asked_by(server, "users", write, "core") == ""
        assert asked_by(server, "report", f"SELECT n FROM {table}", "core") == "1"
        assert "permission denied" in asked_by(server, "report", write, "core")
        assert "must be owner" in asked_by(server, "users", f"DROP TABLE auth.{table}", "core")


def test_a_second_run_changes_nothing_that_counts(server: Postgres) -> None:
    reconcile(server)
    asked_by(server, "auth", "CREATE TABLE t AS SELECT 7 AS n", "core")
    acls = (
        "SELECT datname, datacl FROM pg_database ORDER BY 1",
        "SELECT nspname, nspacl, nspowner FROM pg_namespace ORDER BY 1",
        "SELECT relname, relacl, relowner FROM pg_class ORDER BY 1",
        "SELECT defaclrole, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 1, 2",
        "SELECT * FROM pg_db_role_setting ORDER BY 1, 2",
    )
    # Grants name who gave them and in which order; both runs do it alike.
    reconcile(server)
    first = [server.ask(acl, "core") for acl in acls]
    out = reconcile(server)
    assert [server.ask(acl, "core") for acl in acls] == first
    assert "DRIFT" not in out
    assert "5 logins in 2 databases are as declared" in out
    assert asked_by(server, "report", "SELECT n FROM t", "core") == "7"


def test_a_changed_password_is_taken_and_never_written_down(server: Postgres) -> None:
    server.ask("ALTER SYSTEM SET log_min_duration_statement = 0")
    server.ask("SELECT pg_reload_conf()")
    out = reconcile(server)
    secret = "a new one"  # noqa: S105
    out += reconcile(server, PASSWORD_0=secret)
    changed_login = {**server.variables, "PGUSER": "auth", "PGPASSWORD": secret}
    assert psql("SELECT 1", database="core", variables=changed_login) == "1"
    assert "password authentication failed" in asked_by(server, "auth", "SELECT 1", "core")
    log = server.log
    assert "password authentication failed" in log
    for password in (*PASSWORDS.values(), secret, AWKWARD.replace("'", "''")):
        assert password not in log
        assert password not in out
    kept = reconcile(server, KEEP_PASSWORDS="yes", PASSWORD_0="")
    assert "as declared" in kept
    assert psql("SELECT 1", database="core", variables=changed_login) == "1"


def test_a_login_no_longer_declared_is_kept_and_shut_out(server: Postgres) -> None:
    reconcile(server)
    asked_by(server, "search", "CREATE TABLE t AS SELECT 7 AS n", "search")
    logins = [login for login in DECLARED["logins"] if login["name"] != "search"]
    grants = [grant for grant in DECLARED["grants"] if grant["login"] != "search"]
    reaches = [reach for reach in DECLARED["reaches"] if reach["login"] != "search"]
    databases = DECLARED["databases"][:1]
    server.ask("CREATE ROLE by_hand LOGIN; CREATE ROLE rewind_user LOGIN")
    out = reconcile(
        server, changed(logins=logins, grants=grants, reaches=reaches, databases=databases)
    )
    assert "DRIFT: login search is no longer declared" in out
    assert "DRIFT: login by_hand is not declared" in out
    assert "DRIFT: database search is not declared" in out
    assert "rewind_user" not in out
    assert "not permitted to log in" in asked_by(server, "search", "SELECT 1", "search")
    assert server.ask("SELECT n FROM search.t", "search") == "7"
    # Declared again, it is let in again.
    reconcile(server)
    assert asked_by(server, "search", "SELECT n FROM t", "search") == "7"


def test_what_is_no_longer_granted_is_taken_away(server: Postgres) -> None:
    reconcile(server)
    asked_by(server, "auth", "CREATE TABLE t AS SELECT 7 AS n", "core")
    server.ask("GRANT USAGE ON SCHEMA users TO report; GRANT pg_read_all_data TO report", "core")
    server.ask("ALTER ROLE report CREATEDB")
    grants = [
        {**grant, "access": "read"} if grant["access"] == "write" else grant
        for grant in DECLARED["grants"]
        if grant["login"] != "report"
    ]
    reaches = [reach for reach in DECLARED["reaches"] if reach["login"] != "report"]
    reconcile(server, changed(grants=grants, reaches=reaches))
    assert "permission denied" in asked_by(server, "users", "DELETE FROM auth.t", "core")
    assert asked_by(server, "users", "SELECT n FROM auth.t", "core") == "7"
    assert "does not have CONNECT" in asked_by(server, "report", "SELECT 1", "core")
    granted = "has_schema_privilege('report', 'users', 'USAGE'), pg_has_role('report', "
    assert server.ask(f"SELECT {granted} 'pg_read_all_data', 'MEMBER')", "core") == "f|f"
    assert server.ask("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'report'") == "f"


def test_a_schema_gets_a_new_owner_with_all_that_is_in_it(server: Postgres) -> None:
    reconcile(server)
    everything = """
        CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE TYPE pair AS (a int, b int);
        CREATE TABLE t (id serial, i int GENERATED ALWAYS AS IDENTITY, m mood, p positive);
        CREATE TABLE parts (n int) PARTITION BY RANGE (n);
        CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9);
        CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
        CREATE SEQUENCE s;
        CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql RETURN x;
        CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
    """
    assert asked_by(server, "auth", everything, "core") == ""
    # As a restore by the superuser would leave it.
    server.ask("CREATE TABLE auth.restored (n int)", "core")
    grants = [
        {**grant, "login": {"auth": "users", "users": "auth"}[grant["login"]]}
        if grant["schema"] == "auth" and grant["access"] != "read"
        else grant
        for grant in DECLARED["grants"]
    ]
    reconcile(server, changed(grants=grants))
    foreign = """
        SELECT count(*) FROM (
            SELECT relowner AS o FROM pg_class WHERE relnamespace = 'auth'::regnamespace
            UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'auth'::regnamespace
            UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = 'auth'::regnamespace
        ) AS everything WHERE o <> 'users'::regrole
    """
    assert server.ask(foreign, "core") == "0"
    assert asked_by(server, "users", "DROP TABLE auth.restored, auth.t CASCADE", "core") == ""
    # The owner of before has what is declared for it, and nothing of what it owned.
    assert "permission denied" in asked_by(server, "auth", "CREATE TABLE auth.x ()", "core")


def test_awkward_names_are_quoted(server: Postgres) -> None:
    name = """Bobby's "drop" table; --"""
    declared = {
        "mark": "declared by shop/postgres",
        "keep": [],
        "databases": [{"name": name, "schemas": [name], "extensions": []}],
        "logins": [
            {
                "name": name,
                "connections": 5,
                "replication": True,
                "roles": ["pg_monitor"],
                "password": "PASSWORD_0",
            }
        ],
        "reaches": [{"login": name, "database": name, "schemas": [name]}],
        "grants": [{"login": name, "database": name, "schema": name, "access": "owner"}],
    }
    reconcile(server, declared)
    own = {**server.variables, "PGUSER": name, "PGPASSWORD": PASSWORDS["PASSWORD_0"]}
    assert psql("SELECT current_schema()", database=name, variables=own) == name
    assert server.ask("SELECT rolreplication FROM pg_roles WHERE rolname LIKE 'Bobby%'") == "t"


def test_a_role_that_is_somebody_elses_is_not_taken(server: Postgres) -> None:
    logins = [{**DECLARED["logins"][0], "name": "postgres"}]
    with pytest.raises(AssertionError, match="postgres is a superuser"):
        reconcile(server, changed(logins=logins, grants=[], reaches=[], databases=[]))
    reconcile(server)
    with pytest.raises(AssertionError, match="auth is declared by shop/postgres"):
        reconcile(server, changed(mark="declared by shop/other"))


def test_it_says_what_is_missing(server: Postgres) -> None:
    with pytest.raises(AssertionError, match="login users has no password: PASSWORD_1 is empty"):
        reconcile(server, PASSWORD_1="")
    with pytest.raises(AssertionError, match=r"no primary answers at 127\.0\.0\.1 within 1 s"):
        reconcile(server, WAIT_SECONDS="1", PGPASSWORD="wrong")
