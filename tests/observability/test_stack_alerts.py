"""Alerts of the stack itself: each fires when it should, and only then."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals, Target
from constructs_lib.refs import Pods, Port
from tests.observability import prometheus_server
from tests.observability.alert_cases import AlertCases, cases, judged, told_twice
from tests.observability.stack_cases import full, stack

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
KINDS = ("prometheus", "nodes", "kube-state-metrics", "cert-manager")
OF_EVERY_SERVICE = frozenset({"ServiceDown", "ServicePodDown"})

needs_promtool = pytest.mark.skipif(
    bool(prometheus_server.missing), reason="promtool is not installed (Debian: prometheus)"
)
kinds = pytest.mark.parametrize("kind", KINDS)


_SILENT = Signals(
    kind="etcd",
    name="keys",
    app="web",
    namespace="web",
    team="shop",
    targets=(
        Target(
            name="web/keys",
            pods=Pods("web", labels={"app.kubernetes.io/name": "keys"}),
            port=Port("metrics", 2379),
        ),
    ),
    alerts=(
        Alert(
            name="KeysCertificateExpiring",
            expression='certmanager_certificate_expiration_timestamp_seconds{name="keys-tls"} < 1',
            summary="It ends.",
            action="Renew it.",
            labels={"certificate": "keys-tls"},
        ),
    ),
)
"""A store that would not tell if all its pods were gone, and that tells of its certificate."""


def signals_of(kind: str) -> Signals:
    props = replace(full(), watches=(*full().watches, _SILENT))
    (one,) = [item for item in stack(props).signals if item.kind == kind]
    return one


def alerts_of(kind: str) -> set[str]:
    return {alert.name for alert in signals_of(kind).alerts} - OF_EVERY_SERVICE


@needs_promtool
@pytest.mark.parametrize(
    ("kind", "case"),
    [pytest.param(kind, case, id=case.alert) for kind in KINDS for case in cases(kind)],
)
def test_every_alert_fires_and_keeps_quiet(kind: str, case: AlertCases, tmp_path: Path) -> None:
    assert judged(rule_groups(signals_of(kind), runbooks=None), (case,), tmp_path) == ""


@needs_promtool
@pytest.mark.parametrize(
    ("kind", "case"),
    [pytest.param(kind, case, id=case.alert) for kind in KINDS for case in cases(kind)],
)
def test_alerts_fire_while_two_tell_the_same(kind: str, case: AlertCases, tmp_path: Path) -> None:
    # Whoever tells of objects is none of them: of each object there is one alert all the same.
    once = kind == "kube-state-metrics"
    tried = (told_twice(case, once=once),)

    assert judged(rule_groups(signals_of(kind), runbooks=None), tried, tmp_path) == ""


@kinds
def test_every_alert_has_its_cases(kind: str) -> None:
    assert {case.alert for case in cases(kind)} == alerts_of(kind)


@kinds
def test_alerts_name_metrics_that_are_exposed(kind: str) -> None:
    signals = signals_of(kind)
    told = {series for metric in signals.metrics for series in metric.series} | {"up"}

    for alert in signals.alerts:
        assert metric_names(alert.expression) <= told


@kinds
def test_every_alert_has_a_section_of_its_runbook(kind: str) -> None:
    text = (RUNBOOKS / f"{kind}.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == alerts_of(kind)


@kinds
def test_every_alert_leads_to_its_section(kind: str) -> None:
    runbooks = "https://docs.example.com/runbooks"
    for group in rule_groups(signals_of(kind), runbooks=runbooks):
        for rule in (item for item in group["rules"] if "alert" in item):
            page = "service" if rule["alert"] in OF_EVERY_SERVICE else kind
            link = f"{runbooks}/{page}.md#{rule['alert'].lower()}"
            assert rule["annotations"]["runbook_url"] == link
