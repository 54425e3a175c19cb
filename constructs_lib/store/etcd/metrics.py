"""What etcd tells of itself.

https://etcd.io/docs/v3.6/metrics/ says what it means. Two that only grow are exposed as gauges.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric


def _counter(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return Metric(name, kind="counter", unit=unit, help=help)


def _gauge(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return Metric(name, unit=unit, help=help)


def _seconds(name: str, help: str) -> Metric:  # noqa: A002
    return Metric(name, kind="histogram", unit="s", help=help)


_MEMBERS = (
    _gauge("etcd_server_has_leader", "1 on a member that knows a leader."),
    _gauge("etcd_server_is_leader", "1 on the leader."),
    _gauge("etcd_server_is_learner", "1 on a member without a vote."),
    _counter("etcd_server_leader_changes_seen_total", "Leaders that a member has seen."),
    _counter("etcd_server_heartbeat_send_failures_total", "Heartbeats that the leader sent late."),
    _counter("etcd_server_health_failures", "Health checks that failed."),
    _gauge("etcd_network_active_peers", "Members that a member is connected to."),
    _counter("etcd_network_peer_sent_failures_total", "Messages to members that failed."),
    _seconds("etcd_network_peer_round_trip_time_seconds", "Time to a member and back."),
    _counter("etcd_network_peer_sent_bytes_total", "Bytes to members.", "bytes"),
    _counter("etcd_network_peer_received_bytes_total", "Bytes from members.", "bytes"),
)

_WRITES = (
    _counter("etcd_server_proposals_committed_total", "Writes agreed upon."),
    _counter("etcd_server_proposals_applied_total", "Writes applied."),
    _gauge("etcd_server_proposals_pending", "Writes that wait for agreement."),
    _counter("etcd_server_proposals_failed_total", "Writes that could not be agreed upon."),
    _counter("etcd_server_slow_apply_total", "Writes that took long to apply."),
    _counter("etcd_server_slow_read_indexes_total", "Reads that waited long for the leader."),
    _seconds("etcd_disk_wal_fsync_duration_seconds", "Time to make the log safe on disk."),
    _seconds(
        "etcd_disk_backend_commit_duration_seconds", "Time to make the database safe on disk."
    ),
    _counter("etcd_mvcc_put_total", "Keys written."),
    _counter("etcd_mvcc_range_total", "Reads."),
    _counter("etcd_mvcc_delete_total", "Keys deleted."),
    _counter("etcd_mvcc_txn_total", "Transactions."),
    _counter("grpc_server_started_total", "Requests begun, by method."),
    _counter("grpc_server_handled_total", "Requests answered, by method and code."),
    _counter("etcd_network_client_grpc_sent_bytes_total", "Bytes to clients.", "bytes"),
    _counter("etcd_network_client_grpc_received_bytes_total", "Bytes from clients.", "bytes"),
)

_SIZE = (
    _gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the database.", "bytes"),
    _gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "What of it is in use.", "bytes"),
    _gauge("etcd_server_quota_backend_bytes", "Most that it may be.", "bytes"),
    _gauge("etcd_debugging_mvcc_keys_total", "Keys."),
    _gauge("process_resident_memory_bytes", "Memory of the member.", "bytes"),
    _counter("process_cpu_seconds_total", "Processor time of the member.", "s"),
    _gauge("process_open_fds", "Files that it has open."),
    _gauge("process_max_fds", "Most that it may have open."),
    _gauge("process_start_time_seconds", "When it started, in seconds since 1970.", "s"),
)

MEMBER = (*_MEMBERS, *_WRITES, *_SIZE)
"""Metrics of a member, as far as alerts and dashboards may name them.

``etcd_debugging_*`` may change between releases. It has none of its own certificates: they are
watched where they are made, see ``docs/runbooks/etcd.md``.
"""
