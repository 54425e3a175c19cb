"""The configuration, rules and rights of Prometheus."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from constructs_lib.environment import Environment
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import metric_names
from constructs_lib.observability import ObservabilityStackProps, Prometheus
from tests.observability import prometheus_server
from tests.observability.prometheus_server import (
    configuration_of,
    pod_target,
    promtool,
    replace_discovery,
    rules_of,
    written,
)
from tests.observability.stack_cases import (
    PLAIN,
    SINGLE,
    full,
    named,
    objects_of,
    smallest,
    stack,
)
from tests.store.rendering import container_named, of_kind, pod_of

needs_prometheus = pytest.mark.skipif(
    bool(prometheus_server.missing), reason="prometheus and promtool are not installed"
)

# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
_DISCOVERY = {
    "type": "object",
    "required": ["role"],
    "additionalProperties": False,
    "properties": {
        "role": {"enum": ["pod", "node"]},
        "namespaces": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"names": {"type": "array", "items": {"type": "string"}}},
        },
        "selectors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["role"],
                "additionalProperties": False,
                "properties": {
                    "role": {"enum": ["pod"]},
                    "label": {"type": "string", "pattern": r"^([a-z0-9./-]+=[a-z0-9-]+,?)+$"},
                },
            },
        },
    },
}


def _older(environment: Environment = PLAIN) -> ObservabilityStackProps:
    """Everything but what Prometheus 2 does not know."""
    props = full(environment)
    assert props.prometheus is not None
    return replace(props, prometheus=replace(props.prometheus, scraping=Prometheus().scraping))


cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(smallest(), PLAIN, id="smallest"),
        pytest.param(_older(), PLAIN, id="full"),
        pytest.param(_older(SINGLE), SINGLE, id="single"),
    ],
)


def _jobs(props: ObservabilityStackProps, environment: Environment = PLAIN) -> dict[str, Any]:
    data = of_kind(objects_of(props, environment), "ConfigMap", "prometheus-files")["data"]
    whole = yaml.safe_load(data["etc-prometheus-config-prometheus.yml"])
    return {job["job_name"]: job for job in whole["scrape_configs"]}


@needs_prometheus
@cases
def test_promtool_takes_configuration_and_rules(
    props: ObservabilityStackProps, environment: Environment, tmp_path: Path
) -> None:
    folder = written(objects_of(props, environment), tmp_path)
    for mount in (props.prometheus or Prometheus()).remote_write:
        for key in (mount.password, mount.token):
            if key is not None:
                (folder / "remote" / mount.name).mkdir(parents=True, exist_ok=True)
                (folder / "remote" / mount.name / key.key).touch()
    replace_discovery(folder, {})

    assert "SUCCESS" in promtool("check", "config", str(folder / "config" / "prometheus.yml"))
    files = sorted((folder / "rules").rglob("*.yaml"))
    assert files
    for file in files:
        assert "SUCCESS" in promtool("check", "rules", str(file))


@cases
def test_discovery_has_the_documented_form(
    props: ObservabilityStackProps, environment: Environment
) -> None:
    """Debian's promtool knows no ``kubernetes_sd_configs``: it is built without them."""
    validator = Draft202012Validator(_DISCOVERY)
    for job in _jobs(props, environment).values():
        (discovery,) = job["kubernetes_sd_configs"]
        assert list(validator.iter_errors(discovery)) == []


def test_each_target_is_a_job_in_its_own_namespace_only() -> None:
    jobs = _jobs(full())
    targets = {
        target.name: target
        for item in stack(full()).signals
        if item.kind != "nodes"
        for target in item.targets
    }

    assert jobs.keys() == targets.keys() | {"nodes/kubelet", "nodes/cadvisor"}
    for name, target in targets.items():
        (discovery,) = jobs[name]["kubernetes_sd_configs"]
        assert discovery["namespaces"] == {"names": [target.pods.namespace]}
        assert jobs[name]["metrics_path"] == target.path


