"""nova-data, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
from decimal import Decimal

import pytest

from apps.nova_data.logins import DATABASES
from constructs_lib.quantity import parse
from tests.apps.rendered import (
    Document,
    Rendered,
    all_containers,
    amounts,
    main_container,
    pod_spec,
    secret_variables,
    served,
)

REDIS = "nova-redis"
DATABASE = "nova-database"
STORES = ((REDIS, "redis"), (DATABASE, "etcd"), (DATABASE, "postgres"))
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")

stores = pytest.mark.parametrize(("namespace", "name"), STORES)


def _stateful(rendered: Rendered, namespace: str, name: str) -> Document:
    return rendered("StatefulSet", name, namespace=namespace)


def _claim(rendered: Rendered, namespace: str, name: str) -> object:
    (claim,) = _stateful(rendered, namespace, name)["spec"]["volumeClaimTemplates"]
    return claim["spec"]["resources"]["requests"]["storage"]


def _container(workload: Document, name: str) -> Document:
    (one,) = [item for item in all_containers(workload) if item["name"] == name]
    return one


def _selected(service: Document) -> str:
    name: str = service["spec"]["selector"]["app.kubernetes.io/name"]
    return name


@pytest.fixture
def redis(prod: Rendered) -> Document:
    return _stateful(prod, REDIS, "redis")


@pytest.fixture
def postgres(prod: Rendered) -> Document:
    return _stateful(prod, DATABASE, "postgres")


@pytest.fixture(params=["dev", "local"])
def small(request: pytest.FixtureRequest) -> Rendered:
    """Each of the environments whose stores have no replicas."""
    rendered: Rendered = request.getfixturevalue(request.param)
    return rendered


def test_C1_three_servers_each_with_a_sentinel(prod: Rendered, redis: Document) -> None:
    data = prod("ConfigMap", "redis-files", namespace=REDIS)["data"]
    variables = {v["name"]: v.get("value") for v in _container(redis, "sentinel")["env"]}

    assert redis["spec"]["replicas"] == 3
    assert variables["QUORUM"] == "2"
    assert "sentinel resolve-hostnames yes" in data["etc-redis-sentinel.conf"]


def test_C1_pods_start_together_and_find_each_other(prod: Rendered, redis: Document) -> None:
    peers = prod("Service", redis["spec"]["serviceName"], namespace=REDIS)["spec"]

    assert redis["spec"]["podManagementPolicy"] == "Parallel"
    assert peers["publishNotReadyAddresses"] is True


def test_C2_sizes(prod: Rendered, redis: Document) -> None:
    server, sentinel = (_container(redis, name)["resources"] for name in ("redis", "sentinel"))

    assert amounts(server["requests"]) == amounts({"cpu": "100m", "memory": "256Mi"})
    assert amounts(sentinel["requests"]) == amounts({"cpu": "50m", "memory": "64Mi"})
    for resources in (server, sentinel):
        assert amounts(resources["limits"]) == amounts({"cpu": "500m", "memory": "512Mi"})
    assert _claim(prod, REDIS, "redis") == "5Gi"


def test_C2_memory_leaves_room_for_the_copy_of_a_save(prod: Rendered) -> None:
    lines = prod("ConfigMap", "redis-files", namespace=REDIS)["data"]["etc-redis-redis.conf"]
    settings = dict(
        line.split(maxsplit=1) for line in lines.splitlines() if line and line[0] != "#"
    )

    assert settings["appendonly"] == "yes"
    assert settings["save"] != '""'
    assert Decimal(settings["maxmemory"]) * Decimal("1.5") < parse("512Mi")


def test_C3_endpoints_for_writes_reads_and_sentinels(prod: Rendered) -> None:
    write, read, sentinel = (
        prod("Service", name, namespace=REDIS)
        for name in ("redis-service", "redis-replicas", "redis-sentinel")
    )

    assert (served(write), _selected(write)) == ({(6379, "TCP")}, "redis-proxy")
    assert (served(read), _selected(read)) == ({(6379, "TCP")}, "redis-proxy")
    assert (26379, "TCP") in served(sentinel)
    assert sentinel["spec"]["publishNotReadyAddresses"] is True


def test_C4_three_members_of_etcd(prod: Rendered) -> None:
    etcd = _stateful(prod, DATABASE, "etcd")
    variables = {v["name"]: v.get("value") for v in main_container(etcd)["env"]}

    assert etcd["spec"]["replicas"] == 3
    assert variables["ETCD_INITIAL_CLUSTER"].count(f"etcd-peers.{DATABASE}.svc") == 3
    assert "preStop" not in main_container(etcd).get("lifecycle", {})


def test_C5_three_members_of_postgres(prod: Rendered, postgres: Document) -> None:
    resources = main_container(postgres)["resources"]

    assert postgres["spec"]["replicas"] == 3
    assert _claim(prod, DATABASE, "postgres") == "20Gi"
    assert amounts(resources["requests"]) == amounts({"cpu": "250m", "memory": "512Mi"})
    assert amounts(resources["limits"]) == amounts({"cpu": "1000m", "memory": "1Gi"})


def test_C6_and_L5_services(every: Rendered) -> None:
    behind = "postgres-proxy" if every.environment.replicated_stores else "postgres"
    for name in ("postgres-primary", "postgres-replicas"):
        service = every("Service", name, namespace=DATABASE)
        assert (served(service), _selected(service)) == ({(5432, "TCP")}, behind)


def test_C7_databases_and_schemas() -> None:
    assert {item.name: set(item.schemas) for item in DATABASES} == {
        "nova_core": {"auth", "streaming", "users"},
        # "realtime" is that of nova-messaging, which migrates its tables by itself.
        "nova_messaging": {"messaging", "realtime"},
        "nova_search": {"search"},
        # Besides: that of the four services of nova-platform.
        "nova_platform": {"platform"},
    }


def test_C7_each_schema_has_an_owner_of_its_own(prod: Rendered) -> None:
    texts = prod("ConfigMap", "postgres-logins-files", namespace=DATABASE)["data"]
    grants = json.loads(texts["opt-logins-declared.json"])["grants"]

    assert {(g["database"], g["schema"]): (g["login"], g["access"]) for g in grants} == {
        ("nova_core", "auth"): ("auth_service", "owner"),
        ("nova_core", "streaming"): ("streaming_api", "owner"),
        ("nova_core", "users"): ("user_service", "owner"),
        ("nova_messaging", "messaging"): ("messaging_service", "owner"),
        ("nova_messaging", "realtime"): ("nova_messaging", "owner"),
        ("nova_platform", "platform"): ("nova_platform", "owner"),
        ("nova_search", "search"): ("search_service", "owner"),
    }
    assert len({g["login"] for g in grants}) == len(grants)


def test_C7_passwords_of_logins_are_references(every: Rendered) -> None:
    (job,) = [
        item
        for item in every.every("Job", namespace=DATABASE)
        if item["metadata"]["labels"]["app.kubernetes.io/name"] == "postgres-logins"
    ]
    secrets = {secret for secret, _ in secret_variables(main_container(job)).values()}

    assert {
        "auth-service-database",
        "streaming-api-database",
        "user-service-database",
        "messaging-service-database",
        "search-service-database",
        "nova-messaging-database",
        "nova-platform-database",
    } <= secrets


@stores
def test_C9_budget_and_spread(prod: Rendered, namespace: str, name: str) -> None:
    budget = prod("PodDisruptionBudget", name, namespace=namespace)["spec"]
    pod = pod_spec(_stateful(prod, namespace, name))
    (term,) = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]

    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert term["topologyKey"] == "kubernetes.io/hostname"


@stores
def test_C9_three_probes_and_metrics(prod: Rendered, namespace: str, name: str) -> None:
    workload = _stateful(prod, namespace, name)
    annotations = workload["spec"]["template"]["metadata"]["annotations"]

    assert all(probe in main_container(workload) for probe in PROBES)
    assert annotations["prometheus.io/scrape"] == "true"


def test_C10_quota_and_limits(every: Rendered) -> None:
    for namespace in (REDIS, DATABASE):
        hard = every("ResourceQuota", "quota", namespace=namespace)["spec"]["hard"]
        asked = sum(
            parse(container["resources"]["requests"]["memory"]) * item["spec"]["replicas"]
            for kind in ("StatefulSet", "Deployment")
            for item in every.every(kind, namespace=namespace)
            for container in pod_spec(item)["containers"]
        )

        assert parse(hard["requests.memory"]) > asked > 0
        assert every("LimitRange", "quota", namespace=namespace)["spec"]["limits"]


def test_L2_and_D3_one_instance_of_each(small: Rendered) -> None:
    found = {
        (item["metadata"]["name"], item["spec"]["replicas"])
        for namespace in (REDIS, DATABASE)
        for item in small.every("StatefulSet", namespace=namespace)
    }

    assert found == {("redis", 1), ("postgres", 1), ("postgres-archive", 1)}
    assert not small.every("Deployment", namespace=REDIS)
    assert not small.every("Deployment", namespace=DATABASE)


def test_L2_volumes_are_small(local: Rendered) -> None:
    assert _claim(local, REDIS, "redis") == "2Gi"


def test_D3_nothing_must_keep_apart(small: Rendered) -> None:
    for namespace in (REDIS, DATABASE):
        for item in small.every("StatefulSet", namespace=namespace):
            assert "podAntiAffinity" not in pod_spec(item).get("affinity", {})


def test_L4_databases_and_logins_to_try_things_out(local: Rendered, prod: Rendered) -> None:
    def declared(rendered: Rendered) -> str:
        maps = rendered.every("ConfigMap", namespace=DATABASE)
        return "\n".join(text for item in maps for text in item["data"].values())

    for name in ("nova_auth", "app_user"):
        assert name in declared(local)
        assert name not in declared(prod)
    for name in ("nova_core", "nova_messaging", "nova_search"):
        assert name in declared(local)
    secrets = {item["metadata"]["name"] for item in local.every("Secret", namespace=DATABASE)}
    assert "app-user-database" in secrets
