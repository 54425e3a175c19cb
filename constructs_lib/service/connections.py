"""What a workload connects to: declared once, it becomes settings, secrets and network policy."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.variables import Variable
from constructs_lib.refs import Binding, Endpoint, VariableStyle, variable_name
from constructs_lib.service.calls import OF_ALL_CALLS, Call, CallPolicy
from constructs_lib.service.consumers import KafkaConsumer, NatsConsumer
from constructs_lib.values import Value

_STARTUP = "STARTUP"


class Connections(Value):
    """Everything that a workload may open a connection to; the rest is denied but DNS."""

    uses: tuple[Endpoint | Binding, ...] = ()
    """Endpoints and stores it connects to. A binding, a store's or ``Binding.of`` an endpoint, also
    gives it variables, which ``variables`` may replace, and is waited for at the start. A store's
    opens the store's side by a policy ``<name>-to-<service>`` there. So does an endpoint of the
    same namespace; pods elsewhere of which only an endpoint is known are opened by their owner,
    since a policy from outside would close them to all others."""

    calls: tuple[Endpoint | Call, ...] = ()
    """Services that it calls, here or in another namespace: each gives it ``<SERVICE>_URL``, the
    bounds of ``call_policy``, and opens both sides."""

    call_policy: CallPolicy | None = None
    """Bounds of every call, as settings ``CALL_...``, from which one ``Call`` may differ by its
    ``policy``. None renders the default ones where there are ``calls``, and nothing elsewhere."""

    consumes: tuple[KafkaConsumer | NatsConsumer, ...] = ()
    """What it consumes, as settings ``KAFKA_CONSUMER_...`` and ``NATS_CONSUMER_...``. The broker
    stands in ``uses``, or its addresses in ``egress``; of several, each consumer names its own."""

    egress: tuple[Traffic, ...] = ()
    """Connections that no endpoint describes."""

    variable_style: VariableStyle = "upper-snake"
    """How the settings that come of ``calls`` and ``consumes`` are named. Default ``upper-snake``.
    Variables of a binding are named by it: ``binding.dotnet()``, ``binding.named({...})``."""

    startup_wait_seconds: int = 30
    """How long the program may wait for its stores when it starts, as a setting with the stores'
    addresses beside it; after that it starts without them. It never waits for what it ``calls``.
    Default 30 s; rendered where it uses a binding. 0 does not wait."""

    def problems(self) -> Iterator[Problem]:
        """A policy can open every way, and nothing is set twice."""
        yield from super().problems()
        yield from _way_problems(self)
        yield from _call_problems(self)
        yield from _broker_problems(self)
        yield from _variable_problems(self)
        yield from _section_problems(self)
        if self.startup_wait_seconds < 0:
            wait = self.startup_wait_seconds
            yield Problem("startup_wait_seconds", wait, "is negative", "use 0 or more")

    @property
    def called(self) -> tuple[Call, ...]:
        """What it calls, bare endpoints included."""
        return tuple(item if isinstance(item, Call) else Call(item) for item in self.calls)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings that it uses, of stores and of endpoints."""
        return tuple(item for item in self.uses if isinstance(item, Binding))

    @property
    def brokers(self) -> tuple[Endpoint, ...]:
        """Of what it uses, all that may be the broker it consumes from: no store of data."""
        plain = (item for item in self.uses if not isinstance(item, Binding))
        bound = (item.endpoint for item in self.bindings if item.broker)
        return (*plain, *bound)

    @property
    def destinations(self) -> tuple[Endpoint, ...]:
        """Every endpoint that it connects to, those of its bindings and calls among them."""
        both = (item.endpoints if isinstance(item, Binding) else (item,) for item in self.uses)
        used = (endpoint for endpoints in both for endpoint in endpoints)
        return (*used, *(call.endpoint for call in self.called))

    @property
    def opened(self) -> tuple[Endpoint, ...]:
        """Those whose own side it opens wherever they are: constructs of ours, closed already."""
        stores = (place for item in self.bindings if item.opens for place in item.endpoints)
        return (*stores, *(call.endpoint for call in self.called))

    @property
    def bound(self) -> dict[str, Variable]:
        """Variables that its bindings give it."""
        return {name: item for used in self.bindings for name, item in used.variables.items()}

    @property
    def connection_settings(self) -> dict[str, str]:
        """Settings that come of what it connects to."""
        style = self.variable_style
        settings = self._waiting()
        if self.call_policy is not None or self.calls:
            settings |= self._policy.settings(OF_ALL_CALLS, style)
        for call in self.called:
            settings |= call.settings(style, self._policy)
        for consumer in self.consumes:
            settings |= consumer.settings(style)
        return settings

    @property
    def _policy(self) -> CallPolicy:
        return self.call_policy or CallPolicy()

    def _waiting(self) -> dict[str, str]:
        stores = dict.fromkeys(item.endpoint.address for item in self.bindings)
        if not stores or not self.startup_wait_seconds:
            return {}
        return {
            variable_name(_STARTUP, "WAIT_FOR", self.variable_style): ",".join(stores),
            variable_name(_STARTUP, "WAIT_SECONDS", self.variable_style): str(
                self.startup_wait_seconds
            ),
        }


