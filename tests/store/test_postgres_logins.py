"""Databases, schemas and logins of PostgreSQL, as they are rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.errors import NovaError
from constructs_lib.refs import SecretKey
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.postgres.values import Database, Login, Reach
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.environments import BARE
from tests.store.postgres_servers_cases import ALONE, OPERATED, THREE, altered, key
from tests.store.rendering import container_named, new_chart, of_kind, pod_of, rendered

CORE = Database("nova_core", schemas=("auth", "users"), extensions=("pgcrypto", "uuid-ossp"))
SEARCH = Database("nova_search", schemas=("search",))


def login(name: str, *reaches: Reach, **fields: Any) -> Login:
    return Login(name, password=SecretKey("logins", name), reaches=reaches, **fields)


AUTH = login("auth", Reach("nova_core", "auth"), pool=10, pods=3)
USERS = login("users", Reach("nova_core", "users"), Reach("nova_core", "auth", access="write"))
FIND = login("search", Reach("nova_search", "search"), Reach("nova_core", "auth", access="read"))
LOGINS = (AUTH, USERS, FIND, login("watch", Reach("postgres"), roles=("pg_monitor",)))


def store(plain: StoreProps = ALONE, **fields: Any) -> StoreProps:
    return altered(plain, **{"databases": (CORE, SEARCH), "logins": LOGINS, **fields})


INSIDE = store()
topologies = pytest.mark.parametrize("plain", [ALONE, THREE], ids=["alone", "three"])


def job_of(props: StoreProps) -> Any:
    jobs = [item for item in rendered(props, name="postgres") if item["kind"] == "Job"]
    (one,) = [item for item in jobs if item["metadata"]["name"].startswith("postgres-logins-")]
    return one


def declared_by(props: StoreProps) -> Any:
    files = of_kind(rendered(props, name="postgres"), "ConfigMap", "postgres-logins-files")
    return json.loads(files["data"]["opt-logins-declared.json"])


def variables(props: StoreProps) -> dict[str, Any]:
    (container,) = job_of(props)["spec"]["template"]["spec"]["containers"]
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container["env"]}


def test_renders(yaml_snapshot: SnapshotAssertion) -> None:
    objects = rendered(INSIDE, BARE, "postgres")
    own = [item for item in objects if item["metadata"]["name"].startswith("postgres-logins")]
    for item in own:
        if item["kind"] == "ConfigMap":
            # Scripts are files of their own; what is declared is this store's.
            declared = item["data"]["opt-logins-declared.json"]
            item["data"] = {**dict.fromkeys(item["data"], "..."), "declared": json.loads(declared)}
    assert own == yaml_snapshot


@topologies
def test_C7_the_job_is_there_in_every_topology_and_talks_to_the_primary(plain: StoreProps) -> None:
    given = variables(store(plain))
    assert given["PGHOST"] == "postgres.shop.svc"
    assert given["PGUSER"] == "postgres"


def test_C7_what_each_login_reaches_is_what_is_declared() -> None:
    declared = declared_by(INSIDE)
    grants = {(g["login"], g["database"], g["schema"]): g["access"] for g in declared["grants"]}
    assert grants == {
        ("auth", "nova_core", "auth"): "owner",
        ("users", "nova_core", "users"): "owner",
        ("users", "nova_core", "auth"): "write",
        ("search", "nova_search", "search"): "owner",
        ("search", "nova_core", "auth"): "read",
    }
    connects = {(r["login"], r["database"]): r["schemas"] for r in declared["reaches"]}
    assert connects["users", "nova_core"] == ["users", "auth"]
    assert connects["watch", "postgres"] == []
    assert ("auth", "nova_search") not in connects


def test_C7_there_is_a_replication_user_and_it_reaches_no_database() -> None:
    declared = declared_by(INSIDE)
    (user,) = [item for item in declared["logins"] if item["replication"]]
    assert user["name"] == "replication_user"
    assert "replication_user" not in {item["login"] for item in declared["reaches"]}


def test_a_login_may_open_what_its_pods_open_and_one_pod_more() -> None:
    limits = {item["name"]: item["connections"] for item in declared_by(INSIDE)["logins"]}
    assert limits["auth"] == 10 * (3 + 1)
    assert limits["users"] == 5 * (2 + 1)


def test_a_login_may_open_less_than_its_full_pools_or_roll_without_a_pod_more() -> None:
    later = (
        replace(AUTH, surge=0),
        replace(USERS, at_once=6),
        replace(FIND, pods=20, idle=0, at_once=5),
    )
    props = store(logins=(*later, *LOGINS[3:]))
    limits = {item["name"]: item["connections"] for item in declared_by(props)["logins"]}
    assert (limits["auth"], limits["users"], limits["search"]) == (10 * 3, 6, 5)

    made = ResilientStatefulStore(new_chart(), "postgres", props)
    assert [made.login(name).surge for name in ("auth", "users", "search")] == [0, 1, 1]


@topologies
def test_F14_every_password_is_a_reference_and_rendering_again_changes_nothing(
    plain: StoreProps,
) -> None:
    given = variables(store(plain))
    passwords = {name: value for name, value in given.items() if "PASSWORD" in name}
    assert passwords == {
        "PGPASSWORD": reference("postgres-passwords", "superuser"),
        "PASSWORD_REPLICATION_USER": reference("postgres-passwords", "replication"),
        **{f"PASSWORD_{item.name.upper()}": reference("logins", item.name) for item in LOGINS},
    }
    assert rendered(store(plain), name="postgres") == rendered(store(plain), name="postgres")


def reference(secret: str, name: str) -> dict[str, dict[str, str]]:
    return {"secretKeyRef": {"name": secret, "key": name}}


def test_F19_a_change_is_another_job_and_no_change_is_the_same() -> None:
    name = job_of(INSIDE)["metadata"]["name"]
    assert job_of(store())["metadata"]["name"] == name
    later = (replace(AUTH, pool=11), *LOGINS[1:])
    for change in (
        store(logins=later),
        store(databases=(CORE, replace(SEARCH, extensions=("pg_trgm",)))),
        # Of a Secret nobody sees the content here, so somebody says that it has changed.
        replace(INSIDE, rotation="2"),
    ):
        assert job_of(change)["metadata"]["name"] != name


@topologies
def test_F21_the_job_reaches_the_primary_and_is_let_in(plain: StoreProps) -> None:
    objects = rendered(store(plain), name="postgres")
    entry = "postgres" if plain is ALONE else "postgres-proxy"
    egress = of_kind(objects, "NetworkPolicy", "postgres-logins")["spec"]["egress"]
    (to,) = [rule for rule in egress if {"protocol": "TCP", "port": 5432} in rule["ports"]]
    assert to["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == entry
    ingress = of_kind(objects, "NetworkPolicy", entry)["spec"]["ingress"]
    peers = {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in ingress
        for peer in rule["from"]
        if 5432 in {port["port"] for port in rule["ports"]}
    }
    assert "postgres-logins" in peers


def test_over_tls_the_job_checks_whom_it_talks_to_and_clients_are_told() -> None:
    props = store(tls=Tls("postgres-tls"))
    assert variables(props)["PGSSLMODE"] == "verify-full"
    binding = ResilientStatefulStore(new_chart(), "postgres", props).login("auth")
    assert str(binding.variables["DATABASE_URL"]).endswith("/nova_core?sslmode=require")


@topologies
def test_L5_a_client_gets_the_same_variables_in_every_topology(plain: StoreProps) -> None:
    made = ResilientStatefulStore(new_chart(), "postgres", store(plain))
    binding = made.login("auth")
    assert binding.variables == {
        "DATABASE_HOST": "postgres.shop.svc",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "nova_core",
        "DATABASE_USER": "auth",
        "DATABASE_PASSWORD": SecretKey("logins", "auth"),
        "DATABASE_URL": "postgresql://auth:$(DATABASE_PASSWORD)@postgres.shop.svc:5432/nova_core",
        "DATABASE_READ_HOST": "postgres-replicas.shop.svc",
        "DATABASE_READ_URL": "postgresql://auth:$(DATABASE_PASSWORD)@postgres-replicas.shop.svc"
        ":5432/nova_core",
        "DATABASE_MAX_CONNECTIONS": "10",
    }
    assert (binding.pool, binding.pods) == (10, 3)
    # A variable is made of those before it.
    names = list(binding.variables)
    assert names.index("DATABASE_PASSWORD") < names.index("DATABASE_URL")


def test_a_client_may_ask_for_another_of_its_logins_databases() -> None:
    made = ResilientStatefulStore(new_chart(), "postgres", INSIDE)
    assert made.login("search").variables["DATABASE_NAME"] == "nova_search"
    assert made.login("search@nova_core").variables["DATABASE_NAME"] == "nova_core"
    with pytest.raises(NovaError, match="no login 'serach'"):
        made.login("serach")


def test_somebody_is_told_when_the_job_has_failed() -> None:
    groups = of_kind(rendered(INSIDE, OPERATED, "postgres"), "PrometheusRule")["spec"]["groups"]
    (alert,) = [
        rule
        for group in groups
        for rule in group["rules"]
        if rule["alert"] == "PostgresLoginsFailed"
    ]
    assert 'job_name=~"postgres-logins-[0-9a-f]+"' in alert["expr"]


def test_the_password_of_the_superuser_is_the_engines_field() -> None:
    pod = pod_of(rendered(INSIDE, name="postgres"), "StatefulSet", "postgres")
    (password,) = [
        item
        for item in container_named(pod, "postgres")["env"]
        if item["name"] == "POSTGRES_PASSWORD"
    ]
    wanted = key("superuser")
    assert password["valueFrom"] == reference(wanted.secret, wanted.key)
