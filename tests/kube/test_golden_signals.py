"""What is recorded and alarms of a service, judged by Prometheus' own tool."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.kube.burn_rates import FAST, SLOW, factor_of
from constructs_lib.kube.golden_signals import alerts
from constructs_lib.kube.objectives import Latency, Objectives, Presence, Requests, Saturation
from constructs_lib.kube.promql import metric_names, number_text
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.service_recordings import bucket_of, recordings
from constructs_lib.kube.signals import OF_PROMETHEUS, Signals
from constructs_lib.kube.subject import Subject
from constructs_lib.values import problems_in
from tests.promtool import check_rules, needs_promtool, rule_tests

PROMISED = Objectives(
    availability=99.0,
    latency=Latency(seconds=1, percent=95.0),
    saturation=(Saturation("queue_length", above=100.0),),
)
SUBJECT = Subject(name="orders", namespace="shop", requests=Requests(), objectives=PROMISED)
HISTOGRAM_ALONE = replace(
    SUBJECT,
    requests=Requests(total=None, duration="catga_request_duration"),
    objectives=Objectives(availability=None, latency=Latency(seconds=0.5)),
)
POD = 'namespace="shop", pod="orders-6d5f7c9b4-x2x2x"'
LABELS = {"namespace": "shop", "service": "orders", "team": "checkout"}


def groups(subject: Subject) -> list[dict[str, Any]]:
    """Rules of ``subject``."""
    signals = Signals(
        kind="service",
        name=subject.name,
        app="shop",
        namespace=subject.namespace,
        team="checkout",
        recordings=recordings(subject),
        alerts=alerts(subject),
    )
    return rule_groups(signals, runbooks=None)


def requests(ok: str, failed: str, fast: str = "0x240", slow: str = "0x240") -> dict[str, str]:
    """Series of a pod: answers by status, and how many took less than a second and longer."""
    return {
        f"up{{{POD}}}": "1x240",
        f'http_requests_total{{{POD}, status="200"}}': ok,
        f'http_requests_total{{{POD}, status="500"}}': failed,
        f'http_request_duration_seconds_bucket{{{POD}, le="1.0"}}': fast,
        f'http_request_duration_seconds_bucket{{{POD}, le="+Inf"}}': slow,
        f"http_request_duration_seconds_count{{{POD}}}": slow,
    }


def firing(series: dict[str, str], at: str, folder: Path, **expected: list[str]) -> str:
    """What differs from alerts firing with the expected severities, after ``at``."""
    names = {alert.name for alert in alerts(SUBJECT)}
    found = [
        {
            "eval_time": at,
            "expr": f'count by (severity) (ALERTS{{alertname="{name}", alertstate="firing"}})',
            "exp_samples": [
                {"labels": f'{{severity="{severity}"}}', "value": 1}
                for severity in expected.get(name, [])
            ],
        }
        for name in sorted(names)
    ]
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    case = {"interval": "1m", "input_series": inputs, "promql_expr_test": found}
    return rule_tests(groups(SUBJECT), [case], folder)


@needs_promtool
@pytest.mark.parametrize(
    "subject",
    [
        SUBJECT,
        HISTOGRAM_ALONE,
        replace(SUBJECT, requests=None, objectives=Objectives(availability=None)),
        replace(SUBJECT, requests=Requests(duration=None), objectives=Objectives()),
        replace(SUBJECT, objectives=None),
        replace(SUBJECT, name="o" * 53),
    ],
    ids=["full", "duration-only", "no-requests", "no-duration", "no-promise", "long-name"],
)
def test_prometheus_takes_the_rules(subject: Subject, tmp_path: Path) -> None:
    assert check_rules(groups(subject), tmp_path) == ""


@needs_promtool
def test_all_is_well(tmp_path: Path) -> None:
    series = requests("0+100x240", "0x240", fast="0+100x240", slow="0+100x240")
    assert firing(series, "4h", tmp_path) == ""


@needs_promtool
def test_failures_burn_the_budget(tmp_path: Path) -> None:
    # A fifth of all, where 1 % may fail.
    series = requests("0+80x240", "0+20x240", fast="0+100x240", slow="0+100x240")
    expected = {"ServiceErrorBudgetBurn": ["critical", "warning"]}
    assert firing(series, "2h", tmp_path, **expected) == ""


@needs_promtool
def test_an_alert_ends_soon_after_its_cause(tmp_path: Path) -> None:
    series = requests("0+80x60 4880+100x180", "0+20x60 1200x180", "0+100x240", "0+100x240")
    after = {"ServiceErrorBudgetBurn": ["critical", "warning"]}
    assert firing(series, "1h", tmp_path, **after) == ""
    # After 35 minutes the windows of 5 and 30 minutes hold none; that of two hours does.
    assert firing(series, "1h40m", tmp_path, ServiceErrorBudgetBurn=["warning"]) == ""


@needs_promtool
def test_slow_answers_burn_the_budget(tmp_path: Path) -> None:
    # All of them, where 5 % may be slow. Classic clients write the bucket as "1".
    series = requests("0+100x240", "0x240", fast="0x240", slow="0+100x240")
    series = {name.replace('"1.0"', '"1"'): values for name, values in series.items()}
    expected = {"ServiceLatencyBudgetBurn": ["critical", "warning"]}
    assert firing(series, "2h", tmp_path, **expected) == ""


@needs_promtool
def test_a_full_queue_alarms(tmp_path: Path) -> None:
    series = requests("0+100x240", "0x240", "0+100x240", "0+100x240")
    series[f"queue_length{{{POD}}}"] = "101x240"
    assert firing(series, "1h", tmp_path, ServiceSaturated=["warning"]) == ""
    series[f"queue_length{{{POD}}}"] = "100x240"
    assert firing(series, "1h", tmp_path) == ""


@needs_promtool
def test_a_service_that_is_gone_is_down(tmp_path: Path) -> None:
    assert firing({"up": "1x240"}, "10m", tmp_path, ServiceDown=["critical"]) == ""
    other = {'up{namespace="shop", pod="orders-worker-6d5f7c9b4-x2x2x"}': "1x240"}
    assert firing(other, "10m", tmp_path, ServiceDown=["critical"]) == ""


@needs_promtool
def test_a_pod_of_several_that_does_not_answer_can_wait(tmp_path: Path) -> None:
    series = requests("0+100x240", "0x240", "0+100x240", "0+100x240")
    series['up{namespace="shop", pod="orders-6d5f7c9b4-y3y3y"}'] = "0x240"
    assert firing(series, "1h", tmp_path, ServicePodDown=["warning"]) == ""


@needs_promtool
def test_metrics_of_requests_that_are_not_there(tmp_path: Path) -> None:
    series = {f"up{{{POD}}}": "1x240"}
    assert firing(series, "2h", tmp_path, ServiceMetricsAbsent=["warning"]) == ""


@needs_promtool
@pytest.mark.parametrize(("bucket", "alarms"), [("0.5", 0), ("2.5", 1)])
def test_a_histogram_alone_needs_no_status(bucket: str, alarms: int, tmp_path: Path) -> None:
    series = {
        f"up{{{POD}}}": "1x90",
        f"catga_request_duration_count{{{POD}}}": "0+1x90",
        f'catga_request_duration_bucket{{{POD}, le="{bucket}"}}': "0+1x90",
    }
    found = {
        "eval_time": "90m",
        "expr": 'count(ALERTS{alertname="ServiceMetricsAbsent", alertstate="firing"})',
        "exp_samples": [{"labels": "{}", "value": 1}] * alarms,
    }
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    case = {"interval": "1m", "input_series": inputs, "promql_expr_test": [found]}
    assert rule_tests(groups(HISTOGRAM_ALONE), [case], tmp_path) == ""


@needs_promtool
def test_requests_that_stop(tmp_path: Path) -> None:
    series = requests("0+60x120 7200x120", "0x240", "0+60x120 7200x120", "0+60x120 7200x120")
    assert firing(series, "2h30m", tmp_path, ServiceRequestsStopped=["warning"]) == ""
    idle = requests("0+1x120 120x120", "0x240", "0+1x120 120x120", "0+1x120 120x120")
    assert firing(idle, "2h30m", tmp_path) == ""


@needs_promtool
def test_the_budget_that_is_left(tmp_path: Path) -> None:
    # Half a percent fails, of one that may.
    series = requests("0+199x240", "0+1x240", fast="0+200x240", slow="0+200x240")
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    left = {
        "expr": "round(service:error_budget:left_ratio, 0.001)",
        "eval_time": "2h",
        "exp_samples": [{"labels": '{namespace="shop", service="orders"}', "value": 0.5}],
    }
    case = {"interval": "1m", "input_series": inputs, "promql_expr_test": [left]}
    assert rule_tests(groups(SUBJECT), [case], tmp_path) == ""


def test_a_service_that_may_have_no_pods_is_not_down() -> None:
    scaled = replace(SUBJECT, expects_pods=False)
    assert "ServiceDown" not in {alert.name for alert in alerts(scaled)}
    assert "ServiceDown" in {alert.name for alert in alerts(SUBJECT)}


@pytest.mark.parametrize(
    ("seconds", "matcher"),
    [(1, 'le=~"1([.]0)?"'), (0.25, 'le="0.25"'), (10.0, 'le=~"10([.]0)?"'), (0.005, 'le="0.005"')],
)
def test_buckets_are_found_however_they_are_written(seconds: float, matcher: str) -> None:
    assert bucket_of(seconds) == matcher


@needs_promtool
def test_a_large_bound_is_written_in_full(tmp_path: Path) -> None:
    full = replace(
        SUBJECT,
        requests=None,
        objectives=Objectives(availability=None, saturation=(Saturation("q", above=1048575),)),
    )
    (alert,) = [item for item in alerts(full) if item.name == "ServiceSaturated"]
    assert "above 1048575." in alert.summary
    case = {
        "interval": "1m",
        "input_series": [{"series": f"q{{{POD}}}", "values": "1048576x60"}],
        "promql_expr_test": [
            {
                "expr": 'count(ALERTS{alertname="ServiceSaturated", alertstate="firing"})',
                "eval_time": "1h",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
        ],
    }
    assert rule_tests(groups(full), [case], tmp_path) == ""


def test_a_high_promise_is_written_in_full() -> None:
    strict = replace(SUBJECT, objectives=Objectives(availability=99.99999))
    (text, *_) = [item for item in alerts(strict) if item.name == "ServiceErrorBudgetBurn"]
    assert "99.99999 % succeed" in text.summary
    assert f"> {14.4 * 1e-7:g} and" in text.expression


@pytest.mark.parametrize(
    ("number", "text"),
    [(1000, "1000"), (1000.0, "1000"), (1048575.5, "1048575.5"), (0.1, "0.1"), (-5, "-5")],
)
def test_numbers_are_written_in_full(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("days", "factors"),
    [(30, [14.4, 6, 3, 1]), (28, [13.44, 5.6, 2.8, 1]), (7, [3.36, 1.4, 1, 1])],
)
def test_factors_use_up_the_same_share_of_any_window(days: int, factors: list[float]) -> None:
    assert [factor_of(burn, days) for burn in (*FAST, *SLOW)] == factors


def test_speeds_that_no_outage_reaches_are_left_out() -> None:
    lax = replace(SUBJECT, objectives=Objectives(availability=90.0))
    (critical,) = [
        alert
        for alert in alerts(lax)
        if alert.name == "ServiceErrorBudgetBurn" and alert.severity == "critical"
    ]
    assert "ratio_rate1h" not in critical.expression
    assert "ratio_rate6h" in critical.expression


def test_alerts_name_only_what_is_recorded_or_declared() -> None:
    known = {recording.name for recording in recordings(SUBJECT)} | OF_PROMETHEUS
    known |= {"http_requests_total", "http_request_duration_seconds_bucket", "queue_length"}
    for alert in alerts(SUBJECT):
        assert metric_names(alert.expression) <= known


def test_everything_names_the_service() -> None:
    labels = {"namespace": "shop", "service": "orders"}
    assert all(recording.labels == labels for recording in recordings(SUBJECT))
    assert all(labels.items() <= alert.labels.items() for alert in alerts(SUBJECT))


def test_every_alert_has_its_section_of_the_runbook() -> None:
    page = Path(__file__).parents[2] / "docs" / "runbooks" / "service.md"
    sections = {line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "## "}
    assert {f"## {alert.name}" for alert in alerts(SUBJECT)} <= sections


@needs_promtool
def test_what_nobody_misses_until_the_morning_wakes_nobody(tmp_path: Path) -> None:
    quiet = replace(SUBJECT, presence=Presence(severity="warning", lasts="15m"))

    def told(at: str, *severities: str) -> str:
        expected = [{"labels": f'{{severity="{item}"}}', "value": 1} for item in severities]
        firing = 'ALERTS{alertname="ServiceDown", alertstate="firing"}'
        found = {"eval_time": at, "expr": f"count by (severity) ({firing})"}
        case = {
            "interval": "1m",
            "input_series": [{"series": "up", "values": "1x240"}],
            "promql_expr_test": [{**found, "exp_samples": expected}],
        }
        return rule_tests(groups(quiet), [case], tmp_path)

    # A pod that was moved to another node answers again by then.
    assert told("10m") == ""
    assert told("20m", "warning") == ""


def test_a_presence_without_a_duration_is_refused() -> None:
    (problem,) = problems_in(Presence(lasts="soon"))

    assert (problem.field, problem.why) == ("lasts", "is not a duration")


def test_long_windows_are_recorded_seldom_and_from_what_is_recorded() -> None:
    raw = {"http_requests_total", "http_request_duration_seconds_bucket"}
    raw |= {"http_request_duration_seconds_count"}
    seldom = [item for item in recordings(SUBJECT) if item.interval_seconds is not None]

    assert {item.name for item in seldom} == {
        *(f"service:{bad}:ratio_rate{w}" for bad in ("errors", "slow") for w in ("6h", "1d", "3d")),
        "service:error_budget:left_ratio",
        "service:latency_budget:left_ratio",
    }
    for item in seldom:
        assert metric_names(item.expression).isdisjoint(raw)


@needs_promtool
def test_long_windows_hold_the_share_of_all_their_requests(tmp_path: Path) -> None:
    # Two hours of ten a minute that all fail, then two of a thousand that all succeed.
    series = requests("0x120 0+1000x120", "0+10x120 1200x120", "0+10x240", "0+10x240")
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    share = {
        "expr": "round(service:errors:ratio_rate6h, 0.001)",
        "eval_time": "4h",
        "exp_samples": [{"labels": '{namespace="shop", service="orders"}', "value": 0.01}],
    }
    case = {"interval": "1m", "input_series": inputs, "promql_expr_test": [share]}
    assert rule_tests(groups(SUBJECT), [case], tmp_path) == ""


def test_what_stands_in_is_not_asked_for_metrics_of_requests() -> None:
    names = {alert.name for alert in alerts(replace(SUBJECT, stood_in=True))}

    assert {alert.name for alert in alerts(SUBJECT)} - names == {"ServiceMetricsAbsent"}
