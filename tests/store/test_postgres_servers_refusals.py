"""What PostgreSQL engines do not take."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.refs import Binding
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.postgres.values import Database, Login, Reach
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.store.postgres_servers_cases import ALONE, THREE, altered, etcd, key, sized
from tests.store.rendering import new_chart, rendered

ORDERS = Login(
    "orders",
    password=key("orders"),
    reaches=(Reach("orders", "orders"),),
    pool=10,
    pods=10,
)


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            altered(THREE, ttl=20, loop_wait=10, retry_timeout=10),
            (
                "engine.ttl = 20: is shorter than loop_wait + 2 * retry_timeout = 10 + 2 * 10 = "
                "30: while etcd is asked twice the leader key runs out, and a primary that is well "
                "steps down; use 30 or more, or a shorter loop_wait or retry_timeout"
            ),
        ),
        (altered(THREE, ttl=15), "engine.ttl = 15: is less than Patroni puts up with; use 20"),
        (altered(THREE, loop_wait=0), "engine.loop_wait = 0: is less than Patroni puts up with"),
        (altered(THREE, retry_timeout=2), "engine.retry_timeout = 2: is less than Patroni puts"),
        (
            altered(THREE, replicas=1),
            (
                "engine.replicas = 1: is one member, and a failover needs another one; use 3, or "
                "the engine PostgresStandalone"
            ),
        ),
        (
            altered(THREE, replicas=2, synchronous_strict=True),
            (
                "engine.synchronous_strict = True: refuses writes while no replica takes part: of "
                "2 members 1 is a replica, so every restart of it stops all writes; use 3 replicas "
                "or more, or synchronous_strict=False"
            ),
        ),
        (
            altered(THREE, synchronous="off", synchronous_strict=True),
            "engine.synchronous_strict = True: says how strict synchronous replication is, and",
        ),
        (altered(THREE, synchronous="maybe"), "engine.synchronous = 'maybe'"),
        (
            altered(THREE, primary_start_timeout=-1),
            "engine.primary_start_timeout = -1: is negative",
        ),
        (altered(THREE, maximum_lag_for_reads="much"), "engine.maximum_lag_for_reads = 'much'"),
        (
            altered(THREE, etcd=Binding(etcd().endpoint)),
            (
                "engine.etcd = 'etcd.shop.svc:2379': has no ETCD_ENDPOINTS among its variables; "
                "give client() of a store with the engine Etcd"
            ),
        ),
        (
            altered(THREE, etcd=etcd(scheme="https")),
            (
                "engine.etcd_tls = None: is needed to talk to https://etcd-0.etcd-peers.shop.svc."
                "cluster.local:2379; give etcd_tls=Tls('secret')"
            ),
        ),
        (
            altered(ALONE, max_slot_wal_keep_size="5Gi"),
            (
                "engine.max_slot_wal_keep_size = '5Gi': and max_wal_size of 1Gi are more than half "
                "of the volume of 10Gi: a replica or an archive that is away for long would fill "
                "it, and the server stops; use 4Gi or less, or a larger volume"
            ),
        ),
        (
            altered(ALONE, shared_buffers="1Gi"),
            (
                "engine.resources.memory_limit = '1Gi': is less than 1Gi for shared_buffers + 64Mi "
                "for maintenance_work_mem + 64Mi for the processes + 200Mi for 100 connections of "
                "2Mi + 1Mi of work_mem for 25 connections at work = 1377Mi; use 1377Mi or more, or "
                "fewer connections, or smaller buffers"
            ),
        ),
        (
            altered(THREE, work_mem="64Mi"),
            "+ 64Mi of work_mem for 25 connections at work = 2280Mi; use 2280Mi or more",
        ),
        (
            altered(THREE, max_connections=400),
            "+ 800Mi for 400 connections of 2Mi + 1Mi of work_mem for 100 connections at work",
        ),
        (
            altered(ALONE, max_connections=3),
            "engine.max_connections = 3: leaves nobody a connection besides the 6 of superusers",
        ),
        (
            altered(
                ALONE,
                databases=(Database("orders", schemas=("orders",)),),
                logins=(ORDERS,),
            ),
            (
                "engine.max_connections = 100: accepts 100 - 6 for superusers - 4 for metrics = "
                "90, and logins are promised orders 10 x (10 + 1) = 110, each with the pods "
                "that a rollout adds; use 120 or more, with the memory for it, or smaller pools, "
                "or at_once where pools are seldom full together"
            ),
        ),
        (
            altered(ALONE, version=14, image=Image("docker.io/library/postgres", tag="14.24")),
            "engine.version = 14: is older than the programs that scripts ask for; use 15 or newer",
        ),
        (
            altered(ALONE, version=16),
            (
                "engine.version = 16: is not that of the image, 17.11-bookworm; write version=17, "
                "or another tag"
            ),
        ),
        (
            altered(ALONE, shutdown=Shutdown(grace_period_seconds=60, stop_seconds=110)),
            (
                "engine.shutdown.grace_period_seconds = 60: is shorter than drain_seconds + "
                "stop_seconds = 5 + 110 = 115; use 115 or more"
            ),
        ),
        (
            altered(ALONE, shutdown=Shutdown(command=ExecCommand(("true",)))),
            "engine.shutdown.command = ExecCommand(command=('true',)): is the engine's to set",
        ),
        (altered(ALONE, user=0), "engine.user = 0: is root; use the image's numeric id"),
        (altered(ALONE, data_path="data"), "engine.data_path = 'data': is no folder to mount"),
        (
            altered(ALONE, parameters={"max_connections": "5"}),
            (
                "engine.parameters = 'max_connections': is the engine's to set; use the field "
                "max_connections"
            ),
        ),
        (
            altered(ALONE, parameters={"hba_file": "mine"}),
            "engine.parameters = 'hba_file': is the engine's to set; leave it out",
        ),
        (
            altered(ALONE, parameters={"Random Page": "1"}),
            "engine.parameters = 'Random Page': is no setting of PostgreSQL",
        ),
        (
            altered(ALONE, parameters={"log_statement": "ddl'\nport = 1"}),
            "is no value of log_statement; write one line",
        ),
    ],
)
def test_refuses(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError, match=re.escape(message)):
        rendered(props, name="postgres")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (sized("256Mi"), "engine.resources.memory_limit = '256Mi': is less than 64Mi for shared"),
        (sized("1Gi", "128Mi"), "engine.max_slot_wal_keep_size"),
    ],
)
def test_refuses_what_an_environment_makes_of_it(environment: Environment, message: str) -> None:
    with pytest.raises(PropsError, match=re.escape(message)):
        rendered(altered(ALONE, max_slot_wal_keep_size="64Mi"), environment, "postgres")


def test_takes_the_sizes_that_are_asked_for_in_production() -> None:
    props = altered(replace(THREE, volume=Volume(size="20Gi")), max_connections=200)
    assert rendered(props, MODERN, "postgres")


@pytest.mark.parametrize(("kept", "etcds"), [("Retain", "Delete"), ("Delete", "Retain")])
def test_F18_volumes_and_those_of_etcd_go_or_stay_together(kept: Any, etcds: Any) -> None:
    def with_volumes(servers: Any, members: Any) -> list[dict[str, Any]]:
        chart = new_chart(MODERN)
        decider = StoreProps(engine=Etcd(), volume=Volume(when_deleted=members))
        binding = ResilientStatefulStore(chart, "etcd", decider).client()
        props = replace(altered(THREE, etcd=binding), volume=Volume(when_deleted=servers))
        ResilientStatefulStore(chart, "postgres", props)
        return list(chart.to_json())

    with pytest.raises(PropsError) as refused:
        with_volumes(kept, etcds)
    assert (
        f"volume.when_deleted = '{kept}': is not '{etcds}', as of etcd.shop.svc:2379: what is "
        "kept of one refuses what is new of the other (system ID mismatch); use the same for both"
    ) in str(refused.value)
    assert with_volumes(kept, kept)
