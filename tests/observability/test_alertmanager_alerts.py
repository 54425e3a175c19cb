"""Alerts about Alertmanager itself: each fires when it should, and only then."""

import re
import shutil
from pathlib import Path

import pytest

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.observability.alert_cases import AlertCases, cases, judged, told_twice
from tests.observability.alertmanager_cases import ONE, THREE
from tests.store.rendering import new_chart

CASES = cases("alertmanager")
RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)"
)


def signals_of(props: StoreProps) -> Signals:
    chart = new_chart(MODERN)
    store = ResilientStatefulStore(chart, "alertmanager", props)
    assert chart.signals == (store.signals,)
    assert store.signals is not None
    return store.signals


def test_it_says_what_it_is_and_where_it_is_scraped() -> None:
    signals = signals_of(THREE)

    (target,) = signals.targets
    assert (signals.kind, target.name, target.port.number) == (
        "alertmanager",
        "shop/alertmanager",
        9093,
    )


@needs_promtool
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_every_alert_fires_and_keeps_quiet(case: AlertCases, tmp_path: Path) -> None:
    groups = rule_groups(signals_of(THREE), runbooks=None)

    assert judged(groups, (case,), tmp_path) == ""


@needs_promtool
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_alerts_fire_while_two_tell_the_same(case: AlertCases, tmp_path: Path) -> None:
    groups = rule_groups(signals_of(THREE), runbooks=None)

    assert judged(groups, (told_twice(case, once=False),), tmp_path) == ""


def test_every_alert_has_its_cases_and_a_single_one_has_no_others() -> None:
    alerts = {alert.name for alert in signals_of(THREE).alerts}

    assert {case.alert for case in CASES} == alerts
    assert {alert.name for alert in signals_of(ONE).alerts} < alerts


def test_alerts_name_metrics_that_are_exposed() -> None:
    for props in (ONE, THREE):
        signals = signals_of(props)
        told = {series for metric in signals.metrics for series in metric.series}
        named = {name for alert in signals.alerts for name in metric_names(alert.expression)}
        assert {name for name in named - told if not name.startswith("kubelet_")} == set()


def test_every_alert_has_a_section_of_its_runbook() -> None:
    text = (RUNBOOKS / "alertmanager.md").read_text(encoding="utf-8")

    alerts = sorted(alert.name for alert in signals_of(THREE).alerts)
    assert sorted(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == alerts
