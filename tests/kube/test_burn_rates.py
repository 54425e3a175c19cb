"""Windows and speeds at which an error budget alarms: the table of the SRE workbook, and no other.

https://sre.google/workbook/alerting-on-slos/#recommended_parameters_for_an_slo_based_alerting_configuration
"""

from pathlib import Path

import pytest

from constructs_lib.kube.burn_rates import FAST, SLOW
from constructs_lib.kube.golden_signals import alerts
from constructs_lib.kube.objectives import Objectives, Requests
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.service_recordings import recordings
from constructs_lib.kube.signals import Signals
from constructs_lib.kube.subject import Subject
from tests.promtool import needs_promtool, rule_tests

SUBJECT = Subject(
    name="orders",
    namespace="shop",
    requests=Requests(duration=None),
    objectives=Objectives(availability=99.0),
)
SIGNALS = Signals(
    kind="service",
    name="orders",
    app="shop",
    namespace="shop",
    team="checkout",
    recordings=recordings(SUBJECT),
    alerts=tuple(item for item in alerts(SUBJECT) if item.name == "ServiceErrorBudgetBurn"),
)
POD = 'namespace="shop", pod="orders-6d5f7c9b4-x2x2x"'
HOUR = 60

CASES: dict[str, tuple[list[tuple[float, float]], list[str]]] = {
    # Hours, and the percentage of a thousand requests a minute that fail in them; 1 % may.
    "20 % for an hour": ([(6, 0), (1, 20)], ["critical", "warning"]),
    "20 % for an hour, and over for ten minutes": ([(6, 0), (1, 20), (1 / 6, 0)], ["warning"]),
    "8 % for six hours": ([(6, 8)], ["critical", "warning"]),
    "4 % for six hours, after clean ones": ([(20, 0), (6, 4)], []),
    "4 % for most of a day": ([(4, 0), (20, 4)], ["warning"]),
    "5 % for a day, and over for six hours": ([(24, 5), (6.5, 0)], []),
    "1.5 % for a day, after clean hours": ([(14, 0), (24, 1.5)], []),
    "1.5 % for as long as anybody knows": ([(10, 1.5)], ["warning"]),
}
"""What happened, and with which severities the alert fires then."""


def test_windows_are_those_of_the_workbook() -> None:
    assert [(burn.factor, burn.long, burn.short) for burn in FAST] == [
        (14.4, "1h", "5m"),
        (6, "6h", "30m"),
    ]
    assert [(burn.factor, burn.long, burn.short) for burn in SLOW] == [
        (3, "1d", "2h"),
        (1, "3d", "6h"),
    ]


def counters(spans: list[tuple[float, float]]) -> dict[str, str]:
    """Values of the counter by status, one a minute."""
    written: dict[str, list[str]] = {"200": ["0"], "500": ["0"]}
    reached = {"200": 0, "500": 0}
    for hours, percent in spans:
        failed = round(percent * 10)
        for status, step in (("200", 1000 - failed), ("500", failed)):
            minutes = round(hours * HOUR)
            written[status].append(f"{reached[status] + step}+{step}x{minutes - 1}")
            reached[status] += step * minutes
    return {
        f'http_requests_total{{{POD}, status="{status}"}}': " ".join(values)
        for status, values in written.items()
    }


@needs_promtool
@pytest.mark.parametrize("name", CASES)
def test_an_error_budget_alarms(name: str, tmp_path: Path) -> None:
    spans, severities = CASES[name]
    series = [{"series": name, "values": values} for name, values in counters(spans).items()]
    firing = 'ALERTS{alertname="ServiceErrorBudgetBurn", alertstate="firing"}'
    expected = {
        "expr": f"count by (severity) ({firing})",
        "eval_time": f"{round(sum(hours for hours, _ in spans) * HOUR)}m",
        "exp_samples": [{"labels": f'{{severity="{item}"}}', "value": 1} for item in severities],
    }
    case = {"interval": "1m", "input_series": series, "promql_expr_test": [expected]}
    assert rule_tests(rule_groups(SIGNALS, runbooks=None), [case], tmp_path) == ""
