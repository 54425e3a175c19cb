"""What is seen of the systems, row by row; of every stack unless said."""

# ruff: noqa: N802  (a test bears the id of its row)

from typing import Any

import yaml

from apps.environments import PROD, gateway_api
from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import Signals
from main import render_environment
from tests.apps.rendered import (
    Document,
    Rendered,
    annotation,
    main_container,
    pod_spec,
    routes,
    selects,
    served,
    template_of,
)
from tests.apps.stacks import NAMESPACES, Stack, told, wanted_port
from tests.apps.ways import connects

HOME = "observability"
PLATFORM = "nova"
MESSAGING = "nova-messaging"
PASSWORD = "GF_SECURITY_ADMIN_PASSWORD"  # noqa: S105  (a variable's name)


def _selected(rendered: Rendered, service: Document) -> list[Document]:
    """Workloads behind a Service."""
    namespace, selector = service["metadata"]["namespace"], service["spec"]["selector"]
    return [
        item
        for item in rendered.workloads(namespace=namespace)
        if selects(selector, template_of(item)["metadata"]["labels"])
    ]


def _settings(stack: Stack) -> dict[str, str]:
    return dict(stack.rendered("ConfigMap", "grafana-config", namespace=stack.namespace)["data"])


def _sources(stack: Stack) -> dict[str, dict[str, Any]]:
    path = "/etc/grafana/provisioning/datasources/datasources.yaml"
    read = yaml.safe_load(stack.files("Deployment", "grafana")[path])
    return {item["type"]: item for item in read["datasources"]}


# What messaging-service of nova-messaging tells.


def test_A12_the_five_metrics_are_declared_where_they_are_scraped() -> None:
    (target,) = _messaging().targets
    kinds = {metric.name: metric.kind for metric in target.exposes}

    assert (target.port.number, target.path) == (9090, "/metrics")
    assert kinds == {
        "http_requests_total": "counter",
        "http_request_duration_seconds": "histogram",
        "websocket_connections_active": "gauge",
        "database_query_duration_seconds": "histogram",
        "message_queue_length": "gauge",
    }


def _behind(stack: Stack, expression: str) -> set[str]:
    """Metrics that an expression is made of, through what is recorded."""
    found: set[str] = set()
    for name in metric_names(expression):
        recorded = [rule for rule in stack.recordings if rule["record"] == name]
        found |= {part for rule in recorded for part in _behind(stack, rule["expr"])} or {name}
    return found


def test_A12_alerts_and_a_dashboard_are_over_all_five(every: Rendered) -> None:
    stack = Stack(every, HOME)
    alerts = [
        rule["expr"]
        for rule in stack.alerts
        if (rule["labels"].get("namespace"), rule["labels"].get("service"))
        == (MESSAGING, "messaging-service")
    ]
    alarmed = {name for text in alerts for name in _behind(stack, text)}
    dashboard = str(stack.dashboards["nova-messaging-messaging-service.json"])

    for metric in _messaging().metrics:
        assert alarmed & set(metric.series), metric.name
        assert any(f"{series}{{" in dashboard for series in metric.series), metric.name


def _messaging() -> Signals:
    (found,) = [
        item
        for item in told("prod")[HOME]
        if (item.namespace, item.name) == (MESSAGING, "messaging-service")
    ]
    return found


def test_A12_the_alert_of_slow_queries_leads_to_the_apps_own_page(every: Rendered) -> None:
    (rule,) = [r for r in Stack(every, HOME).alerts if r["alert"] == "DatabaseQueriesSlow"]
    assert rule["annotations"]["runbook_url"].endswith("/nova-messaging.md#databasequeriesslow")


# What nova-platform tells.


def test_B10_every_service_sends_traces_by_way_of_the_collector_to_jaeger(every: Rendered) -> None:
    environment = every.environment
    collector = every("Deployment", "trace-collector", namespace=HOME)
    jaeger = every("StatefulSet", "jaeger", namespace=HOME)
    own = every.every("Deployment", namespace=PLATFORM)
    tracing = [item for item in own if "OTEL_SERVICE_NAME" in _literals(item)]

    assert len(tracing) == 4
    for item in tracing:
        url = _literals(item)["OTEL_EXPORTER_OTLP_ENDPOINT"]
        host, _, port = url.removeprefix("http://").partition(":")
        name, namespace, _ = host.split(".")
        service = every("Service", name, namespace=namespace)
        assert environment.tracing is not None
        assert url == environment.tracing.url()
        assert (int(port), "TCP") in served(service)
        assert _selected(every, service) == [collector]
        assert connects(every, item, collector, int(port))
    assert connects(every, collector, jaeger, 4317)


def test_whoever_sends_traces_reaches_who_takes_them(every: Rendered) -> None:
    takers = {
        f"http://trace-collector.{HOME}.svc:4317": every(
            "Deployment", "trace-collector", namespace=HOME
        ),
        "http://jaeger.catga-cluster.svc:4317": every(
            "StatefulSet", "jaeger", namespace="catga-cluster"
        ),
    }
    sending = [
        item for item in every.workloads() if "OTEL_EXPORTER_OTLP_ENDPOINT" in _literals(item)
    ]

    assert len(sending) == 4 + 5 + 3
    for item in sending:
        url = _literals(item)["OTEL_EXPORTER_OTLP_ENDPOINT"]
        assert connects(every, item, takers[url], 4317), item["metadata"]


def _literals(workload: Document) -> dict[str, str]:
    env = main_container(workload).get("env", ())
    return {item["name"]: item["value"] for item in env if "value" in item}


