"""What rows ask of ``local`` and ``dev`` besides."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from constructs_lib.cli.local import app
from constructs_lib.cli.questions import questions
from tests.apps.rendered import Rendered, all_containers, secret_variables

DATABASE = "nova-database"


@pytest.fixture(params=["dev", "local"])
def small(request: pytest.FixtureRequest) -> Rendered:
    """Each of the environments with one of everything."""
    rendered: Rendered = request.getfixturevalue(request.param)
    return rendered


def _declared(rendered: Rendered) -> Any:
    data = rendered("ConfigMap", "postgres-logins-files", namespace=DATABASE)["data"]
    return json.loads(data["opt-logins-declared.json"])


def test_L2_and_D3_nothing_elects_anybody(small: Rendered) -> None:
    names = {item["metadata"]["name"] for item in small.workloads()}
    containers = [c for item in small.workloads() for c in all_containers(item)]
    text = json.dumps([item["data"] for item in small.every("ConfigMap")])

    assert not [name for name in names if name.startswith("etcd") or name.endswith("-proxy")]
    assert "sentinel" not in {container["name"] for container in containers}
    assert not [c["image"] for c in containers if "patroni" in c["image"] or "etcd" in c["image"]]
    assert "exec patroni " not in text


def test_L2_reads_are_of_the_one_server_too(local: Rendered) -> None:
    write, read = (
        local("Service", name, namespace=DATABASE)["spec"]["selector"]
        for name in ("postgres-primary", "postgres-replicas")
    )
    assert write == read


def test_L4_databases_and_schemas_as_the_server_gets_them(local: Rendered) -> None:
    databases = {item["name"]: set(item["schemas"]) for item in _declared(local)["databases"]}

    assert databases["nova_auth"] == {"auth", "streaming"}
    assert databases["nova_core"] == {"auth", "streaming", "users"}
    assert databases["nova_messaging"] >= {"messaging"}
    assert databases["nova_search"] == {"search"}


def test_L4_users_with_a_password_each(local: Rendered) -> None:
    logins = {item["name"]: item for item in _declared(local)["logins"]}
    (job,) = [
        item
        for item in local.every("Job", namespace=DATABASE)
        if item["metadata"]["labels"]["app.kubernetes.io/name"] == "postgres-logins"
    ]
    (container,) = all_containers(job)
    given = secret_variables(container)

    assert logins["replication_user"]["replication"] is True
    for name in ("app_user", "replication_user"):
        secret, key = given[logins[name]["password"]]
        assert local("Secret", secret, namespace=DATABASE)["stringData"][key]


def test_L4_app_user_reaches_its_two_schemas_and_no_other(local: Rendered) -> None:
    grants = [item for item in _declared(local)["grants"] if item["login"] == "app_user"]

    assert {(item["database"], item["schema"]) for item in grants} == {
        ("nova_auth", "auth"),
        ("nova_auth", "streaming"),
    }


def test_L4_is_for_local_alone(dev: Rendered, prod: Rendered) -> None:
    for rendered in (dev, prod):
        text = json.dumps(_declared(rendered))
        assert "nova_auth" not in text
        assert "app_user" not in text


@pytest.mark.parametrize("command", ["up", "status", "logs", "test", "down"])
def test_L6_one_command_each(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])

    assert shown.exit_code == 0
    assert "--dry-run" in shown.output


def test_L6_every_name_is_asked_redis_with_ping_and_postgres_whether_it_is_ready(
    local: Rendered,
) -> None:
    asked = {str(question) for question in questions(local.objects)}
    hosts = {question.host for question in questions(local.objects)}

    assert hosts == {
        f"{item['metadata']['name']}.{item['metadata']['namespace']}"
        for item in local.every("Service")
    }
    for place in ("redis-service.nova-redis", "redis-master.catga-cluster"):
        assert f"redis {place} 6379" in asked
    for name in ("postgres-primary", "postgres-replicas"):
        assert f"postgres {name}.{DATABASE} 5432" in asked
    assert "http content-service.nova 8081 /api/v1/health" in asked


def test_D1_nothing_of_dev_moves_with_a_release(dev: Rendered) -> None:
    registry = dev.environment.images.registry
    own = [
        container
        for item in dev.every("Deployment")
        for container in all_containers(item)
        if container["image"].startswith(registry)
    ]

    assert len(own) >= 13
    assert {container["image"].rpartition(":")[2] for container in own} == {"dev"}
    assert {container["imagePullPolicy"] for container in own} == {"Always"}


def test_D2_user_and_messaging_are_sized_as_content(dev: Rendered) -> None:
    for name in ("user-service", "messaging-service"):
        (container,) = all_containers(dev("Deployment", name, namespace="nova"))
        assert container["resources"] == {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"cpu": "500m", "memory": "512Mi"},
        }
