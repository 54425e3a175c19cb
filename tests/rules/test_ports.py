"""Ports that nothing listens on."""

import pytest

from tests.rules.shop import API, POD, Break, Change, check, found

SIDECAR = {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}

BREAKS = (
    Break(
        "ports/service",
        Change("Service db-peers", "spec.ports.0.targetPort", "postgres"),
        "spec.ports[db] leads to port postgres, which the pods of StatefulSet shop/db do not have; "
        "there is db",
    ),
    Break(
        "ports/service",
        Change("Service api", "spec.ports.1.targetPort", 9091),
        "spec.ports[metrics] leads to port 9091, which the pods of Deployment shop/api do not have",
    ),
    Break(
        "ports/service",
        Change("Service db-peers", "spec.ports.0.protocol", "UDP"),
        "spec.ports[db] leads to port db, which the pods of StatefulSet shop/db do not have",
    ),
    Break(
        "ports/service",
        Change("EndpointSlice broker", "ports.0.name", "kafk"),
        "ports[kafk] is no port of Service shop/broker; the nearest is kafka",
    ),
    Break(
        "ports/probe",
        Change("Deployment api", f"{API}.startupProbe.httpGet.port", "htp"),
        "containers[api].startupProbe.httpGet asks port htp; the nearest is http",
    ),
    Break(
        "ports/probe",
        Change("Deployment api", f"{API}.lifecycle.preStop", {"httpGet": {"port": "admin"}}),
        "containers[api].lifecycle.preStop.httpGet asks port admin; there is http, metrics",
    ),
    Break(
        "ports/scrape",
        Change("Deployment api", "spec.template.metadata.annotations[prometheus.io/port]", "9091"),
        "annotation prometheus.io/port is 9091; there is http, metrics",
    ),
    Break(
        "ports/scrape",
        Change(
            "Service api",
            "metadata.annotations",
            {"prometheus.io/scrape": "true", "prometheus.io/port": "80"},
        ),
        "annotation prometheus.io/port is 80",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_port_that_nothing_has_is_found(broken: Break) -> None:
    check(broken)


def test_a_sidecar_has_ports_and_an_init_container_has_none() -> None:
    target = Change("Service db-peers", "spec.ports.0.targetPort", 6432)
    ports = [{"containerPort": 6432}]
    for fields, rules in (({}, set()), ({"restartPolicy": "OnFailure"}, {"ports/service"})):
        container = {**SIDECAR, "ports": ports, **fields}
        added = Change("StatefulSet db", f"{POD}.initContainers", [container])
        own = {finding.rule for finding in found(target, added)}
        assert {rule for rule in own if rule.startswith("ports/")} == rules


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            Change("Deployment api", f"{API}.livenessProbe", {"tcpSocket": {"port": 8081}}),
            id="probes-may-ask-any-number",
        ),
        pytest.param(
            Change(
                "Deployment api",
                "spec.template.metadata.annotations",
                {"prometheus.io/scrape": "false", "prometheus.io/port": "1"},
            ),
            id="not-scraped",
        ),
    ],
)
def test_ports_that_need_not_be_there_are_accepted(change: Change) -> None:
    assert found(change) == []


def test_a_job_that_a_service_would_send_to_is_found() -> None:
    labels = "spec.jobTemplate.spec.template.metadata.labels"
    findings = found(Change("CronJob backup", labels, {"app": "db"}))
    (told,) = [f.message for f in findings if f.object == "Service shop/db-peers"]
    assert told.endswith("which the pods of CronJob shop/backup do not have; there is none")
