"""Alerts about what runs in a namespace reach the team whose it is."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.owners import owners_of
from constructs_lib.observability.receivers import Webhook
from constructs_lib.observability.routing import Routing, Team
from tests.observability.alertmanager_cases import HOOK, objects_of, with_routing, written
from tests.observability.stack_cases import full, stack

_SIGNALS = Signals(kind="service", name="carts", app="shop", namespace="shop", team="shop")


_TEAMS = ("shop", "data", "platform")
_ROUTES = Routing(
    receivers={name: Webhook.at(HOOK, f"/{name}") for name in _TEAMS},
    teams=tuple(Team(name, critical=(name,), warning=(name,)) for name in _TEAMS),
)
"""A receiver for each team, called like it."""


def _told(name: str, namespace: str, team: str) -> Signals:
    return replace(_SIGNALS, name=name, namespace=namespace, team=team)


def test_each_namespace_is_its_teams_and_the_stacks_own_is_the_stacks() -> None:
    told = (_told("carts", "shop", "shop"), _told("nats", "queue", "data"))

    assert owners_of(told, home="watch", team="platform") == {
        "data": ("queue",),
        "platform": ("watch",),
        "shop": ("shop",),
    }


def test_a_shared_namespace_is_called_theirs_who_tell_most_of_it() -> None:
    told = (
        _told("carts", "shop", "shop"),
        _told("prices", "shop", "money"),
        _told("bills", "shop", "money"),
        _told("one", "even", "b"),
        _told("two", "even", "a"),
    )

    assert owners_of(told, home="shop", team="platform") == {"a": ("even",), "money": ("shop",)}


@pytest.mark.skipif(
    shutil.which("amtool") is None,
    reason="amtool is not installed (Debian: prometheus-alertmanager)",
)
@pytest.mark.parametrize(
    ("kind", "alert", "namespace", "receiver"),
    [
        ("kube-state-metrics", "PodCrashLooping", "web", "shop"),
        ("kube-state-metrics", "StatefulSetReplicasMissing", "queue", "data"),
        ("kube-state-metrics", "ContainerOutOfMemory", "observability", "platform"),
        ("cert-manager", "CertificateExpiring", "web", "shop"),
        ("prometheus", "TargetDown", "queue", "data"),
        ("prometheus", "PrometheusRulesFailing", "observability", "platform"),
    ],
)
def test_an_alert_goes_to_the_owner_of_what_it_is_about(
    kind: str, alert: str, namespace: str, receiver: str, tmp_path: Path
) -> None:
    (signals,) = [item for item in stack(full()).signals if item.kind == kind]
    (group,) = [
        group for group in rule_groups(signals, runbooks=None) if "recordings" not in group["name"]
    ]
    (rule,) = [
        rule
        for rule in group["rules"]
        if rule["alert"] == alert
        and ('namespace="' + namespace in rule["expr"] or f'=~"{namespace}"' in rule["expr"])
    ]

    labels = {"severity": rule["labels"]["severity"], "team": rule["labels"]["team"]}
    assert _receiver(tmp_path, alertname=alert, namespace=namespace, **labels) == receiver


def _receiver(folder: Path, **labels: str) -> str:
    configuration = written(objects_of(with_routing(_ROUTES)), folder)
    command = ["amtool", "config", "routes", "test", f"--config.file={configuration}"]
    pairs = [f"{name}={value}" for name, value in labels.items()]
    done = subprocess.run([*command, *pairs], capture_output=True, text=True, check=True)
    return done.stdout.strip()
