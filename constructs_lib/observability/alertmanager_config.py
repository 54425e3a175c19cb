"""Routing as the Prometheus Operator reads it: an AlertmanagerConfig.

https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.AlertmanagerConfig
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.observability.alertmanager_file import SEVERITY
from constructs_lib.observability.inhibition import Inhibition
from constructs_lib.observability.messages import Texts, in_full
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

ALERTMANAGER_CONFIGS = "alertmanagerconfigs.monitoring.coreos.com"
"""Name of the CRD by which routes reach a Prometheus Operator."""


def alertmanager_config(metadata: Body, routing: Routing, *, silences: str | None = None) -> Body:
    """An AlertmanagerConfig with the routes, receivers and inhibitions of ``routing``.

    ``silences`` is the page that messages name for silencing an alert; None names none.

    Its Secrets are those of its own namespace. **Unless told otherwise the operator adds to its
    routes and inhibitions that an alert's ``namespace`` is that of the AlertmanagerConfig**
    (strategy ``OnNamespace``), so that alerts of other namespaces never get here. Alerts of
    several namespaces need one of these on the Alertmanager object: the strategy ``None`` as
    ``spec.alertmanagerConfigMatcherStrategy.type``; this object as its
    ``spec.alertmanagerConfiguration``; or, where both lie in one namespace, the strategy
    ``OnNamespaceExceptForAlertmanagerNamespace``.
    """
    texts = in_full(silences)
    spec = body(
        route=_route(tree(routing)),
        inhibitRules=[_inhibition(rule) for rule in routing.inhibitions],
        muteTimeIntervals=_intervals(routing),
        receivers=[
            *({"name": name} for name in receivers_without_messages(routing)),
            *(
                {"name": name, **_integration(item, texts)}
                for name, item in routing.receivers.items()
            ),
        ],
    )
    return {
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": metadata,
        "spec": spec,
    }


def operator_problems(routing: Routing) -> Iterator[Problem]:
    """What an AlertmanagerConfig cannot say."""
    for index, item in enumerate(routing.quiet):
        if item.location is not None:
            why = "is nothing that an AlertmanagerConfig can say"
            fix = "write the hours in UTC and leave it out"
            yield Problem(f"quiet[{index}].location", item.location, why, fix)


def _route(branch: Branch) -> Body:
    # The operator adds no receiver to a route without one: it stays the root's, as it should.
    return body(
        matchers=_matchers(branch.matchers),
        receiver=branch.receiver,
        groupBy=list(branch.group_by),
        groupWait=branch.group_wait,
        groupInterval=branch.group_interval,
        repeatInterval=branch.repeat_interval,
        muteTimeIntervals=list(branch.muted),
        **{"continue": branch.goes_on or None},
        routes=[_route(item) for item in branch.branches],
    )


def _inhibition(rule: Inhibition) -> Body:
    return {
        "sourceMatch": _matchers(patterns(rule.source)),
        "targetMatch": _matchers(patterns(rule.target)),
        "equal": list(rule.equal),
    }


def _matchers(matchers: Iterable[Matcher]) -> list[Body]:
    return [{"name": item.label, "matchType": item.kind, "value": item.text} for item in matchers]


def _intervals(routing: Routing) -> list[Body]:
    spans = [
        body(
            times=[{"startTime": item.start, "endTime": item.end}],
            weekdays=list(item.weekdays),
        )
        for item in routing.quiet
    ]
    return [{"name": QUIET, "timeIntervals": spans}] if spans else []


def _integration(receiver: Receiver, texts: Texts) -> Body:
    match receiver:
        case Webhook():
            return {"webhookConfigs": [_webhook(receiver)]}
        case Slack():
            return {"slackConfigs": [_slack(receiver, texts)]}
        case PagerDuty():
            return {"pagerdutyConfigs": [_pagerduty(receiver, texts)]}
        case Email():
            return {"emailConfigs": [_email(receiver, texts)]}


def _key(key: SecretKey) -> Body:
    return body(name=key.secret, key=key.key, optional=key.optional or None)


def _webhook(receiver: Webhook) -> Body:
    url, token = receiver.url, receiver.token
    place = {"url": url} if isinstance(url, str) else {"urlSecret": _key(url)}
    login = None if token is None else {"authorization": {"credentials": _key(token)}}
    return body(
        **place,
        sendResolved=receiver.resolved,
        maxAlerts=receiver.most_alerts or None,
        httpConfig=login,
    )


def _slack(receiver: Slack, texts: Texts) -> Body:
    return {
        "apiURL": _key(receiver.api_url),
        "channel": receiver.channel,
        "sendResolved": receiver.resolved,
        "fallback": texts["nova.title"],
        "title": texts["nova.title"],
        "titleLink": texts["nova.link"],
        "text": texts["nova.text"],
    }


def _pagerduty(receiver: PagerDuty, texts: Texts) -> Body:
    return {
        "routingKey": _key(receiver.routing_key),
        "url": receiver.url,
        "sendResolved": True,
        "severity": SEVERITY,
        "clientURL": texts["nova.link"],
        "description": texts["nova.title"],
        "details": [{"key": "text", "value": texts["nova.text"]}],
        "pagerDutyLinkConfigs": [{"href": texts["nova.link"], "alt": "Runbook"}],
    }


def _email(receiver: Email, texts: Texts) -> Body:
    return body(
        to=", ".join(receiver.to),
        **{"from": receiver.sender},
        smarthost=receiver.smarthost,
        authUsername=receiver.username,
        authPassword=None if receiver.password is None else _key(receiver.password),
        requireTLS=receiver.require_tls,
        sendResolved=receiver.resolved,
        headers=[{"key": "Subject", "value": texts["nova.title"]}],
        text=texts["nova.text"],
        html="",
    )
