"""nova-services, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from typing import Any

import cdk8s
import pytest

from apps.environments import PROD
from apps.nova_data.clients import client_of
from apps.nova_services import chart
from apps.nova_services.chart import NovaServices
from apps.nova_services.profiles import PROFILES
from constructs_lib.errors import PropsError
from tests.apps.rendered import (
    Document,
    Flow,
    Rendered,
    all_containers,
    amounts,
    main_container,
    pod_spec,
    ports_of,
    probed,
    secret_variables,
    template_of,
)

NAMESPACE = "nova-services"
SERVICES = ("user-service", "auth-service", "search-service", "streaming-api", "messaging-service")
LARGE = ("500m", "512Mi", "2000m", "2Gi")
SMALL = ("250m", "256Mi", "1000m", "512Mi")

REPLICAS = (
    ("user-service", 3, 10),
    ("auth-service", 2, 3),
    ("search-service", 2, 3),
    ("streaming-api", 2, 3),
    ("messaging-service", 3, 4),
)
"""Each with the fewest and the most of its pods."""

services = pytest.mark.parametrize("name", SERVICES)


def _deployment(rendered: Rendered, name: str) -> Document:
    return rendered("Deployment", name, namespace=NAMESPACE)


def _settings(rendered: Rendered, name: str) -> dict[str, str]:
    return dict(rendered("ConfigMap", f"{name}-config", namespace=NAMESPACE)["data"])


def _secrets(rendered: Rendered, name: str) -> dict[str, tuple[str, str]]:
    return secret_variables(main_container(_deployment(rendered, name)))


def _literals(rendered: Rendered, name: str) -> dict[str, str]:
    env = main_container(_deployment(rendered, name))["env"]
    return {item["name"]: item["value"] for item in env if "value" in item}


def _autoscaler(rendered: Rendered, name: str) -> Any:
    return rendered("HorizontalPodAutoscaler", name, namespace=NAMESPACE)["spec"]


@pytest.mark.parametrize(
    ("name", "port", "replicas", "sizes"),
    [
        ("user-service", 8080, 3, LARGE),
        ("auth-service", 8084, 2, SMALL),
        ("search-service", 8086, 2, SMALL),
        ("streaming-api", 8081, 2, SMALL),
        ("messaging-service", 3000, 3, LARGE),
    ],
)
def test_E1_ports_replicas_and_sizes(
    prod: Rendered, name: str, port: int, replicas: int, sizes: tuple[str, str, str, str]
) -> None:
    container = main_container(_deployment(prod, name))
    cpu, memory, cpu_limit, memory_limit = sizes

    assert ports_of(container) == {(port, "TCP")}
    assert _autoscaler(prod, name)["minReplicas"] == replicas
    requests, limits = (container["resources"][side] for side in ("requests", "limits"))
    assert amounts(requests) == amounts({"cpu": cpu, "memory": memory})
    assert amounts(limits) == amounts({"cpu": cpu_limit, "memory": memory_limit})


@services
def test_E1_health_and_metrics(every: Rendered, name: str) -> None:
    deployment = _deployment(every, name)
    container = main_container(deployment)
    ((port, _),) = ports_of(container)
    annotations = template_of(deployment)["metadata"]["annotations"]

    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert probed(container, probe) == ("/health", port)
    assert annotations["prometheus.io/path"] == "/metrics"
    assert annotations["prometheus.io/port"] == str(port)


@services
def test_E2_every_service_gets_the_bounds_of_calls(every: Rendered, name: str) -> None:
    settings = _settings(every, name)

    assert {key: text for key, text in settings.items() if key.startswith("CALL_")} == {
        "CALL_REQUEST_TIMEOUT_MS": "3000",
        "CALL_CONNECT_TIMEOUT_MS": "1000",
        "CALL_POOL_SIZE": "50",
        "CALL_RETRIES": "3",
        "CALL_RETRY_DELAY_MS": "100",
        "CALL_BREAKER_FAILURE_PERCENT": "50",
    }


def test_E2_who_calls_reaches_and_is_let_in(every: Rendered) -> None:
    for name, profile in PROFILES.items():
        caller, settings = _deployment(every, name), _settings(every, name)
        for other in profile.calls:
            called = _deployment(every, other)
            ((port, _),) = ports_of(main_container(called))
            section = other.upper().replace("-", "_")
            assert settings[f"{section}_URL"] == f"http://{other}.{NAMESPACE}.svc:{port}"
            assert Flow(f"{NAMESPACE}/{other}", port, "TCP") in every.flows(caller, "egress")
            assert Flow(f"{NAMESPACE}/{name}", port, "TCP") in every.flows(called, "ingress")


def test_E2_who_does_not_call_is_kept_out(every: Rendered) -> None:
    for name in SERVICES:
        callers = {other for other, profile in PROFILES.items() if name in profile.calls}
        flows = every.flows(_deployment(every, name), "ingress")
        assert {flow.peer for flow in flows} == {
            "observability/prometheus",
            *(f"{NAMESPACE}/{caller}" for caller in callers),
        }


@services
def test_E3_each_has_its_own_login(every: Rendered, name: str) -> None:
    secrets, literals = _secrets(every, name), _literals(every, name)
    login = name.replace("-", "_")

    assert secrets["DATABASE_PASSWORD"] == (f"{name}-database", "password")
    assert secrets["REDIS_PASSWORD"] == ("redis-credentials", "password")
    assert literals["DATABASE_URL"].startswith(f"postgresql://{login}:$(DATABASE_PASSWORD)@")
    assert "redis-service.nova-redis" in literals["REDIS_URL"]


@services
def test_E3_secrets_that_every_service_has(every: Rendered, name: str) -> None:
    own = {key for key, (secret, _) in _secrets(every, name).items() if secret == f"{name}-secrets"}
    assert {"KAFKA_BROKERS", "CLICKHOUSE_URL", "JWT_PUBLIC_KEY_PEM"} <= own


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("JWT_PRIVATE_KEY_PEM", "auth-service"),
        ("APNS_KEY_P8", "messaging-service"),
        ("TURN_SHARED_SECRET", "messaging-service"),
    ],
)
def test_E3_secrets_that_one_service_has(every: Rendered, key: str, owner: str) -> None:
    assert [name for name in SERVICES if key in _secrets(every, name)] == [owner]


@services
def test_E3_the_certificate_is_optional(every: Rendered, name: str) -> None:
    volumes = pod_spec(_deployment(every, name))["volumes"]
    (source,) = [item["secret"] for item in volumes if "secret" in item]
    assert (source["secretName"], source["optional"]) == (f"{name}-tls", True)


def test_E3_clients_read_the_secrets_that_the_stores_read(prod: Rendered) -> None:
    def remote(namespace: str, name: str) -> object:
        spec = prod("ExternalSecret", name, namespace=namespace)["spec"]
        return [entry["remoteRef"] for entry in spec["data"]]

    assert remote(NAMESPACE, "redis-credentials") == remote("nova-redis", "redis-credentials")
    for name in SERVICES:
        secret = f"{name}-database"
        assert remote(NAMESPACE, secret) == remote("nova-database", secret)
    turn = "coturn-credentials"
    assert remote(NAMESPACE, turn) == remote("nova-messaging", turn)


@services
def test_E4_stores_are_waited_for_with_a_bound_and_services_are_not(
    every: Rendered, name: str
) -> None:
    settings, container = _settings(every, name), main_container(_deployment(every, name))
    startup = container["startupProbe"]

    assert settings["STARTUP_WAIT_FOR"].split(",") == [
        "postgres-primary.nova-database.svc:5432",
        "redis-service.nova-redis.svc:6379",
    ]
    patience = startup["periodSeconds"] * startup["failureThreshold"]
    assert 0 < int(settings["STARTUP_WAIT_SECONDS"]) < patience
    assert "initContainers" not in pod_spec(_deployment(every, name))


def test_E5_pools(every: Rendered) -> None:
    for name in SERVICES:
        pool = "10" if name == "messaging-service" else "5"
        assert _literals(every, name)["DATABASE_MAX_CONNECTIONS"] == pool
        assert _literals(every, name)["REDIS_POOL_SIZE"] == pool


def test_E5_more_pods_than_the_login_allows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    more = replace(client_of("nova-services", "auth-service"), most=6)
    monkeypatch.setattr(chart, "client_of", lambda _, name: replace(more, name=name))
    with pytest.raises(PropsError, match=r"uses\[0\].pods = 3: is what the store expects"):
        NovaServices(cdk8s.App(), PROD)


@pytest.mark.parametrize(
    ("name", "section", "group", "done"),
    [
        ("search-service", "CDC_CONSUMER", "search-service", "with-result"),
        ("streaming-api", "KAFKA_CONSUMER", "streaming-api", "after-work"),
        ("messaging-service", "KAFKA_CONSUMER", "nova-services-messaging", "after-work"),
    ],
)
def test_E6_consumers(every: Rendered, name: str, section: str, group: str, done: str) -> None:
    settings = _settings(every, name)

    assert settings[f"{section}_GROUP"] == group
    assert settings[f"{section}_DONE"] == done
    assert settings[f"{section}_ENABLE_AUTO_COMMIT"] == "false"
    assert int(settings[f"{section}_RETRIES"]) > 0
    topics = settings[f"{section}_TOPICS"].split(",")
    assert settings[f"{section}_DEAD_LETTER_TOPIC"] not in topics


def test_E6_two_systems_that_read_one_topic_both_get_every_message(every: Rendered) -> None:
    own = _settings(every, "messaging-service")
    theirs = every("ConfigMap", "messaging-service-config", namespace="nova-messaging")["data"]

    assert own["KAFKA_CONSUMER_TOPICS"] == theirs["KAFKA_CONSUMER_TOPICS"]
    assert own["KAFKA_CONSUMER_GROUP"] != theirs["KAFKA_CONSUMER_GROUP"]


@services
def test_E7_identity_budget_and_spread(prod: Rendered, name: str) -> None:
    deployment = _deployment(prod, name)
    pod = pod_spec(deployment)
    budget = prod("PodDisruptionBudget", name, namespace=NAMESPACE)["spec"]

    assert pod["serviceAccountName"] == name
    assert pod["affinity"]["podAntiAffinity"]
    assert pod["terminationGracePeriodSeconds"] == 30
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == deployment["spec"]["selector"]


@pytest.mark.parametrize(("name", "fewest", "most"), REPLICAS)
def test_E1_and_E7_autoscalers(prod: Rendered, name: str, fewest: int, most: int) -> None:
    # Why four of them have fewer than three times their replicas, docs/dependencies.md says.
    spec = _autoscaler(prod, name)

    assert (spec["minReplicas"], spec["maxReplicas"]) == (fewest, most)
    assert most <= (10 if name == "user-service" else 3 * fewest)


def test_development_sizes_leave_room(dev: Rendered) -> None:
    for name in SERVICES:
        for container in all_containers(_deployment(dev, name)):
            requests = container["resources"]["requests"]
            assert amounts(requests) == amounts({"cpu": "100m", "memory": "256Mi"})
