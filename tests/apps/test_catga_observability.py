"""The stack that catga has of its own."""

# ruff: noqa: N802  (a test bears the id of its row)

import pytest

from tests.apps.rendered import Flow, Rendered, main_container
from tests.apps.stacks import Stack, wanted_port
from tests.apps.ways import connects

NAMESPACE = "catga-cluster"
SERVICES = ("order-api", "order-service", "notification-service")

services = pytest.mark.parametrize("name", SERVICES)


@pytest.fixture
def own(every: Rendered) -> Stack:
    return Stack(every, NAMESPACE)


def _recorded(stack: Stack, record: str) -> dict[str, str]:
    """Expressions of a series by the service that they are of."""
    return {
        rule["labels"]["service"]: rule["expr"]
        for rule in stack.recordings
        if rule["record"] == record
    }


def test_G10_the_rate_of_requests_is_recorded_by_service(own: Stack) -> None:
    rates = _recorded(own, "service:requests:rate5m")

    assert rates.keys() == set(SERVICES)
    for name, expression in rates.items():
        assert "rate(catga_request_duration_count{" in expression
        assert f'namespace="{NAMESPACE}", pod=~"{name}-' in expression


def test_G10_P95_of_requests_is_recorded_by_service(own: Stack) -> None:
    latencies = _recorded(own, "service:duration_seconds:p95_rate5m")

    assert latencies.keys() == set(SERVICES)
    for name, expression in latencies.items():
        assert expression.startswith("histogram_quantile(0.95, ")
        assert f'catga_request_duration_bucket{{namespace="{NAMESPACE}", pod=~"{name}-' in (
            expression
        )


def test_G10_processors_in_use_are_recorded_by_pod(own: Stack) -> None:
    (rule,) = [r for r in own.recordings if r["record"] == "pod:container_cpu_usage_seconds:rate5m"]
    job = own.jobs["nodes/cadvisor"]
    kept = job["metric_relabel_configs"][0]["regex"]

    assert rule["expr"] == (
        'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))'
    )
    assert "container_cpu_usage_seconds_total" in kept
    assert kept.endswith(f";({NAMESPACE})")


def test_G10_dashboards_draw_what_is_recorded(own: Stack) -> None:
    drawn = "\n".join(own.drawn)
    for record in (
        "service:requests:rate5m",
        "service:duration_seconds:p95_rate5m",
        "pod:container_cpu_usage_seconds:rate5m",
    ):
        assert f"{record}{{" in drawn


def test_G9_catga_is_watched_by_its_own_prometheus_alone(every: Rendered, own: Stack) -> None:
    shared = Stack(every, "observability")

    assert {f"{NAMESPACE}/{name}" for name in SERVICES} <= own.jobs.keys()
    assert not [name for name in shared.jobs if name.startswith(NAMESPACE)]
    assert not [name for name in own.jobs if name.startswith("nova")]
    for name in SERVICES:
        item = every("Deployment", name, namespace=NAMESPACE)
        assert connects(every, own.prometheus, item, 8080)
        assert not connects(every, shared.prometheus, item, 8080)


@services
def test_G9_traces_go_to_catgas_own_jaeger(every: Rendered, name: str) -> None:
    item = every("Deployment", name, namespace=NAMESPACE)
    jaeger = every("StatefulSet", "jaeger", namespace=NAMESPACE)
    endpoint = f"http://jaeger.{NAMESPACE}.svc:4317"
    settings = every("ConfigMap", f"{name}-config", namespace=NAMESPACE)["data"]
    variables = {each["name"]: each.get("value") for each in main_container(item)["env"]}

    assert settings["OpenTelemetry__Endpoint"] == endpoint
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == endpoint
    assert connects(every, item, jaeger, 4317)
    assert Flow("observability/trace-collector", 4317, "TCP") not in every.flows(item, "egress")


@services
def test_G4_and_G5_metrics_of_the_http_port_are_scraped(own: Stack, name: str) -> None:
    job = own.jobs[f"{NAMESPACE}/{name}"]

    assert wanted_port(job) == ("http", 8080, "TCP")
    assert job["metrics_path"] == "/metrics"


def test_G9_jaeger_takes_traces_of_catgas_services_alone(every: Rendered) -> None:
    jaeger = every("StatefulSet", "jaeger", namespace=NAMESPACE)
    flows = every.flows(jaeger, "ingress")

    assert {flow.peer for flow in flows if flow.port == "4317-4318"} == {
        f"{NAMESPACE}/{name}" for name in SERVICES
    }
    assert {flow.peer for flow in flows} == {
        f"{NAMESPACE}/{name}" for name in (*SERVICES, "grafana", "prometheus")
    }
