"""What of Alertmanager, its routes and its receivers is refused, and why."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.dead_mans_switch import DeadMansSwitch
from constructs_lib.observability.inhibition import Inhibition
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import PUBLIC, Email, PagerDuty, Slack, Webhook
from constructs_lib.observability.routing import Routing, Team
from constructs_lib.refs import Cidrs, SecretKey
from constructs_lib.values import check
from tests.observability.alertmanager_cases import SMALL

HOOK = Webhook("https://hooks.example.com/")
SWITCH = Webhook("https://switch.example.com/", resolved=False)
KEY = SecretKey("receivers", "key")
MAIL = Email(to=("a@example.com",), sender="b@example.com", smarthost="smtp.example.com:587")
BOTH = {"pager": HOOK, "chat": HOOK}

routings = pytest.mark.parametrize(
    ("routing", "message"),
    [
        pytest.param(
            Routing(receivers=BOTH, teams=(Team("a", critical=("pagr",), warning=("chat",)),)),
            r"routing.teams\[0\].critical .*'pagr': is no receiver.*did you mean 'pager'",
            id="a-route-to-nobody",
        ),
        pytest.param(
            Routing(receivers=BOTH, default="pager"),
            r"'chat': is told of nothing: no route leads to it",
            id="a-receiver-without-a-route",
        ),
        pytest.param(
            Routing(receivers=BOTH, teams=(Team("a", critical=("pager", "chat"), warning=()),)),
            r"teams\[0\].warning .*is nobody, and there is no default: a's would go nowhere",
            id="alerts-that-go-nowhere",
        ),
        pytest.param(
            Routing(
                receivers={"hook": HOOK},
                teams=(
                    Team("a", critical=("hook",), warning=("hook",)),
                    Team("a", critical=("hook",), warning=("hook",)),
                ),
            ),
            r"teams = 'a': has two routes, of which only the first",
            id="a-team-twice",
        ),
        pytest.param(
            Routing(
                receivers={"hook": HOOK},
                teams=(Team("a", critical=("hook", "hook"), warning=("hook",)),),
            ),
            r"teams\[0\].critical .*'hook': is listed twice",
            id="a-receiver-twice",
        ),
        pytest.param(Routing(receivers={}), "receivers .*is nobody", id="no-receiver"),
        pytest.param(
            Routing(receivers={"nobody": HOOK}, default="nobody"),
            "'nobody': is taken for nobody",
            id="a-receiver-called-nobody",
        ),
        pytest.param(
            Routing(receivers=BOTH, default="pager", dead_mans_switch=DeadMansSwitch("chat")),
            "dead_mans_switch.receiver = 'chat': is told of the end too",
            id="a-switch-that-hears-the-end",
        ),
        pytest.param(
            Routing(receivers={"s": SWITCH}, default="s", dead_mans_switch=DeadMansSwitch("s")),
            "dead_mans_switch.receiver = 's': is told of other alerts too",
            id="a-switch-with-other-alerts",
        ),
        pytest.param(
            Routing(
                receivers={"s": SWITCH, "hook": HOOK},
                default="hook",
                dead_mans_switch=DeadMansSwitch("s", every="5s"),
            ),
            "dead_mans_switch.every = '5s': is a flood",
            id="a-switch-too-often",
        ),
        pytest.param(
            Routing(receivers={"hook": HOOK}, default="hook", group_by=("alert name", "a", "a")),
            r"group_by = 'alert name': is no label(.|\n)*group_by = 'a': is listed twice",
            id="grouping-by-what-is-no-label",
        ),
        pytest.param(
            Routing(receivers={"hook": HOOK}, default="hook", group_wait="soon"),
            "group_wait = 'soon': is not a duration",
            id="a-time-that-is-none",
        ),
        pytest.param(
            Routing(receivers={"hook": HOOK}, default="hook", repeat_critical="1m"),
            "repeat_critical = '1m': is shorter than group_interval",
            id="a-repeat-below-the-interval",
        ),
        pytest.param(
            Routing(
                receivers={"hook": HOOK},
                default="hook",
                inhibitions=(Inhibition(source={}, target={"a": "("}, equal=()),),
            ),
            r"source .*matches every alert(.|\n)*is no regular expression"
            r"(.|\n)*equal .*of one system hold back those of all others",
            id="an-inhibition-of-everything",
        ),
        pytest.param(
            Routing(
                receivers={"hook": HOOK},
                default="hook",
                quiet=(QuietTime(start="22:00", end="06:00"),),
            ),
            "end = '06:00': is not after 22:00.*split it at midnight",
            id="a-night",
        ),
    ],
)


@routings
def test_a_routing_is_refused(routing: Routing, message: str) -> None:
    with pytest.raises(PropsError, match=message):
        check("stack", Alertmanager(routing=routing), Alertmanager)


receivers = pytest.mark.parametrize(
    ("receiver", "message"),
    [
        pytest.param(Webhook("ftp://a.example.com"), "is no http or https URL", id="scheme"),
        pytest.param(Webhook("http://a.example.com:x/"), "is no http or https URL", id="port"),
        pytest.param(Webhook("http://a.example.com:99999/"), "is not a port", id="port-number"),
        pytest.param(
            Webhook("http://hook.hooks.svc/alerts"),
            "is in the cluster, and the network policy opens .* public addresses only",
            id="a-service-behind-a-closed-policy",
        ),
        pytest.param(Webhook("https://a.example.com", peers=()), "is nobody", id="no-peers"),
        pytest.param(Webhook("https://a.example.com", most_alerts=-1), "is negative", id="most"),
        pytest.param(Webhook("https://a.example.com", port=0), "is not a port", id="policy-port"),
        pytest.param(Slack(api_url=KEY, channel=" "), "is no channel", id="channel"),
        pytest.param(PagerDuty(routing_key=KEY, url="pagerduty"), "is no http", id="pagerduty"),
        pytest.param(replace(MAIL, to=()), "is nobody", id="no-address"),
        pytest.param(replace(MAIL, sender="me"), "sender = 'me': is no address", id="sender"),
        pytest.param(replace(MAIL, smarthost="smtp"), "is no server", id="smarthost"),
        pytest.param(
            replace(MAIL, smarthost="x:99999999"), "smarthost .*is not a port", id="smarthost-port"
        ),
        pytest.param(replace(MAIL, username="me"), "password .*is missing", id="half-a-login"),
    ],
)


@receivers
def test_a_receiver_is_refused(receiver: Webhook | Slack | PagerDuty | Email, message: str) -> None:
    routing = Routing(receivers={"one": receiver}, default="one")

    with pytest.raises(PropsError, match=message):
        check("stack", Alertmanager(routing=routing), Alertmanager)


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        (Alertmanager(routing=SMALL, replicas=2), "replicas = 2: is neither one"),
        (Alertmanager(routing=SMALL, retention="6h"), "before routing.repeat_warning of 12h"),
        (Alertmanager(routing=SMALL, retention="30m5h"), "is not a duration"),
        (Alertmanager(routing=SMALL, retention=""), "is not a duration"),
        (Alertmanager(routing=SMALL, retention="0s"), "is no time"),
        (Alertmanager(routing=SMALL, retention="long"), "'long': is not a duration"),
        (Alertmanager(routing=SMALL, external_url="https://a.example.com/am"), "without a path"),
        (Alertmanager(routing=SMALL, external_url="https://a.example.com:99999"), "is not a port"),
        (Alertmanager(routing=SMALL, silences_url="a.example.com"), "silences_url .*is no http"),
        (Alertmanager(routing=SMALL, extra_args=("-x",)), "is no flag"),
        (Alertmanager(routing=SMALL, peer_timeout_seconds=0), "lets all of them tell at once"),
        (Alertmanager(routing=SMALL, user=0), "is root"),
        (
            Alertmanager(routing=SMALL, shutdown=Shutdown(grace_period_seconds=5)),
            "is shorter than drain_seconds",
        ),
    ],
)
def test_an_alertmanager_is_refused(engine: Alertmanager, message: str) -> None:
    with pytest.raises(PropsError, match=message):
        check("stack", engine, Alertmanager)


def test_teams_that_are_watched_need_a_route_or_a_default() -> None:
    own = Routing(
        receivers={"hook": HOOK}, teams=(Team("payments", critical=("hook",), warning=("hook",)),)
    )

    (problem,) = own.problems_of(["payments", "payment", "payments"])
    assert "no route for 'payment'" in problem.why
    assert "did you mean 'payments'" in problem.fix
    assert list(SMALL.problems_of(["anybody"])) == []


def test_a_service_may_be_told_with_peers_of_its_own() -> None:
    inside = Webhook("http://hook.hooks.svc/alerts", peers=(Cidrs(("10.0.0.0/8",)),))
    routing = Routing(receivers={"hook": inside}, default="hook")

    check("stack", Alertmanager(routing=routing), Alertmanager)
    assert PUBLIC not in inside.reaches.peers
