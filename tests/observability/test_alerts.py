"""Alerts of stores and services: each fires when it should, and keeps quiet when it should."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.rule_groups import rule_groups
from tests.observability.alert_cases import (
    CASES,
    cases,
    elsewhere,
    judged,
    quoted_labels,
    told_twice,
)
from tests.observability.reference import REFERENCES, WORKLOADS

PROJECT = Path(__file__).parents[2]
RUNBOOKS = "https://runbooks.example.com"
OF_OTHERS = re.compile(r"up|service:.+|(kube|kubelet|certmanager)_.+")
"""Series that no target of a workload itself exposes."""

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)"
)
workloads = pytest.mark.parametrize("name", WORKLOADS)


def rules_of(name: str) -> dict[str, dict[str, object]]:
    """Alerting rules of a reference, by name; burn rates have several of one name."""
    groups = rule_groups(REFERENCES[name](), runbooks=RUNBOOKS)
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@needs_promtool
@workloads
def test_alerts_fire_and_keep_quiet(name: str, tmp_path: Path) -> None:
    groups = rule_groups(REFERENCES[name](), runbooks=RUNBOOKS)

    assert judged(groups, cases(name), tmp_path) == ""


@needs_promtool
@workloads
def test_alerts_fire_while_two_tell_the_same(name: str, tmp_path: Path) -> None:
    # A pod was replaced and kept its name, or a volume is on another node now.
    groups = rule_groups(REFERENCES[name](), runbooks=RUNBOOKS)
    tried = tuple(told_twice(item, once=False) for item in cases(name))

    assert judged(groups, tried, tmp_path) == ""


@needs_promtool
@workloads
def test_what_happens_elsewhere_alarms_nobody_here(name: str, tmp_path: Path) -> None:
    groups = rule_groups(REFERENCES[name](), runbooks=RUNBOOKS)
    rules = rules_of(name)
    of_presence = [
        item
        for item in cases(name)
        if not re.search(r"absent\(|or vector\(0\)", str(rules[item.alert]["expr"]))
    ]

    place = REFERENCES[name]().namespace
    assert judged(groups, tuple(elsewhere(item, place) for item in of_presence), tmp_path) == ""


@pytest.mark.parametrize("name", REFERENCES)
def test_every_alert_has_its_cases(name: str) -> None:
    assert {item.alert for item in cases(name)} == set(rules_of(name))


def test_every_file_of_cases_has_its_reference() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_labels_that_texts_quote_are_on_the_alert(name: str) -> None:
    rules = rules_of(name)

    for item in cases(name):
        missing = quoted_labels(rules[item.alert]) - item.labels
        assert not missing, f"{item.alert} quotes {missing}, which its cases do not find on it"


@workloads
def test_alerts_name_metrics_that_are_exposed(name: str) -> None:
    signals = REFERENCES[name]()
    told = {series for metric in signals.metrics for series in metric.series}

    named = {one for alert in signals.alerts for one in metric_names(alert.expression)}
    assert {one for one in named - told if not OF_OTHERS.fullmatch(one)} == set()


@workloads
def test_cases_name_metrics_that_are_exposed(name: str) -> None:
    signals = REFERENCES[name]()
    told = {series for metric in signals.metrics for series in metric.series}

    scraped = {
        series.split("{")[0]
        for item in cases(name)
        for case in (*item.fires, *item.quiet)
        for series in case.series
    }
    assert {one for one in scraped - told if not OF_OTHERS.fullmatch(one)} == set()


def test_every_alert_that_is_written_somewhere_is_among_the_references() -> None:
    known = {alert for name in REFERENCES for alert in rules_of(name)}

    missing = [
        pattern for pattern in _written() if not any(re.fullmatch(pattern, name) for name in known)
    ]
    assert missing == []


def test_every_alert_that_is_rendered_has_its_cases() -> None:
    tried = {item.alert for name in REFERENCES for item in cases(name)}

    rendered = {rule["alert"] for rule in _rendered()}
    assert rendered
    assert rendered - tried == set()


def _written() -> Iterator[str]:
    """Names that the library gives to alerts, as regular expressions: some begin with a prefix."""
    for path in (PROJECT / "constructs_lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Alert":
                for word in node.keywords:
                    if word.arg == "name" and isinstance(word.value, ast.Constant | ast.JoinedStr):
                        yield _pattern(word.value)


def _pattern(name: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(name, ast.Constant):
        return str(name.value)
    parts = (part.value if isinstance(part, ast.Constant) else "[A-Z]\\w+" for part in name.values)
    return "".join(str(part) for part in parts)


def _rendered() -> Iterator[dict[str, Any]]:
    """Alerting rules of every file in dist/: in ConfigMaps, and in PrometheusRules."""
    for path in (PROJECT / "dist").glob("*/*/*.k8s.yaml"):
        for item in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            for group in _groups(item):
                yield from (rule for rule in group["rules"] if "alert" in rule)


def _groups(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    texts = item.get("data", {}) if item["kind"] == "ConfigMap" else {}
    for text in texts.values():
        if re.search(r"^ *- alert: ", text, re.MULTILINE):
            yield from yaml.safe_load(text)["groups"]
    if item["kind"] == "PrometheusRule":
        yield from item["spec"]["groups"]
