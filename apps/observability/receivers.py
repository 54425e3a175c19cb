"""Who is told of alerts, in each environment."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError
from constructs_lib.observability import (
    DeadMansSwitch,
    PagerDuty,
    Routing,
    Slack,
    Team,
    Webhook,
)
from constructs_lib.observability.receivers import Receiver
from constructs_lib.secrets import AppSecret, AppSecretProps

_NAME: Final = "alert-receivers"
_TOLD: Final[Mapping[str, Literal["nobody", "chat", "chat and pager"]]] = {
    "prod": "chat and pager",
    "dev": "chat",
    # On one's own machine one looks by oneself.
    "local": "nobody",
}
"""Who is told, by environment; critical alerts wake whom a pager reaches."""

_KEYS: Final = ("slack-api-url", "pagerduty-routing-key", "dead-mans-switch-url")


def routing(chart: AppChart, teams: Sequence[str]) -> Routing | None:
    """Where alerts of ``teams`` go; adds the Secret that it takes. None where nobody is told."""
    environment = chart.environment.name
    if environment not in _TOLD:
        msg = f"environment {environment!r} does not say who is told of alerts; add it to _TOLD"
        raise NovaError(msg)
    if _TOLD[environment] == "nobody":
        return None
    paged = _TOLD[environment] == "chat and pager"
    secret = AppSecret(chart, _NAME, AppSecretProps(keys=_KEYS if paged else _KEYS[:1]))
    receivers: dict[str, Receiver] = {
        f"chat-{team}": Slack(api_url=secret.key("slack-api-url"), channel=f"#{team}-alerts")
        for team in teams
    }
    if not paged:
        return Routing(receivers=receivers, teams=tuple(_team(team, ()) for team in teams))
    receivers["pager"] = PagerDuty(routing_key=secret.key("pagerduty-routing-key"))
    receivers["switch"] = Webhook(secret.key("dead-mans-switch-url"), resolved=False)
    return Routing(
        receivers=receivers,
        teams=tuple(_team(team, ("pager",)) for team in teams),
        dead_mans_switch=DeadMansSwitch("switch"),
    )


def _team(name: str, woken_by: tuple[str, ...]) -> Team:
    chat = (f"chat-{name}",)
    return Team(name, critical=(*woken_by, *chat), warning=chat)
