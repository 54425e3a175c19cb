"""What somebody is told of Redis."""

import pytest

from constructs_lib.store.props import StoreProps
from tests.store.redis_cases import FULL, FULL_ONE, OPERATED, THREE, TWO, altered
from tests.store.rendering import of_kind, rendered


def told(props: StoreProps) -> dict[str, str]:
    """Expressions by alert."""
    (group,) = of_kind(rendered(props, OPERATED), "PrometheusRule")["spec"]["groups"]
    return {item["alert"]: item["expr"] for item in group["rules"]}


def test_somebody_is_told_of_no_master_and_of_several() -> None:
    expressions = told(THREE)
    assert expressions["RedisMasterMissing"].endswith("== 0")
    assert expressions["RedisMastersSeveral"].endswith("> 1")
    assert 'proxy=~"master-.+"' in expressions["RedisProxyWithoutMaster"]
    assert expressions["RedisReplicasMissing"].endswith("< 2")


def test_somebody_is_told_of_one_proxy_that_leads_nowhere_and_of_none_that_is_there() -> None:
    expressions = told(THREE)
    assert expressions["RedisProxyWithoutMaster"].startswith("sum by (pod) (")
    # Proxies that are gone tell nothing that could be 0.
    assert "or vector(0)) == 0" in expressions["RedisProxiesMissing"]
    assert 'pod=~"cache-proxy-.+"' in expressions["RedisProxiesMissing"]
    assert "RedisProxiesMissing" not in told(TWO)


@pytest.mark.parametrize("props", FULL.values(), ids=list(FULL))
def test_somebody_is_told_before_a_volume_is_full(props: StoreProps) -> None:
    assert 'persistentvolumeclaim=~"data-cache' in told(props)["RedisVolumeFilling"]


def test_the_memory_of_a_cache_may_be_full() -> None:
    assert "RedisMemoryFilling" in told(TWO)
    assert "RedisMemoryFilling" not in told(FULL_ONE)


def test_only_what_is_written_can_fail_to_be() -> None:
    assert "redis_aof_last_write_status" in told(TWO)["RedisSaveFailing"]
    assert "aof" not in told(FULL_ONE)["RedisSaveFailing"]
    assert "RedisSaveFailing" not in told(altered(TWO, append_only=False, save_points=()))


@pytest.mark.parametrize(
    ("props", "names"),
    [
        (TWO, {"RedisVolumeFilling", "RedisVolumeFullSoon"}),
        # The proxies tell of themselves.
        (
            THREE,
            {
                "RedisVolumeFilling",
                "RedisVolumeFullSoon",
                "RedisProxyWithoutMaster",
                "RedisProxiesMissing",
            },
        ),
    ],
    ids=["replicated", "sentinel"],
)
def test_without_an_exporter_nobody_waits_for_what_it_would_tell(
    props: StoreProps, names: set[str]
) -> None:
    assert set(told(altered(props, exporter=None))) == names