def _way_problems(props: Connections) -> Iterator[Problem]:
    """Whether a policy can open every way."""
    used = [(f"uses[{index}]", item) for index, item in enumerate(props.uses)]
    called = [(f"calls[{index}]", item.endpoint) for index, item in enumerate(props.called)]
    for where, item in (*used, *called):
        for endpoint in item.endpoints if isinstance(item, Binding) else (item,):
            if not endpoint.peers:
                why = (
                    f"names nobody behind {endpoint.service} whom a NetworkPolicy could let through"
                )
                fix = "give the endpoint peers: Pods or Cidrs"
                yield Problem(f"{where}.peers", endpoint.peers, why, fix)


def _call_problems(props: Connections) -> Iterator[Problem]:
    """Whether each call can be made, with bounds that fit together."""
    policy = props.call_policy or CallPolicy()
    for index, call in enumerate(props.called):
        protocol = call.endpoint.port.protocol
        if protocol != "TCP":
            why = f"is a {protocol} port, and a URL is opened by TCP"
            fix = "call a TCP port, or name the endpoint in uses"
            yield Problem(f"calls[{index}].port", call.endpoint.port.name, why, fix)
        if call.policy is not None:
            for problem in call.policy.problems_over(policy):
                yield problem.within(f"calls[{index}].policy")


def _broker_problems(props: Connections) -> Iterator[Problem]:
    """Whether there is a way to what could be the broker."""
    if props.consumes and not props.brokers and not props.egress:
        groups = ", ".join(consumer.group for consumer in props.consumes)
        fix = "name the broker in uses, or its addresses in egress"
        yield Problem("consumes", groups, "has no way to a broker", fix)
    for index, consumer in enumerate(props.consumes):
        if consumer.broker is not None and consumer.broker not in props.brokers:
            where, name = f"consumes[{index}].broker", consumer.broker.service
            fix = "name it there too, or leave it out here"
            yield Problem(where, name, "is no broker in uses", fix)


def _variable_problems(props: Connections) -> Iterator[Problem]:
    """Whether no two bindings set one variable."""
    owners: dict[str, int] = {}
    for index, item in enumerate(props.uses):
        for name in item.variables if isinstance(item, Binding) else ():
            if name in owners:
                why = f"is set by uses[{owners[name]}] too"
                fix = "give one of them names of its own: binding.prefixed('OTHER_')"
                yield Problem(f"uses[{index}].variables", name, why, fix)
            owners.setdefault(name, index)
    for name in sorted(props.connection_settings.keys() & owners.keys()):
        where, why = f"uses[{owners[name]}].variables", "hides a setting of the same name"
        fix = "name the call or consumer otherwise: name='OTHER'"
        yield Problem(where, name, why, fix)


def _section_problems(props: Connections) -> Iterator[Problem]:
    """Whether each call and consumer has settings of its own."""
    owners: dict[str, str] = {OF_ALL_CALLS: "call_policy", _STARTUP: "startup_wait_seconds"}
    called = [(f"calls[{index}]", item.section) for index, item in enumerate(props.called)]
    consumed = [
        (f"consumes[{index}]", item.own_section) for index, item in enumerate(props.consumes)
    ]
    for where, section in (*called, *consumed):
        if section in owners:
            why = f"is the section of {owners[section]} too"
            yield Problem(f"{where}.name", section, why, "give it a name of its own: name='OTHER'")
        owners.setdefault(section, where)
