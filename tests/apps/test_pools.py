"""Connections of every system to the shared stores: who opens how many, as whom, and which way.

What is compared is what is rendered: autoscalers and settings on one side, what the servers and the
proxies in front of them accept on the other.
"""

# ruff: noqa: N802  (a test bears the id of its row)

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import cdk8s
import pytest

from apps.environments import PROD
from apps.nova_data import database, logins, redis
from apps.nova_data.clients import CLIENTS, Client
from apps.nova_data.database import NovaDatabase
from apps.nova_data.redis import NovaRedis
from constructs_lib.errors import PropsError
from tests.apps.rendered import Document, Flow, Rendered, main_container, secret_variables

DATABASE = "nova-database"
REDIS = "nova-redis"
SYSTEMS = ("nova-services", "nova-messaging", "nova")
BROKERS = {"nova": ("kafka.nova.svc:9092", "clickhouse.nova.svc:8123")}
"""Brokers whose addresses are settings; elsewhere they are secrets, and nobody waits for them."""
SHARING = ("nova_messaging", "nova_platform")
"""Logins whose pools are seldom full together; all others may fill theirs."""


@dataclass(frozen=True)
class Service:
    """A service that uses the shared stores, as it is rendered."""

    deployment: Document
    settings: dict[str, str]
    login: str
    pods: int
    """At the most, those that a rollout adds among them."""


def _services(rendered: Rendered) -> Iterator[Service]:
    for namespace in SYSTEMS:
        for deployment in rendered.every("Deployment", namespace=namespace):
            settings = _settings(rendered, deployment)
            if "DATABASE_MAX_CONNECTIONS" in settings:
                pods = _most_pods(rendered, deployment)
                yield Service(deployment, settings, _login(deployment), pods)


def _settings(rendered: Rendered, deployment: Document) -> dict[str, str]:
    container = main_container(deployment)
    namespace = deployment["metadata"]["namespace"]
    maps = [source["configMapRef"]["name"] for source in container.get("envFrom", ())]
    settings: dict[str, str] = {}
    for name in maps:
        settings |= rendered("ConfigMap", name, namespace=namespace)["data"]
    own = {item["name"]: item["value"] for item in container.get("env", ()) if "value" in item}
    return {**settings, **own}


def _login(deployment: Document) -> str:
    """The login of a service, by where its URL comes from."""
    secrets = secret_variables(main_container(deployment))
    if "DATABASE_URL" not in secrets:
        return str(secrets["DATABASE_PASSWORD"][0]).removesuffix("-database").replace("-", "_")
    return {
        ("messaging-service-secrets", "DATABASE_URL"): "nova_messaging",
        ("nova-db-credentials", "DATABASE_URL"): "nova_platform",
    }[secrets["DATABASE_URL"]]


def _most_pods(rendered: Rendered, deployment: Document) -> int:
    surge: int = deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    if rendered.environment.single_replica:
        return int(deployment["spec"]["replicas"]) + surge
    name, namespace = (deployment["metadata"][key] for key in ("name", "namespace"))
    autoscaler = rendered("HorizontalPodAutoscaler", name, namespace=namespace)
    return int(autoscaler["spec"]["maxReplicas"]) + surge


def _declared(rendered: Rendered) -> Any:
    texts = rendered("ConfigMap", "postgres-logins-files", namespace=DATABASE)["data"]
    return json.loads(texts["opt-logins-declared.json"])


def _limits(rendered: Rendered) -> dict[str, int]:
    """CONNECTION LIMIT of each login."""
    return {
        item["name"]: item["connections"]
        for item in _declared(rendered)["logins"]
        if not item["replication"]
    }


def _server_setting(rendered: Rendered, name: str) -> int:
    """What every PostgreSQL server of the store runs with."""
    texts = [
        text
        for item in rendered.every("ConfigMap", namespace=DATABASE)
        for text in item["data"].values()
    ]
    found = {
        int(n) for text in texts for n in re.findall(rf'\b{name}"?\s*[:=]\s*[\'"]?(\d+)', text)
    }
    (one,) = found
    return one


def _redis_setting(rendered: Rendered, name: str) -> set[int]:
    texts = [
        text
        for item in rendered.every("ConfigMap", namespace=REDIS)
        for text in item["data"].values()
    ]
    return {int(n) for text in texts for n in re.findall(rf"^\s*{name} (\d+)$", text, re.MULTILINE)}


def test_E5_every_service_of_the_three_systems_is_counted(every: Rendered) -> None:
    found = {
        (item.deployment["metadata"]["namespace"], item.deployment["metadata"]["name"])
        for item in _services(every)
    }
    apps = {"nova-platform": "nova"}

    assert found == {(apps.get(client.app, client.app), client.name) for client in CLIENTS}
    assert len(found) == 5 + 1 + 4


