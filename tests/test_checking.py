"""What a synth refuses of an environment as a whole, and what it is told of besides."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from constructs_lib import AppChart, Environment, NovaService, RuleError, write_apps
from constructs_lib.manifest import Manifest
from constructs_lib.output import checked
from constructs_lib.refs import SecretKey
from constructs_lib.rules import FLEET_RULES, Finding, Known, Waiver
from constructs_lib.secrets import AppSecret, AppSecretProps, ExistingSecret
from tests.environments import BARE, MODERN
from tests.service.refusals import service
from tests.shop_app import HOST, app_of


def test_findings_of_every_environment_are_said_together() -> None:
    broken = [app_of(environment, overrides=(HOST,)) for environment in (MODERN, BARE)]
    with pytest.raises(RuleError, match=r": 2 findings\n  prod: .*\n  bare: "):
        checked(*broken)


def with_existing(*keys: str, environment: Environment = MODERN) -> cdk8s.App:
    """An app that reads PASSWORD from a Secret that exists with these keys."""
    app = cdk8s.App()
    chart = AppChart(app, "shop", environment=environment, team="checkout")
    AppSecret(chart, "db", AppSecretProps(keys=keys, source=ExistingSecret()))
    NovaService(chart, "api", service(variables={"PASSWORD": SecretKey("db", "PASSWORD")}))
    return app


def test_a_secret_that_an_app_says_exists_is_there() -> None:
    checked(with_existing("PASSWORD"))
    with pytest.raises(RuleError, match="needs key PASSWORD of Secret db; there is USER"):
        checked(with_existing("USER"))


def test_classes_are_those_of_the_cluster() -> None:
    app = app_of(MODERN)
    claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "c"}}
    Manifest(app.charts[0], "c", {**claim, "spec": {"storageClassName": "slow"}})
    with pytest.raises(RuleError, match="has no such StorageClass; there is fast"):
        checked(app)
    checked(app, known=Known(storage_classes=frozenset({"slow"})))


def test_priority_classes_are_those_of_the_cluster() -> None:
    cluster = replace(MODERN.cluster, priority_classes=frozenset({"high"}))
    prod = replace(MODERN, cluster=cluster)
    checked(app_of(prod, priority_class="high"))
    checked(app_of(MODERN, priority_class="system-cluster-critical"))
    checked(
        app_of(MODERN, priority_class="high"), known=Known(priority_classes=frozenset({"high"}))
    )
    with pytest.raises(
        RuleError, match=r"hihg, and the cluster has no .*; the nearest is high; use"
    ):
        checked(app_of(prod, priority_class="hihg"))
    with pytest.raises(
        RuleError, match="hihg, and the cluster has no such PriorityClass; there is"
    ):
        checked(app_of(MODERN, priority_class="hihg"))


def test_a_finding_is_waived_for_a_while(tmp_path: Path) -> None:
    def waiver(until: date) -> Waiver:
        rule = "pod-security/host-namespaces"
        return Waiver(rule=rule, object="Deployment shop/api", reason="agreed", until=until)

    app = app_of(MODERN, overrides=(HOST,))
    with pytest.raises(RuleError, match=r"2 findings\n.*hostNetwork.*\n.*ended on 2020-01-31"):
        write_apps(app, folder=tmp_path, waivers=(waiver(date(2020, 1, 31)),))
    write_apps(app, folder=tmp_path, waivers=(waiver(date.max),))
    assert [path.name for path in tmp_path.iterdir()] == ["prod"]


def test_a_rule_of_a_team_runs_beside_the_others() -> None:
    def one(objects: Any) -> list[Finding]:
        return [Finding("team/rule", "Fleet", f"has {len(objects)} objects", "keep them")]

    with pytest.raises(RuleError, match=r"2 findings\n.*hostNetwork.*\n  prod: Fleet: has \d+ obj"):
        checked(app_of(MODERN, overrides=(HOST,)), rules=(*FLEET_RULES, one))
