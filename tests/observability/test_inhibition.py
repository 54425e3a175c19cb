"""What a service that is down holds back, and what it does not."""

import re
from dataclasses import replace

import pytest

from constructs_lib.observability.inhibition import DOWN_BEFORE_THE_REST
from tests.observability.reference import all_alerts
from tests.observability.stack_cases import full, stack


def _held_back(alert: str) -> bool:
    # Whole values, as Alertmanager compares them.
    return re.fullmatch(DOWN_BEFORE_THE_REST.target["alertname"], alert) is not None


def test_what_follows_from_no_pod_at_all_is_held_back_and_why_is_told() -> None:
    known = {alert.name for page in all_alerts().values() for alert in page}

    assert {name for name in known if _held_back(name)} == {
        "DeploymentReplicasMissing",
        "PodNotReady",
        "ServiceErrorBudgetBurn",
        "ServiceLatencyBudgetBurn",
        "ServicePodDown",
        "ServiceRequestsStopped",
        "ServiceSaturated",
    }


@pytest.mark.parametrize("alert", ["DeploymentReplicasMissing", "PodNotReady"])
def test_alerts_about_objects_name_the_service_by_which_they_are_held_back(alert: str) -> None:
    (state,) = [item for item in stack(full()).signals if item.kind == "kube-state-metrics"]

    for found in (item for item in state.alerts if item.name == alert):
        assert set(DOWN_BEFORE_THE_REST.equal) <= found.labels.keys()
        assert found.labels["service"] != ""


@pytest.mark.parametrize("expression", ["(?!x).+", "Service("])
def test_expressions_that_alertmanager_does_not_read_are_refused(expression: str) -> None:
    inhibition = replace(DOWN_BEFORE_THE_REST, source={"alertname": expression})

    (problem,) = inhibition.problems()
    assert problem.field == "source['alertname']"
    assert problem.why == "is no regular expression of Prometheus"


def test_a_pod_of_a_service_is_told_of_once() -> None:
    (own,) = [item for item in stack(full()).signals if item.kind == "prometheus"]
    down = [alert for alert in own.alerts if alert.name == "TargetDown"]

    assert {alert.labels["service"] for alert in down} == {"alertmanager", "jaeger", "nats"}
