"""What a service or worker tells of itself, from its props."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.chart import AppChart
from constructs_lib.kube import golden_signals
from constructs_lib.kube.service_recordings import recordings
from constructs_lib.kube.signals import Signals, Target
from constructs_lib.kube.subject import Subject
from constructs_lib.naming import TEAM
from constructs_lib.refs import Pods
from constructs_lib.service.props import NovaWorkerProps
from constructs_lib.service.stand_in import is_stand_in


def signals_of(props: NovaWorkerProps, chart: AppChart, pods: Pods, *, name: str) -> Signals:
    """Its target, and what follows from its objectives; without metrics only whose it is."""
    subject = Subject(
        name=name,
        namespace=chart.app_namespace,
        requests=props.requests,
        objectives=props.objectives,
        expects_pods=props.fewest > 0,
        stood_in=is_stand_in(props.image, chart.environment),
        presence=props.presence,
    )
    observed = props.metrics is not None
    own = (replace(alert, labels={**subject.labels, **alert.labels}) for alert in props.alerts)
    return Signals(
        kind=props.signals_kind,
        name=name,
        app=chart.app_name,
        namespace=chart.app_namespace,
        team=chart.common_labels[TEAM],
        targets=_targets(props, chart, pods, name),
        recordings=recordings(subject) if observed else (),
        alerts=(*golden_signals.alerts(subject), *own) if observed else (),
        requests=props.requests,
        objectives=props.objectives,
        traces=props.traces and chart.environment.tracing is not None,
        parts=(name,),
    )


def _targets(props: NovaWorkerProps, chart: AppChart, pods: Pods, name: str) -> tuple[Target, ...]:
    metrics = props.metrics
    if metrics is None:
        return ()
    return (
        Target(
            name=f"{chart.app_namespace}/{name}",
            pods=pods,
            port=props.ports[metrics.port],
            path=metrics.path,
            interval_seconds=metrics.interval_seconds,
            exposes=metrics.exposes,
            honor_labels=metrics.honor_labels,
        ),
    )
