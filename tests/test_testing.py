"""What consumers test their own apps with."""

from dataclasses import replace
from datetime import date
from typing import Any

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError
from constructs_lib.refs import SecretKey
from constructs_lib.rules import FLEET_RULES, Finding, Known, Waiver
from constructs_lib.secrets import AppSecret, AppSecretProps, ExistingSecret
from constructs_lib.service import NovaService
from constructs_lib.testing import assert_restricted, assert_rules, one, synth
from tests.environments import MODERN
from tests.service.cases import SERVICE


def shop(app: cdk8s.App) -> AppChart:
    chart = AppChart(app, "shop", environment=MODERN, team="checkout")
    NovaService(chart, "orders", SERVICE)
    return chart


def test_an_app_keeps_the_rules() -> None:
    objects = synth(shop)
    assert_restricted(objects)
    assert_rules(objects)


def test_an_object_is_found_by_kind_and_name() -> None:
    assert one(synth(shop), "Service", "orders")["metadata"]["namespace"] == "shop"


def test_a_name_that_nothing_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(NovaError, match="did you mean 'orders'"):
        one(synth(shop), "Service", "ordres")


def test_what_breaks_a_rule_fails_the_assertion() -> None:
    twice: Any = [*synth(shop), *synth(shop)]
    with pytest.raises(AssertionError, match="have this identity"):
        assert_rules(twice)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"hostPID": True}}
    with pytest.raises(AssertionError, match="hostPID"):
        assert_restricted([pod])


def reading(app: cdk8s.App) -> AppChart:
    chart = AppChart(app, "shop", environment=MODERN, team="checkout")
    AppSecret(chart, "db", AppSecretProps(keys=("URL",), source=ExistingSecret()))
    variables = {"URL": SecretKey("db", "URL"), "DSN": SecretKey("legacy", "DSN")}
    NovaService(chart, "orders", replace(SERVICE, variables=variables))
    return chart


def test_what_a_cluster_has_besides_is_told() -> None:
    objects = synth(reading)
    with pytest.raises(AssertionError, match="needs Secret shop/legacy") as caught:
        assert_rules(objects)
    assert "Secret shop/db" not in str(caught.value)
    assert_rules(objects, known=Known(objects={"Secret shop/legacy": ("DSN",)}))


def test_a_finding_may_be_waived_and_a_rule_added() -> None:
    def none_at_all(objects: Any) -> list[Finding]:
        return [Finding("team/rule", "Fleet", f"has {len(objects)} objects", "keep them")]

    waiver = Waiver(rule="team/rule", object="Fleet", reason="agreed", until=date.max)
    rules = (*FLEET_RULES, none_at_all)
    with pytest.raises(AssertionError, match="team/rule"):
        assert_rules(synth(shop), rules=rules)
    assert_rules(synth(shop), rules=rules, waivers=(waiver,))
    with pytest.raises(AssertionError, match="waivers/unused"):
        assert_rules(synth(shop), waivers=(waiver,))
