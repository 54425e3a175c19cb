"""What services and workers tell of themselves, and which promises are refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps import charts
from apps.environments import LOCAL, PROD
from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests, Saturation
from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import OF_PROMETHEUS, Metric
from constructs_lib.service import NovaService, NovaServiceProps, NovaWorker
from tests.environments import MODERN, STAND_IN
from tests.promtool import check_rules, needs_promtool
from tests.service.cases import SERVICE
from tests.service.full import FULL_WORKER, WATCHED
from tests.service.full_service import FULL_SERVICE
from tests.service.rendering import kinds, new_chart, of_kind, rendered

METRICS = Metrics(
    port="http",
    exposes=(
        Metric("http_requests_total", kind="counter"),
        Metric("http_request_duration_seconds", kind="histogram", unit="s"),
        Metric("message_queue_length"),
    ),
)
PROMISED = replace(
    SERVICE,
    metrics=METRICS,
    requests=Requests(buckets=(0.1, 0.25, 1.0)),
    objectives=Objectives(
        latency=Latency(seconds=0.25), saturation=(Saturation("message_queue_length", above=9.0),)
    ),
)


def test_a_service_declares_its_signals_to_its_chart() -> None:
    chart = new_chart()
    service = NovaService(chart, "orders", PROMISED)
    assert chart.signals == (service.signals,)
    (target,) = service.signals.targets
    assert (target.name, target.pods, target.exposes) == (
        "shop/orders",
        service.pods,
        METRICS.exposes,
    )
    assert target.port == PROMISED.ports["http"]
    assert (service.signals.kind, service.signals.team) == ("service", "checkout")


def test_a_worker_declares_its_signals_too() -> None:
    chart = new_chart()
    worker = NovaWorker(chart, "orders", FULL_WORKER)
    assert chart.signals == (worker.signals,)


def test_without_metrics_only_its_owner_is_known() -> None:
    service = NovaService(new_chart(), "orders", SERVICE)
    found = service.signals
    assert (found.team, found.parts) == ("checkout", ("orders",))
    assert (found.targets, found.alerts, found.recordings) == ((), (), ())


def test_with_metrics_alone_it_can_only_be_down() -> None:
    service = NovaService(new_chart(), "orders", replace(SERVICE, metrics=Metrics(port="http")))
    assert {alert.name for alert in service.signals.alerts} == {"ServiceDown", "ServicePodDown"}
    assert service.signals.recordings == ()


def test_rules_are_rendered_where_the_cluster_takes_them() -> None:
    rule = of_kind(rendered(PROMISED, WATCHED), "PrometheusRule")
    assert rule["metadata"]["name"] == "orders"
    assert [g["name"] for g in rule["spec"]["groups"]] == [
        "shop-orders-recordings",
        "shop-orders-recordings-120s",
        "shop-orders",
    ]
    links = {
        r["annotations"]["runbook_url"]
        for group in rule["spec"]["groups"]
        for r in group["rules"]
        if "alert" in r
    }
    assert "https://docs.example.com/runbooks/service.md#serviceerrorbudgetburn" in links
    assert "PrometheusRule" not in kinds(rendered(PROMISED, MODERN))


def test_services_without_metrics_have_no_rules() -> None:
    assert "PrometheusRule" not in kinds(rendered(SERVICE, WATCHED))


@needs_promtool
@pytest.mark.parametrize("props", [PROMISED, FULL_SERVICE, FULL_WORKER])
def test_prometheus_takes_the_rules(props: NovaServiceProps, tmp_path: Path) -> None:
    rule = of_kind(rendered(props, WATCHED), "PrometheusRule")
    assert check_rules(rule["spec"]["groups"], tmp_path) == ""


@pytest.mark.parametrize("props", [PROMISED, FULL_SERVICE], ids=["promised", "full"])
def test_rules_name_only_what_is_exposed_or_recorded(props: NovaServiceProps) -> None:
    found = NovaService(new_chart(), "orders", props).signals
    known = {series for metric in found.metrics for series in metric.series}
    known |= OF_PROMETHEUS | {recording.name for recording in found.recordings}
    expressions = [item.expression for item in found.alerts]
    expressions += [item.expression for item in found.recordings]
    for expression in expressions:
        assert metric_names(expression) <= known


def test_the_chart_declares_nothing_of_a_service_that_is_refused() -> None:
    chart = new_chart()
    with pytest.raises(PropsError):
        NovaService(chart, "orders", replace(PROMISED, metrics=None))
    assert chart.signals == ()


def alert(expression: str) -> Alert:
    """An alert on ``expression``."""
    return Alert(name="Own", expression=expression, summary="So.", action="Act.")


UNLISTED = replace(METRICS, exposes=METRICS.exposes[2:])
REFUSED = {
    "objectives without metrics": (
        replace(PROMISED, metrics=None, requests=None),
        "objectives = .*: cannot be measured: it exposes no metrics",
    ),
    "requests without metrics": (
        replace(PROMISED, metrics=None, objectives=None),
        "requests = .*: cannot be measured",
    ),
    "alerts without metrics": (
        replace(SERVICE, alerts=(alert("a > 1"),)),
        "alerts = .*: cannot be measured",
    ),
    "availability without requests": (
        replace(PROMISED, requests=None),
        "objectives.availability = 99.9: .*or say availability=None",
    ),
    "availability of a histogram": (
        replace(PROMISED, requests=Requests(total=None)),
        "objectives.availability = 99.9: .*requests.total is None.*or say availability=None",
    ),
    "latency without requests": (replace(PROMISED, requests=None), "objectives.latency = "),
    "latency without durations": (
        replace(PROMISED, requests=Requests(duration=None)),
        "objectives.latency = .*requests.duration is None",
    ),
    "latency between buckets": (
        replace(PROMISED, objectives=Objectives(latency=Latency(seconds=0.3))),
        r"objectives.latency.seconds = 0.3: is no bucket .*; use 0.25",
    ),
    "total that is not exposed": (
        replace(PROMISED, requests=Requests(total="http_request_total")),
        r"requests.total = 'http_request_total': .*did you mean 'http_requests_total'\?",
    ),
    "duration that is not exposed": (
        replace(PROMISED, metrics=UNLISTED),
        "requests.duration = 'http_request_duration_seconds': is not among metrics.exposes",
    ),
    "total of another kind": (
        replace(PROMISED, requests=Requests(total="message_queue_length")),
        "requests.total = 'message_queue_length': is a gauge .*a counter is needed",
    ),
    "saturation that is not exposed": (
        replace(PROMISED, objectives=Objectives(saturation=(Saturation("queue", above=1.0),))),
        r"objectives.saturation\[0\].metric = 'queue': is not among",
    ),
    "alert on what is not exposed": (
        replace(PROMISED, alerts=(alert("message_queue_lenght > 1 and up == 1"),)),
        r"alerts\[0\].expression = 'message_queue_lenght': .*'message_queue_length'",
    ),
}


@pytest.mark.parametrize(("props", "why"), REFUSED.values(), ids=REFUSED)
def test_is_refused(props: NovaServiceProps, why: str) -> None:
    with pytest.raises(PropsError, match=why):
        NovaService(new_chart(), "orders", props)


def test_a_histogram_that_knows_the_status_counts_requests() -> None:
    counted = Requests(total="http_request_duration_seconds_count", buckets=(0.25,))
    found = NovaService(new_chart(), "orders", replace(PROMISED, requests=counted)).signals
    assert "service:errors:ratio_rate1h" in {item.name for item in found.recordings}


def test_nothing_is_recorded_of_failures_that_nobody_tells() -> None:
    props = replace(
        PROMISED,
        requests=Requests(total=None, buckets=(0.25,)),
        objectives=Objectives(availability=None, latency=Latency(seconds=0.25)),
    )
    found = NovaService(new_chart(), "orders", props).signals
    assert not [item.name for item in found.recordings if item.name.startswith("service:errors:")]


def test_metrics_that_nobody_lists_are_not_checked() -> None:
    unlisted = replace(PROMISED, metrics=Metrics(port="http"))
    assert NovaService(new_chart(), "orders", unlisted).signals.recordings


@pytest.mark.parametrize(
    "expression",
    ["kube_pod_status_ready == 0", "up == 0", "container_memory_rss > 1", "a:b:c > 1"],
)
def test_alerts_may_name_what_kubernetes_and_prometheus_tell(expression: str) -> None:
    own = replace(PROMISED, alerts=(alert(expression),))
    names = [item.name for item in NovaService(new_chart(), "orders", own).signals.alerts]
    assert names[-1] == "Own"


def test_own_alerts_name_the_service() -> None:
    own = replace(PROMISED, alerts=(replace(alert("up == 0"), labels={"service": "other"}),))
    found = NovaService(new_chart(), "orders", own).signals.alerts[-1]
    assert found.labels == {"namespace": "shop", "service": "other"}


def test_a_service_that_scales_to_nothing_is_not_down_then() -> None:
    idle = replace(PROMISED, replicas=0)
    assert "ServiceDown" not in {
        item.name for item in NovaService(new_chart(), "orders", idle).signals.alerts
    }
    busy = replace(PROMISED, autoscaling=Autoscaling(minimum=2, maximum=4, cpu=70))
    assert "ServiceDown" in {
        item.name for item in NovaService(new_chart(), "orders", busy).signals.alerts
    }


def test_nobody_is_told_that_a_stand_in_lacks_the_metrics_of_what_it_stands_in_for() -> None:
    props = replace(PROMISED, image=AppImage("orders", tag="v1"))

    def names(environment: Environment) -> set[str]:
        signals = NovaService(new_chart(environment), "orders", props).signals
        return {alert.name for alert in signals.alerts}

    assert names(MODERN) - names(STAND_IN) == {"ServiceMetricsAbsent"}


def test_local_is_stood_in_and_its_alerts_do_not_ask_for_metrics_that_never_come() -> None:
    def asked(environment: Environment) -> set[str]:
        return {
            signals.name
            for chart in charts(environment)
            for signals in chart.signals
            if "ServiceMetricsAbsent" in {alert.name for alert in signals.alerts}
        }

    assert len(asked(PROD)) > 3
    assert asked(LOCAL) == set()
