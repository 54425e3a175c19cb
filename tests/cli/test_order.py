"""The order of objects, and what is rendered for this project's own ``local``."""

from pathlib import Path

import pytest

from constructs_lib.cli.order import PHASES, in_order, is_custom
from constructs_lib.cli.questions import image_of, questions
from constructs_lib.cli.rendered import Key, load, workloads

LOCAL = Path(__file__).parents[2] / "dist" / "local"
EVERYTHING = [body for bodies in load(LOCAL).values() for body in bodies]


@pytest.mark.parametrize(
    ("version", "custom"),
    [
        ("v1", False),
        ("apps/v1", False),
        ("networking.k8s.io/v1", False),
        ("external-secrets.io/v1", True),
        ("monitoring.coreos.com/v1", True),
        ("gateway.networking.k8s.io/v1", True),
    ],
)
def test_custom_resources_are_told_by_their_group(version: str, *, custom: bool) -> None:
    assert is_custom(version) is custom


def test_custom_resources_go_before_what_may_read_their_secrets() -> None:
    secret = {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret"}
    config = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert [phase.name for phase in in_order([config, secret])] == [
        "custom resources",
        "configuration",
    ]


def test_every_rendered_object_is_applied_once() -> None:
    phases = in_order(EVERYTHING)
    assert [phase.name for phase in phases] == [
        name for name in PHASES if name in {phase.name for phase in phases}
    ]
    applied = [id(body) for phase in phases for body in phase.objects]
    assert sorted(applied) == sorted(map(id, EVERYTHING))


def test_what_pods_read_is_there_before_the_pods() -> None:
    position = {
        body["kind"]: index
        for index, phase in enumerate(in_order(EVERYTHING))
        for body in phase.objects
    }
    assert position["Namespace"] < position["ResourceQuota"] < position["PersistentVolumeClaim"]
    assert position["Secret"] < position["StatefulSet"] < position["Deployment"]


def test_every_rendered_workload_is_watched() -> None:
    found = {workload.key for workload in workloads(load(LOCAL))}
    assert Key("StatefulSet", "nova-redis", "redis") in found
    assert len(found) == sum(
        body["kind"] in ("DaemonSet", "Deployment", "Job", "StatefulSet") for body in EVERYTHING
    )


def test_every_rendered_service_is_asked() -> None:
    services = {
        f"{body['metadata']['name']}.{body['metadata']['namespace']}"
        for body in EVERYTHING
        if body["kind"] == "Service"
    }
    assert {question.host for question in questions(EVERYTHING)} == services


@pytest.mark.parametrize(
    "line",
    [
        "redis redis-service.nova-redis 6379",
        "postgres postgres-primary.nova-database 5432",
        "postgres postgres-replicas.nova-database 5432",
        "redis redis-master.catga-cluster 6379",
        "tcp nats.catga-cluster 4222",
    ],
)
def test_stores_are_asked_by_the_names_that_clients_use(line: str) -> None:
    assert line in {str(question) for question in questions(EVERYTHING)}


def test_every_redis_is_asked_with_its_password() -> None:
    asked = [question for question in questions(EVERYTHING) if question.kind == "redis"]
    assert asked
    assert all(question.password is not None for question in asked)


def test_the_images_of_the_probe_are_rendered_ones() -> None:
    assert "library/redis:" in (image_of(EVERYTHING, "redis") or "")
    assert "library/postgres:" in (image_of(EVERYTHING, "postgres") or "")
