"""What every dashboard shows of the pods behind it: the kubelet and kube-state-metrics tell it."""

from __future__ import annotations

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import Panel, Row, figure, graph, rate
from constructs_lib.observability.nodes import CPU_OF_PODS

_OF_DEPLOYMENT = "[a-z0-9]+-[a-z0-9]{5}"
_OF_STATEFUL_SET = "[0-9]+"


def pods_of(signals: Signals) -> str:
    """Regular expression of the names of its pods."""
    parts = signals.parts or (signals.name,)
    names = parts[0] if len(parts) == 1 else f"({'|'.join(parts)})"
    if signals.kind == "service":
        return f"{names}-{_OF_DEPLOYMENT}"
    # Parts of a store are StatefulSets, and its proxies Deployments.
    return f"{names}-({_OF_STATEFUL_SET}|{_OF_DEPLOYMENT})"


def selected(signals: Signals) -> str:
    """Label matchers of the pods that the reader has chosen."""
    return f'namespace="{signals.namespace}", pod=~"$pod"'


def all_of(signals: Signals) -> str:
    """Label matchers of all its pods."""
    return f'namespace="{signals.namespace}", pod=~"{pods_of(signals)}"'


def claims_of(signals: Signals) -> str:
    """Label matchers of the volumes of its pods, which are called ``<volume>-<pod>``."""
    return (
        f'namespace="{signals.namespace}", persistentvolumeclaim=~"[a-z0-9-]+-{pods_of(signals)}"'
    )


def pods(at: str) -> Row:
    """Processor, memory, network and restarts of the pods that ``at`` selects."""
    throttled = rate("container_cpu_cfs_throttled_periods_total", at, "pod")
    periods = rate("container_cpu_cfs_periods_total", at, "pod")
    return Row(
        title="Pods",
        panels=(
            _cpu(at),
            _memory(at),
            graph(
                "CPU throttled",
                (f"{throttled} / {periods}", "{{pod}}"),
                unit="percentunit",
                help="Share of periods in which a pod had used up its CPU limit and stood still.",
                top=1,
            ),
            graph(
                "Network",
                (rate("container_network_receive_bytes_total", at, "pod"), "{{pod}} in"),
                (rate("container_network_transmit_bytes_total", at, "pod"), "{{pod}} out"),
                unit="Bps",
            ),
            graph(
                "Restarts",
                (restarts(at, by="pod"), "{{pod}}"),
                help="Restarts of containers since the pod was made.",
            ),
            graph(
                "Pods that are not ready",
                (f'max by (pod) (kube_pod_status_ready{{{at}, condition="false"}})', "{{pod}}"),
                stacked=True,
            ),
        ),
    )


def _cpu(at: str) -> Panel:
    return graph(
        "CPU by pod",
        (f"sum by (pod) ({CPU_OF_PODS}{{{at}}})", "{{pod}}"),
        *_bounds(at, "cpu"),
        unit="none",
        help="Processors in use. At the limit, the pod is made to wait.",
    )


def _memory(at: str) -> Panel:
    used = f'container_memory_working_set_bytes{{{at}, container!=""}}'
    return graph(
        "Memory by pod",
        (f"sum by (pod) ({used})", "{{pod}}"),
        *_bounds(at, "memory"),
        unit="bytes",
        help="Memory that cannot be given back. At the limit, a container is killed.",
    )


def _bounds(at: str, resource: str) -> tuple[tuple[str, str], ...]:
    """What a pod asks for and may take, as one line each: pods of a workload are alike."""
    matchers = f'{at}, resource="{resource}"'
    return tuple(
        (f"max({_told(f'kube_pod_container_resource_{kind}', matchers, by='pod')})", legend)
        for kind, legend in (("requests", "request of a pod"), ("limits", "limit of a pod"))
    )


def restarts(at: str, *, by: str = "") -> str:
    """Restarts of all containers that ``at`` selects, one line for each value of ``by``."""
    return _told("kube_pod_container_status_restarts_total", at, by=by)


def _told(metric: str, at: str, *, by: str) -> str:
    """Sum over containers, each once: the cluster may have two kube-state-metrics that tell it."""
    each = f"max by (namespace, pod, container) ({metric}{{{at}}})"
    return f"sum by ({by}) ({each})" if by else f"sum({each})"


def volumes(claims: str) -> Row:
    """How full the volumes are that ``claims`` selects, and when they will be."""
    inodes = (
        f"kubelet_volume_stats_inodes_used{{{claims}}} / kubelet_volume_stats_inodes{{{claims}}}"
    )
    ahead = f"predict_linear(kubelet_volume_stats_available_bytes{{{claims}}}[6h], 24 * 3600)"
    return Row(
        title="Volumes",
        panels=(
            graph(
                "Volume in use",
                (in_use(claims), "{{persistentvolumeclaim}}"),
                unit="percentunit",
                ceiling=0.85,
                top=1,
            ),
            graph(
                "Free in a day, if it goes on like this",
                (f"clamp_min({ahead}, 0)", "{{persistentvolumeclaim}}"),
                unit="bytes",
                help="The last 6 hours, drawn on for 24. At zero the volume is full by then.",
            ),
            graph(
                "Inodes in use",
                (inodes, "{{persistentvolumeclaim}}"),
                unit="percentunit",
                top=1,
            ),
        ),
    )


def backups(signals: Signals) -> Row:
    """When CronJobs of a store did last what they are for."""
    jobs = f'namespace="{signals.namespace}", cronjob=~"{signals.name}-[a-z0-9-]+"'
    succeeded = f"max by (cronjob) (kube_cronjob_status_last_successful_time{{{jobs}}})"
    return Row(
        title="Backups and upkeep",
        panels=(
            graph(
                "Since it succeeded last",
                (f"time() - {succeeded}", "{{cronjob}}"),
                unit="s",
                help="Of every CronJob of the store, backups among them.",
            ),
        ),
    )


def in_use(claims: str) -> str:
    """Share of each volume that is in use."""
    free = f"kubelet_volume_stats_available_bytes{{{claims}}}"
    return f"1 - {free} / kubelet_volume_stats_capacity_bytes{{{claims}}}"


def answering(signals: Signals, metric: str, *, counted: bool = False) -> str:
    """Share of its pods whose ``metric`` is 1, or with ``counted`` is there at all.

    Of those that there are to be, where that is known: pods that are gone tell nothing, and would
    not be missed among those that are left.
    """
    at = all_of(signals)
    well = f"{'count' if counted else 'sum'}({metric}{{{at}}})"
    wanted = _wanted(signals, metric)
    if wanted is None:
        return f"{well} / count({'up' if counted else metric}{{{at}}})"
    return f"({well} or vector(0)) / {wanted}"


def _wanted(signals: Signals, metric: str) -> int | None:
    """How many pods are to tell ``metric``."""
    wanted = 0
    for target in signals.targets:
        if metric == "up" or metric in {item.name for item in target.exposes}:
            if target.replicas is None:
                return None
            wanted += target.replicas
    return wanted or None


def present(title: str, signals: Signals, metric: str, *, counted: bool = False) -> Panel:
    """The figure of :func:`answering`, red where one of them is missing."""
    return figure(
        title,
        answering(signals, metric, counted=counted),
        unit="percentunit",
        floor=1,
        help="Of all of them, whichever are chosen above.",
    )


def scraped(signals: Signals) -> tuple[Panel, ...]:
    """Whether targets answer; nothing where there are none."""
    if not signals.targets:
        return ()
    return (present("Targets that answer", signals, "up"),)
