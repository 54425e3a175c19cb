"""Routing as Alertmanager reads it: ``alertmanager.yml``.

Matchers are written with quotes, which both the parser before 0.27 and the one since read alike.
https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.kube.body import Body, body
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.observability.inhibition import Inhibition
from constructs_lib.observability.messages import FILE, by_name
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import Email, PagerDuty, Receiver, Slack, Webhook
from constructs_lib.observability.routes import (
    QUIET,
    Branch,
    Matcher,
    patterns,
    receivers_without_messages,
    tree,
)
from constructs_lib.observability.routing import Routing
from constructs_lib.refs import SecretKey
from constructs_lib.yaml_text import to_yaml

CONFIGURATION = "/etc/alertmanager/configuration"
"""Folder of configuration and templates."""

SECRETS = "/etc/alertmanager/secrets"
"""Folder of the receivers' secrets, a folder below it for each Secret."""

SEVERITY = '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}'
"""PagerDuty's word for how bad it is."""


def configuration(routing: Routing) -> str:
    """Text of ``alertmanager.yml``."""
    whole = body(
        templates=[f"{CONFIGURATION}/{FILE}"],
        route=_route(tree(routing)),
        inhibit_rules=[_inhibition(rule) for rule in routing.inhibitions],
        time_intervals=_intervals(routing.quiet),
        receivers=[
            *({"name": name} for name in receivers_without_messages(routing)),
            *({"name": name, **_integration(item)} for name, item in routing.receivers.items()),
        ],
    )
    return to_yaml([whole])


def secret_mounts(routing: Routing) -> tuple[FileMount, ...]:
    """The receivers' secrets as files, each Secret in a folder of its own."""
    keys: dict[str, list[SecretKey]] = {}
    for key in routing.secrets:
        keys.setdefault(key.secret, []).append(key)
    return tuple(
        FileMount(
            f"{SECRETS}/{secret}",
            source=SecretFiles(
                secret,
                keys=tuple(dict.fromkeys(item.key for item in items)),
                optional=all(item.optional for item in items),
            ),
        )
        for secret, items in keys.items()
    )


def _path(key: SecretKey) -> str:
    return f"{SECRETS}/{key.secret}/{key.key}"


def _route(branch: Branch) -> Body:
    return body(
        matchers=_matchers(branch.matchers),
        receiver=branch.receiver,
        group_by=list(branch.group_by),
        group_wait=branch.group_wait,
        group_interval=branch.group_interval,
        repeat_interval=branch.repeat_interval,
        mute_time_intervals=list(branch.muted),
        **{"continue": branch.goes_on or None},
        routes=[_route(item) for item in branch.branches],
    )


def _inhibition(rule: Inhibition) -> Body:
    return {
        "source_matchers": _matchers(patterns(rule.source)),
        "target_matchers": _matchers(patterns(rule.target)),
        "equal": list(rule.equal),
    }


def _matchers(matchers: Iterable[Matcher]) -> list[str]:
    return [f'{item.label}{item.kind}"{_escaped(item.text)}"' for item in matchers]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _intervals(quiet: tuple[QuietTime, ...]) -> list[Body]:
    spans = [
        body(
            times=[{"start_time": item.start, "end_time": item.end}],
            weekdays=list(item.weekdays),
            location=item.location,
        )
        for item in quiet
    ]
    return [{"name": QUIET, "time_intervals": spans}] if spans else []


def _integration(receiver: Receiver) -> Body:
    match receiver:
        case Webhook():
            return {"webhook_configs": [_webhook(receiver)]}
        case Slack():
            return {"slack_configs": [_slack(receiver)]}
        case PagerDuty():
            return {"pagerduty_configs": [_pagerduty(receiver)]}
        case Email():
            return {"email_configs": [_email(receiver)]}


def _webhook(receiver: Webhook) -> Body:
    url, token = receiver.url, receiver.token
    place = {"url": url} if isinstance(url, str) else {"url_file": _path(url)}
    login = None if token is None else {"authorization": {"credentials_file": _path(token)}}
    return body(
        **place,
        send_resolved=receiver.resolved,
        max_alerts=receiver.most_alerts or None,
        http_config=login,
    )


def _slack(receiver: Slack) -> Body:
    return {
        "api_url_file": _path(receiver.api_url),
        "channel": receiver.channel,
        "send_resolved": receiver.resolved,
        # Alertmanager's own ends in its address, which may be the cluster's only.
        "fallback": by_name("nova.title"),
        "title": by_name("nova.title"),
        "title_link": by_name("nova.link"),
        "text": by_name("nova.text"),
    }


def _pagerduty(receiver: PagerDuty) -> Body:
    return {
        "routing_key_file": _path(receiver.routing_key),
        "url": receiver.url,
        "send_resolved": True,
        "severity": SEVERITY,
        "client_url": by_name("nova.link"),
        "description": by_name("nova.title"),
        "details": {"text": by_name("nova.text")},
        "links": [{"href": by_name("nova.link"), "text": "Runbook"}],
    }


def _email(receiver: Email) -> Body:
    return body(
        to=", ".join(receiver.to),
        **{"from": receiver.sender},
        smarthost=receiver.smarthost,
        auth_username=receiver.username,
        auth_password_file=None if receiver.password is None else _path(receiver.password),
        require_tls=receiver.require_tls,
        send_resolved=receiver.resolved,
        headers={"Subject": by_name("nova.title")},
        text=by_name("nova.text"),
        # Alertmanager's own page would be shown in place of the text, without what to do.
        html="",
    )
