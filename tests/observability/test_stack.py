"""An ObservabilityStack as it is rendered."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from dataclasses import fields, replace
from typing import Any

import cdk8s
import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.gateway import IngressGateway, IngressGatewayProps, PlainHttp, Route
from constructs_lib.kube.signals import Signals, Target
from constructs_lib.observability import (
    KubeStateMetrics,
    ObservabilityStack,
    ObservabilityStackProps,
    Prometheus,
    TailSampling,
    TraceCollector,
)
from constructs_lib.refs import Pods, Port
from constructs_lib.testing import assert_rules, synth
from tests.environments import OLDEST
from tests.observability.stack_cases import (
    GRAFANA,
    OPERATED,
    OPERATORS_PROMETHEUS,
    PLAIN,
    SINGLE,
    Queue,
    Watching,
    Web,
    fleet,
    full,
    named,
    objects_of,
    operator,
    secrets,
    smallest,
    stack,
    watched,
)
from tests.store.rendering import kinds, of_kind, pod_findings, schema_problems

_OLD = replace(OLDEST, runbooks=PLAIN.runbooks)

cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(smallest(), PLAIN, id="smallest"),
        pytest.param(smallest(SINGLE), SINGLE, id="single"),
        pytest.param(full(), PLAIN, id="full"),
        pytest.param(operator(), OPERATED, id="operator"),
    ],
)


@cases
def test_renders(
    props: ObservabilityStackProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    objects = objects_of(props, environment)
    # Dashboards have snapshots of their own.
    assert [item for item in objects if "-dashboards" not in item["metadata"]["name"]] == (
        yaml_snapshot
    )


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: ObservabilityStackProps, environment: Environment
) -> None:
    assert schema_problems(objects_of(props, environment), environment) == []


def test_every_object_fits_the_oldest_cluster() -> None:
    assert schema_problems(objects_of(full(_OLD), _OLD), _OLD) == []


@cases
def test_every_pod_is_restricted(props: ObservabilityStackProps, environment: Environment) -> None:
    assert pod_findings(objects_of(props, environment)) == []


@cases
def test_the_rules_of_a_fleet_hold_over_stack_and_watched_apps(
    props: ObservabilityStackProps, environment: Environment
) -> None:
    assert_rules(fleet(props, environment), known=secrets())


def test_a_stack_in_another_namespace_is_let_in_by_policies_of_its_own() -> None:
    """Only what the cluster calls a scraper is let in by the workloads themselves."""
    objects = fleet(full(), PLAIN, namespace="elsewhere")

    assert_rules(objects, known=secrets("elsewhere"))
    policies = [item for item in objects if item["kind"] == "NetworkPolicy"]
    scrapes = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item["spec"]["ingress"]
        for item in policies
        if "prometheus-scrapes" in item["metadata"]["name"]
    }
    assert ("web", "elsewhere-prometheus-scrapes-orders") in scrapes
    assert ("queue", "elsewhere-prometheus-scrapes-nats") in scrapes
    (rule,) = scrapes["web", "elsewhere-prometheus-scrapes-orders"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9090}]


def test_pods_without_a_label_of_their_name_are_let_in_to_all_the_same() -> None:
    def target(port: str, number: int, **labels: str) -> Target:
        pods = Pods("legacy", labels=labels)
        return Target(name=f"legacy/{port}", pods=pods, port=Port(port, number))

    signals = Signals(
        kind="service",
        name="carts",
        app="legacy",
        namespace="legacy",
        team="shop",
        targets=(
            target("carts", 9090, run="carts"),
            target("proxy", 9091, run="carts"),
            target("mail", 9092, run="mail"),
        ),
    )
    props = replace(smallest(), watches=(*watched(), signals))
    policies = {
        item["metadata"]["name"]: item
        for item in objects_of(props, namespace="elsewhere")
        if item["metadata"].get("namespace") == "legacy" and item["kind"] == "NetworkPolicy"
    }

    assert sorted(policies) == [
        "elsewhere-prometheus-scrapes-carts",
        "elsewhere-prometheus-scrapes-mail",
    ]
    policy = policies["elsewhere-prometheus-scrapes-carts"]["spec"]
    assert policy["podSelector"]["matchLabels"] == {"run": "carts"}
    (rule,) = policy["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9090, "endPort": 9091}]


def test_a_stack_beside_what_it_watches_needs_no_right_elsewhere() -> None:
    class Whole(Web):
        """The app, and a stack of its own in its namespace."""

        def __init__(self, scope: cdk8s.App, environment: Environment) -> None:
            super().__init__(scope, environment)
            props = replace(full(), watches=self.signals, node_metrics=None, cert_manager=None)
            ObservabilityStack(self, "stack", props)

    objects = synth(lambda app: Whole(app, PLAIN))

    assert_rules(objects, known=secrets("web"))
    assert {item["metadata"].get("namespace", "web") for item in objects} == {"web"}
    assert "web/prometheus-scrapes-orders" in named(objects, "NetworkPolicy")
    assert named(objects, "Role") == ["web/kube-state-metrics", "web/prometheus"]


def test_no_policy_is_added_where_workloads_let_prometheus_in_themselves() -> None:
    policies = named(objects_of(full()), "NetworkPolicy")

    assert not [name for name in policies if "scrapes" in name]


def test_every_field_of_prometheus_is_tried() -> None:
    given = full().prometheus
    assert given is not None
    untried = [
        item.name
        for item in fields(Prometheus)
        if getattr(given, item.name) == getattr(Prometheus(), item.name)
    ]
    # The stack fills these in.
    assert untried == ["watches", "nodes", "alertmanager"]


def test_every_field_of_the_stack_is_tried() -> None:
    default, given = ObservabilityStackProps(watches=()), full()
    untried = [
        item.name
        for item in fields(ObservabilityStackProps)
        if getattr(given, item.name) == getattr(default, item.name)
    ]
    # Those of the operator's form, and what a stack without every part does without.
    assert untried == ["form", "without", "operator_prometheus"]


def test_each_part_is_highly_available_or_single_by_environment() -> None:
    def replicas(environment: Environment) -> dict[str, Any]:
        props = replace(full(environment), prometheus=None)
        found = objects_of(props, environment)
        return {
            item["metadata"]["name"]: item["spec"]["replicas"]
            for item in found
            if item["kind"] in ("StatefulSet", "Deployment")
        }

    many, one = replicas(PLAIN), replicas(SINGLE)

    assert (many["prometheus"], many["alertmanager"]) == (2, 3)
    assert set(one.values()) == {1}
    assert many.keys() == one.keys()


def test_the_operators_form_runs_nothing_but_state_metrics() -> None:
    found = objects_of(operator(), OPERATED)

    assert named(found, "Deployment") == ["observability/kube-state-metrics"]
    assert "StatefulSet" not in kinds(found)
    assert of_kind(found, "ServiceMonitor")["spec"]["endpoints"][0]["honorLabels"] is True
    assert of_kind(found, "AlertmanagerConfig")["metadata"]["name"] == "stack"
    dashboards = [item for item in found if item["metadata"]["name"].startswith("stack-dash")]
    assert dashboards
    assert {item["metadata"]["labels"]["grafana_dashboard"] for item in dashboards} == {"1"}


def test_the_operators_rules_tell_of_targets_and_of_nobody_twice() -> None:
    rules = [item for item in objects_of(operator(), OPERATED) if item["kind"] == "PrometheusRule"]
    groups = [group["name"] for item in rules for group in item["spec"]["groups"]]
    alerts = {
        rule.get("alert") for item in rules for g in item["spec"]["groups"] for rule in g["rules"]
    }

    assert sorted(set(groups)) == sorted(groups)
    assert {"Watchdog", "TargetDown", "PodCrashLooping"} <= alerts
    # Those of the watched apps render their own.
    assert "NatsServersMissing" not in alerts


def test_grafana_of_an_operated_stack_asks_the_operators_prometheus() -> None:
    props = replace(operator(), grafana=GRAFANA, operator_prometheus=OPERATORS_PROMETHEUS)

    assert stack(props, OPERATED).prometheus == OPERATORS_PROMETHEUS
    assert "Deployment" in kinds(objects_of(props, OPERATED))


def test_endpoints_lead_to_services_that_are_there() -> None:
    built = stack(full())
    services = {
        item["metadata"]["name"]: {port["port"] for port in item["spec"]["ports"]}
        for item in objects_of(full())
        if item["kind"] == "Service"
    }

    for endpoint in (
        built.prometheus,
        built.alertmanager,
        built.grafana,
        built.jaeger_ui,
        built.traces,
    ):
        assert endpoint.port.offered in services[endpoint.service]
    assert built.traces.service == "trace-collector"
    assert stack(replace(full(), trace_collector=None)).traces.service == "jaeger"


def test_G9_pages_are_published_by_a_gateway_where_somebody_chooses_so() -> None:
    ingress = Pods("ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"})
    environment = replace(PLAIN, cluster=replace(PLAIN.cluster, ingress_pods=ingress))

    class Public(Watching):
        """A stack behind a gateway."""

        def __init__(self, scope: cdk8s.App) -> None:
            super().__init__(scope, environment, full(environment))
            pages = {
                "grafana": self.stack.grafana,
                "prometheus": self.stack.prometheus,
                "traces": self.stack.jaeger_ui,
            }
            for name, endpoint in pages.items():
                props = IngressGatewayProps(
                    hosts=(f"{name}.example.com",), routes=(Route("/", endpoint),), tls=PlainHttp()
                )
                IngressGateway(self, name, props)

    objects = synth(lambda app: Web(app, environment), lambda app: Queue(app, environment), Public)

    assert_rules(objects, known=secrets())
    assert len(named(objects, "Ingress")) == 3


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("alertmanager", r"set alertmanager=Alertmanager\("),
        ("grafana", r"set grafana=Grafana\("),
        ("jaeger_ui", r"set jaeger=Jaeger\("),
        ("traces", r"set jaeger=Jaeger\("),
    ],
)
def test_what_is_not_there_has_no_endpoint_but_a_field(name: str, fix: str) -> None:
    with pytest.raises(NovaError, match=f"stack 'stack' has no .*; {fix}"):
        getattr(stack(smallest()), name)


@pytest.mark.parametrize(
    ("name", "fix"),
    [("prometheus", "operator_prometheus=Endpoint"), ("alertmanager", "alertmanager-operated")],
)
def test_what_the_operator_runs_is_its_own_to_name(name: str, fix: str) -> None:
    with pytest.raises(NovaError, match=f"has no .* of its own; .*{fix}"):
        getattr(stack(operator(), OPERATED), name)


def test_signals_are_those_watched_and_those_of_every_part() -> None:
    built = stack(full())

    assert built.signals[:2] == watched()
    assert {item.kind for item in built.signals} == {
        "service",
        "nats",
        "alertmanager",
        "kube-state-metrics",
        "jaeger",
        "collector",
        "nodes",
        "cert-manager",
        "prometheus",
        "grafana",
    }


def test_parts_of_one_pod_wake_nobody_when_it_moves() -> None:
    single = {"grafana", "kube-state-metrics", "collector"}
    props = replace(full(), trace_collector=TraceCollector(sampling=TailSampling()))
    down: dict[str, tuple[str, str]] = {
        item.kind: (alert.severity, alert.lasts)
        for item in stack(props).signals
        for alert in item.alerts
        if alert.name == "ServiceDown"
    }

    assert {down[kind] for kind in single} == {("warning", "15m")}
    assert down["service"] == ("critical", "2m")


@pytest.mark.parametrize("collected", [True, False], ids=["collector", "jaeger"])
def test_B10_only_workloads_that_send_traces_are_let_in(collected: bool) -> None:  # noqa: FBT001
    web, queue = watched()
    props = replace(full(), watches=(replace(web, traces=True), queue))
    if not collected:
        props = replace(props, trace_collector=None)
    name = "trace-collector" if collected else "jaeger"
    policies = [
        item
        for item in objects_of(props)
        if (item["kind"], item["metadata"]["name"]) == ("NetworkPolicy", name)
    ]
    senders = [
        peer
        for item in policies
        for rule in item["spec"]["ingress"]
        if 4317 in {port["port"] for port in rule["ports"]}
        for peer in rule["from"]
    ]

    assert senders == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}},
            "podSelector": {
                "matchLabels": {
                    "app.kubernetes.io/name": "orders",
                    "app.kubernetes.io/instance": "web",
                }
            },
        }
    ]


def test_graphs_have_steps_of_what_counts_and_is_scraped_least_often() -> None:
    def interval(props: ObservabilityStackProps, environment: Environment) -> Any:
        for item in objects_of(props, environment):
            for text in item.get("data", {}).values():
                found = re.search(r"timeInterval: (\w+)", text)
                if found is not None:
                    return found[1]
        return None

    slow = replace(full(), kube_state_metrics=KubeStateMetrics(interval_seconds=45))
    assert interval(slow, PLAIN) == "45s"
    fast = replace(full(), kube_state_metrics=KubeStateMetrics(interval_seconds=10))
    assert interval(fast, PLAIN) == "30s"
    asked = replace(operator(), grafana=GRAFANA, operator_prometheus=OPERATORS_PROMETHEUS)
    assert interval(asked, OPERATED) == "30s"
