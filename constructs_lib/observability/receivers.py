"""Who is told of alerts, and how they are reached. Secrets only by reference.

https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings

There is none for Opsgenie, whose service ends in April 2027.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from urllib.parse import urlsplit

from constructs_lib.errors import Problem
from constructs_lib.kube.network import Traffic
from constructs_lib.naming import port_number_problems
from constructs_lib.observability.urls import port_of, url_problems
from constructs_lib.refs import Cidrs, Endpoint, Peer, SecretKey
from constructs_lib.values import Value

PUBLIC = Cidrs(
    ("0.0.0.0/0", "::/0"),
    excluding=(
        "10.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "fe80::/10",
    ),
)
"""Every address outside clusters and private networks. What a network policy can say of services
such as Slack, whose addresses change and whose names it does not know."""

_HTTPS = 443
_SMARTHOST = re.compile(r"[A-Za-z0-9.-]+:([0-9]+)")
_LOST = "the network policy opens the way to public addresses only"


class Webhook(Value):
    """Alerts as JSON, by POST to a URL.

    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    """

    url: str | SecretKey = field(kw_only=False)
    """Where to. As a key of a Secret where the URL itself is secret, as of most dead man's
    switches; rendered as ``url_file``, which Alertmanager knows from 0.26."""

    token: SecretKey | None = None
    """Sent as ``Authorization: Bearer``, from a file that is read for every message. Default None:
    nothing is sent."""

    resolved: bool = True
    """Whether it is told of the end too. Default True."""

    most_alerts: int = 0
    """Most alerts in one message, the rest only counted. Default 0: all."""

    peers: tuple[Peer, ...] = (PUBLIC,)
    """Who answers, for the network policy. Default: public addresses."""

    port: int | None = None
    """Port that they listen on, for the network policy. Default None: the URL's, and 443 of a URL
    in a Secret."""

    @classmethod
    def at(cls, endpoint: Endpoint, path: str = "/", *, resolved: bool = True) -> Webhook:
        """A webhook in the cluster: URL, peers and port are those of ``endpoint``."""
        url = endpoint.url(path=path)
        port = endpoint.port.number
        return cls(url, resolved=resolved, peers=endpoint.peers, port=port)

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Keys that are mounted."""
        return tuple(item for item in (self.url, self.token) if isinstance(item, SecretKey))

    @property
    def reaches(self) -> Traffic:
        """What the network policy opens."""
        port = self.port or (_HTTPS if isinstance(self.url, SecretKey) else port_of(self.url))
        return Traffic(self.peers, ports=(port,))

    def problems(self) -> Iterator[Problem]:
        """A URL that can be reached, peers, and a number of alerts."""
        if isinstance(self.url, str):
            yield from _url_problems("url", self.url, self.peers)
        if self.port is not None:
            yield from port_number_problems("port", self.port)
        if self.most_alerts < 0:
            yield Problem("most_alerts", self.most_alerts, "is negative", "use 0 for all")
        yield from _peer_problems(self.peers)


class Slack(Value):
    """A message in a channel, by an incoming webhook.

    https://prometheus.io/docs/alerting/latest/configuration/#slack_config
    """

    api_url: SecretKey
    """The webhook's URL, which is a secret; rendered as ``api_url_file``."""

    channel: str
    """The channel, for example ``#payments-alerts``. New webhooks know one and ignore it."""

    resolved: bool = True
    """Whether it is told of the end too. Default True."""

    peers: tuple[Peer, ...] = (PUBLIC,)
    """Who answers, at port 443, for the network policy. Default: public addresses."""

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Keys that are mounted."""
        return (self.api_url,)

    @property
    def reaches(self) -> Traffic:
        """What the network policy opens."""
        return Traffic(self.peers, ports=(_HTTPS,))

    def problems(self) -> Iterator[Problem]:
        """A channel, and peers."""
        if not self.channel.strip():
            yield Problem("channel", self.channel, "is no channel", "write one such as '#alerts'")
        yield from _peer_problems(self.peers)


class PagerDuty(Value):
    """An incident, by the Events API v2.

    https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config
    """

    routing_key: SecretKey
    """The integration's key; rendered as ``routing_key_file``, which Alertmanager knows from
    0.25."""

    url: str = "https://events.pagerduty.com/v2/enqueue"
    """The API. Default that of the US; accounts of the EU have
    ``https://events.eu.pagerduty.com/v2/enqueue``."""

    peers: tuple[Peer, ...] = (PUBLIC,)
    """Who answers, for the network policy. Default: public addresses."""

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Keys that are mounted."""
        return (self.routing_key,)

    @property
    def reaches(self) -> Traffic:
        """What the network policy opens."""
        return Traffic(self.peers, ports=(port_of(self.url),))

    def problems(self) -> Iterator[Problem]:
        """A URL that can be reached, and peers."""
        yield from _url_problems("url", self.url, self.peers)
        yield from _peer_problems(self.peers)


class Email(Value):
    """A letter, over TLS.

    https://prometheus.io/docs/alerting/latest/configuration/#email_config
    """

    to: tuple[str, ...]
    """Addresses."""

    sender: str
    """Address that it comes from."""

    smarthost: str
    """``host:port`` of the server that takes it, for example ``smtp.example.com:587``."""

    username: str | None = None
    """Login there. Default None: none."""

    password: SecretKey | None = None
    """Its password; rendered as ``auth_password_file``, which Alertmanager knows from 0.25."""

    require_tls: bool = True
    """Whether a server without STARTTLS is refused. Default True."""

    resolved: bool = True
    """Whether it tells of the end too. Default True."""

    peers: tuple[Peer, ...] = (PUBLIC,)
    """Who answers at the port of ``smarthost``, for the network policy. Default: public
    addresses."""

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Keys that are mounted."""
        return () if self.password is None else (self.password,)

    @property
    def reaches(self) -> Traffic:
        """What the network policy opens."""
        return Traffic(self.peers, ports=(int(self.smarthost.rpartition(":")[2]),))

    def problems(self) -> Iterator[Problem]:
        """Addresses, a server, and a login that is whole."""
        if not self.to:
            yield Problem("to", self.to, "is nobody", "write at least one address")
        for name, address in (("sender", self.sender), *(("to", item) for item in self.to)):
            if "@" not in address or "," in address:
                yield Problem(name, address, "is no address", "write one such as a@example.com")
        server = _SMARTHOST.fullmatch(self.smarthost)
        if server is None:
            fix = "write host:port, such as smtp.example.com:587"
            yield Problem("smarthost", self.smarthost, "is no server", fix)
        else:
            yield from port_number_problems("smarthost", int(server[1]))
        if (self.username is None) != (self.password is None):
            missing = "username" if self.username is None else "password"
            yield Problem(missing, None, "is missing, and the other half is there", "give both")
        yield from _peer_problems(self.peers)


Receiver = Webhook | Slack | PagerDuty | Email


def _url_problems(name: str, url: str, peers: tuple[Peer, ...]) -> Iterator[Problem]:
    wrong = list(url_problems(name, url))
    yield from wrong
    if not wrong and peers == (PUBLIC,) and _inside(urlsplit(url).hostname or ""):
        fix = "use Webhook.at(endpoint), or name the peers"
        yield Problem(name, url, f"is in the cluster, and {_LOST}", fix)


def _inside(host: str) -> bool:
    """Whether ``host`` can only be a Service's name."""
    return "." not in host or ".svc." in f"{host}."


def _peer_problems(peers: tuple[Peer, ...]) -> Iterator[Problem]:
    if not peers:
        yield Problem("peers", peers, "is nobody, so no message arrives", "name who answers")
