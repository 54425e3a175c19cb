"""Failures become messages: exporters, Prometheus and Alertmanager as rendered, and a webhook.

Two things are not as rendered, and `test_nothing_else_is_changed` sees to it that nothing else is:
pods are written down where an API server would tell of them, and durations are `SPEED` times as
short, so a window of an hour is 36 s. Names, thresholds and labels are those that are rendered.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import cdk8s
import pytest

from tests.live.drawn import empty_queries
from tests.live.faults import crash
from tests.live.figures import Figures
from tests.live.shop import PASSWORD, SECRETS, Cache, Customers, Shop, customers
from tests.live.stack import RUNBOOKS
from tests.live.time_lapse import differences, seconds, without_durations
from tests.live.watching import SPEED, STALLS, Told, Watched

pytestmark = pytest.mark.images(
    "redis", "oliver006/redis_exporter", "orders", "prom/prometheus", "prom/alertmanager"
)

NOT_HERE = {
    "alertmanager_notifications_suppressed_total": "newer than Alertmanager 0.25",
    "prometheus_tsdb_head_chunks_storage_size_bytes": "newer than Prometheus 2.42",
    "prometheus_tsdb_wal_storage_size_bytes": "newer than Prometheus 2.42",
    "redis_connected_slave_lag_seconds": "told by a master with replicas",
    "redis_connected_slave_offset_bytes": "told by a master with replicas",
    "redis_master_last_io_seconds_ago": "told by a replica",
    "redis_master_link_up": "told by a replica",
    "redis_master_sync_in_progress": "told by a replica",
    "redis_slave_repl_offset": "told by a replica",
}
"""Metrics that nobody exposes here, and why; `test_metrics.py` has the replicas'."""

NOT_DRAWN = {
    **NOT_HERE,
    "prometheus_rule_evaluation_failures_total": "drawn of rules that fail, and none does",
}


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    charts = [Shop(cdk8s.App()), Cache(cdk8s.App())]
    with Watched(charts, SECRETS).running() as running:
        yield running


@pytest.fixture(scope="module")
def shoppers(watched: Watched) -> Iterator[Customers]:
    fill = ("redis-benchmark", "-a", PASSWORD, "-n", "300", "-r", "100", "-t", "set,get", "-q")
    keep = ("redis-cli", "-a", PASSWORD, "set", "short", "lived", "ex", "10000")
    for command in (fill, keep):
        assert watched.cluster.pod("redis-0").run(*command).returncode == 0
    with customers(watched) as found:
        # Alerts are right about a service that nobody asks, and about what was not there at first.
        noted = watched.prometheus.noted
        watched.cluster.wait(lambda: noted() - STALLS == {"Watchdog"}, 120, "nothing is wrong")
        # Once more: what came before the first scrape is no rate of anything.
        assert watched.cluster.pod("redis-0").run(*fill).returncode == 0
        yield found


@dataclass(frozen=True)
class Story:
    """A Redis that does not start and orders that fail, at the same time, and both repaired."""

    since: tuple[float, float]
    """When they failed, and were repaired, on the monotonic clock."""

    redis: tuple[Told, Told]
    orders: tuple[Told, Told]
    """What their teams were told of each."""

    warned: Told
    """What is left for the morning of orders that failed."""


@pytest.fixture(scope="module")
def story(watched: Watched, shoppers: Customers) -> Story:
    failed = time.monotonic()
    shoppers.trouble(fail=0.5)
    try:
        with broken_file(watched):
            down = watched.told("/data-pager", "RedisServersMissing", "firing", since=failed)
            burns = watched.told(
                "/checkout-pager", "ServiceErrorBudgetBurn", "firing", since=failed
            )
    finally:
        shoppers.trouble()
    repaired = time.monotonic()
    up = watched.told("/data-pager", "RedisServersMissing", "resolved", since=repaired)
    served = watched.told("/checkout-pager", "ServiceErrorBudgetBurn", "resolved", since=repaired)
    return Story(
        since=(failed, repaired),
        redis=(down, up),
        orders=(burns, served),
        warned=watched.told("/chat", "ServiceErrorBudgetBurn", "firing", since=failed),
    )


def test_nothing_else_is_changed(watched: Watched) -> None:
    files = dict(watched.changes)
    scrapes, routes = files.pop("prometheus.yml"), files.pop("alertmanager.yml")
    times = {"scrape_interval", "scrape_timeout", "evaluation_interval"}

    assert set(differences(*scrapes)) == {"kubernetes_sd_configs", "static_configs"} | times
    assert set(differences(*routes)) == {"group_wait", "group_interval", "repeat_interval"}
    assert files.keys() >= {"shop.orders.yaml", "cache.redis.yaml"}
    for before, after in files.values():
        assert set(differences(before, after)) <= {"expr", "for", "interval"}
        rules = [chain.from_iterable(g["rules"] for g in f["groups"]) for f in (before, after)]
        for rendered, faster in zip(*rules, strict=True):
            assert without_durations(rendered["expr"]) == without_durations(faster["expr"])
            held = [item.get("for", "0s") for item in (rendered, faster)]
            assert seconds(held[1]) == pytest.approx(seconds(held[0]) / SPEED, abs=0.001)


