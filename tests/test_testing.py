"""What consumers test their own apps with."""

from typing import Any

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError
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
