"""What Redis engines do not take."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.resources import Resources
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.redis.clients import RedisClient
from constructs_lib.store.redis.engine import SavePoint
from constructs_lib.store.tls import Tls
from tests.environments import BARE, MODERN
from tests.store.redis_cases import FULL_THREE, NIGHTLY, ONE, THREE, TOPOLOGIES, TWO, altered, sized
from tests.store.rendering import rendered


def refusal(props: StoreProps, environment: Environment = MODERN) -> str:
    with pytest.raises(PropsError) as refused:
        rendered(props, environment)
    return str(refused.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"replicas": 4},
            (
                "engine.replicas = 4: is even: of 4 members 3 have to agree, so 1 may be lost, no "
                "more than of 3; use 3, 5 or 7"
            ),
        ),
        (
            {"replicas": 1, "min_replicas_to_write": 0},
            (
                "engine.replicas = 1: is fewer than 3: of 1 members 1 have to agree, so 0 may be "
                "lost; use 3, 5 or 7"
            ),
        ),
        ({"replicas": 2}, "engine.replicas = 2: is even"),
        ({"replicas": 9}, "engine.replicas = 9: is more than is of use"),
        (
            {"quorum": 1},
            (
                "engine.quorum = 1: is no majority of 3: 2 x 1 <= 3, so that two masters could be "
                "named at once; use 2, or leave it out"
            ),
        ),
        (
            {"quorum": 3},
            (
                "engine.quorum = 3: outlives the loss of 0 of 3 only, where a majority of 2 "
                "outlives that of 1; use 2, or leave it out"
            ),
        ),
        (
            {"min_replicas_to_write": 0},
            (
                "engine.min_replicas_to_write = 0: lets a master that is cut off acknowledge "
                "writes for ever that are lost afterwards; use 1"
            ),
        ),
        (
            {"min_replicas_to_write": 2},
            (
                "engine.min_replicas_to_write = 2: asks for all 2 replicas, so that the loss of "
                "any pod ends all writes; use at most 1"
            ),
        ),
        (
            {"min_replicas_to_write": 3},
            (
                "engine.min_replicas_to_write = 3: is more than the 2 replicas there are, so that "
                "nobody ever writes; use at most 2"
            ),
        ),
        ({"min_replicas_to_write": -1}, "engine.min_replicas_to_write = -1: is negative"),
        (
            {"max_lag_seconds": 4},
            (
                "engine.max_lag_seconds = 4: + 1 s until it looks again is not below "
                "down_after_seconds (5): a master that is cut off would take writes while another "
                "one does; use at most 3, or raise down_after_seconds"
            ),
        ),
        ({"max_lag_seconds": 1}, "engine.max_lag_seconds = 1: is no longer than the second from"),
        (
            {"failover_timeout_seconds": 4},
            (
                "engine.failover_timeout_seconds = 4: is over before the 5 s of "
                "down_after_seconds; use 5 or more"
            ),
        ),
        (
            {"shutdown": Shutdown(grace_period_seconds=40, drain_seconds=4, stop_seconds=15)},
            (
                "engine.shutdown.drain_seconds = 4: is less than it takes to hand over: 1 s for "
                "the replicas, 4 s for the Sentinels; use 5 or more"
            ),
        ),
        (
            {"shutdown": Shutdown(grace_period_seconds=20, drain_seconds=10, stop_seconds=15)},
            (
                "engine.shutdown.grace_period_seconds = 20: is shorter than drain_seconds + "
                "stop_seconds = 10 + 15 = 25; use 25 or more, or shorten the parts"
            ),
        ),
        (
            # The servers are done in time, their Sentinels, which go after them, are not.
            {"shutdown": Shutdown(grace_period_seconds=26, drain_seconds=10, stop_seconds=15)},
            (
                "engine.cache.grace_period_seconds = 26: is shorter than sentinel needs: 28 s "
                "before SIGTERM + 3 s after it = 31 s; use 31 or more"
            ),
        ),
        (
            {"version": "6.2", "image": Image("docker.io/library/redis", tag="6.2.14")},
            (
                "engine.version = '6.2': keeps no name that does not resolve at the moment, so "
                "that a pod which is gone cannot be watched, and waits for no replica when it "
                "ends; use 7.0 or newer"
            ),
        ),
        ({"replication_backlog": "lots"}, "engine.replication_backlog = 'lots'"),
        ({"replica_buffer": "x"}, "engine.replica_buffer = 'x'"),
        ({"proxy": Proxy(replicas=0)}, "engine.proxy.replicas = 0: is no proxy; use 2"),
        ({"proxy": Proxy(user=0)}, "engine.proxy.user = 0: is root"),
    ],
)
def test_sentinel_does_not_take(change: dict[str, Any], message: str) -> None:
    assert message in refusal(altered(THREE, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "newest"}, "engine.version = 'newest': is no version; write one such as"),
        (
            {"version": "7.2"},
            (
                "engine.version = '7.2': is not that of the image, 7.4.6-alpine; write "
                "version='7.4', or another tag"
            ),
        ),
        ({"user": 0}, "engine.user = 0: is too small; use 1 or more"),
        ({"group": 0}, "engine.group = 0: is too small; use 1 or more"),
        *(
            ({"clients": (RedisClient("shop/orders", **fields),)}, f"engine.clients[0].{message}")
            for fields, message in (
                ({"pool": 0}, "pool = 0: connects nobody; use 1 or more"),
                ({"pods": 0}, "pods = 0: connects nobody; use 1 or more"),
                ({"surge": -1}, "surge = -1: is negative; use 0 or more"),
            )
        ),
        (
            {"clients": (RedisClient("default"),)},
            "engine.clients[0].name = 'default': is no name of a client; name the workload",
        ),
        (
            {"clients": (RedisClient("shop/orders"), RedisClient("shop/orders"))},
            "engine.clients = 'shop/orders': is declared twice; declare it once",
        ),
        ({"max_clients": 0}, "engine.max_clients = 0: is too small; use 1 or more"),
        ({"copy_percent": -1}, "engine.copy_percent = -1: is too small; use 0 or more"),
        ({"startup_seconds": 59}, "engine.startup_seconds = 59: restarts a slow start; use 60"),
        ({"data_path": "data"}, "engine.data_path = 'data': is no folder to mount"),
        ({"data_path": "/"}, "engine.data_path = '/': is no folder to mount"),
        ({"max_memory": "much"}, "engine.max_memory = 'much'"),
        (
            {"save_points": (SavePoint(seconds=0, changes=1),)},
            "save_points[0].seconds = 0: must be",
        ),
        (
            {"save_points": (SavePoint(seconds=1, changes=0),)},
            "save_points[0].changes = 0: must be",
        ),
        ({"settings": {"Hz 10": "1"}}, "engine.settings = 'Hz 10': is no setting of redis.conf"),
        ({"settings": {"hz": ""}}, "engine.settings = '': is no value of hz; write one line"),
        ({"settings": {"hz": "1\nuser x"}}, "is no value of hz; write one line"),
        *(
            ({"settings": {name: "1"}}, f"engine.settings = {name!r}: is the engine's own to set")
            for name in ("maxmemory", "port", "replicaof", "min-replicas-to-write", "requirepass")
        ),
        (
            {"shutdown": Shutdown(stop_seconds=5)},
            (
                "engine.shutdown.stop_seconds = 5: leaves nothing besides the 5 s that the "
                "server's own end may take; use 6 or more"
            ),
        ),
        (
            {"shutdown": Shutdown(command=ExecCommand(("true",)))},
            "engine.shutdown.command = ExecCommand(command=('true',)): is the engine's own to set",
        ),
        ({"tls": Tls("Not A Name")}, "engine.tls.secret = 'Not A Name'"),
    ],
)
def test_no_engine_takes(change: dict[str, Any], message: str) -> None:
    for props in TOPOLOGIES.values():
        assert message in refusal(altered(props, **change))


def test_replicas_are_asked_of_the_engine_that_has_some() -> None:
    message = "engine.replicas = 0: is no replica besides the master; use 1 or more, or"
    assert message in refusal(altered(TWO, replicas=0))


@pytest.mark.parametrize(
    ("props", "environment", "message"),
    [
        (
            altered(ONE, max_memory="400Mi"),
            MODERN,
            (
                "engine.max_memory = '400Mi': needs 400Mi + 50 % of it for the copy that a save "
                "makes + 32Mi for the server, its clients and its replicas = 632Mi, and the limit "
                "is 512Mi; use 320Mi or less, or raise the limit"
            ),
        ),
        (
            altered(THREE, max_memory="300Mi"),
            MODERN,
            "+ 80Mi for the server, its clients and its replicas = 530Mi, and the limit is 512Mi",
        ),
        (
            altered(THREE, resources=Resources(cpu="1", memory="96Mi")),
            MODERN,
            (
                "engine.resources.memory_limit = '96Mi': is used up by 80Mi for the server, its "
                "clients and its replicas; use 104Mi or more"
            ),
        ),
        # Whoever sizes it, the environment included.
        (THREE, sized("96Mi"), "engine.resources.memory_limit = '96Mi': is used up by 80Mi"),
        (TWO, sized("96Mi", "cache-replica"), "engine.resources.memory_limit = '96Mi'"),
        (
            replace(ONE, volume=Volume(size="1Gi")),
            MODERN,
            (
                "volume.size = '1Gi': is less than 5 times the 320Mi of data = 1600Mi: 2 for the "
                "append-only file + 1 while it is written again + 2 for a snapshot and its "
                "successor; use 1600Mi or more, or less max_memory"
            ),
        ),
        (
            replace(altered(ONE, append_only=False), volume=Volume(size="600Mi")),
            MODERN,
            "volume.size = '600Mi': is less than 2 times the 320Mi of data = 640Mi: 2 for a",
        ),
        (
            THREE,
            replace(MODERN, volumes={"shop/cache": "1Gi"}),
            "volume.size = '1Gi': is less than 5 times the 288Mi of data",
        ),
        (
            replace(
                FULL_THREE, backup=Backup(schedule=NIGHTLY, keep=60, to=BackupVolume(size="10Gi"))
            ),
            MODERN,
            (
                "backup.to.size = '10Gi': is less than (60 kept + 1 being made) x 256Mi "
                "(maxmemory) = 15616Mi; use 15616Mi or more, or keep fewer"
            ),
        ),
        (
            replace(altered(THREE, replicas=5), spread="hard"),
            BARE,
            (
                "spread = 'hard': never puts two pods on a node: 5 of cache need as many nodes in "
                "even zones, and the cluster has 3; use 'soft', or fewer replicas"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_arithmetic(
    props: StoreProps, environment: Environment, message: str
) -> None:
    assert message in refusal(props, environment)


def test_more_connections_than_servers_and_proxies_take_are_refused() -> None:
    clients = (RedisClient("shop/orders", pool=20, pods=10), RedisClient("shop/web", pods=73))
    for props in TOPOLOGIES.values():
        assert (
            "engine.max_clients = 1000: leaves 1000 - 50 of the store itself = 950, and clients "
            "are promised shop/orders 20 x (10 + 1) + shop/web 10 x (73 + 1) = 960, each with the "
            "pods that a rollout adds; use 1010 or more, with 16Ki of the memory limit for each, "
            "or smaller pools"
        ) in refusal(altered(props, clients=clients))
        assert rendered(altered(props, clients=clients, max_clients=1010))


def test_every_mistake_is_told_at_once() -> None:
    wrong = altered(THREE, replicas=4, quorum=1, max_clients=0, settings={"port": "1"})
    with pytest.raises(PropsError) as refused:
        rendered(wrong)
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"engine.replicas", "engine.quorum", "engine.max_clients", "engine.settings"}
