"""Rules of dist/prod: those that the cases are tried on, but for names and figures."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.kube.golden_signals import alerts
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from tests.kube.test_golden_signals import HISTOGRAM_ALONE
from tests.observability.alert_cases import AlertCases, Case, cases, judged
from tests.observability.reference import REFERENCES, stack_parts
from tests.promtool import needs_promtool

PROD = Path(__file__).parents[2] / "dist" / "prod"
_TEXT = re.compile(r'"[^"]*"')
_NUMBER = re.compile(r"(?<![\w.:])[0-9][0-9.e+-]*(?![\w:])")

SERVICE = ("nova-services", "user-service")
"""Namespace and name of one whose objectives are those that the cases are about, but for 0.5 s."""


@cache
def rendered() -> Mapping[str, list[Any]]:
    """Groups of rules by file, ``<namespace>.<workload>.yaml``."""
    found: dict[str, list[Any]] = {}
    for path in sorted(PROD.glob("*/*.k8s.yaml")):
        for item in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            if item["kind"] == "ConfigMap" and "-rules-" in item["metadata"]["name"]:
                for name, text in item["data"].items():
                    found[name] = yaml.load(text, Loader=yaml.CSafeLoader)["groups"]
    return found


def shape(rule: Mapping[str, Any]) -> tuple[str, str, str]:
    """A rule without names and figures: expression, time and severity."""
    text = rule["expr"].replace("catga_request_duration", "http_request_duration_seconds")
    text = text.replace(rule["labels"].get("metric", "message_queue_length"), "a_gauge")
    return (
        _NUMBER.sub("0", _TEXT.sub('""', text)),
        rule.get("for", "0s"),
        rule["labels"]["severity"],
    )


def histogram_alone() -> Signals:
    """A service that counts requests by their durations; `test_golden_signals.py` tries it."""
    return replace(REFERENCES["service"](), alerts=tuple(alerts(HISTOGRAM_ALONE)))


@cache
def tried() -> Mapping[str, set[tuple[str, str, str]]]:
    """Shapes of the references' rules, by alert."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    references = (reference() for reference in REFERENCES.values())
    for signals in (*references, *stack_parts().values(), histogram_alone()):
        for group in rule_groups(signals, runbooks=None):
            for rule in group["rules"]:
                if "alert" in rule:
                    found.setdefault(rule["alert"], set()).add(shape(rule))
    return found


@pytest.mark.parametrize("file", rendered())
def test_every_rendered_alert_is_of_a_form_that_is_tried(file: str) -> None:
    found = [rule for group in rendered()[file] for rule in group["rules"] if "alert" in rule]

    for rule in found:
        assert shape(rule) in tried()[rule["alert"]], rule


@needs_promtool
def test_the_rules_of_a_rendered_service_fire_and_keep_quiet(tmp_path: Path) -> None:
    namespace, name = SERVICE
    groups = rendered()[f"{namespace}.{name}.yaml"]
    known = {rule.get("alert") for group in groups for rule in group["rules"]}
    found = tuple(about(item) for item in cases("service") if item.alert in known)

    assert len(found) > 4
    assert judged(groups, found, tmp_path) == ""


def about(item: AlertCases) -> AlertCases:
    """The cases of the reference, told of that service."""
    return replace(
        item, fires=tuple(map(_renamed, item.fires)), quiet=tuple(map(_renamed, item.quiet))
    )


def _renamed(case: Case) -> Case:
    namespace, name = SERVICE
    renamed = {"shop": namespace, "orders": name}

    def told(text: str) -> str:
        here = text.replace('namespace="shop"', f'namespace="{namespace}"')
        here = here.replace('pod="orders-7d9c5b8f4', f'pod="{name}-7d9c5b8f4')
        # Its promise is about half a second, and the bucket above is 1.
        return here.replace('le="0.25"', 'le="0.5"')

    return replace(
        case,
        series={told(series): values for series, values in case.series.items()},
        labels={
            label: renamed.get(text, text.replace("orders-7d9c5b8f4", f"{name}-7d9c5b8f4"))
            for label, text in case.labels.items()
        },
    )
