"""Services that use a store."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.errors import NovaError, PropsError
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.containers import Migration
from constructs_lib.kube.workloads import Recreate, RollingUpdate, Rollout
from constructs_lib.refs import Binding, SecretKey
from tests.environments import BARE, SINGLE_REPLICA
from tests.service.cases import BROKER, CACHE, CRON_JOB, DATABASE, LEDGER, SERVICE, STORE
from tests.service.rendering import container_of, egress_of, names, of_kind, rendered, variables_of


def test_a_store_gives_its_users_settings_and_a_way() -> None:
    objects = rendered(replace(SERVICE, uses=(CACHE,)), BARE)

    variables = variables_of(container_of(objects))
    assert variables["REDIS_PASSWORD"] == {"secretKeyRef": {"name": "cache", "key": "password"}}
    assert variables["REDIS_URL"] == "redis://:$(REDIS_PASSWORD)@cache.stores.svc:6379/0"
    assert [rule["ports"][0]["port"] for rule in egress_of(objects)] == [53, 6379, 6380]


def test_a_secret_stands_before_the_url_that_holds_it() -> None:
    own = {"ZONE": "a", "REDIS_URL": "rediss://:$(REDIS_PASSWORD)@elsewhere:6379"}
    container = container_of(rendered(replace(SERVICE, uses=(CACHE,), variables=own), BARE))

    order = list(names(container["env"]))
    assert order.index("REDIS_PASSWORD") < order.index("REDIS_URL")
    assert variables_of(container)["REDIS_URL"] == own["REDIS_URL"]


def test_a_store_of_the_same_namespace_lets_its_user_in() -> None:
    near = replace(STORE, namespace="shop")
    endpoint = replace(CACHE.endpoint, namespace="shop", peers=(near,))
    objects = rendered(replace(SERVICE, uses=(replace(CACHE, endpoint=endpoint, read=None),)), BARE)

    policy = of_kind(objects, "NetworkPolicy", "orders-to-cache")
    assert policy["spec"]["podSelector"]["matchLabels"] == dict(STORE.labels)


def test_two_stores_of_one_kind_need_names_of_their_own() -> None:
    with pytest.raises(PropsError) as refused:
        rendered(replace(SERVICE, uses=(CACHE, CACHE)), BARE)
    assert "uses[1].variables = 'REDIS_URL': is set by uses[0] too" in str(refused.value)

    objects = rendered(replace(SERVICE, uses=(CACHE, CACHE.prefixed("OTHER_"))), BARE)
    variables = variables_of(container_of(objects))
    assert variables["OTHER_REDIS_URL"] == (
        "redis://:$(OTHER_REDIS_PASSWORD)@cache.stores.svc:6379/0"
    )


def test_more_pods_than_the_store_expects_are_refused() -> None:
    scaled = replace(SERVICE, uses=(CACHE,), autoscaling=Autoscaling(minimum=2, maximum=11, cpu=70))

    with pytest.raises(PropsError) as refused:
        rendered(scaled, BARE)

    assert "uses[0].pods = 10: is what the store expects of 5 connections each" in str(
        refused.value
    )
    assert "and there can be 11 pods; let the store expect 11 pods" in str(refused.value)
    rendered(replace(scaled, uses=(replace(CACHE, pods=1),)), SINGLE_REPLICA)


@pytest.mark.parametrize(
    ("strategy", "added"),
    [
        (RollingUpdate(max_surge=3), 3),
        (RollingUpdate(max_surge="25%"), 3),
        # What may be away makes room on nodes, and no connections: the surge may come first.
        (RollingUpdate(max_surge=4, max_unavailable=1), 4),
    ],
)
def test_a_rollout_that_adds_more_pods_than_the_store_expects_is_refused(
    strategy: RollingUpdate, added: int
) -> None:
    scaled = replace(
        SERVICE,
        uses=(CACHE,),
        autoscaling=Autoscaling(minimum=2, maximum=10, cpu=70),
        rollout=Rollout(strategy=strategy),
    )

    with pytest.raises(PropsError) as refused:
        rendered(scaled, BARE)

    assert (
        f"uses[0].surge = 2: is what the store expects a rollout to add of 5 connections each, and "
        f"it can add {added} pods; let the store expect surge={added}, or roll with a smaller "
        f"max_surge"
    ) in str(refused.value)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [(RollingUpdate(max_surge=0, max_unavailable=1), 0), (Recreate(), 0), (RollingUpdate(), None)],
)
def test_a_rollout_may_add_what_the_store_expects(
    strategy: RollingUpdate | Recreate, expected: int | None
) -> None:
    cache = replace(CACHE, surge=expected)
    rendered(replace(SERVICE, uses=(cache,), rollout=Rollout(strategy=strategy)), BARE)


def test_a_framework_s_names_stand_in_place_of_the_store_s() -> None:
    cache = CACHE.named(
        {
            "Redis__Configuration": "cache:6379,password=$(REDIS_PASSWORD)",
            "Redis__Url": "$(REDIS_URL)",
        }
    )
    container = container_of(rendered(replace(SERVICE, uses=(cache,)), BARE))

    assert variables_of(container) == {
        "REDIS_PASSWORD": {"secretKeyRef": {"name": "cache", "key": "password"}},
        "Redis__Configuration": "cache:6379,password=$(REDIS_PASSWORD)",
        "Redis__Url": "redis://:$(REDIS_PASSWORD)@cache.stores.svc:6379/0",
    }
    assert next(names(container["env"])) == "REDIS_PASSWORD"


def test_a_secret_alone_takes_the_framework_s_name() -> None:
    assert CACHE.named({"Redis__Password": "$(REDIS_PASSWORD)"}).variables == {
        "Redis__Password": CACHE.password
    }


def test_a_text_may_look_like_a_variable() -> None:
    assert CACHE.named({"A": "$$(NOBODY)"}).variables == {"A": "$$(NOBODY)"}


def test_an_unknown_variable_of_a_store_is_answered_with_the_nearest() -> None:
    with pytest.raises(NovaError, match="cache gives no variable 'REDIS_URI': did you mean"):
        CACHE.named({"Redis__Url": "$(REDIS_URI)"})


def test_dotnet_names_have_the_store_as_their_section() -> None:
    assert CACHE.dotnet().variables == {
        "Redis__Password": CACHE.password,
        "Redis__Url": "redis://:$(Redis__Password)@cache.stores.svc:6379/0",
    }


@pytest.mark.parametrize("name", ["", "A=B", "1X", "A B"])
def test_names_that_no_variable_can_have_are_refused(name: str) -> None:
    cache = CACHE.named({name: "$(REDIS_URL)"})
    with pytest.raises(PropsError) as refused:
        rendered(replace(SERVICE, uses=(cache,)), BARE)
    assert (
        f"uses[0].variables[{name!r}] = {name!r}: is not an environment variable name; use letters"
    ) in str(refused.value)


def test_a_prefix_that_no_variable_can_begin_with_is_refused() -> None:
    with pytest.raises(
        PropsError, match=r"variables\['1bad-REDIS_URL'\] = '1bad-REDIS_URL': is not"
    ):
        rendered(replace(SERVICE, uses=(CACHE.prefixed("1bad-"),)), BARE)


def test_an_endpoint_gives_what_is_known_of_it() -> None:
    assert Binding.of(BROKER, "BROKER").variables == {
        "BROKER_HOST": BROKER.host,
        "BROKER_PORT": "5671",
        "BROKER_ADDRESS": BROKER.address,
    }
    assert LEDGER.variables == {
        "LEDGER_HOST": "ledger.books.svc",
        "LEDGER_PORT": "8443",
        "LEDGER_ADDRESS": "ledger.books.svc:8443",
        "LEDGER_USER": "shop",
        "LEDGER_PASSWORD": SecretKey("ledger", "token"),
        "LEDGER_URL": "https://shop:$(LEDGER_PASSWORD)@ledger.books.svc:8443",
        "LEDGER_POOL_SIZE": "3",
    }


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({}, f"amqp://{BROKER.address}"),
        ({"user": "a@b"}, f"amqp://a%40b@{BROKER.address}"),
        ({"password": SecretKey("a", "b")}, f"amqp://:$(BROKER_PASSWORD)@{BROKER.address}"),
    ],
)
def test_the_url_of_an_endpoint_holds_what_is_given(fields: dict[str, Any], url: str) -> None:
    assert Binding.of(BROKER, "BROKER", scheme="amqp", **fields).variables["BROKER_URL"] == url


def test_an_endpoint_is_waited_for_and_its_pods_elsewhere_are_left_to_their_owner() -> None:
    bound = rendered(replace(SERVICE, uses=(Binding.of(DATABASE, "LEGACY"),)), BARE)
    plain = rendered(replace(SERVICE, uses=(DATABASE,)), BARE)

    assert of_kind(bound, "ConfigMap")["data"]["STARTUP_WAIT_FOR"] == DATABASE.address
    assert variables_of(container_of(bound))["LEGACY_ADDRESS"] == DATABASE.address
    policies = [[o for o in found if o["kind"] == "NetworkPolicy"] for found in (bound, plain)]
    assert policies[0] == policies[1]


def test_an_endpoint_takes_the_names_of_a_framework() -> None:
    bound = Binding.of(BROKER, "BROKER")
    assert bound.named({"BROKERS": "$(BROKER_ADDRESS)"}).variables == {"BROKERS": BROKER.address}
    assert bound.dotnet().variables["Broker__Address"] == BROKER.address
    assert not bound.prefixed("A_").opens


@pytest.mark.parametrize("scheme", ["", "htp://", "HTTP", "1a"])
def test_what_no_url_begins_with_is_refused(scheme: str) -> None:
    with pytest.raises(PropsError, match=f"scheme = '{scheme}': is no scheme of a URL"):
        Binding.of(BROKER, "BROKER", scheme=scheme)


def test_a_scheme_that_is_no_text_is_refused() -> None:
    wrong: Any = 3
    with pytest.raises(PropsError, match="scheme = 3: is no scheme of a URL"):
        Binding.of(BROKER, "BROKER", scheme=wrong)


def test_the_section_of_an_endpoint_is_checked_by_who_uses_it() -> None:
    for wrong in (Binding.of(BROKER, "A B"), Binding.of(BROKER, "A", pool=0)):
        with pytest.raises(PropsError, match=r"is not an environment variable|connects nobody"):
            rendered(replace(SERVICE, uses=(wrong,)), BARE)


COUNTED = replace(CACHE, variables={**CACHE.variables, "REDIS_POOL_SIZE": "5"})


@pytest.mark.parametrize("text", ["6", "500", "0", "-1", "many"])
def test_a_pool_beyond_what_the_store_counts_with_is_refused(text: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(replace(SERVICE, uses=(COUNTED,), variables={"REDIS_POOL_SIZE": text}), BARE)
    assert (
        f"variables['REDIS_POOL_SIZE'] = {text!r}: replaces a pool of 5 connections, which the "
        "store has counted with; use 1 to 5, or let the store expect a larger pool"
    ) in str(refused.value)


@pytest.mark.parametrize("name", ["REDIS_POOL_SIZE", "REDIS_URL"])
def test_a_setting_that_a_binding_hides_is_refused(name: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(replace(SERVICE, uses=(COUNTED,), settings={name: "3"}), BARE)
    assert (
        f"settings[{name!r}] = '3': is hidden by the binding's variable of that name; put it into "
        "variables"
    ) in str(refused.value)
    assert "replaces a pool" not in str(refused.value)


def test_a_pool_that_another_variable_holds_is_not_judged() -> None:
    given = {"SMALL": "3", "REDIS_POOL_SIZE": "$(SMALL)"}
    props = replace(SERVICE, uses=(COUNTED,), variables=given)
    assert variables_of(container_of(rendered(props, BARE)))["REDIS_POOL_SIZE"] == "$(SMALL)"


def test_a_migration_and_a_job_keep_to_the_pool_too() -> None:
    more = Migration(command=("/migrate",), variables={"REDIS_POOL_SIZE": "6"})
    with pytest.raises(PropsError, match=r"migration.variables\[.REDIS_POOL_SIZE.\] = .6.: repl"):
        rendered(replace(SERVICE, uses=(COUNTED,), migration=more), BARE)
    job = replace(CRON_JOB, uses=(COUNTED.dotnet(),), variables={"Redis__PoolSize": "6"})
    with pytest.raises(PropsError, match=r"variables\['Redis__PoolSize'\] = '6': replaces"):
        rendered(job, BARE)


def test_a_smaller_pool_is_anybody_s_choice() -> None:
    props = replace(SERVICE, uses=(COUNTED,), variables={"REDIS_POOL_SIZE": "3"})
    assert variables_of(container_of(rendered(props, BARE)))["REDIS_POOL_SIZE"] == "3"
