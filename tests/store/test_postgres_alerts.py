"""What somebody is told of PostgreSQL, and of whom."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.postgres.exporter import PostgresExporter
from constructs_lib.store.postgres.values import Database, Login, Reach
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from tests.store.postgres_servers_cases import ALONE, OPERATED, THREE, altered, key
from tests.store.redis_cases import NIGHTLY
from tests.store.rendering import new_chart

BACKUP = Backup(schedule=NIGHTLY, to=BackupVolume(size="40Gi"))


def expressions(props: StoreProps) -> dict[str, str]:
    """By name of the alert."""
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", props)
    return {alert.name: alert.expression for alert in store.alerts}


def test_one_proxy_that_finds_no_primary_is_told_whatever_the_others_find() -> None:
    expression = expressions(THREE)["PostgresPrimaryUnreachable"]
    assert expression == (
        'haproxy_backend_active_servers{namespace="shop", pod=~"postgres-proxy-.+",'
        ' proxy="primary"} == 0'
    )


def test_proxies_that_do_not_answer_are_told_too() -> None:
    found = expressions(altered(THREE, proxy=Proxy(replicas=5)))
    # Where there is no proxy there is no series.
    assert found["PostgresProxiesGone"].endswith("or vector(0)) == 0")
    assert found["PostgresProxiesMissing"].endswith("or vector(0)) < 5")


@pytest.mark.parametrize(
    ("backup", "claims"),
    [
        (None, "data-postgres-[0-9]+"),
        (BACKUP, "data-postgres-[0-9]+|data-postgres-archive-[0-9]+"),
    ],
    ids=["servers", "archive"],
)
def test_volumes_of_servers_and_of_the_archive_are_watched(
    backup: Backup | None, claims: str
) -> None:
    expression = expressions(replace(ALONE, backup=backup))["PostgresVolumeFillsUp"]
    assert expression.count(f'persistentvolumeclaim=~"{claims}"') == 2


def test_each_login_is_told_by_its_own_limit() -> None:
    reaches = (Reach("orders", "orders"),)
    logins = (
        Login("orders", password=key("orders"), reaches=reaches, pool=5, pods=3, surge=1),
        Login("reports", password=key("reports"), reaches=(Reach("orders"),), at_once=8),
    )
    props = altered(ALONE, databases=(Database("orders", schemas=("orders",)),), logins=logins)
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", props)
    told = [alert for alert in store.alerts if alert.name == "PostgresLoginNearLimit"]

    assert {alert.labels["login"]: alert.expression.partition(" > ")[2] for alert in told} == {
        "orders": "0.9 * 20",
        "reports": "0.9 * 8",
    }
    for alert in told:
        assert f'usename="{alert.labels["login"]}"' in alert.expression


def test_logins_of_a_server_without_an_exporter_are_not_told_of() -> None:
    login = Login("orders", password=key("orders"), reaches=(Reach("postgres"),))
    silent = altered(THREE, exporter=None, logins=(login,))
    assert "PostgresLoginNearLimit" in expressions(altered(silent, exporter=PostgresExporter()))
    assert "PostgresLoginNearLimit" not in expressions(silent)


def test_a_job_that_failed_is_told_until_a_newer_one_is_there() -> None:
    found = expressions(THREE)
    for name, job in (
        ("PostgresLoginsFailed", "postgres-logins"),
        ("PostgresConfigurationFailed", "postgres-configuration"),
    ):
        jobs = f'namespace="shop", job_name=~"{job}-[0-9a-f]+"'
        created = f"max by (namespace, job_name) (kube_job_created{{{jobs}}})"
        failed = f'max by (namespace, job_name) (kube_job_failed{{{jobs}, condition="true"}})'
        assert found[name] == (
            f"{created} == on (namespace) group_left () max by (namespace) ({created})"
            f" and on (namespace, job_name) {failed} == 1"
        )
    # One server reads its configuration at a start, and there is no such Job.
    assert "PostgresConfigurationFailed" not in expressions(ALONE)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [({}, False), ({"archive_mode": "off"}, False), ({"archive_mode": "on"}, True)],
)
def test_a_servers_own_archiver_is_watched_where_there_is_one(
    parameters: dict[str, Any], *, told: bool
) -> None:
    assert ("PostgresArchiverFails" in expressions(altered(THREE, parameters=parameters))) is told


def test_an_archive_that_is_ready_now_and_then_is_told() -> None:
    expression = expressions(replace(ALONE, backup=BACKUP))["PostgresArchiveBroken"]
    assert expression.startswith("avg_over_time(")
    assert "[30m]) < 0.8" in expression
