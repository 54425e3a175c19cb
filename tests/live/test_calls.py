"""What a declaration opens, and what stays closed: between services, and to a store."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.environment import Images
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.probes import Probes
from constructs_lib.refs import Endpoint, Port, Ports
from constructs_lib.service import NovaService, NovaServiceProps
from tests.environments import BARE
from tests.live.cluster import Cluster
from tests.live.manifests import Document, load
from tests.live.pod import Pod
from tests.live.strangers import (
    ARRIVED,
    DROPPED,
    WITH_PYTHON,
    asked,
    is_dropped,
    may_send,
    stranger,
)

LOCAL = Path(__file__).parents[2] / "dist" / "local"
STAND_IN = "docker.io/library/nginx:1.29.3-alpine"
HTTP = Port("http", 8080)

pytestmark = pytest.mark.images("nginx", "redis", "oliver006/redis_exporter")


def two_apps() -> list[Document]:
    """Service `orders` of one app calls `invoices` of another; `carts` beside it calls nobody."""
    app = cdk8s.App()
    images = Images(registry="registry.example.com/nova", stand_in=STAND_IN)
    environment = replace(BARE, images=images)
    shop = AppChart(app, "shop", environment=environment, team="checkout")
    billing = AppChart(app, "billing", environment=environment, team="money")
    NovaService(shop, "orders", _props("orders", Endpoint.of("invoices", HTTP, app="billing")))
    NovaService(shop, "carts", _props("carts"))
    NovaService(billing, "invoices", _props("invoices"))
    return [item for chart in (shop, billing) for item in chart.to_json()]


def _props(name: str, *calls: Endpoint) -> NovaServiceProps:
    return NovaServiceProps(
        image=AppImage(name, tag="1"),
        ports=Ports(HTTP),
        replicas=1,
        probes=Probes.http("/health"),
        calls=calls,
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Three services of nova-services and the Redis that they use, as rendered for `local`; and
    three services of two apps, of which `orders` calls `invoices` of the other one."""
    files = (
        LOCAL / "nova-services/nova-services.k8s.yaml",
        LOCAL / "nova-data/nova-redis.k8s.yaml",
    )
    strangers = [may_send(namespace) for namespace in ("nova-services", "shop")]
    names = ("user-service", "auth-service", "search-service", "orders", "carts", "invoices")
    started = [*(f"Deployment/{name}" for name in names), "StatefulSet/redis"]
    with Cluster([*load(*files), *two_apps(), *strangers], images=WITH_PYTHON) as running:
        running.start(*started)
        running.wait_ready(*started, timeout=40)
        yield running


@pytest.fixture(scope="module")
def other(cluster: Cluster) -> Pod:
    """A pod of the services' namespace that declares nothing, and may send anything."""
    return stranger(cluster, "nova-services")


@pytest.fixture(scope="module")
def outside(cluster: Cluster) -> Pod:
    """A pod that lets everybody in, and listens nowhere."""
    return cluster.client("elsewhere")


@pytest.mark.parametrize(
    ("caller", "variable", "called"),
    [
        ("user-service", "AUTH_SERVICE_URL", "auth-service"),
        ("auth-service", "USER_SERVICE_URL", "user-service"),
        ("search-service", "USER_SERVICE_URL", "user-service"),
    ],
)
def test_a_service_reaches_what_it_calls_by_the_url_that_it_is_told(
    cluster: Cluster, caller: str, variable: str, called: str
) -> None:
    pod = cluster.pod(f"Deployment/{caller}")
    told = pod.run("sh", "-c", f'echo "${variable}"').stdout

    assert told.startswith(f"http://{called}.nova-services.svc:")
    assert asked(pod, f"${variable}/health", seconds=10) == f"stand-in for {called}\n"


@pytest.mark.parametrize(
    ("caller", "other_one", "port"),
    [
        ("search-service", "auth-service", 8084),
        # The other way round it is declared.
        ("user-service", "search-service", 8086),
    ],
)
def test_a_call_that_is_not_declared_does_not_come_about(
    cluster: Cluster, caller: str, other_one: str, port: int
) -> None:
    pod, target = cluster.pod(f"Deployment/{caller}"), cluster.pod(f"Deployment/{other_one}")

    assert is_dropped(cluster, pod, f"http://{other_one}:{port}/health", target, port)


def test_a_service_lets_no_other_pod_of_its_namespace_in(
    cluster: Cluster, other: Pod, outside: Pod
) -> None:
    target = cluster.pod("Deployment/auth-service")

    assert asked(other, f"http://{outside.address}:8084/", seconds=10) == ARRIVED
    assert is_dropped(cluster, other, "http://auth-service:8084/health", target, 8084)


def test_a_service_sends_nothing_elsewhere(cluster: Cluster, outside: Pod) -> None:
    pod = cluster.pod("Deployment/user-service")

    assert asked(pod, f"http://{outside.address}:8084/") == DROPPED


def test_a_store_answers_the_login_that_a_client_is_told(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/user-service")
    by_url = "import os, redis; print(redis.Redis.from_url(os.environ['REDIS_URL']).ping())"
    anonymous = 'redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" PING'
    by_parts = f'REDISCLI_AUTH="$REDIS_PASSWORD" {anonymous}'

    assert pod.run(sys.executable, "-c", by_url, timeout=60).stdout == "True\n"
    assert pod.run("sh", "-c", by_parts, timeout=30).stdout == "PONG\n"
    assert "NOAUTH" in pod.run("sh", "-c", anonymous, timeout=30).stdout


def test_a_store_lets_no_other_pod_of_its_clients_namespace_in(
    cluster: Cluster, other: Pod
) -> None:
    url = "http://redis-service.nova-redis.svc:6379/"
    assert is_dropped(cluster, other, url, cluster.pod("redis-0"), 6379)


def test_a_call_into_another_namespace_is_let_out_and_in(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/orders")

    assert asked(pod, "$INVOICES_URL/", seconds=10) == "stand-in for invoices\n"
    assert pod.name not in {source for source, *_ in cluster.blocked()}


def test_what_calls_nobody_sends_nothing_into_another_namespace(
    cluster: Cluster, outside: Pod
) -> None:
    pod = cluster.pod("Deployment/carts")

    # That one lets everybody in, so it is the caller's side that is closed.
    assert asked(pod, f"http://{outside.address}:8080/") == DROPPED
    assert asked(pod, "http://invoices.billing.svc:8080/") == DROPPED


def test_another_pod_of_the_callers_namespace_is_not_let_in(cluster: Cluster, outside: Pod) -> None:
    pod = stranger(cluster, "shop")

    assert asked(pod, f"http://{outside.address}:8080/", seconds=10) == ARRIVED
    invoices = cluster.pod("Deployment/invoices")
    assert is_dropped(cluster, pod, "http://invoices.billing.svc:8080/", invoices, 8080)


def test_who_is_called_does_not_call_back(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/invoices")

    assert asked(pod, "http://orders.shop.svc:8080/") == DROPPED
