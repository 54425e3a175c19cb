"""What a store tells of itself, from its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from constructs_lib.kube.signals import Signals, Target
from constructs_lib.store.engine import Place, Plan
from constructs_lib.store.part import Proxies, Servers


def signals_of(place: Place, plan: Plan, *, team: str) -> Signals:
    """Targets of every part that has metrics, and alerts that name the store.

    Alerts carry the store's ``namespace`` and, as services do, its name as ``service``.
    """
    labels = {"namespace": place.namespace, "service": place.name}
    return Signals(
        kind=plan.kind,
        name=place.name,
        app=place.owner.app_name,
        namespace=place.namespace,
        team=team,
        targets=tuple(_targets(place, plan)),
        recordings=plan.recordings,
        alerts=tuple(replace(alert, labels={**labels, **alert.labels}) for alert in plan.alerts),
        parts=tuple(part.name for part in plan.parts if isinstance(part, Servers | Proxies)),
    )


def _targets(place: Place, plan: Plan) -> Iterator[Target]:
    for part in plan.parts:
        for metrics in part.metrics:
            name = f"{place.namespace}/{part.name}"
            yield Target(
                name=name if len(part.metrics) == 1 else f"{name}/{metrics.port}",
                pods=place.pods(part.name),
                port=part.ports[metrics.port],
                path=metrics.path,
                interval_seconds=metrics.interval_seconds,
                replicas=part.replicas if isinstance(part, Servers | Proxies) else None,
                exposes=metrics.exposes,
                honor_labels=metrics.honor_labels,
            )
