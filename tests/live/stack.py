"""The stack that live tests run: Prometheus and Alertmanager, for apps that are small."""

import math
from dataclasses import replace
from typing import Final

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.environment import ApiServer, Environment
from constructs_lib.kube.signals import Signals
from constructs_lib.observability import (
    Alertmanager,
    DeadMansSwitch,
    ObservabilityStack,
    ObservabilityStackProps,
    Prometheus,
    Routing,
    Team,
    Webhook,
)
from constructs_lib.refs import Cidrs, Endpoint, Port
from tests.environments import BARE
from tests.live.manifests import parse
from tests.live.network import API_SERVER
from tests.live.time_lapse import TimeLapse

NAMESPACE = "observability"
RUNBOOKS = "https://docs.example.com/runbooks"
SMALL: Final[Environment] = replace(
    BARE,
    single_replica=True,
    replicated_stores=False,
    runbooks=RUNBOOKS,
    cluster=replace(BARE.cluster, api_server=ApiServer(addresses=Cidrs((f"{API_SERVER}/32",)))),
)
"""One of everything, where nobody but the stack scrapes."""

HOOK = Endpoint.of("hook", Port("http", 8080), app="hooks")
"""Where messages arrive: a pod of the tests' own."""

_AGAIN = 3
"""Seconds after which alerts are sent again, at least. What Alertmanager is not told of for four
times as long it takes for resolved, and a machine can stand still for a moment."""

_ROUTING = Routing(
    receivers={
        "checkout-pager": Webhook.at(HOOK, "/checkout-pager"),
        "data-pager": Webhook.at(HOOK, "/data-pager"),
        "chat": Webhook.at(HOOK, "/chat"),
        "rest": Webhook.at(HOOK, "/rest"),
        "switch": Webhook.at(HOOK, "/switch", resolved=False),
    },
    teams=(
        Team("checkout", critical=("checkout-pager",), warning=("chat",)),
        Team("data", critical=("data-pager",), warning=("chat",)),
    ),
    default="rest",
    dead_mans_switch=DeadMansSwitch("switch", every="5m"),
)
HOOK_SERVICE = parse("""
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: hooks}
spec:
  selector: {app.kubernetes.io/name: hook}
  ports: [{port: 8080, targetPort: 8080}]
""")


class Watching(AppChart):
    """Prometheus and Alertmanager; what else a stack may have is in no registry of packages."""

    def __init__(
        self, scope: cdk8s.App, watches: tuple[Signals, ...], time_lapse: TimeLapse
    ) -> None:
        super().__init__(
            scope, NAMESPACE, environment=SMALL, team="platform", create_namespace=True
        )
        flags = (
            # What Prometheus 3 does by itself.
            "--enable-feature=expand-external-labels",
            # Alerts that fire before it knows of an Alertmanager are sent again after this time.
            f"--rules.alert.resend-delay={max(_AGAIN, math.ceil(time_lapse.seconds('1m')))}s",
        )
        props = ObservabilityStackProps(
            watches=watches,
            prometheus=Prometheus(extra_args=flags),
            alertmanager=Alertmanager(routing=_ROUTING),
            kube_state_metrics=None,
            without=("nodes", "kube-state-metrics"),
        )
        self.stack = ObservabilityStack(self, "stack", props)
