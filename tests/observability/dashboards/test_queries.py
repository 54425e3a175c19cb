"""Every query parses, and names only what somebody exposes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import OF_PROMETHEUS, Metric, Signals
from constructs_lib.observability.dashboards import dashboards, known_series, pages
from constructs_lib.observability.dashboards.etcd import etcd
from constructs_lib.observability.dashboards.nats import nats
from constructs_lib.observability.dashboards.panels import Page
from constructs_lib.observability.dashboards.postgres import postgres
from constructs_lib.observability.dashboards.redis import redis
from constructs_lib.observability.dashboards.stack import alertmanager, prometheus
from constructs_lib.observability.nodes import CPU_OF_PODS
from tests.observability.dashboards.cases import (
    EVERYTHING,
    MESSAGING,
    NODES,
    STACK,
    STATES,
    STORES,
    service_of,
)
from tests.observability.pictures import expression_of

TOLD_OF_PODS = known_series(NODES) | known_series(STATES)
TOPICS = {
    "redis": redis,
    "postgres": postgres,
    "nats": nats,
    "etcd": etcd,
    "prometheus": prometheus,
    "alertmanager": alertmanager,
}

_REDIS, *_ = STORES


def expressions(page: Page) -> Iterator[str]:
    for row in page.rows:
        for panel in row.panels:
            yield from (query.expression for query in panel.queries)


def test_every_metric_of_a_query_is_exposed_recorded_or_of_pods() -> None:
    exposed = frozenset().union(*(known_series(item) for item in EVERYTHING))
    named = {
        name
        for page in pages(EVERYTHING)
        for text in expressions(page)
        for name in metric_names(text)
    }
    assert named <= exposed


@pytest.mark.parametrize("signals", [*STORES, *STACK[:2]], ids=lambda item: str(item.kind))
def test_everything_a_dashboard_asks_an_engine_is_in_its_list_of_metrics(signals: Signals) -> None:
    asked = {
        name
        for row in TOPICS[signals.kind](signals)
        for panel in row.panels
        for query in panel.queries
        for name in metric_names(query.expression)
    }
    assert asked - known_series(signals) - TOLD_OF_PODS == set()


def test_what_nobody_exposes_is_not_drawn() -> None:
    [target] = _REDIS.targets
    bare = replace(_REDIS, targets=(replace(target, exposes=(Metric("redis_up"),)),))
    [_, page] = pages([bare])
    assert [row.title for row in page.rows] == ["Health"]
    named = {name for text in expressions(page) for name in metric_names(text)}
    assert named == {"redis_up", "up"}


def test_without_kubelets_and_kube_state_metrics_pods_are_not_drawn() -> None:
    alone = dashboards([MESSAGING])["nova-messaging/nova-messaging-messaging-service.json"]
    assert "container_" not in alone
    assert CPU_OF_PODS not in alone
    assert "kube_" not in alone
    watched = dashboards([MESSAGING, NODES, STATES])[
        "nova-messaging/nova-messaging-messaging-service.json"
    ]
    assert "container_memory_working_set_bytes" in watched
    assert CPU_OF_PODS in watched
    assert "kube_pod_container_resource_limits" in watched


def test_a_service_that_lists_nothing_is_drawn_by_its_requests() -> None:
    assert MESSAGING.requests is not None
    quiet = service_of("quiet", app="shop", namespace="shop", requests=MESSAGING.requests)
    [_, page] = pages([quiet])
    named = {name for text in expressions(page) for name in metric_names(text)}
    assert {"http_requests_total", "http_request_duration_seconds_bucket"} <= named


def test_series_that_prometheus_makes_need_no_declaration() -> None:
    assert known_series(service_of("bare", app="shop", namespace="shop")) == OF_PROMETHEUS


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_every_query_parses(tmp_path: Path) -> None:
    texts = [json.loads(text) for text in dashboards(EVERYTHING).values()]
    queries = [
        expression_of(dashboard, target["expr"])
        for dashboard in texts
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]
    assert not [text for text in queries if "$" in text]
    rules = [{"record": f"query:{n}", "expr": text} for n, text in enumerate(queries)]
    file = tmp_path / "queries.json"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(queries)} rules found" in done.stdout
