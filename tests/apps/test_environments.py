"""What dev and local change, and what must not change between environments."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Iterator
from decimal import Decimal

import pytest

from apps.environments import Flavour
from apps.environments import local as local_environment
from constructs_lib.quantity import parse
from main import render_environment
from tests.apps.rendered import (
    Document,
    Rendered,
    all_containers,
    amounts,
    annotation,
    main_container,
    pod_spec,
    ports_of,
    probed,
    served,
)

FLAVOURS: tuple[Flavour, ...] = ("docker-desktop", "kind", "minikube")
SERVICES = {
    ("nova-messaging", "messaging-service"),
    ("nova", "content-service"),
    ("nova", "media-service"),
    ("nova", "user-service"),
    ("nova", "messaging-service"),
    ("nova-services", "user-service"),
    ("nova-services", "auth-service"),
    ("nova-services", "search-service"),
    ("nova-services", "streaming-api"),
    ("nova-services", "messaging-service"),
    ("catga-cluster", "order-api"),
    ("catga-cluster", "order-service"),
    ("catga-cluster", "notification-service"),
}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


@pytest.fixture(params=["dev", "local"])
def small(request: pytest.FixtureRequest) -> Rendered:
    """Each of the environments with one of everything."""
    rendered: Rendered = request.getfixturevalue(request.param)
    return rendered


@pytest.fixture(params=sorted(SERVICES), ids="/".join)
def service(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Namespace and name of each service of ours."""
    place: tuple[str, str] = request.param
    return place


def _deployment(rendered: Rendered, service: tuple[str, str]) -> Document:
    namespace, name = service
    return rendered("Deployment", name, namespace=namespace)


def _settings(rendered: Rendered, service: tuple[str, str]) -> Document:
    """What it is told that is no secret: by its ConfigMap, and by variables."""
    container = main_container(_deployment(rendered, service))
    (source,) = container["envFrom"]
    name, namespace = source["configMapRef"]["name"], service[0]
    data: Document = rendered("ConfigMap", name, namespace=namespace)["data"]
    own = {item["name"]: item["value"] for item in container.get("env", ()) if "value" in item}
    return {**data, **own}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_L1_requests_fit_their_budget(flavour: Flavour) -> None:
    environment = local_environment(flavour)
    rendered = Rendered(environment, render_environment(environment))

    assert _total(rendered, "cpu") <= 3
    assert _total(rendered, "memory") <= parse("6.5Gi")


def test_L1_every_container_is_small(local: Rendered) -> None:
    small = amounts({"cpu": "50m", "memory": "64Mi"})
    watching = {
        "grafana": amounts({"cpu": "20m", "memory": "128Mi"}),
        "kube-state-metrics": amounts({"cpu": "10m", "memory": "64Mi"}),
        "trace-collector": amounts({"cpu": "10m", "memory": "64Mi"}),
    }

    for deployment in local.every("Deployment"):
        expected = watching.get(deployment["metadata"]["name"], small)
        for container in all_containers(deployment):
            assert amounts(container["resources"]["requests"]) == expected


def test_L1_every_pod_fits_any_node(local: Rendered) -> None:
    assert [pool.count for pool in local.environment.cluster.nodes] == [1]
    for workload in (*local.every("Deployment"), *local.every("StatefulSet")):
        assert not pod_spec(workload).keys() & {"nodeSelector", "nodeName"}
        assert not list(_demands(workload))


@pytest.mark.parametrize(
    ("flavour", "storage_class"),
    [("docker-desktop", "hostpath"), ("kind", "standard"), ("minikube", "standard")],
)
def test_L1_storage_class(flavour: Flavour, storage_class: str) -> None:
    assert local_environment(flavour).cluster.storage_class == storage_class


@pytest.mark.parametrize("flavour", ["kind", "minikube"])
def test_L1_nothing_waits_for_a_load_balancer(flavour: Flavour) -> None:
    environment = local_environment(flavour)
    services = Rendered(environment, render_environment(environment)).every("Service")

    assert "LoadBalancer" not in {item["spec"]["type"] for item in services}
    # Clients find what they find elsewhere, by the same name.
    assert "messaging-service-external" in {item["metadata"]["name"] for item in services}


def test_L2_and_D1_one_replica_without_autoscaler_and_budget(small: Rendered) -> None:
    lasting = (*small.every("Deployment"), *small.every("StatefulSet"))
    assert {item["spec"]["replicas"] for item in lasting} == {1}
    assert not small.every("HorizontalPodAutoscaler")
    assert not small.every("PodDisruptionBudget")


