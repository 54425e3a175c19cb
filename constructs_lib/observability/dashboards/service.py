"""Dashboard of a service: its objectives, its requests, what fills up, what else it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from constructs_lib.kube.burn_rates import FAST, factor_of
from constructs_lib.kube.objectives import Objectives, Requests
from constructs_lib.kube.promql import number_text
from constructs_lib.kube.service_recordings import budget_of
from constructs_lib.kube.signals import Metric, Signals
from constructs_lib.observability.dashboards.panels import (
    Panel,
    Row,
    declared,
    figure,
    graph,
    quantiles,
    rate,
)
from constructs_lib.observability.dashboards.pods import pods, scraped, selected

_BURN_WINDOWS = ("5m", "1h", "6h", "3d")


def service(signals: Signals) -> Iterator[Row]:
    """Objectives, requests, what fills up, other metrics, replicas, pods."""
    at = selected(signals)
    yield _now(signals)
    if signals.requests is not None:
        yield _requests(signals, signals.requests, at)
    if signals.objectives is not None:
        yield _objectives(signals, signals.objectives)
        yield _saturation(signals, signals.objectives, at)
    yield Row(title="Other metrics", panels=tuple(declared(item, at) for item in others(signals)))
    yield _replicas(signals)
    yield pods(at)


def recorded(signals: Signals, name: str) -> str:
    """Selects a recorded series of the service."""
    return f'{name}{{namespace="{signals.namespace}", service="{signals.name}"}}'


def others(signals: Signals) -> Iterator[Metric]:
    """Metrics that it declares and no other row draws."""
    drawn: set[str | None] = set()
    if signals.requests is not None:
        drawn |= {signals.requests.total, signals.requests.duration}
    if signals.objectives is not None:
        drawn |= {item.metric for item in signals.objectives.saturation}
    for metric in signals.metrics:
        if metric.name not in drawn:
            drawn.add(metric.name)
            yield metric


def tells_failures(signals: Signals) -> bool:
    """Whether its metrics say which requests failed: a histogram alone has no status."""
    return signals.requests is not None and signals.requests.total is not None


def _now(signals: Signals) -> Row:
    speed = recorded(signals, "service:duration_seconds:p95_rate5m")
    budgets = (
        figure(
            f"{kind.capitalize()} budget left",
            recorded(signals, f"service:{kind}_budget:left_ratio"),
            unit="percentunit",
            floor=0,
            help="Of the window of its objective. Below 0 the objective is missed.",
        )
        for kind in ("error", "latency")
    )
    return Row(
        title="Now",
        panels=(
            figure("Requests", recorded(signals, "service:requests:rate5m"), unit="reqps"),
            *_failing(signals),
            figure("P95", speed, unit="s"),
            *budgets,
            *scraped(signals),
        ),
    )


def _failing(signals: Signals) -> tuple[Panel, ...]:
    if not tells_failures(signals):
        return ()
    wanted = None if signals.objectives is None else signals.objectives.availability
    ratio = recorded(signals, "service:errors:ratio_rate5m")
    bound = _budget(wanted)
    return (figure("Requests that fail", ratio, unit="percentunit", ceiling=bound),)


def _requests(signals: Signals, requests: Requests, at: str) -> Row:
    objectives = signals.objectives
    latency = None if objectives is None else objectives.latency
    panels = [_traffic(requests, at)]
    if requests.total is not None:
        panels.append(_errors(requests, objectives, at))
    if requests.duration is not None:
        line = (
            ""
            if latency is None
            else f"The objective: {number_text(latency.percent)} % below the line."
        )
        shown = graph(
            "Latency",
            *quantiles(requests.duration, at),
            unit="s",
            help=f"Time within which half, 95 % and 99 % are answered. {line}".strip(),
            ceiling=None if latency is None else latency.seconds,
        )
        panels.append(replace(shown, exemplars=signals.traces))
    by_pod = (rate(requests.counted, at, "pod"), "{{pod}}")
    panels.append(graph("Requests by pod", by_pod, unit="reqps", stacked=True))
    return Row(title="Requests", panels=tuple(panels))


def _traffic(requests: Requests, at: str) -> Panel:
    if requests.total is None:
        return graph("Requests", (rate(requests.counted, at), "all"), unit="reqps")
    by_status = (rate(requests.total, at, requests.status), f"{{{{{requests.status}}}}}")
    return graph("Requests by status", by_status, unit="reqps", stacked=True)


def _errors(requests: Requests, objectives: Objectives | None, at: str) -> Panel:
    whole = rate(requests.counted, at)
    failed = rate(requests.counted, f'{at}, {requests.status}=~"{requests.failed}"')
    return graph(
        "Requests that fail",
        (f"({failed} or 0 * {whole}) / {whole}", "failed"),
        unit="percentunit",
        help="The line is what the objective leaves.",
        ceiling=_budget(None if objectives is None else objectives.availability),
    )


def _objectives(signals: Signals, objectives: Objectives) -> Row:
    latency = None if objectives.latency is None else objectives.latency.percent
    return Row(
        title=f"Objectives over {objectives.window_days} days",
        panels=(
            *_objective(signals, objectives, objectives.availability, "error"),
            *_objective(signals, objectives, latency, "latency"),
        ),
    )


def _objective(
    signals: Signals, objectives: Objectives, percent: float | None, kind: str
) -> tuple[Panel, ...]:
    """How fast its budget burns, and how much is left."""
    budget = _budget(percent)
    if budget is None:
        return ()
    ratio = {"error": "errors", "latency": "slow"}[kind]
    burning = (
        (f"{recorded(signals, f'service:{ratio}:ratio_rate{window}')} / {budget}", window)
        for window in _BURN_WINDOWS
    )
    left = recorded(signals, f"service:{kind}_budget:left_ratio")
    return (
        graph(
            f"{kind.capitalize()} budget, how fast it burns",
            *burning,
            help="1 uses up all of it by the end of the window. At the line, for an hour,"
            " somebody is woken.",
            ceiling=factor_of(FAST[0], objectives.window_days),
        ),
        graph(f"{kind.capitalize()} budget left", (left, "left"), unit="percentunit", top=1),
    )


def _saturation(signals: Signals, objectives: Objectives, at: str) -> Row:
    units = {metric.name: metric for metric in signals.metrics}
    panels = []
    for item in objectives.saturation:
        metric = units.get(item.metric, Metric(item.metric))
        panels.append(
            graph(
                metric.name.replace("_", " ").capitalize(),
                (f"max by (pod) ({metric.name}{{{at}}})", "{{pod}}"),
                unit=metric.unit,
                help=metric.help,
                ceiling=item.above,
            )
        )
    return Row(title="What may fill up", panels=tuple(panels))


def _replicas(signals: Signals) -> Row:
    """How many pods there are, and between what they may be."""
    ours = f'namespace="{signals.namespace}", deployment="{signals.name}"'
    scaler = f'namespace="{signals.namespace}", horizontalpodautoscaler="{signals.name}"'
    of_scaler = "max(kube_horizontalpodautoscaler"
    return Row(
        title="Replicas",
        panels=(
            graph(
                "Replicas",
                (f"max(kube_deployment_status_replicas_available{{{ours}}})", "available"),
                (f"max(kube_deployment_spec_replicas{{{ours}}})", "wanted"),
                (f"{of_scaler}_spec_min_replicas{{{scaler}}})", "autoscaler, fewest"),
                (f"{of_scaler}_spec_max_replicas{{{scaler}}})", "autoscaler, most"),
                help="At the most of the autoscaler, more load makes the service slower.",
            ),
        ),
    )


def _budget(percent: float | None) -> float | None:
    return None if percent is None else budget_of(percent)
