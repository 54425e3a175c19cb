"""That alerts arrive at all, and that what is to be scraped answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.signals import Signals, Target
from constructs_lib.naming import NAME
from constructs_lib.observability.dead_mans_switch import WATCHDOG

_PAGE = "prometheus"

_TELLS_ABSENCE = re.compile(r"\babsent\(|\bor vector\(0\)")
_OF_OTHERS = ("nodes", "cert-manager")
_TELLS_OF_EACH = "ServicePodDown"
"""Name of the alert by which services tell of each of their pods themselves."""


def watchdog() -> Alert:
    """Fires for ever; who receives it calls when it stops."""
    return Alert(
        name=WATCHDOG,
        expression="vector(1)",
        lasts="0s",
        summary="Alerts reach you: this one always fires.",
        action="Nothing, as long as it comes. When it stops, look at Prometheus and Alertmanager.",
        page=_PAGE,
    )


def target_alerts(signals: Sequence[Signals]) -> tuple[Alert, ...]:
    """Targets that do not answer, or are not there where nothing else tells of it.

    They are of whoever owns the target, like its other alerts, and not of the stack.
    """
    # What others run tells it itself: names of its pods are not known.
    watched = [item for item in signals if item.targets and item.kind not in _OF_OTHERS]
    down = [
        _down(item)
        for item in watched
        if _TELLS_OF_EACH not in {alert.name for alert in item.alerts}
    ]
    return (*down, *(_missing(item, target) for item in watched for target in _untold(item)))


def _down(signals: Signals) -> Alert:
    names = dict.fromkeys(_workload(target) for target in signals.targets)
    return Alert(
        name="TargetDown",
        expression=f"up{{{_pods(signals.targets[0].pods.namespace, *names)}}} == 0",
        lasts="15m",
        summary="{{ $labels.pod }} of job {{ $labels.job }} has not answered for a quarter of an"
        " hour.",
        action="Look at the pod, then at its network policy and at the port and path of its"
        " metrics.",
        page=_PAGE,
        labels={
            "namespace": "{{ $labels.namespace }}",
            "service": signals.name,
            "team": signals.team,
        },
    )


def _untold(signals: Signals) -> Iterator[Target]:
    """Targets whose own alerts would be silent if all their pods were gone.

    Services tell of it themselves unless they may be scaled to nothing.
    """
    if signals.kind == "service":
        return
    telling = [a.expression for a in signals.alerts if _TELLS_ABSENCE.search(a.expression)]
    for target in signals.targets:
        begins = f'"{_workload(target)}-'
        if not any(begins in text for text in telling):
            yield target


def _missing(signals: Signals, target: Target) -> Alert:
    name, namespace = _workload(target), target.pods.namespace
    return Alert(
        name="TargetMissing",
        expression=f"absent(up{{{_pods(namespace, name)}}})",
        lasts="15m",
        summary=f"Nothing of {target.name} is there to be asked for metrics.",
        action=f"kubectl get pods -n {namespace} -l {NAME}={name}; then whether Prometheus may"
        " list pods there.",
        page=_PAGE,
        labels={"namespace": namespace, "service": name, "team": signals.team},
    )


def _pods(namespace: str, *names: str) -> str:
    """Labels that select series of the pods of Deployments and StatefulSets called so."""
    choice = names[0] if len(names) == 1 else f"({'|'.join(names)})"
    return f'namespace="{namespace}", pod=~"{choice}-([a-z0-9]+-[a-z0-9]{{5}}|[0-9]+)"'


def _workload(target: Target) -> str:
    return target.pods.labels.get(NAME, target.name.split("/")[1])
