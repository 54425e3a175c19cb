"""What databases and logins of PostgreSQL engines cannot be."""

import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.images import Image
from constructs_lib.store.postgres.server import SUPERUSER_CONNECTIONS
from constructs_lib.store.postgres.values import Database, Reach
from constructs_lib.store.props import StoreProps
from tests.store.postgres_servers_cases import altered
from tests.store.rendering import rendered
from tests.store.test_postgres_logins import CORE, LOGINS, SEARCH, login, store


def with_login(name: str = "orders", *reaches: Reach, **fields: Any) -> StoreProps:
    return store(logins=(*LOGINS, login(name, *reaches, **fields)))


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            with_login("orders", Reach("nova_cores", "auth", access="read")),
            (
                "engine.logins[4].reaches[0].database = 'nova_cores': is none of the databases; "
                "did you mean 'nova_core'"
            ),
        ),
        (
            with_login("orders", Reach("nova_core", "search", access="read")),
            "engine.logins[4].reaches[0].schema = 'search': is no schema of nova_core",
        ),
        (
            with_login("orders", Reach("nova_core", access="read")),
            "engine.logins[4].reaches[0].schema = None: leaves nothing to read; name the schema",
        ),
        (
            with_login("orders"),
            "engine.logins[4].reaches = (): lets it connect to no database; name what it reaches",
        ),
        (
            with_login("orders", Reach("nova_core", "auth")),
            (
                "engine.databases[0].schemas = 'auth': has 2 owners, and only one of them could "
                "change a table; let one be the owner, and give others access='write': auth, orders"
            ),
        ),
        (
            store(databases=(CORE, replace(SEARCH, schemas=("search", "index")))),
            (
                "engine.databases[1].schemas = 'index': has no owner, so nobody may make tables in "
                "it; give a login Reach('nova_search', 'index')"
            ),
        ),
        (
            with_login("auth", Reach("nova_core", "auth", access="read")),
            "engine.logins = 'auth': is declared twice; declare it once",
        ),
        (
            store(databases=(CORE, SEARCH, SEARCH)),
            "engine.databases = 'nova_search': is declared twice",
        ),
        (
            store(databases=(CORE, SEARCH, Database("template1", schemas=()))),
            "engine.databases[2].name = 'template1': is the server's own; choose another name",
        ),
        (
            store(databases=(CORE, replace(SEARCH, schemas=("search", "public")))),
            "engine.databases[1].schemas = 'public': is there in every database; leave it out",
        ),
        (
            store(databases=(CORE, replace(SEARCH, name="Nova-Search"))),
            "engine.databases[1].name = 'Nova-Search': needs quotes wherever it is written",
        ),
        *(
            (
                with_login(name, Reach("nova_core", "auth", access="read")),
                f"engine.logins[4].name = '{name}': is a role of the store itself",
            )
            for name in ("postgres", "replication_user", "metrics")
        ),
        (
            with_login("pg_orders", Reach("nova_core", "auth", access="read")),
            "engine.logins[4].name = 'pg_orders': is reserved by PostgreSQL",
        ),
        (
            with_login("orders", Reach("nova_core", "auth", access="read"), roles=("admin",)),
            "engine.logins[4].roles = 'admin': is no predefined role",
        ),
        (
            with_login("orders", Reach("nova_core", "auth", access="read"), pool=0),
            "engine.logins[4].pool = 0: connects nobody; use 1 or more",
        ),
        *(
            (
                with_login("orders", Reach("nova_core", "auth", access="read"), **fields),
                f"engine.logins[4].{message}",
            )
            for fields, message in (
                ({"surge": -1}, "surge = -1: is negative; use 0 or more"),
                ({"idle": -1}, "idle = -1: is negative; use 0 or more"),
                ({"idle": 6}, "idle = 6: is more than the 5 of the pool; use 5 or fewer"),
                (
                    {"at_once": 4},
                    "at_once = 4: is less than the pool of one pod, 5; use 5 or more, or a smaller",
                ),
                (
                    {"pods": 6, "idle": 2, "at_once": 13},
                    (
                        "at_once = 13: is less than what pods keep that do nothing, 2 x (6 + 1 "
                        "pods) = 14: the last ones would get none; use 14 or more, or let pools "
                        "close what is idle: idle=0"
                    ),
                ),
                (
                    {"pods": 6, "surge": 2, "at_once": 41},
                    (
                        "at_once = 41: is more than all pools hold, 5 x (6 + 2 pods) = 40; leave "
                        "it out"
                    ),
                ),
            )
        ),
        (
            with_login(
                "orders",
                Reach("nova_core", "auth", access="read"),
                Reach("nova_core", "auth", access="write"),
            ),
            "engine.logins[4].reaches = 'nova_core.auth': is named twice",
        ),
        (
            store(version=14, image=Image("docker.io/library/postgres", tag="14.24")),
            "engine.version = 14: is older than the programs that scripts ask for; use 15 or newer",
        ),
    ],
)
def test_refuses(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError, match=re.escape(message)):
        rendered(props, name="postgres")


def test_refuses_more_connections_promised_than_the_server_accepts() -> None:
    props = with_login("orders", Reach("nova_core", "auth", access="read"))
    reserved = SUPERUSER_CONNECTIONS
    promised = 10 * (3 + 1) + 4 * 5 * (2 + 1)
    with pytest.raises(PropsError) as refused:
        rendered(props, name="postgres")
    assert (
        f"engine.max_connections = 100: accepts 100 - {reserved} for superusers - 4 for metrics = "
        f"{96 - reserved}, and logins are promised auth 10 x (3 + 1) + users 5 x (2 + 1) + search "
        f"5 x (2 + 1) + watch 5 x (2 + 1) + orders 5 x (2 + 1) = {promised}, each with the "
        f"pods that a rollout adds; use {promised + 4 + reserved} or more, with the memory for it, "
        "or smaller pools, or at_once where pools are seldom full together"
    ) in str(refused.value)
    shared = with_login("orders", Reach("nova_core", "auth", access="read"), pods=20, at_once=30)
    with pytest.raises(PropsError, match=r"\+ orders 30 at once = 115, each"):
        rendered(shared, name="postgres")
    enough = altered(props, max_connections=promised + 4 + reserved)
    assert rendered(enough, name="postgres")
    without_metrics = altered(props, exporter=None, max_connections=promised + reserved)
    assert rendered(without_metrics, name="postgres")
