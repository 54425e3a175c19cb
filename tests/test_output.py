"""From apps to files: what is refused before anything is written, and what is left alone."""

import re
from pathlib import Path
from typing import Any

import cdk8s
import cdk8s_plus_27 as kplus
import pytest
from constructs import Construct

from constructs_lib import (
    AppChart,
    Autoscaling,
    Environment,
    NovaError,
    NovaService,
    Resources,
    RuleError,
    output,
    write_apps,
)
from constructs_lib.output import HEADER, checked, documents, render
from tests.environments import BARE, MODERN, STAND_IN
from tests.service.refusals import service
from tests.shop_app import HOST, app_of


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


def test_what_was_placed_is_told_in_a_line_for_each_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scaled = Autoscaling(minimum=2, maximum=100, cpu=70)
    app = app_of(MODERN, BARE, resources=Resources(cpu="2", memory="1Gi"), autoscaling=scaled)
    write_apps(app, folder=tmp_path)
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.partition("; ")[0] for line in told.err.splitlines()] == [
        "prod: 2 pods on 2 of 12 nodes",
        "bare: 2 pods on 2 of 3 nodes",
    ]
    assert "at every autoscaler's maximum 100 pods on 25 nodes of pool 1 (8 cpu" in told.err


def test_nothing_is_told_of_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuleError):
        write_apps(app_of(MODERN, overrides=(HOST,)), folder=tmp_path)
    assert capsys.readouterr().err == ""
