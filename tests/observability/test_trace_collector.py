"""The OpenTelemetry Collector before Jaeger."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import Image
from constructs_lib.observability.durations import seconds_of
from constructs_lib.observability.sampling import Probabilistic, TailSampling
from constructs_lib.observability.trace_collector import TraceCollector, collector_endpoint
from constructs_lib.refs import Ports
from constructs_lib.resources import Resources
from constructs_lib.service import NovaService, NovaServiceProps
from constructs_lib.values import problems_in
from tests.environments import BARE, MODERN, OLDEST, SINGLE_REPLICA
from tests.observability.collector_schema import COLLECTOR, option_problems
from tests.observability.trace_cases import (
    ALL,
    ELASTIC,
    SHARE,
    TAIL,
    collector_of,
    listeners_of,
    service_of,
    settings_of,
)
from tests.service.rendering import egress_of, variables_of
from tests.store.rendering import (
    container_named,
    kinds,
    new_chart,
    of_kind,
    pod_findings,
    pod_of,
    schema_problems,
)

cases = pytest.mark.parametrize(
    ("collector", "environment"),
    [
        pytest.param(ALL, BARE, id="smallest"),
        pytest.param(SHARE, MODERN, id="share"),
        pytest.param(SHARE, OLDEST, id="share-1-27"),
        pytest.param(TAIL, MODERN, id="tail"),
        pytest.param(SHARE, SINGLE_REPLICA, id="single"),
    ],
)


def container_of(objects: list[dict[str, Any]]) -> Any:
    return container_named(pod_of(objects, "Deployment"), "trace-collector")


@cases
def test_renders(
    collector: TraceCollector, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert collector_of(collector, environment)[1] == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    collector: TraceCollector, environment: Environment
) -> None:
    assert schema_problems(collector_of(collector, environment)[1], environment) == []


@cases
def test_every_pod_is_restricted(collector: TraceCollector, environment: Environment) -> None:
    objects = collector_of(collector, environment)[1]

    assert pod_findings(objects) == []
    assert container_of(objects)["securityContext"]["readOnlyRootFilesystem"] is True


@cases
def test_every_option_is_one_that_the_collector_reads(
    collector: TraceCollector, environment: Environment
) -> None:
    settings = settings_of(collector_of(collector, environment)[1])

    assert option_problems(settings, COLLECTOR) == []


def test_a_misspelt_option_or_an_unused_part_would_be_noticed() -> None:
    settings = settings_of(collector_of(TAIL)[1])
    settings["processors"]["tail_sampling"]["decision_waits"] = "5s"
    settings["service"]["pipelines"]["traces"]["processors"].remove("batch")

    problems = option_problems(settings, COLLECTOR)
    assert [word for word in ("decision_waits", "batch") if word not in str(problems)] == []


def test_B10_apps_send_to_it_and_it_sends_to_jaeger() -> None:
    _, objects = collector_of(SHARE)
    environment = replace(MODERN, tracing=collector_endpoint("shop"))
    chart = new_chart(environment)
    image = Image("registry.example.com/orders", tag="1")
    NovaService(chart, "orders", NovaServiceProps(image=image, ports=Ports(http=80), traces=True))
    orders = list(chart.to_json())
    variables = variables_of(pod_of(orders, "Deployment")["spec"]["containers"][0])
    service = of_kind(objects, "Service", "trace-collector")
    labels = pod_of(objects, "Deployment")["metadata"]["labels"]
    (rule,) = [r for r in egress_of(orders) if r["ports"] == [{"protocol": "TCP", "port": 4317}]]
    wanted = rule["to"][0]["podSelector"]["matchLabels"]

    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://trace-collector.shop.svc:4317"
    assert 4317 in {port["port"] for port in service["spec"]["ports"]}
    assert wanted.items() <= labels.items()
    exporter = settings_of(objects)["exporters"]["otlp_grpc"]
    assert exporter["endpoint"] == "jaeger.shop.svc:4317"
    assert [r["ports"][0]["port"] for r in egress_of(objects)] == [53, 4317]
    let_in = of_kind(objects, "NetworkPolicy", "trace-collector-to-jaeger")["spec"]
    assert let_in["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "jaeger"
    assert let_in["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 4317}]


@pytest.mark.parametrize("collector", [ALL, SHARE, TAIL], ids=["all", "share", "tail"])
def test_it_listens_on_all_addresses(collector: TraceCollector) -> None:
    _, objects = collector_of(collector)
    ports = {port["name"]: port["containerPort"] for port in container_of(objects)["ports"]}

    assert listeners_of(settings_of(objects)) == {
        "grpc": ports["otlp-grpc"],
        "http": ports["otlp-http"],
        "health_check": ports["health"],
        "metrics": ports["metrics"],
    }


@pytest.mark.parametrize(
    ("collector", "between"),
    [(ALL, []), (SHARE, ["probabilistic_sampler"]), (TAIL, ["tail_sampling"])],
    ids=["all", "share", "tail"],
)
def test_what_is_too_much_is_refused_first_and_batches_are_made_last(
    collector: TraceCollector, between: list[str]
) -> None:
    pipeline = settings_of(collector_of(collector)[1])["service"]["pipelines"]["traces"]

    assert pipeline["processors"] == ["memory_limiter", *between, "batch"]


def test_garbage_is_collected_before_the_limit_whoever_sets_it() -> None:
    size = Resources(cpu="1", memory="1Gi", memory_limit="2560Mi")
    sized = replace(MODERN, sizes={"shop/trace-collector": size})

    for environment, target in ((MODERN, "858993459"), (sized, str(2 * 2**30))):
        container = container_of(collector_of(SHARE, environment)[1])
        assert variables_of(container)["GOMEMLIMIT"] == target


def test_several_share_the_work_and_one_at_a_time_may_go() -> None:
    _, objects = collector_of(ALL)

    assert of_kind(objects, "Deployment")["spec"]["replicas"] == 2
    assert of_kind(objects, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    assert "PodDisruptionBudget" not in kinds(collector_of(SHARE, SINGLE_REPLICA)[1])


def test_tail_sampling_never_has_two_pods_also_not_while_it_rolls() -> None:
    spec = of_kind(collector_of(TAIL)[1], "Deployment")["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_only_senders_and_scrapers_may_connect() -> None:
    spec = of_kind(collector_of(SHARE)[1], "NetworkPolicy", "trace-collector")["spec"]
    closed = of_kind(collector_of(ALL, BARE)[1], "NetworkPolicy", "trace-collector")["spec"]

    by_port = {
        port: rule["from"]
        for rule in spec["ingress"]
        for port in (p["port"] for p in rule["ports"])
    }
    assert set(by_port) == {4317, 8888}
    assert by_port[4317] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "orders"}}}
    ]
    assert "ingress" not in closed


@pytest.mark.parametrize(
    ("collector", "field"),
    [
        (TraceCollector(sampling=TailSampling(), replicas=2), "replicas"),
        (
            TraceCollector(
                sampling=TailSampling(), autoscaling=Autoscaling(minimum=1, maximum=2, cpu=70)
            ),
            "autoscaling",
        ),
        (TraceCollector(replicas=0), "replicas"),
        (TraceCollector(queue_batches=0), "queue_batches"),
        (TraceCollector(retry_seconds=0), "retry_seconds"),
        (TraceCollector(sampling=Probabilistic(percent=0)), "sampling.percent"),
        (TraceCollector(sampling=Probabilistic(percent=101)), "sampling.percent"),
        (TraceCollector(sampling=TailSampling(wait_seconds=0)), "sampling.wait_seconds"),
    ],
    ids=str,
)
def test_what_loses_or_tears_traces_is_refused(collector: TraceCollector, field: str) -> None:
    assert [problem.field for problem in problems_in(collector)] == [field]


def test_senders_come_to_new_pods() -> None:
    """A Service chooses a pod once per connection, so connections have to end."""
    for _, objects in (collector_of(SHARE), service_of(ELASTIC)):
        settings = settings_of(objects)
        grpc = settings["receivers"]["otlp"]["protocols"]["grpc"]
        parameters = grpc["keepalive"]["server_parameters"]
        assert seconds_of(parameters["max_connection_age"]) <= 600
        # Longer than an export may take, so that none is cut off.
        assert seconds_of(parameters["max_connection_age_grace"]) > 10
