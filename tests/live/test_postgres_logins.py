"""PostgreSQL logins: each reaches its own database and schema, and no other."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.live.manifests import Document
from tests.live.postgres_inside import (
    ALL_SECRETS,
    INSIDE,
    LOGINS,
    OWN,
    asked,
    documents,
    job_of,
    standalone,
    value,
)
from tests.live.postgres_servers import READ, PostgresServers, running

pytestmark = pytest.mark.images(
    "postgres", "patroni", "etcd", "haproxy", "prometheuscommunity/postgres-exporter"
)

TOPOLOGIES: dict[str, Callable[[], list[Document]]] = {
    "one-server": lambda: documents(standalone()),
    "failover": documents,
}


@pytest.fixture(
    scope="module",
    params=["one-server", pytest.param("failover", marks=pytest.mark.full)],
)
def store(request: pytest.FixtureRequest) -> Iterator[tuple[PostgresServers, str]]:
    objects = TOPOLOGIES[request.param]()
    job = job_of(objects, "postgres-logins-")
    with running(objects, secrets=ALL_SECRETS) as started:
        # All at once, as they are applied: the Job waits for the first primary.
        started.cluster.start()
        started.cluster.wait_complete(job, timeout=150)
        started.cluster.wait_ready(timeout=90)
        yield started, job


def test_C7_L4_each_login_reaches_its_own_database_and_no_other(
    store: tuple[PostgresServers, str],
) -> None:
    client = store[0].client
    for login, own in OWN.items():
        for database in (*dict.fromkeys(OWN.values()), "postgres", "template1"):
            done = asked(client, login, database, "SELECT current_user")
            if database == own:
                assert done.stdout.strip() == login
            else:
                assert "does not have CONNECT privilege" in done.stdout


def test_C7_each_login_reaches_its_own_schema_and_no_other(
    store: tuple[PostgresServers, str],
) -> None:
    client = store[0].client
    for login in ("auth", "streaming", "messaging", "search"):
        make = "CREATE TABLE IF NOT EXISTS items AS SELECT current_user::text AS owner"
        value(client, login, OWN[login], make)
        assert value(client, login, OWN[login], f"SELECT owner FROM {login}.items") == login  # noqa: S608
        public = asked(client, login, OWN[login], "CREATE TABLE public.items ()")
        assert "permission denied for schema public" in public.stdout
    other = asked(client, "auth", "nova_core", "SELECT * FROM streaming.items")
    assert "permission denied for schema streaming" in other.stdout
    assert value(client, "report", "nova_core", "SELECT owner FROM items") == "auth"
    change = asked(client, "report", "nova_core", "DELETE FROM items")
    assert "permission denied for table items" in change.stdout


def test_C7_the_same_login_reads_from_where_reads_go(store: tuple[PostgresServers, str]) -> None:
    client = store[0].client
    value(client, "auth", "nova_core", "CREATE TABLE IF NOT EXISTS reads ()")
    store[0].cluster.wait(
        lambda: asked(client, "auth", "nova_core", "TABLE reads", READ).returncode == 0,
        timeout=15,
        what="the table is there to be read",
    )


def test_C7_there_is_a_replication_user(store: tuple[PostgresServers, str]) -> None:
    roles = "SELECT rolname FROM pg_roles WHERE rolreplication AND NOT rolsuper"
    assert value(store[0].client, "postgres", "postgres", roles) == "replication_user"


def test_a_login_opens_no_more_connections_than_it_was_promised(
    store: tuple[PostgresServers, str],
) -> None:
    limits = "SELECT rolname || ' ' || rolconnlimit FROM pg_roles WHERE rolname = 'auth'"
    (auth,) = [login for login in INSIDE["logins"] if login.name == "auth"]
    assert value(store[0].client, "postgres", "postgres", limits) == f"auth {auth.connections}"


def test_F14_a_second_run_is_without_effect_and_no_password_is_ever_logged(
    store: tuple[PostgresServers, str],
) -> None:
    servers, job = store
    again = servers.cluster.run_job(job, timeout=60)
    assert "logins in 3 databases are as declared" in again.container.log
    assert value(servers.client, "auth", "nova_core", "SELECT 1") == "1"
    logs = [item.log for pod in servers.cluster.pods for item in pod.containers.values()]
    assert not [log for log in logs for password in LOGINS.values() if password in log]


def test_F19_what_is_declared_later_is_another_job() -> None:
    first = job_of(documents(standalone()), "postgres-logins-")
    assert job_of(documents(standalone()), "postgres-logins-") == first
    logins = (replace(INSIDE["logins"][0], pool=3), *INSIDE["logins"][1:])
    assert job_of(documents(standalone(logins=logins)), "postgres-logins-") != first