def test_B10_collectors_pass_traces_on_to_jaeger(every: Rendered) -> None:
    stack = Stack(every, HOME)
    text = stack.files("Deployment", "trace-collector")["/etc/otelcol-contrib/config.yaml"]
    exporters = yaml.safe_load(text)["exporters"]

    assert [item["endpoint"] for item in exporters.values()] == [f"jaeger.{HOME}.svc:4317"]
    assert ("probabilistic_sampler" in text) == (every.environment.name == "prod")


def test_B10_metrics_at_metrics_on_the_http_port_are_scraped(every: Rendered) -> None:
    jobs = {
        name: job
        for name, job in Stack(every, HOME).jobs.items()
        if name.startswith(f"{PLATFORM}/")
    }

    assert {name: wanted_port(job) for name, job in jobs.items()} == {
        "nova/content-service": ("http", 8081, "TCP"),
        "nova/media-service": ("http", 8082, "TCP"),
        "nova/user-service": ("http", 8083, "TCP"),
        "nova/messaging-service": ("http", 8084, "TCP"),
    }
    assert {job["metrics_path"] for job in jobs.values()} == {"/metrics"}


# The stack itself.


def test_G9_ports_of_prometheus_grafana_and_jaeger(stack: Stack) -> None:
    def offers(name: str) -> set[tuple[int, str]]:
        service = stack.rendered("Service", name, namespace=stack.namespace)
        assert len(_selected(stack.rendered, service)) == 1
        return served(service)

    assert offers("prometheus") == {(9090, "TCP")}
    assert offers("grafana") == {(3000, "TCP")}
    assert {(16686, "TCP"), (4317, "TCP"), (4318, "TCP")} <= offers("jaeger")


def test_G9_grafana_is_provisioned_with_prometheus_and_jaeger(stack: Stack) -> None:
    rendered, sources = stack.rendered, _sources(stack)
    grafana = rendered("Deployment", "grafana", namespace=stack.namespace)
    expected = {"prometheus": 9090, "jaeger": 16686}
    if stack.routing is not None:
        expected["alertmanager"] = 9093

    assert sources.keys() == expected.keys()
    for name, port in expected.items():
        assert sources[name]["url"] == f"http://{name}.{stack.namespace}.svc:{port}"
        assert sources[name]["editable"] is False
        server = rendered("StatefulSet", name, namespace=stack.namespace)
        assert connects(rendered, grafana, server, port), name
    assert sources["prometheus"]["isDefault"] is True


def test_G9_nobody_gets_into_grafana_by_default(stack: Stack) -> None:
    grafana = stack.rendered("Deployment", "grafana", namespace=stack.namespace)
    variables = {item["name"]: item for item in main_container(grafana)["env"]}
    settings = _settings(stack)
    (secret,) = [v["secret"] for v in pod_spec(grafana)["volumes"] if "secret" in v]
    path: str = variables[f"{PASSWORD}__FILE"]["value"]

    assert PASSWORD not in {*variables, *settings}
    assert path.endswith(f"/{secret['secretName']}/admin-password")
    assert not secret.get("optional")
    assert settings["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert settings["GF_AUTH_ANONYMOUS_ENABLED"] == "false"


def test_G9_only_grafana_is_reached_from_outside_and_its_metrics_are_not(stack: Stack) -> None:
    rendered, parts = stack.rendered, _parts(stack)
    ingresses = [
        item
        for item in rendered.every("Ingress", namespace=stack.namespace)
        if item["metadata"]["name"].startswith("grafana-gateway")
    ]
    closed = [item for item in ingresses if not routes(item)]

    assert {service for item in ingresses for service, _ in routes(item).values()} == {"grafana"}
    assert {path for item in ingresses for _, path in routes(item)} == {"/"}
    assert {host for item in ingresses for host, _ in routes(item)} == {
        f"grafana.{app}.{rendered.environment.domain}"
        for app, place in NAMESPACES.items()
        if place == stack.namespace
    }
    assert [_exact(item) for item in closed] == [["/metrics"]]
    assert annotation(closed[0], "whitelist-source-range") == "127.0.0.1/32"
    for service in rendered.every("Service", namespace=stack.namespace):
        if service["metadata"]["name"].partition("-peers")[0] in parts:
            assert service["spec"]["type"] == "ClusterIP"


def _parts(stack: Stack) -> set[str]:
    return {
        item.name
        for item in stack.watched
        if item.namespace == stack.namespace and item.kind not in ("service", "nodes")
    } | {"grafana"}


def _exact(ingress: Document) -> list[str]:
    return [
        path["path"]
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
        if path["pathType"] == "Exact"
    ]


def test_G9_metrics_of_grafana_are_closed_with_gateway_api_too() -> None:
    environment = gateway_api(PROD)
    rendered = Rendered(environment, render_environment(environment))
    for namespace in NAMESPACES.values():
        name = "grafana-gateway-metrics"
        (rule,) = rendered("HTTPRoute", name, namespace=namespace)["spec"]["rules"]
        policy = rendered("SecurityPolicy", name, namespace=namespace)["spec"]
        assert rule["matches"] == [{"path": {"type": "Exact", "value": "/metrics"}}]
        assert policy["targetRefs"][0]["name"] == name
        assert policy["authorization"]["defaultAction"] == "Deny"


def test_G9_what_grafana_and_kube_state_metrics_take_is_more_than_a_small_service(
    local: Rendered,
) -> None:
    """On one's own machine services are cut down to what ends either at its start."""
    for namespace in NAMESPACES.values():
        for name, most in (("grafana", "512Mi"), ("kube-state-metrics", "128Mi")):
            resources = main_container(local("Deployment", name, namespace=namespace))["resources"]
            assert resources["limits"]["memory"] == most
