"""Alerts that nothing would feed are refused, or left out where somebody says so."""

import re
from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.signals import Metric, Signals, Target
from constructs_lib.observability import CertManager, KubeStateMetrics, ObservabilityStackProps
from constructs_lib.observability.sources import SERIES
from constructs_lib.refs import Pods, Port
from tests.observability.stack_cases import (
    NODES,
    OPERATED,
    named,
    objects_of,
    operator,
    smallest,
    stack,
)
from tests.store.rendering import of_kind

_NIGHTLY = Alert(
    name="CartsBackupMissing",
    expression='time() - kube_cronjob_created{cronjob="carts-backup"} > 86400',
    summary="There is none.",
    action="Make one.",
)
_CARTS = Signals(
    kind="store", name="carts", app="shop", namespace="shop", team="shop", alerts=(_NIGHTLY,)
)


def _alerts(props: ObservabilityStackProps) -> set[str]:
    return {alert.name for item in stack(props).signals for alert in item.alerts}


def test_alerts_without_their_source_are_refused_with_their_names_and_what_to_do() -> None:
    bare = replace(smallest(), watches=(*smallest().watches, _CARTS), without=())

    with pytest.raises(PropsError) as refused:
        stack(bare)

    nodes, state = [problem for problem in refused.value.problems if problem.field == "without"]
    assert "NatsVolumeFilling, NatsVolumeFullSoon" in nodes.why
    assert "node_metrics=NodeMetrics(...), or without=('nodes',)" in nodes.fix
    assert "CartsBackupMissing" in state.why


def test_one_statement_leaves_them_out_and_no_others() -> None:
    everything = replace(smallest(), node_metrics=NODES, without=())

    assert _alerts(everything) - _alerts(smallest()) == {
        "NatsVolumeFilling",
        "NatsVolumeFullSoon",
        "NodeMetricsDown",
        "NodeMetricsMissing",
    }


def test_no_rule_that_is_rendered_lacks_its_source() -> None:
    rules = [
        text
        for item in objects_of(smallest())
        if item["kind"] == "ConfigMap" and "-rules-" in item["metadata"]["name"]
        for text in item["data"].values()
    ]

    assert rules
    for pattern in SERIES.values():
        assert not any(re.search(rf"\b{pattern.pattern[:-2]}", text) for text in rules)


def test_what_a_watched_target_exposes_is_there() -> None:
    target = Target(
        name="kube-system/state",
        pods=Pods("kube-system", labels={"app": "state"}),
        port=Port("http", 8080),
        exposes=(Metric("kube_cronjob_created"),),
    )
    other = replace(_CARTS, name="state", namespace="kube-system", targets=(target,), alerts=())

    assert "CartsBackupMissing" in _alerts(
        replace(smallest(), watches=(*smallest().watches, _CARTS, other))
    )


def test_nobody_does_without_what_is_there() -> None:
    given = replace(smallest(), kube_state_metrics=KubeStateMetrics(), without=("nodes",))
    assert "NatsVolumeFilling" not in _alerts(given)

    with pytest.raises(PropsError, match="without = 'kube-state-metrics': is there"):
        stack(replace(given, without=("nodes", "kube-state-metrics")))


def test_in_the_operators_form_the_cluster_has_all_of_it() -> None:
    told = {alert.name for item in stack(operator(), OPERATED).signals for alert in item.alerts}
    assert "NatsVolumeFilling" in told

    with pytest.raises(PropsError, match="is the operator's in this form"):
        stack(replace(operator(), cert_manager=CertManager()), OPERATED)


def test_cert_manager_is_found_in_its_namespace_and_its_policies_are_its_owners() -> None:
    objects = objects_of(replace(smallest(), cert_manager=CertManager()))

    assert "cert-manager/observability-prometheus" in named(objects, "Role")
    policies = named(objects, "NetworkPolicy")
    assert not [name for name in policies if "cert-manager" in name]
    own = of_kind(objects, "NetworkPolicy", "prometheus")["spec"]["egress"]
    assert {9402} in [{port["port"] for port in rule.get("ports", ())} for rule in own]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (CertManager(interval_seconds=0), "cert_manager.interval_seconds"),
        (CertManager(interval_seconds=300), "cert_manager.interval_seconds"),
        (CertManager(pods=Pods("cert-manager")), "cert_manager.pods"),
    ],
)
def test_a_cert_manager_that_nobody_could_scrape_is_refused(given: CertManager, field: str) -> None:
    with pytest.raises(PropsError) as refused:
        stack(replace(smallest(), cert_manager=given))

    assert [problem.field for problem in refused.value.problems] == [field]