def test_E5_logins_together_stay_below_what_the_server_accepts(every: Rendered) -> None:
    limits = _limits(every)
    # Two connections of Patroni and one of the Job for logins, as superusers.
    left = (
        _server_setting(every, "max_connections")
        - _server_setting(every, "superuser_reserved_connections")
        - 3
    )

    assert _server_setting(every, "max_connections") == 200
    assert sum(limits.values()) <= left
    assert min(limits.values()) > 0


def test_E5_pools_of_nova_services_may_all_be_full(prod: Rendered) -> None:
    limits = _limits(prod)
    full = {
        item.login: item.pods * int(item.settings["DATABASE_MAX_CONNECTIONS"])
        for item in _services(prod)
        if item.login not in SHARING
    }

    assert len(full) == 5
    assert {login: limits[login] for login in full} == full
    assert sum(full.values()) == 150


@pytest.mark.parametrize("login", SHARING)
def test_E5_who_shares_connections_keeps_no_more_than_there_are(prod: Rendered, login: str) -> None:
    limit = _limits(prod)[login]
    users = [item for item in _services(prod) if item.login == login]
    kept = sum(item.pods * int(item.settings["DATABASE_MIN_CONNECTIONS"]) for item in users)
    pools = {int(item.settings["DATABASE_MAX_CONNECTIONS"]) for item in users}

    assert kept <= limit
    assert max(pools) <= limit < sum(item.pods for item in users) * max(pools)


def test_E5_single_pods_may_all_fill_their_pools(dev: Rendered, local: Rendered) -> None:
    for rendered in (dev, local):
        full: dict[str, int] = {}
        for item in _services(rendered):
            pool = item.pods * int(item.settings["DATABASE_MAX_CONNECTIONS"])
            full[item.login] = full.get(item.login, 0) + pool
        limits = _limits(rendered)
        assert {login: limits[login] for login in full} == full


def test_a_single_pod_is_there_until_the_next_one_is(dev: Rendered, local: Rendered) -> None:
    for rendered in (dev, local):
        for item in _services(rendered):
            if item.deployment["metadata"]["namespace"] == "nova-services":
                strategy = item.deployment["spec"]["strategy"]["rollingUpdate"]
                assert strategy == {"maxSurge": 1, "maxUnavailable": 0}


def test_E5_pools_to_redis_fit_its_servers_and_a_proxy_alone(every: Rendered) -> None:
    pools = sum(item.pods * int(item.settings["REDIS_POOL_SIZE"]) for item in _services(every))
    (servers,) = _redis_setting(every, "maxclients")
    proxies = _redis_setting(every, "maxconn")

    assert bool(proxies) == every.environment.replicated_stores
    # Replicas, Sentinels, exporters, health checks and backups connect as well.
    assert pools + 50 <= min({servers, *proxies})


def test_E5_more_than_postgresql_accepts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    more = tuple(replace(client, most=client.most + 1) for client in CLIENTS)
    monkeypatch.setattr(logins, "CLIENTS", more)
    with pytest.raises(PropsError) as refused:
        NovaDatabase(cdk8s.App(), PROD)
    assert (
        "engine.max_connections = 200: accepts 200 - 6 for superusers - 4 for metrics = 190, and "
        "logins are promised auth_service 5 x (4 + 1) + streaming_api 5 x (4 + 1) + user_service "
        "5 x (11 + 0) + messaging_service 10 x (5 + 0) + search_service 5 x (4 + 1) + "
        "nova_messaging 24 at once + nova_platform 16 at once = 220"
    ) in str(refused.value)


def test_E5_what_E1_and_E7_ask_for_takes_what_the_page_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "dependencies.md").read_text(encoding="utf-8")
    monkeypatch.setattr(logins, "CLIENTS", tuple(map(_as_meant, CLIENTS)))
    with pytest.raises(PropsError, match=r"at once = 295, each .* use 305 or more"):
        NovaDatabase(cdk8s.App(), PROD)
    assert "| 295 | -105 |" in page

    monkeypatch.setattr(database, "_MAX_CONNECTIONS", 305)
    with pytest.raises(PropsError, match="memory_limit = '1Gi': is less than"):
        NovaDatabase(cdk8s.App(), PROD)
    larger = replace(database._SERVER, memory_limit="1280Mi")
    monkeypatch.setattr(database, "_SERVER", larger)
    NovaDatabase(cdk8s.App(), PROD)
    assert "3. More connections: 305 of them" in page
    assert "take 1280Mi of memory" in page


def _as_meant(client: Client) -> Client:
    """With the pods that the service would have if connections were no matter."""
    meant = {"user-service": 10, "messaging-service": 10}
    if client.app != "nova-services":
        return client
    return replace(client, most=meant.get(client.name, 6))


