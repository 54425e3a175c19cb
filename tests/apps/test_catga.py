"""The stores of catga, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

from decimal import Decimal

import pytest

from constructs_lib.quantity import parse
from tests.apps.rendered import (
    Document,
    Flow,
    Rendered,
    amounts,
    main_container,
    pod_spec,
    secret_variables,
    served,
)
from tests.service.rendering import variables_of

NAMESPACE = "catga-cluster"


def _claim(workload: Document) -> object:
    (claim,) = workload["spec"]["volumeClaimTemplates"]
    return claim["spec"]["resources"]["requests"]["storage"]


def _text(rendered: Rendered, name: str) -> str:
    data = rendered("ConfigMap", name, namespace=NAMESPACE)["data"]
    return "\n".join(data.values())


@pytest.fixture
def nats(prod: Rendered) -> Document:
    return prod("StatefulSet", "nats", namespace=NAMESPACE)


@pytest.fixture
def masters(prod: Rendered) -> Document:
    return prod("StatefulSet", "redis", namespace=NAMESPACE)


def test_G1_three_peers_with_a_volume_each(nats: Document) -> None:
    resources = main_container(nats)["resources"]

    assert nats["spec"]["replicas"] == 3
    assert _claim(nats) == "10Gi"
    assert amounts(resources["requests"]) == amounts({"cpu": "100m", "memory": "128Mi"})
    assert amounts(resources["limits"]) == amounts({"cpu": "500m", "memory": "512Mi"})


def test_G1_ports_and_health(prod: Rendered, nats: Document) -> None:
    container = main_container(nats)
    ports = {port["containerPort"] for port in container["ports"]}
    asked = {
        container[probe]["httpGet"]["path"].partition("?")[0]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    }

    assert {4222, 6222, 8222} <= ports
    assert asked == {"/healthz"}
    assert (4222, "TCP") in served(prod("Service", "nats", namespace=NAMESPACE))


def test_G1_each_peer_has_a_name(prod: Rendered, nats: Document) -> None:
    peers = prod("Service", nats["spec"]["serviceName"], namespace=NAMESPACE)["spec"]

    assert peers["clusterIP"] == "None"
    assert peers["publishNotReadyAddresses"] is True
    routes = str(main_container(nats)["env"])
    for number in range(3):
        assert f"nats-{number}.nats-peers.{NAMESPACE}.svc" in routes


def test_G1_streams_leave_room_on_the_volume(prod: Rendered, nats: Document) -> None:
    (line,) = [line for line in _text(prod, "nats-files").splitlines() if "max_file_store" in line]
    limit = Decimal("".join(c for c in line if c.isdigit()))

    assert limit <= parse(str(_claim(nats))) * Decimal("0.9")


def test_G2_a_master_and_two_replicas(prod: Rendered, masters: Document) -> None:
    replicas = prod("StatefulSet", "redis-replica", namespace=NAMESPACE)

    assert (masters["spec"]["replicas"], replicas["spec"]["replicas"]) == (1, 2)
    assert {_claim(masters), _claim(replicas)} == {"5Gi"}


def test_G2_persistence_and_memory(prod: Rendered) -> None:
    for name in ("redis-files", "redis-replica-files"):
        lines = _text(prod, name).splitlines()
        assert "appendonly yes" in lines
        assert any(line.startswith("save ") and line != 'save ""' for line in lines)
        (memory,) = [line.split()[1] for line in lines if line.startswith("maxmemory ")]
        assert int(memory) == parse("256Mi")


@pytest.mark.parametrize("name", ["dev", "local", "prod"])
def test_G2_and_L5_the_service_is_called_redis_master(
    name: str, request: pytest.FixtureRequest
) -> None:
    rendered: Rendered = request.getfixturevalue(name)
    service = rendered("Service", "redis-master", namespace=NAMESPACE)

    assert (6379, "TCP") in served(service)
    assert service["spec"]["selector"]["app.kubernetes.io/name"] == "redis"


def test_G11_stores_are_not_reached_from_outside(prod: Rendered) -> None:
    for name in ("nats", "redis", "redis-replica"):
        workload = prod("StatefulSet", name, namespace=NAMESPACE)
        peers = {flow.peer for flow in prod.flows(workload, "ingress")}
        assert {peer.partition("/")[0] for peer in peers} <= {NAMESPACE, "observability"}


def test_G2_master_and_replicas_are_on_nodes_of_their_own_where_they_can(prod: Rendered) -> None:
    # No more than that: the only nodes left in a drained master's zone may have a replica each.
    for name in ("redis", "redis-replica"):
        workload = prod("StatefulSet", name, namespace=NAMESPACE)
        anti = pod_spec(workload)["affinity"]["podAntiAffinity"]
        terms = [
            item["podAffinityTerm"]
            for item in anti["preferredDuringSchedulingIgnoredDuringExecution"]
        ]
        assert {term["topologyKey"] for term in terms} == {"kubernetes.io/hostname"}
        others = {term["labelSelector"]["matchLabels"]["app.kubernetes.io/name"] for term in terms}
        assert {"redis", "redis-replica"} - {name} <= others


@pytest.mark.parametrize("store", ["nats", "redis"])
def test_G12_backups_are_scheduled_and_can_be_restored(every: Rendered, store: str) -> None:
    made = every("CronJob", f"{store}-backup", namespace=NAMESPACE)
    restored = every("CronJob", f"{store}-restore", namespace=NAMESPACE)

    assert not made["spec"].get("suspend")
    assert restored["spec"]["suspend"] is True


def test_G12_backups_leave_the_cluster_in_prod(prod: Rendered) -> None:
    for store in ("nats", "redis"):
        job = prod("CronJob", f"{store}-backup", namespace=NAMESPACE)
        assert Flow("0.0.0.0/0", 443, "TCP") in prod.flows(job, "egress")
        assert "persistentVolumeClaim" not in str(pod_spec(job)["volumes"])
        (publish,) = pod_spec(job)["containers"]
        found = variables_of(publish)
        assert found["BACKUP_PLACE"] == "s3"
        assert found["BACKUP_ROOT"] == f"s3:nova-prod-backups/{NAMESPACE}/{store}"


def test_G13_secrets_are_referenced(prod: Rendered, masters: Document) -> None:
    secret = prod("ExternalSecret", "catga-secrets", namespace=NAMESPACE)
    keys = {entry["secretKey"] for entry in secret["spec"]["data"]}

    assert keys == {"redis-password", "jwt-secret"}
    assert ("catga-secrets", "redis-password") in secret_variables(main_container(masters)).values()
    assert not prod.every("Secret", namespace=NAMESPACE)


@pytest.mark.parametrize("name", ["dev", "local"])
def test_L2_and_D3_one_peer_and_one_redis(name: str, request: pytest.FixtureRequest) -> None:
    rendered: Rendered = request.getfixturevalue(name)
    stateful = rendered.every("StatefulSet", namespace=NAMESPACE)

    watching = {"alertmanager", "jaeger", "prometheus"}
    servers = {s["metadata"]["name"]: s["spec"]["replicas"] for s in stateful}

    assert {name for name in servers if name not in watching} == {"nats", "redis"}
    assert set(servers.values()) == {1}


def test_L2_redis_has_two_gibibytes(local: Rendered) -> None:
    assert _claim(local("StatefulSet", "redis", namespace=NAMESPACE)) == "2Gi"
