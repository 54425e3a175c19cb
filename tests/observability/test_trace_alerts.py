"""Alerts about Jaeger, the trace collector and Grafana: each fires when it should, only then."""

import re
import shutil
from pathlib import Path

import pytest

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.grafana_service import grafana_props
from constructs_lib.service import NovaService
from tests.environments import MODERN
from tests.observability import grafana_cases
from tests.observability.alert_cases import AlertCases, cases, judged, quoted_labels
from tests.observability.trace_cases import (
    ALL,
    ELASTIC,
    SMALLEST,
    TAIL,
    collector_of,
    service_of,
    store_of,
)
from tests.service.rendering import new_chart

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
KINDS = ("jaeger", "collector", "grafana")
CASES = [(kind, case) for kind in KINDS for case in cases(kind)]
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)"
)


def grafana() -> Signals:
    chart = new_chart(MODERN)
    props = grafana_props(grafana_cases.SMALLEST, chart, grafana_cases.SOURCES, {})
    return NovaService(chart, "grafana", props).signals


def signals_of(kind: str) -> Signals:
    """Signals of the form that has the most alerts."""
    if kind == "jaeger":
        signals = store_of(SMALLEST)[0].signals
        assert isinstance(signals, Signals)
        return signals
    return grafana() if kind == "grafana" else collector_of(TAIL)[0].signals


def own_alerts(signals: Signals) -> list[str]:
    """Names of alerts besides those that every service has."""
    return sorted(alert.name for alert in signals.alerts if not alert.name.startswith("Service"))


@pytest.mark.parametrize("kind", KINDS)
def test_they_say_what_they_are_and_where_they_are_scraped(kind: str) -> None:
    signals = signals_of(kind)
    (target,) = signals.targets

    assert signals.kind == kind
    assert target.port.number == (3000 if kind == "grafana" else 8888)
    assert target.exposes


@needs_promtool
@pytest.mark.parametrize(("kind", "case"), CASES, ids=[case.alert for _, case in CASES])
def test_every_alert_fires_and_keeps_quiet(kind: str, case: AlertCases, tmp_path: Path) -> None:
    groups = rule_groups(signals_of(kind), runbooks=None)

    assert judged(groups, (case,), tmp_path) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_its_cases(kind: str) -> None:
    assert [case.alert for case in sorted(cases(kind), key=lambda c: c.alert)] == own_alerts(
        signals_of(kind)
    )


def test_other_forms_have_no_alerts_of_their_own() -> None:
    assert set(own_alerts(collector_of(ALL)[0].signals)) < set(own_alerts(signals_of("collector")))
    assert set(own_alerts(service_of(ELASTIC)[0].signals)) < set(own_alerts(signals_of("jaeger")))


@pytest.mark.parametrize("kind", KINDS)
def test_alerts_name_metrics_that_are_exposed(kind: str) -> None:
    signals = signals_of(kind)
    told = {series for metric in signals.metrics for series in metric.series}
    named = {name for alert in signals.alerts for name in metric_names(alert.expression)}

    assert {n for n in named - told if n != "up" and not n.startswith("kubelet_")} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_texts_quote_labels_that_the_expression_keeps(kind: str) -> None:
    kept = {"namespace", "pod", "plugin_id", "persistentvolumeclaim"}
    for group in rule_groups(signals_of(kind), runbooks=None):
        for rule in group["rules"]:
            assert quoted_labels(rule) <= kept


@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_a_section_of_its_runbook(kind: str) -> None:
    text = (RUNBOOKS / f"{kind}.md").read_text(encoding="utf-8")

    assert sorted(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == own_alerts(signals_of(kind))
