import re
from typing import Any

import cdk8s
import pytest
from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.service import NovaService
from tests.environments import MODERN
from tests.service.cases import SERVICE
from tests.service.rendering import kinds

ARGUMENTS: dict[str, Any] = {"environment": MODERN, "team": "checkout"}

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "id": ("Shop", {}, "id = 'Shop': is not a DNS label; "),
    "app": ("shop", {"app": "my shop"}, "app = 'my shop': is not a DNS label; "),
    "namespace": (
        "shop",
        {"namespace": "s" * 64},
        f"namespace = '{'s' * 64}': has 64 characters; ",
    ),
    "no-team": ("shop", {"team": ""}, "team = '': names nobody; name the team that is called"),
    "team": ("shop", {"team": "check out"}, "team = 'check out': is not a label value; "),
    "labels": ("shop", {"labels": ["a"]}, "labels = ['a']: is no mapping; write {name: value}"),
    "label": ("shop", {"labels": {"a": 1}}, "labels['a'] = 1: is not a label value; "),
    "label-without-a-name": (
        "shop",
        {"labels": {5: "x"}},
        "labels = 5: is not a label's key; write a string",
    ),
    "label-of-the-selector": (
        "shop",
        {"labels": {"app.kubernetes.io/instance": "other"}},
        "labels = 'app.kubernetes.io/instance': is part of the selector of the pods; ",
    ),
    "environment": (
        "shop",
        {"environment": "prod"},
        "environment = 'prod': is no Environment; pass an Environment",
    ),
    "another-value-as-environment": (
        "shop",
        {"environment": SERVICE.image},
        "environment = AppImage(",
    ),
}


def new_chart(id: str = "shop", **changes: Any) -> AppChart:  # noqa: A002
    return AppChart(cdk8s.App(), id, **{**ARGUMENTS, **changes})


@pytest.mark.parametrize(("id_", "changes", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_chart_that_cannot_be_is_refused(id_: str, changes: dict[str, Any], told: str) -> None:
    expected = rf"^AppChart '{id_}': 1 problem\n  {re.escape(told)}"
    with pytest.raises(PropsError, match=expected):
        new_chart(id_, **changes)


def test_all_problems_of_a_chart_are_told_together() -> None:
    with pytest.raises(PropsError) as caught:
        new_chart("Shop", app="A", namespace="B", team="", environment=None)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["id", "app", "namespace", "team", "environment"]


def test_namespace_and_denial_come_first() -> None:
    chart = new_chart()
    NovaService(chart, "api", SERVICE)
    assert kinds(chart.to_json())[:2] == ["Namespace", "NetworkPolicy"]


def test_another_chart_of_the_namespace_does_not_make_it_again() -> None:
    chart = new_chart("shop-jobs", app="shop", create_namespace=False)
    NovaService(chart, "api", SERVICE)
    assert "Namespace" not in kinds(chart.to_json())
    assert {o["metadata"]["namespace"] for o in chart.to_json()} == {"shop"}
    assert chart.expected_namespaces == ("shop",)
    assert new_chart().expected_namespaces == ()


def test_app_and_namespace_may_differ() -> None:
    chart = new_chart("shop-jobs", app="shop", namespace="shop-batch")
    namespace, denial = chart.to_json()
    assert namespace["metadata"]["name"] == "shop-batch"
    assert "namespace" not in namespace["metadata"]
    assert denial["metadata"]["namespace"] == "shop-batch"
    assert denial["metadata"]["labels"]["app.kubernetes.io/part-of"] == "shop"


def test_labels_reach_every_object_and_pod() -> None:
    chart = new_chart(labels={"cost-centre": "42"})
    NovaService(chart, "api", SERVICE)
    objects = chart.to_json()
    assert {o["metadata"]["labels"]["cost-centre"] for o in objects} == {"42"}
    (deployment,) = (o for o in objects if o["kind"] == "Deployment")
    assert deployment["spec"]["template"]["metadata"]["labels"]["cost-centre"] == "42"


def test_a_construct_finds_its_chart_from_below() -> None:
    chart = new_chart()
    assert app_chart_of(Construct(Construct(chart, "a"), "b")) is chart


def test_a_construct_outside_an_app_chart_is_refused() -> None:
    plain = cdk8s.Chart(cdk8s.App(), "plain")
    with pytest.raises(NovaError, match="'plain' is in no AppChart; put it into one"):
        NovaService(plain, "api", SERVICE)
    assert plain.to_json() == []
    assert plain.node.children == []


def test_two_apps_of_one_environment_do_not_mix() -> None:
    app = cdk8s.App()
    charts = [AppChart(app, name, **ARGUMENTS) for name in ("shop", "blog")]
    for chart in charts:
        NovaService(chart, "api", SERVICE)
    for chart in charts:
        objects = chart.to_json()
        instances = {o["metadata"]["labels"]["app.kubernetes.io/instance"] for o in objects}
        assert instances == {chart.app_name}


def test_an_unknown_keyword_is_answered_with_the_nearest() -> None:
    wrong: dict[str, Any] = {"enviroment": MODERN, "team": "checkout"}
    with pytest.raises(PropsError) as raised:
        AppChart(cdk8s.App(), "shop", **wrong)
    said = [str(problem) for problem in raised.value.problems]
    assert said == [
        "enviroment = '...': AppChart takes none; did you mean 'environment'?",
        "environment = None: is required; pass environment=...",
    ]
