"""Overview of an app: every service's requests, every store's health, what alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import (
    Panel,
    Query,
    Row,
    figure,
    graph,
)
from constructs_lib.observability.dashboards.pods import (
    all_of,
    answering,
    claims_of,
    in_use,
    restarts,
)
from constructs_lib.observability.dashboards.service import tells_failures
from constructs_lib.observability.dead_mans_switch import WATCHDOG
from constructs_lib.observability.nodes import CPU_OF_PODS


def system(members: Sequence[Signals], uids: Mapping[str, str]) -> Iterator[Row]:
    """What fires, services, stores, pods; ``uids`` says which dashboard tells more of whom."""
    services = [item for item in members if item.kind == "service"]
    stores = [item for item in members if item.kind != "service"]
    yield _alerts(members)
    yield _services(services)
    yield _budgets(services, uids)
    yield _stores(stores, uids)
    yield _pods(members)


def place_of(signals: Signals) -> str:
    """By what ``uids`` knows it: its place in the cluster."""
    return f"{signals.namespace}/{signals.kind}/{signals.name}"


def _alerts(members: Sequence[Signals]) -> Row:
    table = Panel(
        title="What fires",
        queries=(Query(expression=_firing(members)),),
        shape="table",
        help="Alerts about the namespaces of this app. Empty is good.",
    )
    critical = _firing(members, 'severity="critical"')
    return Row(
        title="Alerts",
        panels=(
            figure("Alerts that fire", f"count({_firing(members)}) or vector(0)", ceiling=1),
            figure("Critical ones", f"count({critical}) or vector(0)", ceiling=1),
            table,
        ),
    )


def _firing(members: Sequence[Signals], *more: str) -> str:
    """Alerts about namespaces of ``members``, whoever tells of them; one that always fires is none.

    That a pod does not start, or a target does not answer, others tell.
    """
    namespaces = "|".join(sorted({item.namespace for item in members}))
    about = f'namespace=~"{namespaces}"'
    matchers = ('alertstate="firing"', about, f'alertname!="{WATCHDOG}"', *more)
    return f"ALERTS{{{', '.join(matchers)}}}"


def _by_namespace(members: Iterable[Signals]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for item in members:
        found.setdefault(item.namespace, []).append(item.name)
    yield from ((namespace, sorted(names)) for namespace, names in sorted(found.items()))


def _services(services: Sequence[Signals]) -> Row:
    return Row(
        title="Services",
        panels=(
            _recorded(services, "Requests", "service:requests:rate5m", unit="reqps"),
            _recorded(
                [item for item in services if tells_failures(item)],
                "Requests that fail",
                "service:errors:ratio_rate5m",
                unit="percentunit",
            ),
            _recorded(services, "P95", "service:duration_seconds:p95_rate5m", unit="s"),
        ),
    )


def _recorded(services: Sequence[Signals], title: str, series: str, *, unit: str) -> Panel:
    telling = [item for item in services if any(r.name == series for r in item.recordings)]
    queries = (
        (f'{series}{{namespace="{namespace}", service=~"{"|".join(names)}"}}', "{{service}}")
        for namespace, names in _by_namespace(telling)
    )
    return graph(title, *queries, unit=unit)


def _budgets(services: Sequence[Signals], uids: Mapping[str, str]) -> Row:
    """A figure per budget, which leads to the service's own dashboard."""
    panels = [
        figure(
            f"{item.name}: {what}",
            f'{recording.name}{{namespace="{item.namespace}", service="{item.name}"}}',
            unit="percentunit",
            floor=0,
            link=uids.get(place_of(item)),
        )
        for item in services
        for recording in item.recordings
        for kind, what in (("error", "errors"), ("latency", "latency"))
        if recording.name == f"service:{kind}_budget:left_ratio"
    ]
    return Row(title="Error budgets left", panels=tuple(panels))


def _stores(stores: Sequence[Signals], uids: Mapping[str, str]) -> Row:
    shares = tuple(
        figure(
            f"{item.name}: targets that answer",
            answering(item, "up"),
            unit="percentunit",
            floor=1,
            link=uids.get(place_of(item)),
        )
        for item in stores
        if item.targets
    )
    used = ((in_use(claims_of(item)), "{{persistentvolumeclaim}}") for item in stores)
    filling = graph("Volumes in use", *used, unit="percentunit", ceiling=0.85, top=1)
    return Row(title="Stores and servers", panels=(*shares, filling))


def _pods(members: Sequence[Signals]) -> Row:
    return Row(
        title="Pods",
        panels=(
            _of_each(members, "CPU", lambda at: f"sum({CPU_OF_PODS}{{{at}}})", unit="none"),
            _of_each(members, "Memory", _memory, unit="bytes"),
            _of_each(members, "Restarts", restarts, unit="none"),
        ),
    )


def _memory(at: str) -> str:
    return f'sum(container_memory_working_set_bytes{{{at}, container!=""}})'


def _of_each(
    members: Sequence[Signals], title: str, query: Callable[[str], str], *, unit: str
) -> Panel:
    """One line per workload or store."""
    queries = ((query(all_of(item)), item.name) for item in members)
    return replace(graph(title, *queries, unit=unit), stacked=True)
