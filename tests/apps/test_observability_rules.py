"""What stacks compute, alarm of and draw, and whether the programs take it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import OF_PROMETHEUS
from tests.apps.rendered import (
    Rendered,
)
from tests.apps.stacks import Stack, receivers, told
from tests.apps.ways import connects
from tests.observability import prometheus_server

needs_promtool = pytest.mark.skipif(
    bool(prometheus_server.missing), reason="promtool is not installed (Debian: prometheus)"
)
needs_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None,
    reason="amtool is not installed (Debian: prometheus-alertmanager)",
)


def test_every_metric_that_is_named_is_there(stack: Stack) -> None:
    told = stack.watched
    known = {
        *OF_PROMETHEUS,
        *(series for item in told for metric in item.metrics for series in metric.series),
        *(rule["record"] for rule in stack.recordings),
    }
    named = {
        name
        for text in (*(rule["expr"] for rule in stack.rules), *stack.drawn)
        for name in metric_names(text)
    }

    assert len(named) > 50
    assert named - known == set()


def test_an_alert_says_whose_it_is_how_bad_and_what_to_do(stack: Stack) -> None:
    teams = {item.team for item in stack.watched}

    assert len(stack.alerts) > 30
    for rule in stack.alerts:
        labels, annotations = rule["labels"], rule["annotations"]
        assert labels["team"] in teams
        assert labels["severity"] in ("critical", "warning")
        assert annotations["summary"]
        assert annotations["description"]
        assert annotations["runbook_url"].startswith("https://docs.nova.example.com/runbooks/")


def test_somebody_is_told_of_every_alert(stack: Stack) -> None:
    routing = stack.routing
    if stack.rendered.environment.name == "local":
        assert routing is None
        assert "alerting" not in stack.configuration
        return
    assert routing is not None
    paged = stack.rendered.environment.name == "prod"
    for rule in stack.alerts:
        found = receivers(routing, {"alertname": rule["alert"], **rule["labels"]})
        if rule["alert"] == "Watchdog":
            assert found == ["switch" if paged else "nobody"]
        else:
            chat = f"chat-{rule['labels']['team']}"
            critical = paged and rule["labels"]["severity"] == "critical"
            assert found == (["pager", chat] if critical else [chat])


def test_alerts_reach_every_alertmanager(stack: Stack) -> None:
    if stack.routing is None:
        return
    rendered = stack.rendered
    servers = rendered("StatefulSet", "alertmanager", namespace=stack.namespace)
    (group,) = stack.configuration["alerting"]["alertmanagers"]
    (static,) = group["static_configs"]
    hosts = [
        f"alertmanager-{number}.alertmanager-peers.{stack.namespace}.svc"
        for number in range(servers["spec"]["replicas"])
    ]

    assert [target.partition(".cluster.local")[0] for target in static["targets"]] == hosts
    assert all(target.endswith(":9093") for target in static["targets"])
    assert connects(rendered, stack.prometheus, servers, 9093)


def test_secrets_of_receivers_are_given(stack: Stack) -> None:
    text = str(stack.routing or "")
    named = set(re.findall(r"/etc/alertmanager/secrets/([\w-]+)/([\w-]+)", text))
    given = {
        (item["spec"]["target"]["name"], entry["secretKey"])
        for item in stack.rendered.every("ExternalSecret", namespace=stack.namespace)
        for entry in item["spec"]["data"]
    }

    assert bool(named) == (stack.routing is not None)
    assert named <= given


def test_every_service_and_store_has_a_dashboard(stack: Stack) -> None:
    missing = {
        f"{item.app}-{item.name}.json"
        for item in stack.watched
        if item.kind not in ("nodes", "kube-state-metrics", "cert-manager")
    } - stack.dashboards.keys()
    overviews = {f"{item.app}-overview.json" for item in stack.watched}

    assert missing == set()
    assert overviews <= stack.dashboards.keys()


def test_every_workload_is_told_of(prod: Rendered) -> None:
    everything = [item for items in told("prod").values() for item in items]
    known = {(item.namespace, part) for item in everything for part in item.parts or (item.name,)}
    own = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in (*prod.every("Deployment"), *prod.every("StatefulSet"))
    }
    assert len(own) > 30
    assert own - known == set()


@needs_promtool
def test_promtool_takes_configuration_and_rules(stack: Stack, tmp_path: Path) -> None:
    rendered = stack.rendered
    objects = [*rendered.every("ConfigMap", namespace=stack.namespace)]
    folder = prometheus_server.written(objects, tmp_path)
    # Debian's is built without the discovery of Kubernetes.
    prometheus_server.replace_discovery(folder, {})
    prometheus_server.promtool("check", "config", f"{folder}/config/prometheus.yml")
    rules = sorted(str(path) for path in (folder / "rules").rglob("*.yaml"))

    assert rules
    said = prometheus_server.promtool("check", "rules", *rules)
    assert said.count("SUCCESS") == len(rules)


@needs_promtool
def test_promtool_takes_every_query_of_a_dashboard(stack: Stack, tmp_path: Path) -> None:
    queries = sorted({_filled(text) for text in stack.drawn})
    rules = [{"record": f"query:{n}", "expr": text} for n, text in enumerate(queries)]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))

    assert len(queries) > 50
    prometheus_server.promtool("check", "rules", str(file))


def _filled(expression: str) -> str:
    """With what Grafana puts in for its variables."""
    text = re.sub(r"\$__(rate_interval|interval|range)\b", "5m", expression)
    return re.sub(r"\$\{?\w+(:\w+)?\}?", "any", text)


@needs_amtool
def test_amtool_takes_the_configuration(stack: Stack, tmp_path: Path) -> None:
    """But for ``url_file``, which it knows from 0.26 on, and Debian has 0.25."""
    if stack.routing is None:
        return
    for path, text in stack.files("StatefulSet", "alertmanager").items():
        own = re.sub(r"\burl_file: \S+", "url: https://hook.example.com", text)
        file = tmp_path / path.removeprefix("/etc/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(own.replace("/etc/", f"{tmp_path}/"), encoding="utf-8")
    done = subprocess.run(
        ["amtool", "check-config", f"{tmp_path}/alertmanager/configuration/alertmanager.yml"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 templates" in done.stdout
