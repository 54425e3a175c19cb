"""How metrics are found and where traces go."""

from dataclasses import replace

import pytest

from constructs_lib.environment import Environment
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.refs import Port
from constructs_lib.service import NovaService
from tests.environments import (
    BARE,
    MODERN,
    OLDEST,
)
from tests.service.cases import SERVICE
from tests.service.full import FULL_WORKER
from tests.service.rendering import (
    container_of,
    kinds,
    new_chart,
    of_kind,
    pod_of,
    rendered,
    variables_of,
)


@pytest.mark.parametrize(
    ("environment", "annotated"), [(MODERN, False), (OLDEST, True)], ids=["crd", "no-crd"]
)
def test_metrics_are_found_by_monitor_or_annotation(
    environment: Environment,
    annotated: bool,  # noqa: FBT001
) -> None:
    objects = rendered(replace(SERVICE, metrics=Metrics(port="http")), environment)
    annotations = pod_of(objects)["metadata"].get("annotations", {})
    assert ("prometheus.io/scrape" in annotations) is annotated
    assert ("ServiceMonitor" in kinds(objects)) is not annotated


def test_pods_without_service_have_a_pod_monitor() -> None:
    assert "PodMonitor" in kinds(rendered(FULL_WORKER))
    assert "ServiceMonitor" not in kinds(rendered(FULL_WORKER))


def test_a_monitor_leaves_the_load_balancers_service_out() -> None:
    balanced = replace(
        SERVICE, metrics=Metrics(port="http"), load_balancer=LoadBalancer(ports=("http",))
    )
    objects = rendered(balanced)
    (expression,) = of_kind(objects, "ServiceMonitor")["spec"]["selector"]["matchExpressions"]
    component = {
        o["metadata"]["name"]: o["metadata"]["labels"].get(expression["key"])
        for o in objects
        if o["kind"] == "Service"
    }
    assert expression["operator"] == "NotIn"
    assert component == {"orders": None, "orders-external": expression["values"][0]}


def test_traces_reach_the_receiver_of_the_environment() -> None:
    variables = variables_of(container_of(rendered(replace(SERVICE, traces=True))))
    tracing = MODERN.tracing
    assert tracing is not None
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == tracing.url()
    assert variables["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc"


def test_the_port_of_the_receiver_decides_the_protocol() -> None:
    tracing = replace(MODERN.tracing, port=Port("otlp", 4318))  # type: ignore[type-var]
    objects = rendered(replace(SERVICE, traces=True), replace(MODERN, tracing=tracing))
    assert variables_of(container_of(objects))["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf"


def test_without_receiver_traces_are_off() -> None:
    objects = rendered(replace(SERVICE, traces=True), BARE)
    assert variables_of(container_of(objects)) == {"OTEL_SDK_DISABLED": "true"}


def test_spans_of_services_of_one_name_are_known_apart() -> None:
    variables = variables_of(container_of(rendered(replace(SERVICE, traces=True))))

    assert dict(item.split("=") for item in variables["OTEL_RESOURCE_ATTRIBUTES"].split(",")) == {
        "deployment.environment.name": MODERN.name,
        "service.namespace": "shop",
        "k8s.deployment.name": "orders",
    }
    assert variables["OTEL_SERVICE_NAME"] == "orders"


def test_only_what_sends_traces_says_so() -> None:
    def sends(environment: Environment, *, traces: bool) -> bool:
        chart = new_chart(environment)
        return NovaService(chart, "orders", replace(SERVICE, traces=traces)).signals.traces

    assert sends(MODERN, traces=True)
    assert not sends(MODERN, traces=False)
    # Without a receiver its SDK is switched off.
    assert not sends(BARE, traces=True)
