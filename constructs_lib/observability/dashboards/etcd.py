"""Dashboard of an etcd.

Metrics: https://etcd.io/docs/v3.6/metrics/
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import (
    Panel,
    Row,
    figure,
    graph,
    per_second,
    rate,
)
from constructs_lib.observability.dashboards.pods import (
    backups,
    claims_of,
    pods,
    present,
    scraped,
    selected,
    volumes,
)

_SLOW_WRITE = 0.025
_SLOW_SYNC = 0.01
"""From which P99 etcd's own documentation calls a disk too slow.

https://etcd.io/docs/v3.6/faq/#what-does-the-etcd-warning-failed-to-send-out-heartbeat-on-time-mean
"""


def etcd(signals: Signals) -> Iterator[Row]:
    """Health, requests, disk, members, volumes, backups, pods."""
    at = selected(signals)
    yield _health(signals, at)
    yield _requests(at)
    yield _disk(at)
    yield _members(at)
    yield volumes(claims_of(signals))
    yield backups(signals)
    yield pods(at)


def _health(signals: Signals, at: str) -> Row:
    full = (
        f"etcd_mvcc_db_total_size_in_bytes{{{at}}} / (etcd_server_quota_backend_bytes{{{at}}} > 0)"
    )
    return Row(
        title="Health",
        panels=(
            present("Members with a leader", signals, "etcd_server_has_leader"),
            figure("Leaders", f"sum(etcd_server_is_leader{{{at}}})", floor=1, ceiling=2),
            figure(
                "Changes of leader in an hour",
                f"max(increase(etcd_server_leader_changes_seen_total{{{at}}}[1h]))",
                ceiling=4,
            ),
            figure("Quota in use", f"max({full})", unit="percentunit", ceiling=0.8),
            figure(
                "Proposals waiting",
                f"sum(etcd_server_proposals_pending{{{at}}})",
                help="Writes that members have not agreed on yet.",
            ),
            *scraped(signals),
        ),
    )


def _requests(at: str) -> Row:
    kinds = ("put", "range", "txn", "delete")
    failed = rate("etcd_server_proposals_failed_total", at, "pod")
    return Row(
        title="Requests",
        panels=(
            graph(
                "Operations",
                *((rate(f"etcd_mvcc_{kind}_total", at), kind) for kind in kinds),
                unit="ops",
            ),
            graph(
                "Proposals",
                (f"max({rate('etcd_server_proposals_committed_total', at, 'pod')})", "committed"),
                (failed, "{{pod}} failed"),
                unit="cps",
                help="Failed are those that found no majority in time.",
            ),
            graph(
                "Slow operations",
                (rate("etcd_server_slow_apply_total", at, "pod"), "{{pod}} writes"),
                (rate("etcd_server_slow_read_indexes_total", at, "pod"), "{{pod}} reads"),
                unit="cps",
            ),
            graph(
                "Traffic of clients",
                (rate("etcd_network_client_grpc_received_bytes_total", at, "pod"), "{{pod}} in"),
                (rate("etcd_network_client_grpc_sent_bytes_total", at, "pod"), "{{pod}} out"),
                unit=per_second("bytes"),
            ),
        ),
    )


def _disk(at: str) -> Row:
    return Row(
        title="Disk",
        panels=(
            _p99("Write-ahead log synced, P99", "etcd_disk_wal_fsync", at, ceiling=_SLOW_SYNC),
            _p99("Database written, P99", "etcd_disk_backend_commit", at, ceiling=_SLOW_WRITE),
            graph(
                "Database",
                (f"etcd_mvcc_db_total_size_in_bytes{{{at}}}", "{{pod}} file"),
                (f"etcd_mvcc_db_total_size_in_use_in_bytes{{{at}}}", "{{pod}} in use"),
                (f"min(etcd_server_quota_backend_bytes{{{at}}})", "quota"),
                unit="bytes",
                help="Between file and use lies what defragmenting gives back.",
            ),
        ),
    )


def _members(at: str) -> Row:
    trips = rate("etcd_network_peer_round_trip_time_seconds_bucket", at, "pod", "le")
    return Row(
        title="Members",
        panels=(
            graph(
                "Way to other members, P99",
                (f"histogram_quantile(0.99, {trips})", "{{pod}}"),
                unit="s",
            ),
            graph(
                "Changes of leader seen",
                (f"etcd_server_leader_changes_seen_total{{{at}}}", "{{pod}}"),
            ),
            graph(
                "Heartbeats sent too late",
                (rate("etcd_server_heartbeat_send_failures_total", at, "pod"), "{{pod}}"),
                unit="cps",
            ),
        ),
    )


def _p99(title: str, metric: str, at: str, *, ceiling: float) -> Panel:
    buckets = rate(f"{metric}_duration_seconds_bucket", at, "pod", "le")
    query = (f"histogram_quantile(0.99, {buckets})", "{{pod}}")
    return graph(title, query, unit="s", ceiling=ceiling)