def test_L3_a_public_web_server_stands_in(local: Rendered, service: tuple[str, str]) -> None:
    deployment = _deployment(local, service)
    images = {container["image"] for container in all_containers(deployment)}

    (image,) = images
    assert not image.startswith(local.environment.images.registry)
    assert image.startswith("docker.io/library/nginx:")


def test_L3_stand_in_keeps_security_context(
    local: Rendered, prod: Rendered, service: tuple[str, str]
) -> None:
    here, there = _deployment(local, service), _deployment(prod, service)

    assert pod_spec(here)["securityContext"] == pod_spec(there)["securityContext"]
    assert [item["securityContext"] for item in all_containers(here)] == [
        item["securityContext"] for item in all_containers(there)
    ]


def test_L3_stand_in_listens_and_answers_like_the_service(
    local: Rendered, prod: Rendered, service: tuple[str, str]
) -> None:
    here, there = (main_container(_deployment(item, service)) for item in (local, prod))
    configuration = _nginx(local, service)

    assert ports_of(here) == ports_of(there)
    assert {"readinessProbe", "livenessProbe"} <= there.keys()
    assert {probe: probed(here, probe) for probe in PROBES if probe in here} == {
        probe: probed(there, probe) for probe in PROBES if probe in there
    }
    for number, _ in ports_of(there):
        assert f"listen {number};" in configuration


def test_L5_names_stay_the_same(local: Rendered, prod: Rendered) -> None:
    # What decides who leads is there where something is to be decided; no setting names it.
    only_there = {
        ("nova-redis", "redis-sentinel", frozenset({(26379, "TCP")})),
        ("nova-database", "etcd", frozenset({(2379, "TCP")})),
    }
    # On one's own machine nobody is told.
    only_there |= {
        (namespace, "alertmanager", frozenset({(9093, "TCP")}))
        for namespace in ("catga-cluster", "observability")
    }
    assert _offers(local) == _offers(prod) - only_there


def test_L5_settings_stay_the_same(
    local: Rendered, prod: Rendered, service: tuple[str, str]
) -> None:
    here, there = _settings(local, service), _settings(prod, service)

    assert here.keys() == there.keys()
    brokers = {"KAFKA_BROKERS", "CLICKHOUSE_URL"} & there.keys()
    assert len(brokers) == (2 if service[0] == "nova" else 0)
    for key in brokers:
        assert here[key] == there[key]


@pytest.mark.parametrize(
    ("namespace", "secret"),
    [
        ("nova-messaging", "messaging-service-secrets"),
        ("nova", "nova-db-credentials"),
        ("nova", "nova-redis-credentials"),
    ],
)
def test_L5_stores_have_their_lasting_names(local: Rendered, namespace: str, secret: str) -> None:
    values = local("Secret", secret, namespace=namespace)["stringData"]
    hosts = {
        key: text.rpartition("@")[2].partition(":")[0].removesuffix(".svc")
        for key, text in values.items()
    }

    for key, host in (
        ("DATABASE_URL", "postgres-primary.nova-database"),
        ("REDIS_URL", "redis-service.nova-redis"),
    ):
        assert hosts.get(key, host) == host
    assert hosts.keys() & {"DATABASE_URL", "REDIS_URL"}


def test_L5_both_apps_know_one_redis(local: Rendered) -> None:
    messaging = local("Secret", "messaging-service-secrets", namespace="nova-messaging")
    platform = local("Secret", "nova-redis-credentials", namespace="nova")

    assert messaging["stringData"]["REDIS_URL"] == platform["stringData"]["REDIS_URL"]


@pytest.mark.parametrize(
    ("namespace", "name", "port"),
    [
        ("nova-messaging", "kafka", 9092),
        ("nova", "kafka", 9092),
        ("nova", "clickhouse", 8123),
        ("nova-services", "kafka", 9092),
        ("nova-services", "clickhouse", 8123),
    ],
)
def test_L5_stand_in_for_what_runs_elsewhere(
    local: Rendered, namespace: str, name: str, port: int
) -> None:
    container = main_container(local("Deployment", name, namespace=namespace))

    assert (port, "TCP") in ports_of(container)
    assert (port, "TCP") in served(local("Service", name, namespace=namespace))


