"""What NATS servers are told: limits, logins, and what clients get of them."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from decimal import Decimal

import pytest

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.store.nats_cases import (
    FULL,
    ONE,
    OPERATED,
    THREE,
    altered,
    files_of,
    in_environment,
    objects_of,
    server_of,
    setting,
)
from tests.store.rendering import (
    new_chart,
    of_kind,
    pod_of,
    variables_of,
)


@pytest.mark.parametrize(
    ("props", "environment"),
    [
        (ONE, MODERN),
        (THREE, MODERN),
        (THREE, in_environment("1Gi", "128Mi")),
        (THREE, in_environment("900Mi", "1Gi")),
        (FULL, MODERN),
    ],
)
def test_F13_streams_never_fill_the_volume_nor_the_memory(
    props: StoreProps, environment: Environment
) -> None:
    stateful = of_kind(objects_of(props, environment), "StatefulSet")["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    volume = parse(claim["spec"]["resources"]["requests"]["storage"])
    limit = parse(server_of(props, environment)["resources"]["limits"]["memory"])
    text = files_of(props, environment)["nats.conf"]

    assert Decimal(setting(text, "max_file_store")) <= volume * Decimal("0.9")
    assert Decimal(setting(text, "max_memory_store")) <= limit / 2
    assert Decimal(variables_of(server_of(props, environment))["GOMEMLIMIT"]) < limit


def test_F13_somebody_is_told_before_a_volume_is_full() -> None:
    rule = of_kind(objects_of(FULL, OPERATED), "PrometheusRule")
    (group,) = rule["spec"]["groups"]
    expressions = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    assert 'persistentvolumeclaim=~"data-nats-[0-9]+"' in expressions["NatsVolumeFilling"]
    assert "nats_server_max_storage" in expressions["NatsStorageFilling"]


def test_F14_passwords_are_references_and_stay_what_they_are() -> None:
    passwords = {
        name: value
        for name, value in variables_of(server_of(FULL)).items()
        if name.endswith("_PASSWORD")
    }
    assert {name: value["secretKeyRef"]["key"] for name, value in passwords.items()} == {
        "NATS_ORDERS_PASSWORD": "orders",
        "NATS_ADMIN_PASSWORD": "admin",
        "NATS_METER_PASSWORD": "meter",
        "NATS_SYS_PASSWORD": "system",
        "NATS_BACKUP_PASSWORD": "backup",
        "NATS_ROUTE_PASSWORD": "route",
    }
    named = re.findall(r"(?m)^\s*password: (.*)$", "".join(files_of(FULL).values()))
    assert {name.strip("$") for name in named} == {f"{name}_TEXT" for name in passwords}
    assert objects_of(FULL) == objects_of(FULL)


def test_a_password_of_digits_is_a_text() -> None:
    variables = variables_of(server_of(THREE))
    assert variables["NATS_ADMIN_PASSWORD_TEXT"].split("$") == ["'", "(NATS_ADMIN_PASSWORD)'"]


def test_a_user_may_do_what_it_is_there_for() -> None:
    accounts = files_of(FULL)["accounts.conf"]
    rules = {
        name: re.findall(r"(?:publish|subscribe) \{ allow: \[(.*)\] \}", text)
        for name, text in re.findall(r'(?s)user: "(\w+)"(.*?allow_responses)', accounts)
    }
    assert rules["admin"] == ['">"', '">"']
    assert rules["meter"] == ['"meters.>"', '">"']
    assert rules["orders"] == [
        '"orders.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>"',
        '"orders.*.new", "jobs.>", "_INBOX.>"',
    ]
    assert "$JS.API.STREAM.DELETE" not in rules["backup"][0]
    assert rules["backup"][1] == '"_INBOX.>"'


@pytest.mark.parametrize("change", [{"max_payload": "2Mi"}, {"sync_interval": "1m"}])
def test_a_changed_configuration_rolls_the_pods(change: dict[str, str]) -> None:
    templates = [
        pod_of(objects_of(props), "StatefulSet") for props in (THREE, altered(THREE, **change))
    ]
    first, second = (item["metadata"]["annotations"]["checksum/config"] for item in templates)
    assert first != second


def test_L5_clients_connect_to_the_same_name_in_every_topology() -> None:
    stores = [ResilientStatefulStore(new_chart(), "nats", props) for props in (ONE, THREE)]
    one, three = (store.client() for store in stores)

    assert one.endpoint == three.endpoint
    assert one.variables["NATS_URL"] == "nats://admin:$(NATS_PASSWORD)@nats.shop.svc:4222"
    assert one.variables["NATS_URL"] == three.variables["NATS_URL"]


def test_a_store_answers_for_its_logins() -> None:
    store = ResilientStatefulStore(new_chart(), "nats", FULL)
    orders = store.login("orders")

    assert store.client() == orders
    assert orders.variables["NATS_USER"] == "orders"
    assert orders.variables["NATS_URL"] == "tls://orders:$(NATS_PASSWORD)@messages.shop.svc:4222"
    assert str(orders.variables["NATS_SERVERS"]).count("tls://") == 5
    assert store.endpoint_of("client").address == "messages.shop.svc:4222"


@pytest.mark.parametrize(("props", "path"), [(THREE, "/data"), (FULL, "/var/lib/nats")])
def test_messages_are_kept_where_the_volume_is_mounted(props: StoreProps, path: str) -> None:
    (data,) = [item for item in server_of(props)["volumeMounts"] if item["name"] == "data"]
    assert data["mountPath"] == path
    assert setting(files_of(props)["nats.conf"], "store_dir") == path


@pytest.mark.parametrize(("props", "others"), [(THREE, 2), (FULL, 4)])
def test_one_server_that_another_does_not_see_is_told(props: StoreProps, others: int) -> None:
    (group,) = of_kind(objects_of(props, OPERATED), "PrometheusRule")["spec"]["groups"]
    (routes,) = [rule for rule in group["rules"] if rule["alert"] == "NatsRoutesMissing"]
    # Not nats_varz_routes: there are several of these to each server.
    assert routes["expr"].startswith("nats_varz_remotes{")
    assert routes["expr"].endswith(f" < {others}")