def test_only_metrics_of_others_keep_their_own_labels() -> None:
    honoring = {name for name, job in _jobs(full()).items() if job.get("honor_labels")}

    assert honoring == {
        "nodes/kubelet",
        "nodes/cadvisor",
        "observability/kube-state-metrics",
        "cert-manager/cert-manager",
    }


def test_a_scrape_is_over_before_the_next_one() -> None:
    props = replace(smallest(), prometheus=Prometheus(scrape_interval_seconds=5))
    job = _jobs(props)["observability/prometheus"]

    assert (job["scrape_interval"], job["scrape_timeout"]) == ("5s", "5s")


def test_options_of_prometheus_3_are_written_where_they_are_given() -> None:
    newer = {
        "fallback_scrape_protocol",
        "metric_name_validation_scheme",
        "always_scrape_classic_histograms",
    }

    for job in _jobs(full()).values():
        assert newer <= job.keys()
    for job in _jobs(_older()).values():
        assert newer.isdisjoint(job)


def test_alerts_of_two_servers_are_the_same() -> None:
    data = of_kind(objects_of(full()), "ConfigMap", "prometheus-files")["data"]
    whole = yaml.safe_load(data["etc-prometheus-config-prometheus.yml"])

    assert whole["alerting"]["alert_relabel_configs"] == [
        {"regex": "replica", "action": "labeldrop"}
    ]
    # One $ begins a variable, two are one.
    assert whole["global"]["external_labels"] == {
        "environment": "prod",
        "region": "eu$$1",
        "replica": "${POD_NAME}",
    }
    (found,) = whole["alerting"]["alertmanagers"]
    assert len(found["static_configs"][0]["targets"]) == 3


def test_clients_of_two_servers_keep_to_one() -> None:
    two, one = objects_of(smallest()), objects_of(smallest(SINGLE), SINGLE)

    assert of_kind(two, "Service", "prometheus")["spec"]["sessionAffinity"] == "ClientIP"
    assert "sessionAffinity" not in of_kind(one, "Service", "prometheus")["spec"]


def test_nobody_can_reload_stop_or_change_it_over_http() -> None:
    args = container_named(pod_of(objects_of(full()), "StatefulSet", "prometheus"), "prometheus")[
        "args"
    ]

    assert not [item for item in args if "enable-lifecycle" in item or "admin-api" in item]


def test_another_rule_rolls_the_pods() -> None:
    def checksum(props: ObservabilityStackProps) -> str:
        pod = pod_of(objects_of(props), "StatefulSet", "prometheus")
        return str(pod["metadata"]["annotations"]["checksum/config"])

    fewer = replace(smallest(), watches=smallest().watches[:1])
    assert checksum(smallest()) != checksum(fewer)


def test_rules_share_config_maps_that_every_client_can_apply() -> None:
    first, second = smallest().watches
    long = Alert(name="Long", expression="vector(1)", summary="x" * 140_000, action="None.")
    large = [replace(item, alerts=(long,)) for item in (first, second)]
    objects = objects_of(replace(smallest(), watches=tuple(large)))

    assert [sorted(files) for files in rules_of(objects)] == [
        ["observability.prometheus.yaml", "queue.nats.yaml"],
        ["web.orders.yaml"],
    ]
    data = of_kind(objects, "ConfigMap", "prometheus-files")["data"]
    whole = yaml.safe_load(data["etc-prometheus-config-prometheus.yml"])
    pod = pod_of(objects, "StatefulSet", "prometheus")
    mounts = container_named(pod, "prometheus")["volumeMounts"]
    assert whole["rule_files"] == [f"/etc/prometheus/rules/{n}/*.yaml" for n in (1, 2)]
    assert {"/etc/prometheus/rules/1", "/etc/prometheus/rules/2"} <= {
        mount["mountPath"] for mount in mounts
    }


