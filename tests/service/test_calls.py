"""Calls to other services: settings, and both sides of the way there."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.refs import Port
from constructs_lib.service import Call, CallOverride, CallPolicy, NovaService
from tests.environments import BARE
from tests.service.cases import CACHE, SERVICE, USERS
from tests.service.rendering import egress_of, kinds, new_chart, of_kind, rendered


def settings(**fields: Any) -> dict[str, str]:
    """The settings of a service with these props."""
    objects = rendered(replace(SERVICE, **fields), BARE)
    return dict(of_kind(objects, "ConfigMap")["data"]) if "ConfigMap" in kinds(objects) else {}


def test_a_call_gives_its_url_and_the_bounds_of_all_calls() -> None:
    assert settings(calls=(USERS,)) == {
        "USER_SERVICE_URL": "http://user-service.accounts.svc:8080",
        "CALL_REQUEST_TIMEOUT_MS": "3000",
        "CALL_CONNECT_TIMEOUT_MS": "1000",
        "CALL_POOL_SIZE": "50",
        "CALL_RETRIES": "3",
        "CALL_RETRY_DELAY_MS": "100",
        "CALL_BREAKER_FAILURE_PERCENT": "50",
    }


def test_without_calls_a_policy_is_rendered_where_it_is_given() -> None:
    assert settings() == {}
    assert settings(call_policy=CallPolicy(pool=7))["CALL_POOL_SIZE"] == "7"


def test_one_dependency_has_bounds_of_its_own() -> None:
    given = settings(calls=(Call(USERS, policy=CallOverride(retries=0)),))
    assert given["USER_SERVICE_RETRIES"] == "0"
    assert given["CALL_RETRIES"] == "3"


def test_what_one_dependency_says_nothing_of_is_as_for_all() -> None:
    given = settings(
        calls=(Call(USERS, policy=CallOverride(retries=0)),),
        call_policy=CallPolicy(request_timeout_ms=1000, connect_timeout_ms=200),
    )
    assert {name: text for name, text in given.items() if name.startswith("USER_SERVICE_")} == {
        "USER_SERVICE_URL": USERS.url(),
        "USER_SERVICE_REQUEST_TIMEOUT_MS": "1000",
        "USER_SERVICE_CONNECT_TIMEOUT_MS": "200",
        "USER_SERVICE_POOL_SIZE": "50",
        "USER_SERVICE_RETRIES": "0",
        "USER_SERVICE_RETRY_DELAY_MS": "100",
        "USER_SERVICE_BREAKER_FAILURE_PERCENT": "50",
    }


def test_every_bound_of_one_dependency_may_differ() -> None:
    given = CallOverride(
        request_timeout_ms=900,
        connect_timeout_ms=90,
        pool=9,
        retries=1,
        retry_delay_ms=10,
        breaker_failure_percent=99,
    )
    assert given.over(CallPolicy()) == CallPolicy(**vars(given))
    assert CallOverride().over(CallPolicy(pool=7)) == CallPolicy(pool=7)


def test_a_mistake_in_the_bounds_of_all_calls_is_told_once() -> None:
    with pytest.raises(PropsError, match=r"1 problem\n  call_policy\.pool = 0"):
        settings(
            calls=(Call(USERS, policy=CallOverride(retries=0)),), call_policy=CallPolicy(pool=0)
        )


def test_settings_are_named_as_dotnet_reads_them() -> None:
    given = settings(calls=(USERS,), variable_style="dotnet")
    assert given["UserService__Url"] == USERS.url()
    assert given["Call__RequestTimeoutMs"] == "3000"


def test_own_settings_win() -> None:
    assert settings(calls=(USERS,), settings={"CALL_RETRIES": "9"})["CALL_RETRIES"] == "9"


def test_a_call_opens_both_sides_in_another_namespace() -> None:
    objects = rendered(replace(SERVICE, calls=(USERS,)), BARE)
    way = of_kind(objects, "NetworkPolicy", "shop-orders-to-user-service")

    assert way["metadata"]["namespace"] == "accounts"
    assert way["spec"]["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "user-service",
        "app.kubernetes.io/instance": "people",
    }
    ((peer,), (port,)) = (way["spec"]["ingress"][0][side] for side in ("from", "ports"))
    own = of_kind(objects, "Deployment")["spec"]["selector"]["matchLabels"]
    assert peer["podSelector"]["matchLabels"] == own
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "shop"}
    assert port == {"protocol": "TCP", "port": 8080}
    assert [rule["ports"][0]["port"] for rule in egress_of(objects)] == [53, 8080]


def test_a_store_of_another_namespace_lets_its_user_in() -> None:
    objects = rendered(replace(SERVICE, uses=(CACHE,)), BARE)
    ways = [o for o in objects if o["metadata"]["namespace"] == "stores"]

    assert [way["metadata"]["name"] for way in ways] == [
        "shop-orders-to-cache",
        "shop-orders-to-cache-replicas",
    ]


def test_services_that_call_each_other_know_each_other_before_they_are_built() -> None:
    chart = new_chart(BARE)
    later = USERS.of("later", Port("http", 8080), app="shop")
    first = NovaService(chart, "first", replace(SERVICE, calls=(later,)))
    second = NovaService(chart, "later", replace(SERVICE, calls=(first.endpoint("http"),)))
    objects = list(chart.to_json())

    assert second.endpoint("http") == later
    for name in ("first-to-later", "later-to-first"):
        assert of_kind(objects, "NetworkPolicy", name)["metadata"]["namespace"] == "shop"


def test_one_service_by_two_ports_is_opened_once() -> None:
    rpc = Call(replace(USERS, port=Port("rpc", 9080)), name="USERS_RPC", scheme="grpc")
    objects = rendered(replace(SERVICE, calls=(USERS, rpc)), BARE)
    way = of_kind(objects, "NetworkPolicy", "shop-orders-to-user-service")

    assert [port["port"] for port in way["spec"]["ingress"][0]["ports"]] == [8080, 9080]
    assert of_kind(objects, "ConfigMap")["data"]["USERS_RPC_URL"].startswith("grpc://")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"calls": (USERS, USERS)}, "calls[1].name = 'USER_SERVICE': is the section of calls[0]"),
        ({"calls": (Call(USERS, name="CALL"),)}, "is the section of call_policy too"),
        ({"calls": (replace(USERS, peers=()),)}, "calls[0].peers = (): names nobody behind"),
        (
            {"calls": (Call(USERS, name="REDIS"),), "uses": (CACHE,)},
            "uses[0].variables = 'REDIS_URL': hides a setting of the same name",
        ),
        ({"calls": (Call(USERS, name="4 U"),)}, "calls[0].name = '4 U'"),
        (
            {"call_policy": CallPolicy(connect_timeout_ms=5000)},
            "is longer than the 3000 ms of the attempt it is part of; use at most 3000",
        ),
        ({"call_policy": CallPolicy(pool=0)}, "call_policy.pool = 0: lets no call through"),
        ({"call_policy": CallPolicy(retries=-1)}, "call_policy.retries = -1: is negative"),
        ({"call_policy": CallPolicy(breaker_failure_percent=101)}, "is no share at which"),
        (
            {"calls": (Call(USERS, scheme="htp://"),)},
            "calls[0].scheme = 'htp://': is no scheme of a URL; write it without '://'",
        ),
        (
            {"calls": (Call(USERS, path="api"),)},
            "calls[0].path = 'api': would run into the port before it; begin with '/': '/api'",
        ),
        (
            {"calls": (replace(USERS, port=Port("relay", 8080, protocol="UDP")),)},
            "calls[0].port = 'relay': is a UDP port, and a URL is opened by TCP",
        ),
        (
            {"calls": (Call(USERS, policy=CallOverride(request_timeout_ms=500)),)},
            "calls[0].policy.connect_timeout_ms = 1000: is longer than the 500 ms of the attempt",
        ),
        (
            {"calls": (Call(USERS, policy=CallOverride(retries=-1)),)},
            "calls[0].policy.retries = -1: is negative",
        ),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PropsError) as refused:
        settings(**fields)
    assert message in str(refused.value)


def test_a_call_takes_as_long_as_all_its_attempts() -> None:
    assert CallPolicy().longest_ms == 4 * 3000 + 3 * 100
