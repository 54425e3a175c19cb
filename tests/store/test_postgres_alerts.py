"""What somebody is told of PostgreSQL, and of whom."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from tests.store.postgres_servers_cases import ALONE, OPERATED, THREE, altered
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


def test_a_job_that_failed_is_told_until_a_newer_one_is_there() -> None:
    found = expressions(THREE)
    for name, job in (
        ("PostgresLoginsFailed", "postgres-logins"),
        ("PostgresConfigurationFailed", "postgres-configuration"),
    ):
        jobs = f'namespace="shop", job_name=~"{job}-[0-9a-f]+"'
        assert found[name] == (
            f"kube_job_created{{{jobs}}} == on (namespace) group_left ()"
            f" max by (namespace) (kube_job_created{{{jobs}}}) and on (namespace, job_name)"
            f' kube_job_failed{{{jobs}, condition="true"}} == 1'
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
