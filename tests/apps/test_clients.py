"""Clients of the shared stores: one table of them, and one pair of stores that they ask."""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cdk8s
import pytest

from apps.environments import DEV, PROD
from apps.nova_data import bindings, clients, logins, redis
from apps.nova_data.bindings import SharedStores
from apps.nova_data.clients import CLIENTS, client_of
from apps.nova_data.database import NovaDatabase
from apps.nova_messaging.chart import NovaMessaging
from apps.nova_platform import NovaPlatform
from apps.nova_services.chart import NovaServices
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.output import documents
from tests.apps.rendered import Rendered, pod_spec

PROJECT = Path(__file__).parents[2]
NAMESPACES = {"nova-platform": "nova"}
"""Of apps whose namespace is not called as they are."""

_ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([^|]+) = (\d+) \| (\d+) \|$", re.MULTILINE)

Put = Callable[[cdk8s.App, Environment], AppChart]


@pytest.fixture
def page() -> str:
    """What is written of connections."""
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    return text.partition("## Connections to the shared stores")[2]


def test_the_page_of_connections_has_each_login_with_its_sum(page: str) -> None:
    found = {login: (factors, full, limit) for login, factors, full, limit in _ROW.findall(page)}
    names = {client.login for client in CLIENTS}

    assert found.keys() == names
    for name in names:
        factors, full, limit = found[name]
        users = [client for client in CLIENTS if client.login == name]
        sums = [client.pool * (client.most + client.surge) for client in users]
        assert _product(factors) == int(full) == sum(sums)
        assert int(limit) == logins._AT_ONCE.get(name, sum(sums))
    full, limit = (sum(int(row[column]) for row in found.values()) for column in (1, 2))
    assert f"| | | {full} | {limit} |" in page


def _product(factors: str) -> int:
    """``5 x (3 + 1)``."""
    return math.prod(
        sum(int(number) for number in factor.strip("()").split("+"))
        for factor in factors.split(" x ")
    )


def test_the_page_of_connections_says_how_long_pods_that_end_hold_theirs(
    page: str, prod: Rendered
) -> None:
    graces = {
        pod_spec(prod("Deployment", item.name, namespace=NAMESPACES.get(item.app, item.app)))[
            "terminationGracePeriodSeconds"
        ]
        for item in CLIENTS
    }

    (seconds,) = graces
    assert f"for its grace period of {seconds} s at the most" in " ".join(page.split())


def test_a_service_that_nobody_counts_is_answered_with_the_nearest() -> None:
    with pytest.raises(NovaError) as refused:
        client_of("nova-services", "auth-servis")
    assert str(refused.value) == (
        "no client of the shared stores is called 'nova-services/auth-servis', add it to CLIENTS; "
        "did you mean 'nova-services/auth-service'?"
    )


@pytest.mark.parametrize("put", [NovaServices, NovaMessaging, NovaPlatform])
def test_how_many_pods_there_can_be_stands_in_one_table(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = tuple(replace(client, most=client.most - 1, surge=1) for client in CLIENTS)
    for module in (clients, logins, redis):
        monkeypatch.setattr(module, "CLIENTS", fewer)
    # An environment of its own: nobody has built stores for it yet.
    chart = put(cdk8s.App(), replace(PROD))

    found = {
        item["metadata"]["name"]: item["spec"]["maxReplicas"]
        for item in documents(chart)
        if item["kind"] == "HorizontalPodAutoscaler"
    }
    assert found == {client.name: client.most for client in fewer if client.app == chart.app_name}


def test_the_stores_are_built_once_for_all_apps_of_an_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[Environment] = []

    def counted(scope: cdk8s.App, environment: Environment) -> NovaDatabase:
        built.append(environment)
        return NovaDatabase(scope, environment)

    monkeypatch.setattr(bindings, "NovaDatabase", counted)
    one, other = replace(PROD), replace(DEV)
    for environment in (one, one, other, other, replace(one)):
        for app in ("nova-services", "nova-platform"):
            SharedStores(environment, app)

    # What is equal may still be another one, as with an app that changes its environment.
    assert [item.name for item in built] == ["prod", "dev", "prod"]


def test_stores_are_those_of_the_environment_that_is_asked_for() -> None:
    pods = [
        SharedStores(environment, "nova-services").postgres("auth-service").pods
        for environment in (PROD, DEV, PROD)
    ]

    assert pods == [3, 1, 3]


def test_the_development_password_is_written_once() -> None:
    written = [
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "apps").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == DEVELOPMENT_PASSWORD
    ]

    assert written == ["apps/secrets.py"]
