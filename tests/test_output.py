"""From apps to files: what is refused before anything is written, and what is left alone."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cdk8s
import cdk8s_plus_27 as kplus
import pytest
from constructs import Construct

from constructs_lib import (
    AppChart,
    Environment,
    NovaError,
    NovaService,
    RuleError,
    output,
    write_apps,
)
from constructs_lib.manifest import Manifest
from constructs_lib.output import HEADER, checked, documents, render
from constructs_lib.refs import SecretKey
from constructs_lib.rules import FLEET_RULES, Finding, Known, Waiver
from constructs_lib.secrets import AppSecret, AppSecretProps, ExistingSecret
from constructs_lib.service.overrides import Override
from tests.environments import BARE, MODERN, STAND_IN
from tests.service.refusals import service

HOST = Override("Deployment", {"spec": {"template": {"spec": {"hostNetwork": True}}}})


def app_of(*environments: Environment, chart: str = "shop", **props: Any) -> cdk8s.App:
    """One app with a service of its own in each of ``environments``."""
    app = cdk8s.App()
    for environment in environments:
        scope = Construct(app, environment.name)
        shop = AppChart(scope, chart, environment=environment, team="checkout", app="shop")
        NovaService(shop, "api", service(**props))
    return app


def test_two_charts_of_one_file_are_refused() -> None:
    app = app_of(MODERN)
    AppChart(Construct(app, "again"), "shop", environment=MODERN, team="checkout")
    told = (
        "AppChart 'prod/shop' and AppChart 'again/shop' would both be written to "
        "prod/shop/shop.k8s.yaml; give one of them another id or app"
    )
    with pytest.raises(NovaError, match=f"^{re.escape(told)}$"):
        render(app)


def test_two_apps_of_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NovaError, match=r"would both be written to prod/shop/shop\.k8s\.yaml"):
        write_apps(app_of(MODERN), app_of(MODERN), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_rule_keeps_everything_from_being_written(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r": 1 finding\n  bare: Deployment .*hostNetwork"):
        write_apps(app_of(MODERN), app_of(BARE, overrides=(HOST,)), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_rules_see_all_apps_of_an_environment_together() -> None:
    with pytest.raises(RuleError, match="2 objects of API group 'apps' have this identity"):
        checked(app_of(MODERN), app_of(MODERN, chart="shop-too"))


def test_the_same_objects_in_two_environments_are_no_finding(tmp_path: Path) -> None:
    write_apps(app_of(MODERN), app_of(BARE), folder=tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["bare", "prod"]


def test_files_are_written_where_cdk8s_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDK8S_OUTDIR", raising=False)
    write_apps(app_of(BARE))
    monkeypatch.setenv("CDK8S_OUTDIR", "elsewhere")
    write_apps(app_of(BARE))
    for folder in ("dist", "elsewhere"):
        assert (tmp_path / folder / "bare/shop/shop.k8s.yaml").read_text().startswith(HEADER)
        assert (tmp_path / folder / "bare/shop/kustomization.yaml").read_text().startswith(HEADER)


def test_an_app_that_is_gone_takes_its_files_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_apps(app_of(MODERN), app_of(BARE), folder=tmp_path)
    # The next synth is another process.
    monkeypatch.setattr(output, "_WRITTEN", set())
    own = tmp_path / "flux" / "system" / "kustomization.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("resources: []\n")
    (tmp_path / "empty").mkdir()
    write_apps(app_of(BARE), folder=tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["bare", "empty", "flux"]
    assert own.exists()


def test_nothing_is_left_behind_for_cdk8s(tmp_path: Path) -> None:
    app = cdk8s.App(outdir=str(tmp_path))
    chart = AppChart(app, "shop", environment=BARE, team="checkout")
    assert documents(chart) == documents(chart) == next(iter(render(app).values()))
    app.synth()
    assert [path.name for path in tmp_path.iterdir()] == ["shop.k8s.yaml"]


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "db"},
    "stringData": {"PASSWORD": "hunter2"},
}


def with_extra(environment: Environment) -> AppChart:
    chart = AppChart(cdk8s.App(), "shop", environment=environment, team="checkout")
    NovaService(chart, "api", service(extra_manifests=(SECRET,)))
    return chart


def with_plus(environment: Environment) -> AppChart:
    chart = AppChart(cdk8s.App(), "shop", environment=environment, team="checkout")
    kplus.Secret(chart, "db", string_data={"PASSWORD": "hunter2"})
    return chart


@pytest.mark.parametrize("build", [with_extra, with_plus])
def test_values_of_secrets_are_refused_whoever_renders_them(build: Any) -> None:
    with pytest.raises(RuleError) as caught:
        documents(build(MODERN))
    assert "shop (environment 'prod' renders no literals): 1 finding" in str(caught.value)
    assert "holds the values of PASSWORD; use AppSecret" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "Secret" in {item["kind"] for item in documents(build(STAND_IN))}


def test_a_token_of_a_service_account_is_no_value() -> None:
    chart = AppChart(cdk8s.App(), "shop", environment=MODERN, team="checkout")
    account = kplus.ServiceAccount.from_service_account_name(chart, "account", "api")
    kplus.ServiceAccountTokenSecret(chart, "token", service_account=account)
    assert "Secret" in {item["kind"] for item in documents(chart)}


def test_a_second_call_would_remove_what_the_first_one_wrote(tmp_path: Path) -> None:
    write_apps(app_of(MODERN), folder=tmp_path)
    with pytest.raises(NovaError, match="written by an earlier call; pass all apps to one call"):
        write_apps(app_of(BARE), folder=str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["prod"]


def test_no_app_at_all_leaves_the_folder_alone(tmp_path: Path) -> None:
    with pytest.raises(NovaError, match="no app was given"):
        write_apps(folder=tmp_path)


def test_apps_are_passed_one_by_one(tmp_path: Path) -> None:
    listed: Any = [app_of(BARE)]
    with pytest.raises(NovaError, match="a list is no App"):
        write_apps(listed, folder=tmp_path)


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
