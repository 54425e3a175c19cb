"""Workloads that share a login or a client of a store, together."""

from collections.abc import Callable
from dataclasses import replace

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.errors import RuleError
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.workloads import RollingUpdate, Rollout, Schedule
from constructs_lib.output import checked
from constructs_lib.refs import Ports
from constructs_lib.rules import Finding, Fleet, Known
from constructs_lib.rules.pools import sums
from constructs_lib.rules.uses import PoolUse
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    NovaCronJob,
    NovaCronJobProps,
    NovaService,
    NovaServiceProps,
    NovaWorker,
    NovaWorkerProps,
)
from constructs_lib.service.overrides import Override
from constructs_lib.store import (
    Database,
    Login,
    PostgresStandalone,
    Reach,
    RedisClient,
    RedisStandalone,
    ResilientStatefulStore,
    StoreProps,
)
from tests.environments import MODERN

IMAGE = AppImage("api", tag="1")
VOLUME = Volume(size="5Gi")
SERVICE = NovaServiceProps(image=IMAGE, ports=Ports(http=8080), replicas=3)
WORKER = NovaWorkerProps(image=IMAGE, replicas=1)
IN_PLACE = Rollout(strategy=RollingUpdate(max_surge=0, max_unavailable=1))


def postgres(chart: AppChart) -> ResilientStatefulStore:
    """A server with one login of three pods, and one more in a rollout."""
    secret = AppSecret(chart, "pg", AppSecretProps(keys=("su", "replication", "shop")))
    engine = PostgresStandalone(
        superuser_password=secret.key("su"),
        replication_password=secret.key("replication"),
        databases=(Database("shop", schemas=("orders",)),),
        logins=(
            Login(
                "shop",
                password=secret.key("shop"),
                reaches=(Reach("shop", "orders"),),
                pool=20,
                pods=3,
                surge=1,
            ),
        ),
        max_connections=100,
    )
    return ResilientStatefulStore(chart, "postgres", StoreProps(engine=engine, volume=VOLUME))


def redis(chart: AppChart) -> ResilientStatefulStore:
    """A server with a client of four pods, and one more in a rollout."""
    password = AppSecret(chart, "redis", AppSecretProps(keys=("password",))).key("password")
    client = RedisClient("data/web", pool=10, pods=4, surge=1)
    engine = RedisStandalone(password=password, clients=(client,))
    return ResilientStatefulStore(chart, "cache", StoreProps(engine=engine, volume=VOLUME))


def found(build: Callable[[AppChart], object]) -> list[str]:
    """What the rule says of what is built into one chart."""
    app = cdk8s.App()
    build(AppChart(app, "data", environment=MODERN, team="data"))
    try:
        checked(app, rules=(sums,))
    except RuleError as error:
        return [str(finding) for finding in error.findings if "pools/sum" in str(finding)]
    return []


def test_three_services_of_one_login_are_counted_together() -> None:
    def build(chart: AppChart) -> None:
        store = postgres(chart)
        for name in ("one", "two", "three"):
            NovaService(chart, name, replace(SERVICE, uses=(store.login("shop"),)))

    pods, added = found(build)
    assert pods == (
        "prod: Service data/postgres: expects 3 pods of 20 connections each of shop, and there can "
        "be Deployment data/one 3 + Deployment data/two 3 + Deployment data/three 3 = 9; let the "
        "store expect pods=9, give each workload a login or client of its own, or run fewer "
        "(pools/sum)"
    )
    assert added == (
        "prod: Service data/postgres: expects rollouts to add 1 pod of 20 connections each of "
        "shop, and they can add Deployment data/one 1 + Deployment data/two 1 + Deployment "
        "data/three 1 = 3; let the store expect surge=3, give each workload a login or client of "
        "its own, or roll with a smaller max_surge (pools/sum)"
    )


def test_who_fits_together_passes() -> None:
    def build(chart: AppChart) -> None:
        login = postgres(chart).login("shop")
        NovaService(chart, "one", replace(SERVICE, replicas=2, uses=(login,)))
        NovaWorker(chart, "two", replace(WORKER, rollout=IN_PLACE, uses=(login,)))

    assert found(build) == []


def test_scheduled_jobs_of_a_client_count() -> None:
    def build(chart: AppChart) -> None:
        client = redis(chart).client("data/web")
        NovaService(chart, "web", replace(SERVICE, replicas=4, uses=(client,)))
        schedule = Schedule(cron="0 * * * *")
        job = NovaCronJobProps(image=IMAGE, schedule=schedule, uses=(client,))
        NovaCronJob(chart, "job", job)

    (finding,) = found(build)
    assert "Service data/cache: expects 4 pods of 10 connections each of data/web, and" in finding
    assert "there can be Deployment data/web 4 + CronJob data/job 1 = 5" in finding


def test_jobs_that_may_overlap_count_twice() -> None:
    def build(chart: AppChart) -> None:
        client = redis(chart).client("data/web")
        schedule = Schedule(cron="0 * * * *", concurrency="Allow")
        job = NovaCronJobProps(image=IMAGE, schedule=schedule, uses=(client,))
        for name in ("a", "b", "c"):
            NovaCronJob(chart, name, job)

    (finding,) = found(build)
    assert "CronJob data/a 2 + CronJob data/b 2 + CronJob data/c 2 = 6" in finding


def test_what_is_rendered_counts_and_not_what_was_declared() -> None:
    more = Override("Deployment", {"spec": {"replicas": 9}})

    def build(chart: AppChart) -> None:
        props = replace(SERVICE, uses=(redis(chart).client("data/web"),), overrides=(more,))
        NovaService(chart, "web", props)

    (finding,) = found(build)
    assert "there can be Deployment data/web 9 = 9" in finding


def test_who_is_not_counted_by_the_store_is_not_counted_here() -> None:
    def build(chart: AppChart) -> None:
        store = redis(chart)
        for name in ("one", "two"):
            NovaService(chart, name, replace(SERVICE, uses=(store.client(),)))

    assert found(build) == []


USE = PoolUse(workload="Deployment shop/api", store="Service data/db", client="shop", pods=3)


def deployment(**spec: object) -> dict[str, object]:
    """A Deployment as it is rendered."""
    template = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [{"name": "api"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"template": template, **spec},
    }


def said(use: PoolUse, *objects: dict[str, object]) -> list[Finding]:
    """What the rule says of one use."""
    return sums(Fleet(objects, Known(pools=(use,))))


@pytest.mark.parametrize(
    ("spec", "added"),
    [
        ({"replicas": 4}, 1),
        ({"replicas": 8, "strategy": {"rollingUpdate": {"maxSurge": "50%"}}}, 4),
        ({"replicas": 8, "strategy": {"rollingUpdate": {"maxSurge": 3}}}, 3),
    ],
)
def test_a_rollout_adds_what_its_strategy_says(spec: dict[str, object], added: int) -> None:
    use = replace(USE, pods=None, surge=0)
    (finding,) = said(use, deployment(**spec))
    assert f"they can add Deployment shop/api {added} = {added}" in finding.message


def test_what_ends_before_it_starts_adds_nobody() -> None:
    use = replace(USE, pods=None, surge=0)
    assert said(use, deployment(replicas=4, strategy={"type": "Recreate"})) == []
    assert said(use, deployment(replicas=0)) == []


def test_what_is_not_rendered_has_no_pods() -> None:
    assert said(USE) == []
