"""The services of catga, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

from typing import Any

import pytest

from tests.apps.rendered import (
    Document,
    Flow,
    Rendered,
    amounts,
    main_container,
    pod_spec,
    ports_of,
    probed,
    secret_variables,
    served,
    template_of,
)

NAMESPACE = "catga-cluster"
SERVICES = ("order-api", "order-service", "notification-service")

services = pytest.mark.parametrize("name", SERVICES)


def _deployment(rendered: Rendered, name: str) -> Document:
    return rendered("Deployment", name, namespace=NAMESPACE)


def _settings(rendered: Rendered, name: str) -> dict[str, str]:
    return dict(rendered("ConfigMap", f"{name}-config", namespace=NAMESPACE)["data"])


def _literals(rendered: Rendered, name: str) -> dict[str, str]:
    env = main_container(_deployment(rendered, name))["env"]
    return {item["name"]: item["value"] for item in env if "value" in item}


def _autoscaler(rendered: Rendered, name: str) -> Any:
    return rendered("HorizontalPodAutoscaler", name, namespace=NAMESPACE)["spec"]


@pytest.mark.parametrize(
    ("name", "fewest", "most", "scaled", "sizes"),
    [
        ("order-api", 3, 10, {"cpu": 70, "memory": 80}, ("100m", "128Mi", "1000m", "512Mi")),
        ("order-service", 3, 20, {"cpu": 70}, ("100m", "128Mi", "500m", "256Mi")),
        ("notification-service", 2, 10, {"cpu": 70}, ("50m", "64Mi", "200m", "128Mi")),
    ],
    ids=["G3", "G4", "G5"],
)
def test_replicas_and_sizes(
    prod: Rendered,
    name: str,
    fewest: int,
    most: int,
    scaled: dict[str, int],
    sizes: tuple[str, str, str, str],
) -> None:
    spec, resources = _autoscaler(prod, name), main_container(_deployment(prod, name))["resources"]
    by = {
        item["resource"]["name"]: item["resource"]["target"]["averageUtilization"]
        for item in spec["metrics"]
    }

    assert (spec["minReplicas"], spec["maxReplicas"]) == (fewest, most)
    assert by == scaled
    assert amounts(resources["requests"]) == amounts({"cpu": sizes[0], "memory": sizes[1]})
    assert amounts(resources["limits"]) == amounts({"cpu": sizes[2], "memory": sizes[3]})


def test_G3_a_load_balancer_leads_from_80_to_8080(prod: Rendered) -> None:
    service = prod("Service", "order-api-external", namespace=NAMESPACE)

    assert service["spec"]["type"] == "LoadBalancer"
    assert served(service) == {(80, "TCP")}
    assert ports_of(main_container(_deployment(prod, "order-api"))) == {(8080, "TCP")}


@services
def test_G3_to_G5_health_and_metrics(every: Rendered, name: str) -> None:
    deployment = _deployment(every, name)
    annotations = template_of(deployment)["metadata"]["annotations"]

    assert ports_of(main_container(deployment)) == {(8080, "TCP")}
    assert probed(main_container(deployment), "readinessProbe") == ("/health", 8080)
    assert annotations["prometheus.io/path"] == "/metrics"
    assert annotations["prometheus.io/port"] == "8080"


def test_G4_orders_are_shared_in_a_queue_group(every: Rendered) -> None:
    settings = _settings(every, "order-service")
    assert settings["NatsConsumer__Group"] == "order-processing"
    assert settings["NatsConsumer__DeadLetterSubject"]


@services
def test_G6_how_fast_replicas_change(prod: Rendered, name: str) -> None:
    behavior = _autoscaler(prod, name)["behavior"]

    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert behavior["scaleDown"]["policies"] == [
        {"type": "Percent", "value": 50, "periodSeconds": 60}
    ]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleUp"]["policies"] == [
        {"type": "Percent", "value": 100, "periodSeconds": 30}
    ]


@services
def test_G7_settings_are_named_as_dotnet_reads_them(every: Rendered, name: str) -> None:
    settings, literals = _settings(every, name), _literals(every, name)
    secrets = secret_variables(main_container(_deployment(every, name)))

    assert literals["Redis__Configuration"] == "redis-master:6379,password=$(REDIS_PASSWORD)"
    assert secrets["REDIS_PASSWORD"] == ("catga-secrets", "redis-password")
    assert secrets["NATS__Password"] == ("nats-credentials", "app-password")
    assert settings["Catga__EnableIdempotency"] == "true"
    assert settings["OpenTelemetry__Endpoint"] == f"http://jaeger.{NAMESPACE}.svc:4317"


@services
def test_G7_every_peer_is_listed(prod: Rendered, local: Rendered, name: str) -> None:
    for rendered, count in ((prod, 3), (local, 1)):
        urls = _literals(rendered, name)["NATS__Url"].split(",")
        hosts = [f"nats-{number}.nats-peers.{NAMESPACE}.svc" for number in range(count)]
        assert len(urls) == count
        for url, host in zip(urls, hosts, strict=True):
            assert url.startswith(f"nats://{host}")
            assert url.endswith(":4222")


@services
def test_G8_rollouts_and_probes(prod: Rendered, name: str) -> None:
    deployment = _deployment(prod, name)
    container = main_container(deployment)

    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    for probe, delay, period in (("livenessProbe", 30, 10), ("readinessProbe", 10, 5)):
        assert container[probe]["initialDelaySeconds"] == delay
        assert container[probe]["periodSeconds"] == period


def test_G11_two_of_order_api_stay(prod: Rendered) -> None:
    budget = prod("PodDisruptionBudget", "order-api", namespace=NAMESPACE)
    assert budget["spec"]["minAvailable"] == 2


def test_G11_order_api_is_reached_from_anywhere_and_the_others_are_not(prod: Rendered) -> None:
    anywhere = {Flow(address, 8080, "TCP") for address in ("0.0.0.0/0", "::/0")}

    assert anywhere <= prod.flows(_deployment(prod, "order-api"), "ingress")
    for name in ("order-service", "notification-service"):
        flows = prod.flows(_deployment(prod, name), "ingress")
        assert {flow.peer for flow in flows} == {f"{NAMESPACE}/prometheus"}


@services
def test_G11_both_sides_of_the_stores_are_open(every: Rendered, name: str) -> None:
    egress = every.flows(_deployment(every, name), "egress")
    for store, port in (("nats", 4222), ("redis", 6379)):
        assert Flow(f"{NAMESPACE}/{store}", port, "TCP") in egress
        server = every("StatefulSet", store, namespace=NAMESPACE)
        assert Flow(f"{NAMESPACE}/{name}", port, "TCP") in every.flows(server, "ingress")


@services
def test_G11_pods_keep_apart_where_they_can(prod: Rendered, name: str) -> None:
    affinity = pod_spec(_deployment(prod, name))["affinity"]["podAntiAffinity"]
    assert list(affinity) == ["preferredDuringSchedulingIgnoredDuringExecution"]


def test_G13_the_key_of_tokens_is_referenced(prod: Rendered) -> None:
    users = {
        name
        for name in SERVICES
        if ("catga-secrets", "jwt-secret")
        in secret_variables(main_container(_deployment(prod, name))).values()
    }
    assert users == {"order-api"}
