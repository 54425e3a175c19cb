"""The system catga as it is rendered: the settings of its services lead to its stores."""

# ruff: noqa: N802  (a test bears the id of its row)

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import nats
import pytest

from tests.live.cluster import Cluster
from tests.live.dotnet_settings import _reader, parsed
from tests.live.faults import freeze
from tests.live.images import Image
from tests.live.manifests import load
from tests.live.nats_store import NatsStore
from tests.live.pod import Pod
from tests.live.strangers import DROPPED, WITH_PYTHON, asked, may_send, stranger

DIST = Path(__file__).parents[2] / "dist"
PROGRAM = Path(__file__).with_name("dotnet_settings.py")
NAMESPACE = "catga-cluster"
# With all characters that the store takes besides letters and digits; "=" means something in the
# configuration string, the comma that would end it is not among them.
SECRETS: Mapping[str, Mapping[str, str | bytes]] = {
    "catga-secrets": {"redis-password": "Se=cr.et_~+-8=", "jwt-secret": "signs"},
    "nats-credentials": {
        "app-password": "YXBw/+bGljYXRpb24=",
        "route-password": "route",
        "system-password": "system",
        "backup-password": "backup",
    },
}
# The services' own images do not exist here. Python with the tests' packages stands for .NET.
IMAGES = {
    **WITH_PYTHON,
    "order-api": Image(command=("sleep", "infinity"), paths=WITH_PYTHON["nginx"].paths),
}

pytestmark = pytest.mark.images("nginx", "redis", "nats", "oliver006/redis_exporter")


@contextmanager
def running(environment: str, *stores: str) -> Iterator[tuple[Cluster, Pod]]:
    """The stores, and a pod of `order-api`."""
    documents = [*load(DIST / environment / "catga" / "catga.k8s.yaml"), may_send(NAMESPACE)]
    with Cluster(documents, secrets=SECRETS, images=IMAGES) as cluster:
        cluster.start(*stores, "Deployment/order-api")
        cluster.wait_ready(*stores, timeout=60)
        client = cluster.workload("Deployment/order-api").pods[0]
        cluster.wait(lambda: client.container.running, 10, "order-api runs")
        cluster.fabric.enforce()
        NatsStore(cluster, client).settled()
        yield cluster, client


def used(client: Pod, store: str) -> dict[str, Any]:
    """What a program in the pod has found of a store."""
    program = PROGRAM.read_text(encoding="utf-8")
    done = client.run(sys.executable, "-", store, text=program, timeout=60)
    assert done.returncode == 0, done.stdout
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # after what clients log
    return found


def test_G7_connection_strings_of_dotnet_lead_to_one_server_each() -> None:
    with running("local", "StatefulSet/nats", "StatefulSet/redis") as (cluster, client):
        found = used(client, "redis")
        assert found == {"host": "redis-master", "order": "taken", "role": "master", "replicas": 0}
        found = used(client, "nats")
        assert found == told(peers=1, answered=[True], sequence=1)
        assert dropped(cluster, client) == set()
        other = stranger(cluster, NAMESPACE)
        assert asked(other, "http://redis-master:6379/") == DROPPED
        assert asked(other, "http://nats:4222/") == DROPPED


def test_G7_connection_strings_of_dotnet_lead_to_three_peers_and_the_master() -> None:
    stores = ("StatefulSet/nats", "StatefulSet/redis", "StatefulSet/redis-replica")
    with running("prod", *stores) as (cluster, client):
        found = used(client, "redis")
        assert found == {"host": "redis-master", "order": "taken", "role": "master", "replicas": 2}
        found = used(client, "nats")
        assert found == told(peers=3, answered=[True, True, True], sequence=1)
        assert dropped(cluster, client) == set()
        freeze(cluster.pod("nats-0"))
        found = used(client, "nats")
        assert found == told(peers=3, answered=[False, True, True], sequence=2)


def told(*, peers: int, answered: list[bool], sequence: int) -> dict[str, Any]:
    """What the program tells of NATS: of each peer, and of a message that it has sent and read."""
    hosts = [f"nats-{number}.nats-peers.{NAMESPACE}.svc.cluster.local" for number in range(peers)]
    message = {"sequence": sequence, "read": sequence, "order": "taken"}
    return {"hosts": hosts, "answered": answered, **message}


def dropped(cluster: Cluster, client: Pod) -> set[tuple[str, str, str, int]]:
    """What policies have dropped of what a pod has sent."""
    return {item for item in cluster.blocked() if item[0] == client.name}


@pytest.mark.parametrize(
    ("text", "endpoints", "password"),
    [
        ("redis-master:6379,password=a=b==", [("redis-master", 6379)], "a=b=="),
        ("one, two:1234 , Password = c ,", [("one", 6379), ("two", 1234)], "c"),
    ],
)
def test_a_configuration_string_is_read_as_stackexchange_redis_does(
    text: str, endpoints: list[tuple[str, int]], password: str
) -> None:
    read = parsed(text)
    assert read.endpoints == endpoints
    assert read.options == {"password": password}


def test_a_stream_and_its_consumer_are_asked_for_until_each_has_a_leader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asyncio, "sleep", AsyncMock())
    stream, reader = AsyncMock(), object()
    stream.pull_subscribe.side_effect = [nats.errors.TimeoutError, reader]
    assert asyncio.run(_reader(stream, copies=3)) is reader

    stream.stream_info.return_value.cluster.leader = None
    with pytest.raises(TimeoutError, match="no leader"):
        asyncio.run(_reader(stream, copies=3))