def test_it_may_see_pods_of_watched_namespaces_and_nothing_else() -> None:
    objects = objects_of(smallest())

    assert named(objects, "Role") == [
        "observability/prometheus",
        "queue/observability-prometheus",
        "web/observability-prometheus",
    ]
    assert named(objects, "RoleBinding") == named(objects, "Role")
    for role in (item for item in objects if item["kind"] == "Role"):
        assert role["rules"] == [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}
        ]
    assert named(objects, "ClusterRole") == named(objects, "ClusterRoleBinding") == []


def test_nodes_take_a_cluster_role_without_a_way_through_kubelets() -> None:
    objects = objects_of(full())
    (role,) = [item for item in objects if item["kind"] == "ClusterRole"]

    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
    ]
    assert "namespace" not in role["metadata"]


def test_every_subject_is_an_account_of_the_stack() -> None:
    objects = objects_of(full())
    accounts = named(objects, "ServiceAccount")
    bindings = [item for item in objects if item["kind"].endswith("RoleBinding")]

    assert bindings
    for binding in bindings:
        (subject,) = binding["subjects"]
        assert f"{subject['namespace']}/{subject['name']}" in accounts


def test_only_those_who_ask_the_api_server_get_a_token() -> None:
    tokens = {
        item["metadata"]["name"]
        for item in objects_of(full())
        if item["kind"] == "ServiceAccount" and item["automountServiceAccountToken"]
    }

    assert tokens == {"prometheus", "kube-state-metrics"}


def test_ways_out_lead_to_targets_nodes_alertmanager_and_the_api_server() -> None:
    policy = of_kind(objects_of(full()), "NetworkPolicy", "prometheus")
    listed = [
        (peer.get("ipBlock", {}).get("cidr") or _labels(peer), port["port"])
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        for port in rule["ports"]
    ]
    ways = set(listed)

    # Alertmanager is told of alerts, and scraped, by one way.
    assert listed.count(("alertmanager", 9093)) == 1
    assert {
        ("orders", 9090),
        ("nats", 7777),
        ("alertmanager", 9093),
        ("10.1.0.0/24", 10250),
        ("10.0.0.10/32", 6443),
        ("203.0.113.0/24", 443),
        ("198.51.100.7/32", 9009),
    } <= ways
    assert ("10.1.0.0/24", 10250) not in _ways(smallest())


def _labels(peer: Mapping[str, Any]) -> str:
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    return str(labels.get("app.kubernetes.io/name", ""))


def _ways(props: ObservabilityStackProps) -> set[tuple[str, int]]:
    policy = of_kind(objects_of(props), "NetworkPolicy", "prometheus")
    return {
        (peer.get("ipBlock", {}).get("cidr", ""), port["port"])
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        for port in rule["ports"]
    }


def test_its_rules_are_those_of_everything_that_it_watches() -> None:
    written_rules = {
        rule.get("alert") or rule.get("record")
        for files in rules_of(objects_of(full()))
        for text in files.values()
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    }
    watched = stack(full()).signals
    alerts = {alert.name for signals in watched for alert in signals.alerts}
    recordings = {item.name for signals in watched for item in signals.recordings}

    assert written_rules == alerts | recordings


