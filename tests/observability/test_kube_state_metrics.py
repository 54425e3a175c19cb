"""kube-state-metrics, and what it may see."""

import re

from constructs_lib.observability.kube_state_metrics import METRICS, RULES
from tests.observability.stack_cases import full, named, objects_of, smallest, stack
from tests.store.rendering import of_kind


def test_it_sees_watched_namespaces_and_its_own_and_no_others() -> None:
    objects = objects_of(full())
    (container,) = of_kind(objects, "Deployment", "kube-state-metrics")["spec"]["template"]["spec"][
        "containers"
    ]

    assert "--namespaces=observability,queue,web" in container["args"]
    assert [name for name in named(objects, "Role") if name.endswith("kube-state-metrics")] == [
        "observability/kube-state-metrics",
        "queue/observability-kube-state-metrics",
        "web/observability-kube-state-metrics",
    ]
    assert not [name for name in named(objects, "ClusterRole") if "kube-state" in name]


def test_it_may_look_at_what_it_tells_of_and_at_no_secret() -> None:
    (listed,) = _argument("--resources")
    allowed = {name for rule in RULES for name in rule.resources}

    assert set(listed.split(",")) == allowed
    assert {"secrets", "configmaps"}.isdisjoint(allowed)
    assert {verb for rule in RULES for verb in rule.verbs} == {"list", "watch"}


def test_it_tells_what_is_declared_and_no_more() -> None:
    (listed,) = _argument("--metric-allowlist")

    assert listed.split(",") == [metric.name for metric in METRICS]


def test_every_metric_is_of_a_resource_that_it_sees() -> None:
    seen = {name.removesuffix("s") for rule in RULES for name in rule.resources}

    for metric in METRICS:
        found = re.match(r"kube_([a-z]+)", metric.name)
        assert found is not None
        assert found[1] in seen


def test_its_series_are_those_of_others() -> None:
    (signals,) = [i for i in stack(full()).signals if i.kind == "kube-state-metrics"]

    (target,) = signals.targets
    assert target.honor_labels
    assert {m.name for m in METRICS} == {m.name for m in target.exposes}


def test_its_alerts_are_about_the_object_and_not_about_itself() -> None:
    (signals,) = [i for i in stack(full()).signals if i.kind == "kube-state-metrics"]
    of_objects = [a for a in signals.alerts if a.page == "kube-state-metrics"]

    assert of_objects
    for alert in of_objects:
        assert alert.labels["namespace"] == "{{ $labels.namespace }}"
        assert alert.labels["service"] != "kube-state-metrics"


def test_it_is_left_out_where_there_is_one_already() -> None:
    assert "observability/kube-state-metrics" not in named(objects_of(smallest()), "Deployment")


def _argument(name: str) -> list[str]:
    container = of_kind(objects_of(full()), "Deployment", "kube-state-metrics")["spec"]["template"][
        "spec"
    ]["containers"][0]
    return [item.partition("=")[2] for item in container["args"] if item.startswith(f"{name}=")]
