"""What the script does about logins, grants and owners that are declared otherwise than before."""

from collections.abc import Iterator

import pytest

from tests.store.scripts.logins import (
    DECLARED,
    asked_by,
    changed,
    emptied,
    reconcile,
)
from tests.store.scripts.servers import Postgres, missing, open_folder, postgres

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
