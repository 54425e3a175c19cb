"""What is written into alertmanager.yml, as amtool reads it."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from constructs_lib.observability.messages import in_full
from constructs_lib.observability.routing import Routing, Team
from constructs_lib.store.props import StoreProps
from tests.observability.alertmanager_cases import (
    EVERYTHING,
    FULL,
    ONE,
    THREE,
    objects_of,
    with_routing,
    written,
)

needs_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None,
    reason="amtool is not installed (Debian: prometheus-alertmanager)",
)


def _amtool(*arguments: object) -> str:
    ran = subprocess.run(
        ["amtool", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _receivers(configuration: Path, **labels: str) -> list[str]:
    pairs = [f"{label}={text}" for label, text in labels.items()]
    told = _amtool("config", "routes", "test", f"--config.file={configuration}", *pairs)
    return told.strip().split(",")


@needs_amtool
@pytest.mark.parametrize(
    "props", [pytest.param(ONE, id="smallest"), pytest.param(THREE, id="every-receiver")]
)
def test_amtool_takes_it(props: StoreProps, tmp_path: Path) -> None:
    found = _amtool("check-config", written(objects_of(props), tmp_path))

    assert "SUCCESS" in found
    assert "1 templates" in found


@needs_amtool
def test_amtool_takes_hours_inhibitions_and_escapes(tmp_path: Path) -> None:
    plain = {**FULL.receivers, "hook": THREE.engine.routing.receivers["hook"]}  # type: ignore[attr-defined]
    known = replace(FULL, receivers=plain)

    found = _amtool("check-config", written(objects_of(with_routing(known)), tmp_path))
    assert "3 inhibit rules" in found


def test_only_a_secret_url_asks_for_more_than_0_25(tmp_path: Path) -> None:
    def uses(props: StoreProps, name: str) -> bool:
        text = written(objects_of(props), tmp_path / name).read_text(encoding="utf-8")
        return any(line.strip(" -").startswith("url_file:") for line in text.splitlines())

    assert not uses(THREE, "three")
    assert uses(EVERYTHING, "everything")


@needs_amtool
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"team": "payments", "severity": "critical"}, ["pager", "chat"]),
        ({"team": "payments", "severity": "warning"}, ["chat"]),
        ({"team": "search", "severity": "critical"}, ["hook"]),
        ({"team": "search", "severity": "warning"}, ["letters"]),
        ({"team": "payments", "severity": "info"}, ["letters"]),
        ({"team": "unheard-of", "severity": "critical"}, ["letters"]),
        ({"severity": "critical"}, ["letters"]),
        ({"alertname": "Watchdog", "team": "payments", "severity": "critical"}, ["switch"]),
    ],
)
def test_an_alert_goes_to_whom_its_team_named(
    labels: Mapping[str, str], receivers: list[str], tmp_path: Path
) -> None:
    configuration = written(objects_of(THREE), tmp_path)

    assert _receivers(configuration, **{"alertname": "Trouble", **labels}) == receivers


@needs_amtool
def test_without_a_default_strangers_alerts_are_shown_and_sent_to_nobody(tmp_path: Path) -> None:
    teams = (Team("payments", critical=("hook",), warning=("hook",)),)
    own = Routing(receivers=ONE.engine.routing.receivers, teams=teams)  # type: ignore[attr-defined]
    configuration = written(objects_of(with_routing(own)), tmp_path)

    assert _receivers(configuration, team="payments", severity="critical") == ["hook"]
    assert _receivers(configuration, team="search", severity="critical") == ["nobody"]


@needs_amtool
def test_without_a_switch_the_alert_that_always_fires_is_no_news_to_a_team(tmp_path: Path) -> None:
    configuration = written(objects_of(ONE), tmp_path)
    labels = {"team": "payments", "severity": "warning"}

    assert _receivers(configuration, alertname="ServiceDown", **labels) == ["hook"]
    assert _receivers(configuration, alertname="Watchdog", **labels) == ["nobody"]


def test_hours_hold_back_warnings_and_never_what_is_critical(tmp_path: Path) -> None:
    text = written(objects_of(EVERYTHING), tmp_path).read_text(encoding="utf-8")
    payments = yaml.safe_load(text)["route"]["routes"][1]["routes"]

    muted = {route["matchers"][0]: route.get("mute_time_intervals") for route in payments}
    assert muted == {'severity="critical"': None, 'severity="warning"': ["quiet"]}


@needs_amtool
def test_a_message_says_what_is_wrong_what_to_do_and_where_to_read_on(tmp_path: Path) -> None:
    configuration = written(objects_of(THREE), tmp_path)
    data = tmp_path / "data.json"
    data.write_text(json.dumps(_MESSAGE), encoding="utf-8")

    def said(text: str) -> str:
        return _amtool(
            "template",
            "render",
            f"--template.glob={configuration.parent / 'messages.tmpl'}",
            f"--template.data={data}",
            f"--template.text={text}",
        )

    title, text = said('{{ template "nova.title" . }}'), said('{{ template "nova.text" . }}')
    assert title.strip() == "[FIRING:1] ServiceDown in shop"
    assert "FIRING (critical): orders has no pods.\nWhat to do: Look at its pods." in text
    assert "Runbook: https://runbooks.example.com/service.md#servicedown" in text
    assert ".svc" not in text
    # Where no file can be brought along the same is said in full.
    for name, shown in (("nova.title", title), ("nova.text", text)):
        assert said(in_full(None)[name]) == shown
    public = "https://grafana.example.com/alerting/silences"
    assert said(in_full(public)["nova.text"]) == f"{text.rstrip()}\nSilence it: {public}\n"


_ANNOTATIONS = {
    "summary": "orders has no pods.",
    "description": "Look at its pods.",
    "runbook_url": "https://runbooks.example.com/service.md#servicedown",
}
_LABELS = {"alertname": "ServiceDown", "namespace": "shop", "severity": "critical"}
_MESSAGE = {
    "receiver": "chat",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": _LABELS,
            "annotations": _ANNOTATIONS,
            "startsAt": "2026-01-01T00:00:00Z",
        }
    ],
    "commonLabels": _LABELS,
    "commonAnnotations": _ANNOTATIONS,
    "externalURL": "http://alertmanager.observability.svc:9093",
}