def test_origins_are_those_that_browsers_send(every: Rendered) -> None:
    for ingress in every.every("Ingress", namespace="nova"):
        scheme = "https" if "tls" in ingress["spec"] else "http"
        origins = annotation(ingress, "cors-allow-origin").split(", ")
        assert {origin.partition("://")[0] for origin in origins} == {scheme}


def test_D1_development_images_are_always_pulled(dev: Rendered, service: tuple[str, str]) -> None:
    for container in all_containers(_deployment(dev, service)):
        assert container["imagePullPolicy"] == "Always"
        assert container["image"].endswith(f"/{service[1]}:dev")


def test_D1_log_level(dev: Rendered, service: tuple[str, str]) -> None:
    assert _settings(dev, service)["LOG_LEVEL"] == "debug"


@pytest.mark.parametrize(
    ("name", "cpu", "memory"),
    [
        ("content-service", "100m", "256Mi"),
        ("media-service", "150m", "512Mi"),
        ("user-service", "100m", "256Mi"),
        ("messaging-service", "100m", "256Mi"),
    ],
)
def test_D2_requests(dev: Rendered, name: str, cpu: str, memory: str) -> None:
    requests = main_container(_deployment(dev, ("nova", name)))["resources"]["requests"]

    assert amounts(requests) == amounts({"cpu": cpu, "memory": memory})


@pytest.mark.parametrize(
    ("name", "cpu", "memory"),
    [("content-service", "500m", "512Mi"), ("media-service", "800m", "1Gi")],
)
def test_D2_limits(dev: Rendered, name: str, cpu: str, memory: str) -> None:
    limits = main_container(_deployment(dev, ("nova", name)))["resources"]["limits"]

    assert amounts(limits) == amounts({"cpu": cpu, "memory": memory})


def test_D3_spreads_are_preferences(small: Rendered) -> None:
    assert not [d for item in small.every("Deployment") for d in _demands(item)]


def test_D3_requests_fit_the_cluster(dev: Rendered) -> None:
    (pool,) = dev.environment.cluster.nodes

    assert _total(dev, "cpu") < pool.count * parse(pool.cpu)
    assert _total(dev, "memory") < pool.count * parse(pool.memory)


def test_M1_logs_are_structured(every: Rendered, service: tuple[str, str]) -> None:
    assert _settings(every, service)["LOG_FORMAT"] == "json"


def test_M1_stand_ins_log_json_to_standard_output(
    local: Rendered, service: tuple[str, str]
) -> None:
    configuration = _nginx(local, service)

    assert "log_format json escape=json" in configuration
    assert "access_log /dev/stdout json;" in configuration


def _requests(deployment: Document, resource: str) -> Decimal:
    """What the scheduler sets aside for a pod: its containers together, or, where that is more,
    the largest of its init containers."""
    pod = pod_spec(deployment)
    init, main = (
        [parse(item["resources"]["requests"][resource]) for item in pod.get(field, ())]
        for field in ("initContainers", "containers")
    )
    replicas: int = deployment["spec"]["replicas"]
    return replicas * max([sum(main, Decimal()), *init])


def _total(rendered: Rendered, resource: str) -> Decimal:
    lasting = (*rendered.every("Deployment"), *rendered.every("StatefulSet"))
    return sum((_requests(item, resource) for item in lasting), Decimal())


def _demands(deployment: Document) -> Iterator[str]:
    """What the scheduler would rather leave a pod pending for than break."""
    pod = pod_spec(deployment)
    for kind, rules in pod.get("affinity", {}).items():
        for strictness in rules:
            if strictness.startswith("required"):
                yield f"{kind}.{strictness}"
    for constraint in pod.get("topologySpreadConstraints", ()):
        if constraint["whenUnsatisfiable"] == "DoNotSchedule":
            yield constraint["topologyKey"]


def _offers(rendered: Rendered) -> set[tuple[str, str, frozenset[tuple[int, str]]]]:
    return {
        (item["metadata"]["namespace"], item["metadata"]["name"], frozenset(served(item)))
        for item in rendered.every("Service")
        # Below those pods have their names, of which there are as many as pods.
        if item["spec"].get("clusterIP") != "None"
    }


def _nginx(rendered: Rendered, service: tuple[str, str]) -> str:
    """The configuration that the stand-in of a service runs with."""
    volumes = pod_spec(_deployment(rendered, service))["volumes"]
    (source,) = [item["configMap"] for item in volumes if "configMap" in item]
    data = rendered("ConfigMap", source["name"], namespace=service[0])["data"]
    text: str = data[source["items"][0]["key"]]
    return text
