"""Metrics, alerts and the rules that come of them."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import Alert, alert_rule
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests, Saturation
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Metric, Recording, Signals
from constructs_lib.values import Value, check
from tests.environments import MODERN
from tests.promtool import check_rules

DOWN = Alert(name="ShopDown", expression="up == 0", summary="It is down.", action="Start it.")
SIGNALS = Signals(
    kind="redis",
    name="cache",
    app="shop",
    namespace="shop-data",
    team="checkout",
    alerts=(DOWN,),
    recordings=(Recording(name="shop:up:sum", expression="sum(up)", labels={"a": "b"}),),
)
BASE = "https://docs.example.com/runbooks"


@pytest.mark.parametrize(
    ("kind", "series"),
    [
        ("gauge", ("m",)),
        ("counter", ("m",)),
        ("histogram", ("m_bucket", "m_sum", "m_count")),
        ("summary", ("m", "m_sum", "m_count")),
    ],
)
def test_series_of_a_metric(kind: str, series: tuple[str, ...]) -> None:
    assert Metric("m", kind=kind).series == series  # type: ignore[arg-type]


def test_a_rule_links_to_its_section_of_the_kinds_page() -> None:
    groups = rule_groups(SIGNALS, runbooks=BASE)
    (rule,) = groups[1]["rules"]
    assert rule["annotations"]["runbook_url"] == f"{BASE}/redis.md#shopdown"


def test_a_page_of_its_own_goes_before_the_kinds() -> None:
    rule = alert_rule(replace(DOWN, page="proxies"), {}, runbooks=BASE, page="redis")
    assert rule["annotations"]["runbook_url"] == f"{BASE}/proxies.md#shopdown"


def test_without_runbooks_there_is_no_link() -> None:
    (rule,) = rule_groups(SIGNALS, runbooks=None)[1]["rules"]
    assert rule["annotations"].keys() == {"summary", "description"}


def test_rules_carry_severity_team_and_the_alerts_own_labels() -> None:
    labelled = replace(SIGNALS, alerts=(replace(DOWN, severity="critical", labels={"a": "b"}),))
    (rule,) = rule_groups(labelled, runbooks=BASE)[1]["rules"]
    assert rule["labels"] == {"severity": "critical", "team": "checkout", "a": "b"}


def test_groups_hold_what_is_recorded_and_what_alarms() -> None:
    names = [group["name"] for group in rule_groups(SIGNALS, runbooks=None)]
    assert names == ["shop-cache-recordings", "shop-cache"]
    recorded = rule_groups(SIGNALS, runbooks=None)[0]["rules"]
    assert recorded == [{"record": "shop:up:sum", "expr": "sum(up)", "labels": {"a": "b"}}]


def test_signals_without_rules_make_no_group() -> None:
    assert rule_groups(replace(SIGNALS, alerts=(), recordings=()), runbooks=BASE) == []


REFUSED: list[tuple[Value, str]] = [
    (Metric("a-b"), "is no metric"),
    (Metrics(exposes=(Metric("a"), Metric("a"))), "is listed twice"),
    (replace(DOWN, page="a.md"), "is no page"),
    (replace(DOWN, labels={"a-b": "c"}), "is no label"),
    (Requests(total=None, duration=None), "counts nothing"),
    (Requests(total="a b"), "is no metric"),
    (Requests(status="a-b"), "is no label"),
    (Requests(failed='"'), "is no such expression"),
    (Requests(failed="5(."), "failed = .*: is no regular expression of Prometheus"),
    (Requests(failed="(?!404)[45].."), "failed = .*: is no regular expression of Prometheus"),
    (Requests(buckets=(0.0,)), "hold no time"),
    (replace(DOWN, expression="sum(rate(x[5m]) > 1"), "expression = .*: is no PromQL: unclosed"),
    (replace(DOWN, expression="rate(x) > 1"), "is no PromQL: expected type"),
    (replace(DOWN, expression='x{y=~"(?!z)"} > 1'), "is no PromQL: illegal regex"),
    (replace(DOWN, expression="x[5m]"), "returns no values at one time"),
    (Recording(name="a:b:c", expression="sum(x"), "expression = .*: is no PromQL"),
    (replace(DOWN, summary="{{ $labels.pod"), "summary = .*: has a {{ without its }}"),
    (replace(DOWN, summary="{{ $labels.pod } of {{ $value }}"), "has a {{ without its }}"),
    (replace(DOWN, action="kubectl logs {{ }}"), "action = .*: quotes nothing"),
    (replace(DOWN, action="{{ $label.pod }}"), r"names \$label, which nobody sets"),
    (replace(DOWN, action="{{ if $value }}so"), "does not end each of its blocks"),
    (replace(DOWN, labels={"pod": "{{ $labels.pod"}), r"labels\['pod'\] = .*: has a {{ without"),
    (Latency(seconds=0.0), "is no time"),
    (Latency(seconds=1.0, percent=100.0), "leaves no error budget"),
    (Latency(seconds=math.inf), "is no time"),
    (Requests(buckets=(0.1, math.inf)), "hold no time"),
    (Saturation("queue_length", above=math.inf), "above = inf: is no number"),
    (Saturation("queue_length", above=math.nan), "above = nan: is no number"),
    (Saturation("queue-length", above=1.0), "is no metric"),
    (Objectives(availability=100.0), "leaves no error budget"),
    (Objectives(window_days=0), "is no window"),
    (replace(MODERN, runbooks="https://docs.example.com/"), "is no address to link to"),
    (replace(MODERN, runbooks="docs.example.com"), "is no address to link to"),
]


@pytest.mark.parametrize(("value", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_is_refused(value: Value, why: str) -> None:
    with pytest.raises(PropsError, match=why):
        check("test", value, type(value))


@pytest.mark.parametrize(
    "summary",
    [
        "{{ $value }} of {{- $labels.pod -}} }",
        "{{ with $x := $value }}{{ $x | humanize }}{{ end }}",
        '{{ range $i, $it := query "up" }}{{ $i }}{{ else }}none{{ end }}',
        "{{ if gt $value 1.0 }}{{ $externalLabels.environment }}{{ end }}",
        '{{ reReplaceAll "(.*):.*" "$1" $labels.pod }}',
        '{{ "{{" }} is how it begins',
    ],
)
def test_texts_may_be_what_prometheus_reads(summary: str, tmp_path: Path) -> None:
    alert = replace(DOWN, summary=summary)
    check("test", alert, Alert)
    if shutil.which("promtool"):
        assert (
            check_rules(rule_groups(replace(SIGNALS, alerts=(alert,)), runbooks=None), tmp_path)
            == ""
        )


@pytest.mark.parametrize(
    "expression",
    [
        r"x{a=~`\d+`} > 0",
        r'label_replace(up, "a", "${1}", "b", `(.*)-\d+`) == 0',
        "holt_winters(a_gauge[5m], 0.5, 0.5) > 1",
        r'x{a="`"} > 0  # and `\d`',
    ],
)
def test_expressions_may_be_what_prometheus_reads(expression: str, tmp_path: Path) -> None:
    alert = replace(DOWN, expression=expression)
    check("test", alert, Alert)
    if shutil.which("promtool"):
        groups = rule_groups(replace(SIGNALS, alerts=(alert,)), runbooks=None)
        assert check_rules(groups, tmp_path) == ""


@pytest.mark.parametrize("base", ["https://a.example/b", "http://runbooks:8080", None])
def test_addresses_of_runbooks(base: str | None) -> None:
    value = replace(MODERN, runbooks=base)
    check("test", value, type(value))


def test_what_is_recorded_seldom_has_a_group_of_its_own() -> None:
    seldom = Recording(name="shop:up:sum1d", expression="sum(up)", interval_seconds=120)
    groups = rule_groups(replace(SIGNALS, recordings=(*SIGNALS.recordings, seldom)), runbooks=None)

    assert [(group["name"], group.get("interval"), len(group["rules"])) for group in groups] == [
        ("shop-cache-recordings", None, 1),
        ("shop-cache-recordings-120s", "120s", 1),
        ("shop-cache", None, 1),
    ]


@pytest.mark.parametrize(("seconds", "why"), [(0, "must be positive"), (141, "is too long")])
def test_a_scrape_so_seldom_that_queries_find_nothing_is_refused(seconds: int, why: str) -> None:
    with pytest.raises(PropsError, match=f"interval_seconds = {seconds}: {why}"):
        check("test", Metrics(interval_seconds=seconds), Metrics)


@pytest.mark.parametrize("seconds", [0, 141])
def test_values_that_queries_would_not_find_are_refused(seconds: int) -> None:
    seldom = Recording(name="shop:up:sum", expression="sum(up)", interval_seconds=seconds)

    (problem,) = seldom.problems()
    assert problem.field == "interval_seconds"