def test_E5_more_than_redis_accepts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    more = tuple(replace(client, redis_pool=2 * client.redis_pool) for client in CLIENTS)
    monkeypatch.setattr(redis, "CLIENTS", more)
    with pytest.raises(PropsError) as refused:
        NovaRedis(cdk8s.App(), PROD)
    message = str(refused.value)
    assert "engine.max_clients = 1000: leaves 1000 - 50 of the store itself = 950" in message
    assert "nova-messaging/messaging-service 40 x (10 + 1)" in message
    assert "= 1620, each with the pods that a rollout adds; use 1670 or more" in message


def _secret(rendered: Rendered, name: str, namespace: str) -> dict[str, str]:
    return dict(rendered("Secret", name, namespace=namespace)["stringData"])


def _leads_to(rendered: Rendered, url: SplitResult, port: int) -> Document:
    """The Service that a URL names."""
    service, namespace, _ = (url.hostname or "").split(".")
    assert url.port == port
    return rendered("Service", service, namespace=namespace)


@pytest.mark.parametrize(
    ("namespace", "secret", "password", "login", "database"),
    [
        (
            "nova-messaging",
            "messaging-service-secrets",
            "POSTGRES_PASSWORD",
            "nova_messaging",
            "nova_messaging",
        ),
        ("nova", "nova-db-credentials", "DB_PASSWORD", "nova_platform", "nova_platform"),
    ],
)
def test_A3_and_B3_the_development_url_logs_in(
    local: Rendered, namespace: str, secret: str, password: str, login: str, database: str
) -> None:
    values = _secret(local, secret, namespace)
    url = urlsplit(values["DATABASE_URL"])
    own = _secret(local, f"{login.replace('_', '-')}-database", DATABASE)
    reaches = {(item["login"], item["database"]) for item in _declared(local)["reaches"]}

    assert (url.scheme, url.username, url.path) == ("postgresql", login, f"/{database}")
    assert url.password == values[password] == own["password"]
    assert (login, database) in reaches
    assert _leads_to(local, url, 5432)["metadata"]["name"] == "postgres-primary"


@pytest.mark.parametrize(
    ("namespace", "secret"),
    [("nova-messaging", "messaging-service-secrets"), ("nova", "nova-redis-credentials")],
)
def test_A3_and_B3_the_development_url_reaches_redis(
    local: Rendered, namespace: str, secret: str
) -> None:
    values = _secret(local, secret, namespace)
    url = urlsplit(values["REDIS_URL"])
    own = _secret(local, "redis-credentials", REDIS)

    assert (url.scheme, url.username, url.path) == ("redis", "default", "/0")
    assert url.password == values.get("REDIS_PASSWORD", url.password) == own["password"]
    assert _leads_to(local, url, 6379)["metadata"]["name"] == "redis-service"


def test_stores_let_their_users_in(every: Rendered) -> None:
    replicated = every.environment.replicated_stores
    kind, suffix = ("Deployment", "-proxy") if replicated else ("StatefulSet", "")
    for item in _services(every):
        meta = item.deployment["metadata"]
        own = f"{meta['namespace']}/{meta['name']}"
        for namespace, name, port in ((DATABASE, "postgres", 5432), (REDIS, "redis", 6379)):
            store = every(kind, f"{name}{suffix}", namespace=namespace)
            there = Flow(f"{namespace}/{name}{suffix}", port, "TCP")
            assert there in every.flows(item.deployment, "egress")
            assert Flow(own, port, "TCP") in every.flows(store, "ingress")


def test_stores_let_in_nobody_else(prod: Rendered) -> None:
    users = {
        f"{item.deployment['metadata']['namespace']}/{item.deployment['metadata']['name']}"
        for item in _services(prod)
    }
    for namespace, name in ((DATABASE, "postgres-proxy"), (REDIS, "redis-proxy")):
        proxy = prod("Deployment", name, namespace=namespace)
        peers = {flow.peer for flow in prod.flows(proxy, "ingress")}
        foreign = {peer for peer in peers if not peer.startswith(f"{namespace}/")}
        assert foreign == {"observability/prometheus", *users}


@pytest.mark.parametrize("namespace", ["nova-messaging", "nova"])
def test_E4_stores_of_the_others_are_waited_for_too(every: Rendered, namespace: str) -> None:
    for item in _services(every):
        if item.deployment["metadata"]["namespace"] == namespace:
            assert item.settings["STARTUP_WAIT_FOR"].split(",") == [
                "postgres-primary.nova-database.svc:5432",
                "redis-service.nova-redis.svc:6379",
                *BROKERS.get(namespace, ()),
            ]