def test_its_own_alerts_name_metrics_that_it_exposes() -> None:
    (own,) = [item for item in stack(full()).signals if item.kind == "prometheus"]
    told = {series for metric in own.metrics for series in metric.series} | {"up"}

    for alert in own.alerts:
        assert metric_names(alert.expression) <= told


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        text = b'# TYPE shop_orders_total counter\nshop_orders_total{pod="other"} 7\n'
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def program() -> Iterator[str]:
    """Address of a program with metrics, one of which has a label ``pod`` of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Metrics)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def prometheus(
    program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[prometheus_server.Prometheus]:
    """Prometheus with the rendered configuration, and some pods as discovery would find them."""
    folder = written(objects_of(smallest()), tmp_path_factory.mktemp("prometheus"))
    server = prometheus_server.Prometheus(folder)
    main = ("metrics", 9090)
    replace_discovery(
        folder,
        {
            "web/orders": [
                pod_target(program, pod="orders-7d4b-abcde", namespace="web", port=main),
                # Other offers of the same pod, and pods that answer nobody.
                pod_target(program, pod="orders-7d4b-abcde", namespace="web", port=("http", 8080)),
                pod_target(
                    program,
                    pod="orders-7d4b-abcde",
                    namespace="web",
                    container="migrate",
                    port=("", 0),
                ),
                pod_target(
                    "127.0.0.1:1", pod="orders-7d4b-ended", namespace="web", phase="Succeeded"
                ),
                pod_target(
                    "127.0.0.1:1", pod="orders-7d4b-young", namespace="web", phase="Pending"
                ),
            ],
            "observability/prometheus": [
                pod_target(
                    server.address,
                    pod="prometheus-0",
                    namespace="observability",
                    container="prometheus",
                    port=("http", 9090),
                )
            ],
        },
        seconds=1,
    )
    with server:
        yield server


@needs_prometheus
def test_a_pod_is_scraped_once_and_known_by_five_labels(
    prometheus: prometheus_server.Prometheus, program: str
) -> None:
    prometheus.wait_for('up{job="web/orders"} == 1')

    (series,) = prometheus.query('up{job="web/orders"}')
    del series["metric"]["__name__"]
    assert series["metric"] == {
        "job": "web/orders",
        "namespace": "web",
        "pod": "orders-7d4b-abcde",
        "container": "main",
        "instance": program,
    }


@needs_prometheus
def test_labels_that_a_program_makes_up_do_not_hide_whose_they_are(
    prometheus: prometheus_server.Prometheus,
) -> None:
    (series,) = prometheus.wait_for("shop_orders_total")

    assert series["metric"]["pod"] == "orders-7d4b-abcde"
    assert series["metric"]["exported_pod"] == "other"


@needs_prometheus
def test_every_metric_of_its_own_that_it_declares_is_there(
    prometheus: prometheus_server.Prometheus,
) -> None:
    prometheus.wait_for('up{job="observability/prometheus"} == 1')
    there = set(prometheus.get("label/__name__/values"))
    (own,) = [item for item in stack(smallest()).signals if item.kind == "prometheus"]

    # Those of Alertmanagers are there once it has one; those of sizes are newer than 2.42.
    needs_more = {
        "prometheus_tsdb_head_chunks_storage_size_bytes",
        "prometheus_tsdb_wal_storage_size_bytes",
        "prometheus_notifications_errors_total",
        "prometheus_notifications_sent_total",
    }
    missing = {s for metric in own.metrics for s in metric.series} - there - needs_more
    assert missing == set()


@needs_prometheus
def test_the_watchdog_fires_and_rules_do_not_fail(
    prometheus: prometheus_server.Prometheus,
) -> None:
    prometheus.wait_for('ALERTS{alertname="Watchdog", alertstate="firing"}')

    groups = prometheus.get("rules")["groups"]
    errors = {r["name"]: r["lastError"] for g in groups for r in g["rules"] if r.get("lastError")}
    assert errors == {}


@needs_prometheus
def test_a_server_tells_others_which_one_it_is(
    prometheus: prometheus_server.Prometheus,
) -> None:
    """Of an environment variable, which the configuration names."""
    text = prometheus.get("status/config")["yaml"]
    assert yaml.safe_load(text)["global"]["external_labels"]["replica"] == "prometheus-0"


def test_targets_of_unknown_jobs_are_no_silent_no_op(tmp_path: Path) -> None:
    folder = written(objects_of(smallest()), tmp_path)

    with pytest.raises(KeyError, match="web/unknown"):
        replace_discovery(folder, {"web/unknown": []})
    assert json.dumps(configuration_of(folder)).count("kubernetes_sd_configs") == 3


def test_a_refused_configuration_is_told_of_only_where_one_is_read_at_run_time() -> None:
    def told(*extra: str) -> bool:
        props = replace(smallest(), prometheus=Prometheus(extra_args=extra))
        found = {alert.name for item in stack(props).signals for alert in item.alerts}
        return "PrometheusConfigurationRefused" in found

    assert not told()
    assert told("--enable-feature=auto-reload-config")
