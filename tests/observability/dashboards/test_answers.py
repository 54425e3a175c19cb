"""What panels show, as Prometheus answers: what is gone is missed, what is well is not red."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards import pages
from constructs_lib.observability.dashboards.panels import Panel
from tests.observability.dashboards.cases import (
    EVERYTHING,
    MESSAGING,
    NODES,
    ORDERS,
    STATES,
    STORES,
    service_of,
)
from tests.observability.reference import REFERENCES, WORKLOADS
from tests.observability.stack_cases import full, stack
from tests.promtool import needs_promtool, rule_tests

REDIS, POSTGRES, ETCD, NATS = STORES
UP = {"redis": "redis_up", "postgres": "pg_up", "etcd": "etcd_server_has_leader"}
TITLES = ("Servers that answer", "Members with a leader")


def panel(signals: Signals, *titles: str) -> Panel:
    """The one panel of that title of its own dashboard."""
    page = pages([signals])[-1]
    (found,) = [item for row in page.rows for item in row.panels if item.title in titles]
    return found


def judged(expression: str, series: Mapping[str, str], expected: float | None, folder: Path) -> str:
    """What differs from ``expected`` after ten minutes, ``None`` being no answer."""
    samples = [] if expected is None else [{"labels": "{}", "value": expected}]
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": expression, "eval_time": "10m", "exp_samples": samples},
        ],
    }
    return rule_tests([], [case], folder)


def sized(signals: Signals, replicas: int) -> Signals:
    """The same with ``replicas`` pods behind each target."""
    targets = tuple(replace(target, replicas=replicas) for target in signals.targets)
    return replace(signals, targets=targets)


def pod(signals: Signals, number: int) -> str:
    return f'namespace="{signals.namespace}", pod="{signals.name}-{number}"'


@needs_promtool
@pytest.mark.parametrize("signals", [REDIS, POSTGRES, ETCD, NATS], ids=lambda item: str(item.kind))
def test_servers_that_are_gone_are_missed(signals: Signals, tmp_path: Path) -> None:
    found = panel(sized(signals, 4), *TITLES)
    metric = UP.get(signals.kind, "nats_varz_mem")
    one = {f"{metric}{{{pod(signals, 0)}}}": "1x20"}
    every = {f"{metric}{{{pod(signals, number)}}}": "1x20" for number in range(4)}

    assert (found.floor, found.unit) == (1, "percentunit")
    assert judged(found.queries[0].expression, one, 0.25, tmp_path) == ""
    assert judged(found.queries[0].expression, every, 1, tmp_path) == ""
    assert judged(found.queries[0].expression, {}, 0, tmp_path) == ""


@needs_promtool
def test_targets_that_are_gone_are_missed(tmp_path: Path) -> None:
    found = panel(sized(REDIS, 4), "Targets that answer")
    series = {f"up{{{pod(REDIS, 0)}}}": "1x20", f"up{{{pod(REDIS, 1)}}}": "0x20"}

    assert found.floor == 1
    assert judged(found.queries[0].expression, series, 0.25, tmp_path) == ""


@needs_promtool
def test_of_pods_that_come_and_go_those_that_do_not_answer_are_missed(tmp_path: Path) -> None:
    found = panel(MESSAGING, "Targets that answer")
    where = 'namespace="nova-messaging", pod="messaging-service-6d5f7c9b4-'
    series = {f'up{{{where}a2a2a"}}': "1x20", f'up{{{where}b2b2b"}}': "0x20"}

    assert judged(found.queries[0].expression, series, 0.5, tmp_path) == ""


@pytest.mark.parametrize("name", [name for name in WORKLOADS if "service" not in name])
def test_how_many_pods_of_a_store_there_are_to_be_is_known(name: str) -> None:
    signals = REFERENCES[name]()
    known = [target.replicas for target in signals.targets]

    assert signals.kind == "service" or all(known)


@needs_promtool
def test_a_replica_that_is_looked_at_alone_is_still_behind(tmp_path: Path) -> None:
    expression = panel(POSTGRES, "Bytes behind").queries[0].expression
    chosen = expression.replace("$pod", "postgres-1")
    series = {
        f"patroni_xlog_location{{{pod(POSTGRES, 0)}}}": "5000x20",
        f"patroni_xlog_replayed_location{{{pod(POSTGRES, 1)}}}": "4000x20",
        f"patroni_replica{{{pod(POSTGRES, 1)}}}": "1x20",
    }

    assert judged(f"sum({chosen})", series, 1000, tmp_path) == ""


def test_a_service_without_metrics_is_not_drawn_as_one_that_does_not_answer() -> None:
    silent = replace(service_of("coturn", app="shop", namespace="shop"), targets=(), alerts=())
    named = [
        query.expression
        for page in pages([silent, NODES, STATES])
        for row in page.rows
        for item in row.panels
        for query in item.queries
    ]

    assert named
    assert not [text for text in named if text.startswith("up{") or "(up{" in text]


TOLD = {
    "CPU by pod": ("kube_pod_container_resource_limits", ', resource="cpu"', 3),
    "Memory by pod": ("kube_pod_container_resource_requests", ', resource="memory"', 3),
    "Restarts": ("kube_pod_container_status_restarts_total", "", 3),
    "Pods that are not ready": ("kube_pod_status_ready", ', condition="false"', 1),
}


@needs_promtool
@pytest.mark.parametrize("title", TOLD)
def test_what_two_kube_state_metrics_tell_is_counted_once(title: str, tmp_path: Path) -> None:
    metric, labels, value = TOLD[title]
    at = f'{pod(REDIS, 0)}, container="redis"{labels}'
    tellers = ("kube-state-metrics", "observability/kube-state-metrics")
    series = {f'{metric}{{{at}, job="{job}"}}': f"{value}x20" for job in tellers}
    queries = [
        query.expression
        for page in pages([REDIS, NODES, STATES])
        for row in page.rows
        for item in row.panels
        for query in item.queries
        if item.title == title
        and {metric, "nova-redis"} <= set(re.findall(r"[\w-]+", query.expression))
    ]

    assert queries
    for text in queries:
        chosen = f"sum({text.replace('$pod', 'redis-0')})"
        assert judged(chosen, series, value, tmp_path) == ""


FIRING = ("Alerts that fire", "Critical ones")


def overview(namespace: str) -> list[str]:
    """Counts of firing alerts of the app in ``namespace`` of a whole stack."""
    built = stack(full())
    (app,) = {item.app for item in built.signals if item.namespace == namespace}
    (page,) = [page for page in pages(built.signals) if page.uid == f"{app}-overview"]
    panels = {item.title: item for row in page.rows for item in row.panels}
    return [panels[title].queries[0].expression for title in FIRING]


@needs_promtool
@pytest.mark.parametrize(
    ("namespace", "series", "expected"),
    [
        # The dead man's switch fires all the time, and is about nothing.
        ("observability", {}, ["Watchdog"]),
        (
            "queue",
            {'up{job="queue/nats", namespace="queue", pod="nats-0"}': "0x30"},
            ["TargetDown"],
        ),
        (
            "queue",
            {
                "kube_pod_container_status_waiting_reason{"
                'namespace="queue", pod="nats-0", container="nats", reason="CrashLoopBackOff"}': (
                    "1x30"
                )
            },
            ["PodCrashLooping"],
        ),
        ("observability", {'up{job="nodes/kubelet", node="a"}': "0x30"}, ["NodeMetricsDown"]),
    ],
    ids=["watchdog", "target", "pod", "node"],
)
def test_the_overview_counts_what_is_about_its_namespaces_and_no_watchdog(
    namespace: str, series: Mapping[str, str], expected: list[str], tmp_path: Path
) -> None:
    signals = [replace(item, recordings=()) for item in stack(full()).signals]
    groups = [
        {**group, "rules": [rule for rule in group["rules"] if rule["alert"] in expected]}
        for item in signals
        for group in rule_groups(item, runbooks=None)
    ]
    groups = [group for group in groups if group["rules"]]
    shown, _ = overview(namespace)
    fires = 'count(ALERTS{alertstate="firing"})'
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": text, "eval_time": "25m", "exp_samples": [{"labels": "{}", "value": count}]}
            for text, count in ((fires, 1), (shown, 0 if expected == ["Watchdog"] else 1))
        ],
    }

    assert groups
    assert rule_tests(groups, [case], tmp_path) == ""


def test_every_overview_counts_critical_ones_apart() -> None:
    for page in pages(EVERYTHING):
        if page.uid.endswith("-overview"):
            panels = {item.title: item for row in page.rows for item in row.panels}
            every, critical = (panels[title].queries[0].expression for title in FIRING)
            assert critical == every.replace("})", ', severity="critical"})')


def test_objectives_have_one_name() -> None:
    assert not [page for page in pages([MESSAGING, ORDERS]) if "romise" in str(page)]
