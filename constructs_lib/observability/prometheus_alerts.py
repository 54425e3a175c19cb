"""What somebody has to know of Prometheus itself.

Metrics: https://github.com/prometheus/prometheus/tree/main/documentation/prometheus-mixin, which
are called alike in 2.42 and in 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods

_BEHIND_SECONDS = 300


def server_alerts(
    pods: str, *, replicas: int, volume_bytes: int, reloads: bool = False
) -> Iterator[Alert]:
    """What Prometheus tells of itself; ``pods`` are labels that select its series.

    ``reloads`` is whether it reads a changed configuration while it runs. Otherwise one that does
    not take it ends at once, which other alerts tell of.
    """
    yield from _presence(pods, replicas)
    if reloads:
        yield _configuration(pods)
    yield from _evaluation(pods)
    yield from _storage(pods, volume_bytes)


def _presence(pods: str, replicas: int) -> Iterator[Alert]:
    if replicas > 1:
        yield Alert(
            name="PrometheusServersMissing",
            expression=counted_pods(f"up{{{pods}}} == 1") + f" < {replicas}",
            lasts="10m",
            summary=f"{{{{ $value }}}} of {replicas} Prometheus servers answer.",
            action="Look at the pods; the other one goes on, but nothing must happen to it now.",
        )
    yield Alert(
        name="PrometheusScrapesRefused",
        expression="increase("
        f"prometheus_target_scrapes_exceeded_sample_limit_total{{{pods}}}[15m]) > 0",
        summary="A target returns more series than {{ $labels.pod }} takes, and is not seen.",
        action="topk(5, scrape_samples_scraped) names it: fewer labels there, or a higher limit.",
    )


def _configuration(pods: str) -> Alert:
    return Alert(
        name="PrometheusConfigurationRefused",
        expression=f"prometheus_config_last_reload_successful{{{pods}}} == 0",
        lasts="10m",
        severity="critical",
        summary="{{ $labels.pod }} has not taken its new configuration.",
        action="Its log names the line; promtool check config says the same.",
    )


def _evaluation(pods: str) -> Iterator[Alert]:
    yield Alert(
        name="PrometheusRulesFailing",
        # A rule that fails once, while a pod is replaced, has not silenced anything.
        expression=f"increase(prometheus_rule_evaluation_failures_total{{{pods}}}[5m]) > 0",
        lasts="15m",
        severity="critical",
        summary="Rules of {{ $labels.rule_group }} fail in {{ $labels.pod }}: their alerts are"
        " silent.",
        action="The page 'Status > Rule health' of Prometheus shows the error.",
    )
    yield Alert(
        name="PrometheusRulesLate",
        expression=f"increase(prometheus_rule_group_iterations_missed_total{{{pods}}}[15m]) > 0",
        lasts="15m",
        summary="Rules of {{ $labels.rule_group }} take longer than the time between two runs.",
        action="More CPU, or simpler rules: prometheus_rule_group_last_duration_seconds.",
    )


def notification_alerts(pods: str) -> Iterator[Alert]:
    """Whether alerts reach Alertmanager; of a Prometheus that has one."""
    errors = f"rate(prometheus_notifications_errors_total{{{pods}}}[5m])"
    sent = f"rate(prometheus_notifications_sent_total{{{pods}}}[5m])"
    yield Alert(
        name="PrometheusNotificationsFailing",
        # One Alertmanager that takes them tells the others; AlertmanagerMissing tells of the rest.
        expression=f"min without (alertmanager) ({errors} / {sent}) > 0.01",
        lasts="15m",
        severity="critical",
        summary="{{ $labels.pod }} does not get {{ $value | humanizePercentage }} of its alerts to"
        " any Alertmanager.",
        action="Look at Alertmanager's pods and at the network policies between the two.",
    )
    yield Alert(
        name="PrometheusNotificationsDropped",
        expression=f"increase(prometheus_notifications_dropped_total{{{pods}}}[15m]) > 0",
        severity="critical",
        summary="{{ $labels.pod }} has given alerts up.",
        action="As for PrometheusNotificationsFailing.",
    )


def _storage(pods: str, volume_bytes: int) -> Iterator[Alert]:
    failed = " or ".join(
        f"increase({name}{{{pods}}}[3h]) > 0"
        for name in (
            "prometheus_tsdb_compactions_failed_total",
            "prometheus_tsdb_reloads_failures_total",
            "prometheus_tsdb_wal_corruptions_total",
        )
    )
    yield Alert(
        name="PrometheusStorageFailing",
        expression=failed,
        lasts="15m",
        summary="{{ $labels.pod }} cannot write or read its blocks.",
        action="Its log says why: most often the disk is full, or broken.",
    )
    blocks = f"prometheus_tsdb_storage_blocks_bytes{{{pods}}}"
    # Not told by 2.42.
    log, head = (
        f"(prometheus_tsdb_{name}_storage_size_bytes{{{pods}}} or 0 * {blocks})"
        for name in ("wal", "head_chunks")
    )
    yield Alert(
        name="PrometheusVolumeFilling",
        expression=f"({blocks} + {log} + {head}) / {volume_bytes} > 0.9",
        lasts="10m",
        severity="critical",
        summary="{{ $labels.pod }} fills {{ $value | humanizePercentage }} of its volume; when it"
        " is full, nothing is recorded any more.",
        action="Grow the volume, keep less (retention_size), or find who brings so many series:"
        " topk(10, count by (__name__) ({__name__=~'.+'})).",
    )


def remote_alerts(pods: str) -> Iterator[Alert]:
    """Whether what is written elsewhere arrives there."""
    newest = f"prometheus_remote_storage_highest_timestamp_in_seconds{{{pods}}}"
    sent = f"prometheus_remote_storage_queue_highest_sent_timestamp_seconds{{{pods}}}"
    yield Alert(
        name="PrometheusRemoteWriteBehind",
        expression=f"max by (namespace, pod) ({newest}) - ignoring (remote_name, url)"
        f" group_right () max by (namespace, pod, remote_name, url) ({sent}) > {_BEHIND_SECONDS}",
        lasts="15m",
        summary="{{ $labels.pod }} is {{ $value | humanizeDuration }} behind with"
        " {{ $labels.remote_name }}.",
        action="Does the other side answer, and take what comes? The log names the error.",
    )
    yield Alert(
        name="PrometheusRemoteWriteFailing",
        expression=f"rate(prometheus_remote_storage_samples_failed_total{{{pods}}}[5m]) > 0",
        lasts="15m",
        summary="{{ $labels.pod }} loses samples that {{ $labels.remote_name }} does not take.",
        action="The log names the answer: credentials, limits, or series that are refused.",
    )
