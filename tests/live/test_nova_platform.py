"""The system nova-platform as it is rendered for a local cluster, running."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.cluster import Cluster
from tests.live.faults import crash, evict
from tests.live.manifests import load
from tests.live.pod import Pod
from tests.live.strangers import DROPPED, is_dropped

DIST = Path(__file__).parents[2] / "dist" / "local" / "nova-platform"
GATEWAY = {
    "app.kubernetes.io/name": "ingress-nginx",
    "app.kubernetes.io/component": "controller",
}
# Readiness of the slowest, and some.
READY = 40
APIS = {
    "content-service": (8081, "/api/v1/health"),
    "media-service": (8082, "/api/v1/health"),
    "user-service": (8083, "/api/v1/health"),
    "messaging-service": (8084, "/health"),
}

pytestmark = pytest.mark.images("nginx")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(load(*DIST.glob("*.k8s.yaml"))) as running:
        running.start()
        running.wait_ready(timeout=READY)
        yield running


@pytest.fixture(scope="module")
def gateway(cluster: Cluster) -> Pod:
    return cluster.client("ingress-nginx", GATEWAY)


def asked(client: Pod, url: str, *, seconds: int = 10) -> str:
    """What a client is told: text and status, or the exit code of curl."""
    form = ["-sS", "-m", str(seconds), "-w", " %{http_code}"]
    done = client.run("curl", *form, url, timeout=20)
    return done.stdout if done.returncode == 0 else f"curl {done.returncode}"


@pytest.mark.parametrize("name", APIS)
def test_a_health_path_answers_through_the_service(gateway: Pod, name: str) -> None:
    port, path = APIS[name]

    assert asked(gateway, f"http://{name}.nova:{port}{path}") == f"stand-in for {name}\n 200"


def test_every_service_has_a_name_in_every_pod(cluster: Cluster) -> None:
    names = [item["metadata"]["name"] for item in cluster.manifests.every("Service", "nova")]

    for pod in cluster.pods:
        short = [cluster.resolve(name, pod) for name in names]
        full = [cluster.resolve(f"{name}.nova.svc.cluster.local.", pod) for name in names]
        assert short == full
        assert all(len(found) == 1 for found in full)
    assert len(names) == len(cluster.pods) == 6


def test_services_reach_what_they_are_declared_to_use(cluster: Cluster) -> None:
    content = cluster.pod("Deployment/content-service")

    for name, port in (("kafka", 9092), ("clickhouse", 8123)):
        said = content.run(*_connect(name, port)).stdout
        assert said == "open\n", (name, cluster.blocked())


def test_what_is_not_declared_is_dropped(cluster: Cluster, gateway: Pod) -> None:
    stranger, content = cluster.client("elsewhere"), cluster.pod("Deployment/content-service")
    port, path = APIS["content-service"]

    assert is_dropped(cluster, stranger, f"http://content-service.nova:{port}{path}", content, port)
    assert asked(gateway, "http://kafka.nova:9092/", seconds=3) == DROPPED


def test_variables_are_those_of_the_manifest(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/content-service")
    # nginx writes over the place where its first process had them.
    found = dict(line.split("=", 1) for line in pod.run("env", "-0").stdout.split("\0") if line)
    settings = cluster.manifests.config_map("nova", "content-service-config") or {}
    secret = cluster.manifests.secret("nova", "nova-db-credentials") or {}

    assert {key: found[key].encode() for key in settings} == settings
    assert found["DATABASE_URL"].encode() == secret["DATABASE_URL"]
    assert found["OTEL_SERVICE_NAME"] == "content-service"
    given = {"PATH", "HOSTNAME", "HOME"} | {key for key in found if key.startswith("KUBERNETES_")}
    named = {item["name"] for item in pod.container.spec["env"]}
    assert found.keys() == given | named | settings.keys()


def test_files_user_and_root_are_those_of_the_manifest(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/content-service")
    text = cluster.manifests.config_map("nova", "content-service-files") or {}

    shown = pod.run("cat", "/etc/stand-in/content-service.conf").stdout
    assert shown.encode() == text["etc-stand-in-content-service.conf"]
    assert pod.run("stat", "-Lc", "%a %g", "/etc/stand-in/content-service.conf").stdout == (
        "444 1000\n"
    )
    assert pod.run("id").stdout == "uid=1000 gid=1000 groups=1000\n"
    assert "Read-only" in pod.run("touch", "/etc/x").stdout
    assert "Read-only" in pod.run("touch", "/etc/stand-in/x").stdout
    assert pod.run("touch", "/tmp/x").returncode == 0  # noqa: S108
    status = pod.run("cat", "/proc/1/status").stdout
    assert "NoNewPrivs:\t1" in status
    assert "CapBnd:\t0000000000000000" in status


def test_a_frozen_pod_leaves_its_service_and_comes_back(cluster: Cluster, gateway: Pod) -> None:
    pod, url = cluster.pod("Deployment/content-service"), "http://content-service.nova:8081/"
    restarts = pod.container.restarts

    pod.container.send(signal.SIGSTOP)
    try:
        cluster.wait(lambda: not pod.ready, 25, "three readiness probes fail")
        cluster.fabric.enforce()
        assert asked(gateway, url) == "curl 7"  # refused: nobody is behind the Service
    finally:
        pod.container.send(signal.SIGCONT)
    cluster.wait_ready("Deployment/content-service", timeout=30)

    assert asked(gateway, url).endswith("200")
    assert pod.container.restarts == restarts


def test_a_killed_container_is_started_again(cluster: Cluster, gateway: Pod) -> None:
    pod = cluster.pod("Deployment/media-service")
    restarts = pod.container.restarts
    crash(pod)
    cluster.wait_ready("Deployment/media-service", timeout=READY)

    assert (pod.container.restarts, pod.container.exit_codes[-1]) == (restarts + 1, 137)
    assert asked(gateway, "http://media-service.nova:8082/").endswith("200")


def test_a_pod_is_given_the_time_to_stop(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/user-service")
    client = cluster.client("ingress-nginx", GATEWAY)
    began = time.monotonic()

    following = evict(cluster, pod)
    took = time.monotonic() - began

    # preStop sleeps five seconds, nginx then ends at once.
    assert 5 <= took < 15
    assert pod.container.exit_codes == [0]
    assert following.name != pod.name
    assert following.address != pod.address
    assert asked(client, "http://user-service.nova:8083/") == "curl 7"


def _connect(name: str, port: int) -> tuple[str, ...]:
    return ("bash", "-c", f"exec 3<>/dev/tcp/{name}/{port} && echo open")
