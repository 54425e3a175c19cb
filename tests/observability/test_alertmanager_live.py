"""Real Alertmanagers run what is rendered, and a server takes what they send.

The program is Debian's 0.25. Times are short ones; all else is what pods get.
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.alertmanager_alerts import exposed
from constructs_lib.observability.dead_mans_switch import DeadMansSwitch
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import PagerDuty, Slack, Webhook
from constructs_lib.observability.routing import Routing, Team
from constructs_lib.refs import SecretKey
from constructs_lib.store.props import StoreProps
from tests.environments import BARE
from tests.observability.alertmanager_cases import objects_of
from tests.observability.alertmanager_server import (
    PROGRAM,
    AlertmanagerServer,
    alertmanagers,
    firing,
    resolved,
    restarted,
)
from tests.observability.webhook import WebhookServer, until, webhook

__all__ = ["webhook"]

pytestmark = pytest.mark.skipif(
    shutil.which(PROGRAM) is None,
    reason=f"{PROGRAM} is not installed (Debian's package of the name)",
)

_PEER_TIMEOUT = 2
_NEWER = {"alertmanager_notifications_suppressed_total"}
_SOME_TIME = 3
"""Seconds in which a message that must not come would have come."""


def _routing(hook: WebhookServer) -> Routing:
    def to(path: str, *, token: SecretKey | None = None) -> Webhook:
        return Webhook(f"{hook.url}{path}", token=token)

    return Routing(
        receivers={
            "pager": to("/pager", token=SecretKey("receivers", "token")),
            "ledger": to("/ledger"),
            "chat": Slack(api_url=SecretKey("receivers", "slack"), channel="#shop"),
            "incidents": PagerDuty(
                routing_key=SecretKey("receivers", "pagerduty"), url=f"{hook.url}/incidents"
            ),
            "rest": to("/rest"),
            "switch": Webhook(f"{hook.url}/switch", resolved=False),
        },
        teams=(
            Team("shop", critical=("pager", "ledger"), warning=("chat",)),
            Team("search", critical=("incidents",), warning=()),
        ),
        default="rest",
        dead_mans_switch=DeadMansSwitch("switch", every="10s"),
        group_wait="1s",
        group_interval="2s",
    )


def _engine(hook: WebhookServer, replicas: int) -> StoreProps:
    return StoreProps(
        engine=Alertmanager(
            routing=_routing(hook), replicas=replicas, peer_timeout_seconds=_PEER_TIMEOUT
        )
    )


def _secrets(hook: WebhookServer) -> dict[str, str]:
    return {
        "receivers/slack": f"{hook.url}/slack\n",
        "receivers/token": "s3cret\n",
        "receivers/pagerduty": "the-key\n",
    }


def test_alerts_are_grouped_held_back_and_ended(webhook: WebhookServer, tmp_path: Path) -> None:
    orders = {"namespace": "shop", "team": "shop", "service": "orders"}
    quiet = {"namespace": "shop", "team": "shop", "service": "carts"}
    down = [firing("ServiceDown", severity="critical", **orders)]
    stuck = [firing("Stuck", severity="critical", pod=f"orders-{n}", **orders) for n in range(3)]

    with alertmanagers(objects_of(_engine(webhook, 1), BARE), tmp_path, _secrets(webhook)) as (
        server,
    ):
        server.post(
            *down,
            *stuck,
            # Said by the critical ones already.
            firing("Stuck", severity="warning", pod="orders-0", **orders),
            firing("ServiceErrorBudgetBurn", severity="critical", **orders),
            firing("ServicePodDown", severity="warning", pod="orders-1", **orders),
            # Another service's, and another pod's, are news.
            firing("ServiceErrorBudgetBurn", severity="critical", **quiet),
            firing("Stuck", severity="warning", pod="orders-7", **orders),
            firing("ServiceDown", severity="critical", team="search", namespace="search"),
            firing("Unowned", severity="warning", namespace="elsewhere"),
        )
        calls = webhook.wait("/pager", 3)
        (chat,) = webhook.wait("/slack")
        (incident,) = webhook.wait("/incidents")
        (rest,) = webhook.wait("/rest")

        assert sorted(call.alerts for call in calls) == [
            ["ServiceDown"],
            ["ServiceErrorBudgetBurn"],
            ["Stuck", "Stuck", "Stuck"],
        ]
        burning = next(call for call in calls if call.alerts == ["ServiceErrorBudgetBurn"])
        assert burning.body["commonLabels"]["service"] == "carts"
        assert {call.headers["Authorization"] for call in calls} == {"Bearer s3cret"}
        (attachment,) = chat.body["attachments"]
        assert chat.body["channel"] == "#shop"
        assert attachment["title"] == "[FIRING:1] Stuck in shop"
        assert attachment["title_link"] == "https://runbooks.example.com/Stuck.md"
        assert "Stuck is so.\nWhat to do: Look at it.\n" in attachment["text"]
        # The pods know an address of the cluster, which is of no use to people.
        assert ".svc" not in str(chat.body)
        assert ".svc" not in str(incident.body)
        assert incident.body["client_url"] == "https://runbooks.example.com/ServiceDown.md"
        assert (incident.body["routing_key"], incident.body["payload"]["severity"]) == (
            "the-key",
            "critical",
        )
        assert rest.alerts == ["Unowned"]
        # Two receivers of one severity are told of the same.
        told = sorted(message.alerts for message in webhook.wait("/ledger", 3))
        assert told == sorted(call.alerts for call in calls)

        server.post(*[resolved("Stuck", **alert["labels"]) for alert in _plain(stuck)])
        (end,) = webhook.wait("/pager", status="resolved")
        assert end.alerts == ["Stuck", "Stuck", "Stuck"]
        # With the critical one over, the warning that it held back is told of.
        _, later = webhook.wait("/slack", 2)
        (attachment,) = later.body["attachments"]
        assert attachment["title"] == "[FIRING:2] Stuck in shop"


def test_a_sign_of_life_is_given_each_time_and_no_end(
    webhook: WebhookServer, tmp_path: Path
) -> None:
    with alertmanagers(objects_of(_engine(webhook, 1), BARE), tmp_path, _secrets(webhook)) as (
        server,
    ):
        server.post(firing("Watchdog", severity="none", team="shop"))
        first, second = webhook.wait("/switch", 2)
        assert 8 < second.at - first.at < 13

        server.post(resolved("Watchdog", severity="none", team="shop"))
        time.sleep(12)
        assert {message.body["status"] for message in webhook.at("/switch")} == {"firing"}
        assert {message.path for message in webhook.messages} == {"/switch"}


def test_hours_hold_back_warnings_only(webhook: WebhookServer, tmp_path: Path) -> None:
    always = (QuietTime(start="00:00", end="24:00"),)
    routing = replace(_routing(webhook), quiet=always)
    props = StoreProps(engine=Alertmanager(routing=routing, replicas=1))
    with alertmanagers(objects_of(props, BARE), tmp_path, _secrets(webhook)) as (server,):
        for severity in ("warning", "critical"):
            server.post(firing("Trouble", severity=severity, team="shop", pod=severity))
        webhook.wait("/pager")
        time.sleep(_SOME_TIME)

    assert webhook.at("/slack") == []


def test_what_has_been_told_is_remembered_over_a_restart(
    webhook: WebhookServer, tmp_path: Path
) -> None:
    alert = firing("Trouble", severity="warning")
    rendered = objects_of(_engine(webhook, 1), BARE)
    with alertmanagers(rendered, tmp_path, _secrets(webhook)) as (server,):
        server.post(alert)
        webhook.wait("/rest")
        with restarted(server) as again:
            again.post(alert, firing("Fresh", severity="warning"))
            webhook.wait("/rest", 2)
            time.sleep(_SOME_TIME)

    assert [message.alerts for message in webhook.at("/rest")] == [["Trouble"], ["Fresh"]]


def test_three_of_them_tell_once_also_when_the_one_whose_turn_it_is_is_lost(
    webhook: WebhookServer, tmp_path: Path
) -> None:
    owner = {"severity": "warning", "namespace": "shop"}
    with alertmanagers(
        objects_of(_engine(webhook, 3), BARE), tmp_path, _secrets(webhook)
    ) as servers:
        until(lambda: _members(servers) == [3, 3, 3], 30, "three members")
        _told_once(webhook, servers, "First", owner)

        turn = min(servers, key=lambda server: server.metric("alertmanager_peer_position"))
        turn.kill()
        left = [server for server in servers if server is not turn]
        _told_once(webhook, left, "Second", owner)
        until(lambda: _members(left) == [2, 2], 30, "two members")


@pytest.mark.parametrize("replicas", [1, 3])
def test_it_exposes_what_rules_and_dashboards_name(
    replicas: int, webhook: WebhookServer, tmp_path: Path
) -> None:
    with alertmanagers(
        objects_of(_engine(webhook, replicas), BARE), tmp_path, _secrets(webhook)
    ) as servers:
        lines = servers[0].read("/metrics").splitlines()

    types = dict(line.split()[2:] for line in lines if line.startswith("# TYPE"))
    named = {metric.name: metric.kind for metric in exposed(replicas) if metric.name not in _NEWER}
    assert {name: types.get(name) for name in named} == named


def _plain(alerts: list[dict[str, dict[str, str]]]) -> list[dict[str, dict[str, str]]]:
    """The same alerts, their name taken out of the labels."""
    return [
        {"labels": {key: text for key, text in alert["labels"].items() if key != "alertname"}}
        for alert in alerts
    ]


def _members(servers: list[AlertmanagerServer]) -> list[float]:
    return [server.metric("alertmanager_cluster_members") for server in servers]


def _told_once(
    hook: WebhookServer, servers: list[AlertmanagerServer], name: str, labels: dict[str, str]
) -> None:
    """Each of ``servers`` gets the alert, as from Prometheus, and one of them tells of it."""
    for server in servers:
        server.post(firing(name, **labels))
    until(lambda: _times(hook, name), 60, f"a message of {name}")
    # The last one waits longest: a peer's timeout for each before it.
    time.sleep(_PEER_TIMEOUT * len(servers) + _SOME_TIME)
    assert _times(hook, name) == 1


def _times(hook: WebhookServer, name: str) -> int:
    return sum(message.alerts == [name] for message in hook.at("/rest"))
