"""What Alertmanager tells of itself, and what somebody has to know of it.

Metrics: ``/metrics`` of Alertmanager 0.25 and of newer ones, and the kubelet's of volumes.
https://github.com/prometheus/alertmanager/blob/main/doc/alertmanager-mixin/alerts.libsonnet
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods, stateful_set_pods
from constructs_lib.kube.signals import Metric
from constructs_lib.store.volume_alerts import claims_of, free_share

METRICS = (
    Metric(
        "alertmanager_alerts",
        help="Alerts that it knows, by state.",
    ),
    Metric(
        "alertmanager_alerts_received_total",
        kind="counter",
        help="Alerts that Prometheus has sent, by status.",
    ),
    Metric(
        "alertmanager_alerts_invalid_total",
        kind="counter",
        help="Alerts that it could not take.",
    ),
    Metric(
        "alertmanager_build_info",
        help="Always 1; the label version says which release it is.",
    ),
    Metric(
        "alertmanager_cluster_members",
        help="Members that this one sees, itself among them. Only with several.",
    ),
    Metric(
        "alertmanager_cluster_failed_peers",
        help="Members that it has lost and tries to reach. Only with several.",
    ),
    Metric(
        "alertmanager_cluster_health_score",
        help="How badly it hears the others: 0 is good. Only with several.",
    ),
    Metric(
        "alertmanager_cluster_messages_queued",
        help="Messages to other members that wait. Only with several.",
    ),
    Metric(
        "alertmanager_config_hash",
        help="A number that is alike where configurations are.",
    ),
    Metric(
        "alertmanager_config_last_reload_successful",
        help="Whether it runs with the configuration that it was given last.",
    ),
    Metric(
        "alertmanager_config_last_reload_success_timestamp_seconds",
        unit="s",
        help="When it last took a configuration.",
    ),
    Metric(
        "alertmanager_dispatcher_aggregation_groups",
        help="Groups of alerts that are told of together.",
    ),
    Metric(
        "alertmanager_nflog_snapshot_size_bytes",
        unit="bytes",
        help="Size of what it remembers of sent messages.",
    ),
    Metric(
        "alertmanager_notification_latency_seconds",
        kind="histogram",
        unit="s",
        help="How long a receiver takes for a message, by integration.",
    ),
    Metric(
        "alertmanager_notifications_total",
        kind="counter",
        help="Messages that it tried to send, by integration.",
    ),
    Metric(
        "alertmanager_notifications_failed_total",
        kind="counter",
        help="Messages that no attempt got through, by integration.",
    ),
    Metric(
        "alertmanager_notifications_suppressed_total",
        kind="counter",
        help="Messages held back by silences, inhibitions or hours. From 0.27.",
    ),
    Metric(
        "alertmanager_silences",
        help="Silences, by state.",
    ),
    Metric(
        "process_cpu_seconds_total",
        kind="counter",
        unit="s",
        help="CPU time used.",
    ),
    Metric(
        "process_resident_memory_bytes",
        unit="bytes",
        help="Memory in use.",
    ),
)
"""Metrics by which it is judged and drawn."""


def exposed(replicas: int) -> tuple[Metric, ...]:
    """Those of ``METRICS`` that there are: one by itself has no members to tell of."""
    return tuple(item for item in METRICS if replicas > 1 or "_cluster_" not in item.name)


def alerts(name: str, namespace: str, *, replicas: int) -> tuple[Alert, ...]:
    """Alerts of the pods of ``name``."""
    pods = stateful_set_pods(namespace, name)
    return (
        *_pods(name, namespace, pods, replicas),
        *_notifications(pods, replicas),
        _refused(pods),
        *((_configurations(pods),) if replicas > 1 else ()),
        _volume(name, namespace),
    )


def _pods(name: str, namespace: str, pods: str, replicas: int) -> tuple[Alert, ...]:
    present = counted_pods(f"alertmanager_build_info{{{pods}}}")
    missing = Alert(
        name="AlertmanagerMissing",
        expression=f"{present} < {replicas}",
        lasts="10m",
        severity="critical" if replicas == 1 else "warning",
        summary=f"{name} in {namespace} has {{{{ $value }}}} of {replicas} pods. Without any of"
        " them nobody is told of anything.",
        action=f"Look at the pods: kubectl describe pods -n {namespace} -l"
        f" app.kubernetes.io/name={name}",
        labels={"namespace": namespace},
    )
    if replicas == 1:
        return (missing,)
    # Fewer than there are, so that a pod that is gone is told of once, as missing.
    seen = f"alertmanager_cluster_members{{{pods}}}"
    members = f"max by (namespace, pod) (max_over_time({seen}[5m]))"
    apart = Alert(
        name="AlertmanagerMembersApart",
        expression=f"{members} < scalar({counted_pods(seen)})",
        lasts="15m",
        severity="warning",
        summary="{{ $labels.pod }} sees {{ $value }} members, fewer than there are: messages are"
        " sent more than once.",
        action="Look at its log, and whether 9094 is open between the pods, by TCP and by UDP.",
    )
    return (missing, apart)


def _notifications(pods: str, replicas: int) -> Iterator[Alert]:
    failed = f"increase(alertmanager_notifications_failed_total{{{pods}}}[15m])"
    by_pod = f"sum by (namespace, pod, integration) ({failed})"
    action = (
        "Look for 'Notify for alerts failed' in the logs: they say what the receiver answered."
        " Look at its secret, and at the network policy's way out."
    )
    yield Alert(
        name="AlertmanagerNotificationsLost",
        # After one has failed the next one tries, so a message is lost where none got it through.
        expression=f"min by (namespace, integration) ({by_pod}) > 0",
        lasts="1m",
        severity="critical",
        summary="Messages by {{ $labels.integration }} get through from no pod.",
        action=action,
    )
    if replicas > 1:
        yield Alert(
            name="AlertmanagerNotificationsFailing",
            expression=f"{by_pod} > 0",
            lasts="5m",
            summary="Messages by {{ $labels.integration }} do not get through from"
            " {{ $labels.pod }}.",
            action=action,
        )


def _refused(pods: str) -> Alert:
    invalid = f"increase(alertmanager_alerts_invalid_total{{{pods}}}[15m])"
    return Alert(
        name="AlertmanagerAlertsRefused",
        expression=f"sum by (namespace, pod) ({invalid}) > 0",
        summary="{{ $labels.pod }} could not take {{ $value | humanize }} alerts.",
        action="See its log for the label or time that is wrong, and correct the rule.",
    )


def _configurations(pods: str) -> Alert:
    """That pods run with different ones; none of them reads a new one while it runs."""
    hashes = f'count_values by (namespace) ("hash", alertmanager_config_hash{{{pods}}})'
    return Alert(
        name="AlertmanagerConfigurationsDiffer",
        expression=f"count by (namespace) ({hashes}) > 1",
        lasts="20m",
        summary="Pods run with {{ $value }} different configurations: who is told depends on which"
        " one sends.",
        action="See which pod was not replaced: kubectl rollout status says what it waits for.",
    )


def _volume(name: str, namespace: str) -> Alert:
    return Alert(
        name="AlertmanagerVolumeFilling",
        expression=f"{free_share(claims_of(namespace, name))} < 0.1",
        lasts="15m",
        summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left."
        " Silences and sent messages would be forgotten with the pod.",
        action="Shorten the retention, or grow the claim.",
    )
