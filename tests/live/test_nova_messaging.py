"""The system nova-messaging as it is rendered for a local cluster, running: its TURN server."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.cluster import Cluster
from tests.live.manifests import load
from tests.live.pod import Pod

DIST = Path(__file__).parents[2] / "dist" / "local" / "nova-messaging"
SECRET = "known to the test"  # noqa: S105

pytestmark = pytest.mark.images("nginx", "coturn/coturn")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    secrets = {"coturn-credentials": {"TURN_SHARED_SECRET": SECRET}}
    with Cluster(load(*DIST.glob("*.k8s.yaml")), secrets=secrets) as running:
        running.start("Deployment/coturn")
        running.wait_ready("Deployment/coturn", timeout=30)
        yield running


@pytest.fixture(scope="module")
def caller(cluster: Cluster) -> Pod:
    return cluster.client("", address="198.51.100.7")


def called(cluster: Cluster, caller: Pod, secret: str) -> str:
    """What a client is told that asks for a relay to a private address."""
    user = f"{int(time.time()) + 60}:somebody"
    digest = hmac.digest(secret.encode(), user.encode(), hashlib.sha1)
    password = base64.b64encode(digest).decode()
    (address,) = cluster.fabric.zone().address_of("coturn.nova-messaging.svc.cluster.local")
    words = ("-u", user, "-w", password, "-c", "-n", "1", "-e", "10.9.9.9", address)
    return caller.run("turnutils_uclient", *words, timeout=30).stdout


def test_callers_with_the_secret_get_a_relay(cluster: Cluster, caller: Pod) -> None:
    # The relay is there; it only does not lead into private networks.
    assert "403 (Forbidden IP)" in called(cluster, caller, SECRET)


def test_callers_without_it_do_not(cluster: Cluster, caller: Pod) -> None:
    assert "Cannot complete Allocation" in called(cluster, caller, "guessed")


def test_it_runs_as_the_manifest_has_it(cluster: Cluster) -> None:
    pod = cluster.pod("Deployment/coturn")
    status = pod.run("cat", "/proc/1/status").stdout

    assert "Uid:\t65534\t65534\t65534\t65534" in status
    assert f"CapBnd:\t{1 << 10:016x}" in status
    assert pod.run("stat", "-Lc", "%a", "/etc/coturn-secret/TURN_SHARED_SECRET").stdout == "440\n"
