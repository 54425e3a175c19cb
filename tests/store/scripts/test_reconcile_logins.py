"""The script that makes databases, schemas and logins, against a real PostgreSQL."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Iterator, Sequence

import pytest

from tests.store.scripts.logins import (
    AWKWARD,
    DECLARED,
    PASSWORDS,
    asked_by,
    changed,
    emptied,
    reconcile,
)
from tests.store.scripts.servers import SHELLS, Postgres, missing, open_folder, postgres, psql

pytestmark = pytest.mark.skipif(
    bool(missing("postgres", "psql", "busybox", "dash", "setpriv")),
    reason="needs PostgreSQL, busybox and dash",
)


@pytest.fixture(scope="module")
def started() -> Iterator[Postgres]:
    with open_folder() as folder, postgres(folder / "server") as running:
        yield running


@pytest.fixture
def server(started: Postgres) -> Iterator[Postgres]:
    with emptied(started) as running:
        yield running


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
        write = f"INSERT INTO auth.{table}(n) VALUES (1)"  # noqa: S608
        assert asked_by(server, "users", write, "core") == ""
        assert asked_by(server, "report", f"SELECT n FROM {table}", "core") == "1"  # noqa: S608
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
