"""Autoscalers, StatefulSets and monitors that act on nothing."""

import pytest

from tests.rules.shop import Break, Change, check, found

BREAKS = (
    Break(
        "targets/peers",
        Change("StatefulSet db", "spec.serviceName", "db-peer"),
        "spec.serviceName is db-peer, which is not there; the nearest is db-peers",
    ),
    Break(
        "targets/peers",
        Change("Service db-peers", "spec.clusterIP", "10.0.0.1"),
        "spec.serviceName is db-peers, which has an address of its own",
        "StatefulSet shop/db",
    ),
    Break(
        "targets/monitor",
        Change("ServiceMonitor api", "spec.selector.matchLabels", {"app": "apis"}),
        "spec.selector (app=apis) matches no Service; the nearest is api",
    ),
    Break(
        "targets/monitor",
        Change("ServiceMonitor api", "spec.endpoints.0.port", "metric"),
        "spec.endpoints[0].port is metric, and nothing selected has it; the nearest is metrics",
    ),
    Break(
        "targets/monitor",
        Change("ServiceMonitor api", "spec.endpoints.0", {"targetPort": "prom"}),
        "spec.endpoints[0].targetPort is prom, and nothing selected has it; there is http, metrics",
    ),
    Break(
        "targets/monitor",
        Change("PodMonitor db", "spec.selector.matchLabels", {"app": "dbs"}),
        "spec.selector (app=dbs) matches no pods; the nearest, Deployment api, has app=api",
    ),
    Break(
        "targets/monitor",
        Change("PodMonitor db", "spec.podMetricsEndpoints.0.port", "prom"),
        "spec.podMetricsEndpoints[0].port is prom, and nothing selected has it; there is db",
    ),
    Break(
        "targets/monitor",
        Change("ServiceMonitor api", "spec.namespaceSelector", {"matchNames": ["other"]}),
        "spec.selector (app=api) matches no Service; there is none",
    ),
    Break(
        "targets/scaling",
        Change("HorizontalPodAutoscaler api", "spec.scaleTargetRef.name", "apu"),
        "spec.scaleTargetRef is Deployment apu; the nearest is api",
    ),
    Break(
        "targets/scaling",
        Change("HorizontalPodAutoscaler api", "spec.scaleTargetRef.apiVersion", "argoproj.io/v1"),
        "spec.scaleTargetRef is Deployment api; there is none",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_what_acts_on_nothing_is_found(broken: Break) -> None:
    check(broken)


def test_a_set_whose_peers_are_others_is_found() -> None:
    findings = found(Change("Service db-peers", "spec.selector", {"app": "api"}))
    told = [f.message for f in findings if f.rule == "targets/peers"]
    assert told == ["spec.serviceName is db-peers, which selects other pods (app=api)"]


@pytest.mark.parametrize(
    "change",
    [
        Change("ServiceMonitor api", "spec.namespaceSelector", {"any": True}),
        Change("ServiceMonitor api", "spec.endpoints.0", {"targetPort": 9090}),
        Change("PodMonitor db", "spec.podMetricsEndpoints.0", {"path": "/metrics"}),
    ],
)
def test_monitors_that_find_something_are_accepted(change: Change) -> None:
    assert found(change) == []