def test_every_target_is_found_once_and_scraped(watched: Watched) -> None:
    wanted = [
        (target.name, pod.namespace, pod.name)
        for target in watched.targets
        for pod in watched.pods(target)
    ]

    def found() -> set[tuple[str, str, str]]:
        up = [item["metric"] for item in watched.prometheus.query("up == 1")]
        return {(item["job"], item["namespace"], item["pod"]) for item in up}

    # One answer that takes too long is one scrape that fails.
    watched.cluster.wait(lambda: found() == set(wanted), 20, "every target is up")
    assert len(wanted) == len(watched.prometheus.query("up")) == 4


def test_a12_programs_expose_what_is_declared_of_them(
    watched: Watched,
    shoppers: Customers,  # noqa: ARG001 (they order)
) -> None:
    declared = {metric for target in watched.targets for metric in target.exposes}
    watched.prometheus.wait_for('http_requests_total{status="200"} > 10')

    assert watched.not_exposed() == set(NOT_HERE)
    assert {metric.name for metric in declared} >= {
        "http_requests_total",
        "redis_up",
        "prometheus_build_info",
        "alertmanager_alerts",
    }


def test_nothing_fires_but_the_watchdog_which_is_told_again_and_again(
    watched: Watched,
    shoppers: Customers,  # noqa: ARG001 (they order)
) -> None:
    began, fired = watched.when_all_answered("10m")

    def told() -> list[str]:
        news = [item for item in watched.webhook.messages if item.at > began]
        firing = [item for item in news if item.body["status"] == "firing"]
        return [
            item.path
            for item in firing
            if not {alert["labels"]["alertname"] for alert in item.body["alerts"]} <= STALLS
        ]

    assert fired - STALLS == {"Watchdog"}
    watched.cluster.wait(lambda: told().count("/switch") >= 2, 20, "the Watchdog is told twice")
    assert set(told()) == {"/switch"}


def test_failures_and_their_ends_are_told_to_their_teams(story: Story, figures: Figures) -> None:
    down, burns = story.redis[0], story.orders[0]

    assert (
        down["labels"].items()
        >= {
            "severity": "critical",
            "team": "data",
            "namespace": "cache",
            "service": "redis",
            "environment": "bare",
        }.items()
    )
    assert down["annotations"]["runbook_url"] == f"{RUNBOOKS}/redis.md#redisserversmissing"
    assert (
        burns["labels"].items()
        >= {
            "severity": "critical",
            "team": "checkout",
            "namespace": "shop",
            "service": "orders",
        }.items()
    )
    link = f"{RUNBOOKS}/service.md#serviceerrorbudgetburn"
    assert burns["annotations"]["runbook_url"] == link
    for number, scenario in enumerate(("alert is told", "its end is told")):
        for engine, told in (("redis", story.redis), ("orders", story.orders)):
            took = told[number]["at"] - story.since[number]
            figures.add(engine, f"{scenario}, at speed {SPEED}", took, acknowledged=0, lost=0)


def test_what_tells_two_prometheus_apart_is_no_label_of_alerts(story: Story) -> None:
    assert "replica" not in story.redis[0]["labels"]


def test_a_warning_is_held_back_while_the_same_is_critical(story: Story, watched: Watched) -> None:
    """It has to hold for 15 minutes, and would have been told long before."""
    assert story.warned["labels"]["severity"] == "warning"
    assert story.warned["at"] > story.since[1] + watched.time_lapse.seconds("15m")


def test_every_query_of_a_dashboard_returns_series(
    story: Story,  # noqa: ARG001 (of which there is something to draw)
    watched: Watched,
) -> None:
    empty = empty_queries(watched)

    assert {"shop/shop-orders.json", "cache/cache-redis.json"} <= empty.keys()
    found = {
        (name, *item) for name in empty for item in empty[name] if not set(item) & set(NOT_DRAWN)
    }
    # Of the stack nothing fires but the Watchdog, which is not drawn, and what stalls cause.
    assert found <= {("observability/observability-overview.json", "What fires", "ALERTS")}


@contextmanager
def broken_file(watched: Watched) -> Iterator[None]:
    """Redis is killed and does not start while this lasts: its append-only file makes no sense."""
    pod = watched.cluster.pod("redis-0")
    (claim,) = pod.identity.claims.values()
    folder = watched.cluster.node.claims.folder(pod.namespace, claim["metadata"]["name"])
    (manifest,) = folder.rglob("*.manifest")
    text = manifest.read_bytes()
    manifest.write_text("no manifest\n")
    try:
        crash(pod, "redis")
        yield
    finally:
        manifest.write_bytes(text)
