"""What Redis is configured to, and what that leaves room and time for."""

from decimal import Decimal

import pytest

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse
from constructs_lib.store.props import StoreProps
from constructs_lib.store.redis.engine import RedisEngine, SavePoint
from tests.environments import MODERN
from tests.store.redis_cases import FULL, TOPOLOGIES, altered, server_pods, setting, sized
from tests.store.rendering import container_named, rendered, variables_of

topologies = pytest.mark.parametrize("props", TOPOLOGIES.values(), ids=list(TOPOLOGIES))


@topologies
def test_a_start_may_take_as_long_as_it_says(props: StoreProps) -> None:
    for pod in server_pods(rendered(altered(props, startup_seconds=700))):
        probe = container_named(pod, "redis")["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] == 700


@pytest.mark.parametrize("props", [*TOPOLOGIES.values(), *FULL.values()])
def test_a_pod_has_the_time_that_its_end_takes(props: StoreProps) -> None:
    assert isinstance(props.engine, RedisEngine)
    objects = rendered(props)
    for pod in server_pods(objects):
        server = container_named(pod, "redis")
        before = int(variables_of(server).get("HAND_OVER_SECONDS", 0))
        waits = int(setting(objects, "shutdown-timeout"))
        assert pod["spec"]["terminationGracePeriodSeconds"] >= before + waits + 5


@pytest.mark.parametrize(
    ("props", "environment"),
    [(props, MODERN) for props in (*TOPOLOGIES.values(), *FULL.values())]
    + [(props, sized("256Mi")) for props in TOPOLOGIES.values()],
)
def test_data_its_copy_and_all_else_fit_the_memory_limit(
    props: StoreProps, environment: Environment
) -> None:
    engine, objects = props.engine, rendered(props, environment)
    assert isinstance(engine, RedisEngine)
    for item in (one for one in objects if one["kind"] == "StatefulSet"):
        server = container_named(item["spec"]["template"], "redis")
        limit = parse(server["resources"]["limits"]["memory"])
        data = Decimal(setting(objects, "maxmemory", item["metadata"]["name"]))
        copied = data * (100 + engine.copy_percent) / 100
        replication = parse(getattr(engine, "replication_backlog", "0")) + parse(
            getattr(engine, "replica_buffer", "0")
        )
        assert copied + replication + engine.max_clients * 16 * 1024 < limit
        assert data > limit / 5


def test_what_is_given_is_taken() -> None:
    objects = rendered(FULL["standalone"])
    assert setting(objects, "maxmemory") == str(256 * 2**20)
    assert setting(objects, "maxmemory-policy") == "allkeys-lru"
    assert setting(objects, "save") == "900 1"
    assert setting(objects, "appendonly") == "no"
    assert setting(objects, "notify-keyspace-events") == "Ex"
    # With nothing written as it comes, the last snapshot is all there is.
    assert setting(objects, "shutdown-on-sigterm") == "save"


def test_without_save_points_no_snapshot_is_made() -> None:
    assert setting(rendered(altered(TOPOLOGIES["standalone"], save_points=())), "save") == '""'


@topologies
@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"hz": "20"}},
        {"max_memory": "64Mi"},
        {"save_points": (SavePoint(seconds=60, changes=1),)},
    ],
    ids=["settings", "memory", "save"],
)
def test_a_changed_configuration_rolls_the_servers(
    props: StoreProps, change: dict[str, object]
) -> None:
    before, after = (
        [pod["metadata"]["annotations"]["checksum/config"] for pod in server_pods(rendered(item))]
        for item in (props, altered(props, **change))
    )
    assert all(first != second for first, second in zip(before, after, strict=True))
