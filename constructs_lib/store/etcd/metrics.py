"""What etcd tells of itself.

https://etcd.io/docs/v3.6/metrics/ says what it means. Two that only grow are exposed as gauges.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric, counter, gauge


def _seconds(name: str, help: str) -> Metric:  # noqa: A002
    return Metric(name, kind="histogram", unit="s", help=help)


_MEMBERS = (
    gauge("etcd_server_has_leader", "1 on a member that knows a leader."),
    gauge("etcd_server_is_leader", "1 on the leader."),
    gauge("etcd_server_is_learner", "1 on a member without a vote."),
    counter("etcd_server_leader_changes_seen_total", "Leaders that a member has seen."),
    counter("etcd_server_heartbeat_send_failures_total", "Heartbeats that the leader sent late."),
    counter("etcd_server_health_failures", "Health checks that failed."),
    gauge("etcd_network_active_peers", "Members that a member is connected to."),
    counter("etcd_network_peer_sent_failures_total", "Messages to members that failed."),
    _seconds("etcd_network_peer_round_trip_time_seconds", "Time to a member and back."),
    counter("etcd_network_peer_sent_bytes_total", "Bytes to members.", "bytes"),
    counter("etcd_network_peer_received_bytes_total", "Bytes from members.", "bytes"),
)

_WRITES = (
    counter("etcd_server_proposals_committed_total", "Writes agreed upon."),
    counter("etcd_server_proposals_applied_total", "Writes applied."),
    gauge("etcd_server_proposals_pending", "Writes that wait for agreement."),
    counter("etcd_server_proposals_failed_total", "Writes that could not be agreed upon."),
    counter("etcd_server_slow_apply_total", "Writes that took long to apply."),
    counter("etcd_server_slow_read_indexes_total", "Reads that waited long for the leader."),
    _seconds("etcd_disk_wal_fsync_duration_seconds", "Time to make the log safe on disk."),
    _seconds(
        "etcd_disk_backend_commit_duration_seconds", "Time to make the database safe on disk."
    ),
    counter("etcd_mvcc_put_total", "Keys written."),
    counter("etcd_mvcc_range_total", "Reads."),
    counter("etcd_mvcc_delete_total", "Keys deleted."),
    counter("etcd_mvcc_txn_total", "Transactions."),
    counter("grpc_server_started_total", "Requests begun, by method."),
    counter("grpc_server_handled_total", "Requests answered, by method and code."),
    counter("etcd_network_client_grpc_sent_bytes_total", "Bytes to clients.", "bytes"),
    counter("etcd_network_client_grpc_received_bytes_total", "Bytes from clients.", "bytes"),
)

_SIZE = (
    gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the database.", "bytes"),
    gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "What of it is in use.", "bytes"),
    gauge("etcd_server_quota_backend_bytes", "Most that it may be.", "bytes"),
    gauge("etcd_debugging_mvcc_keys_total", "Keys."),
    gauge("process_resident_memory_bytes", "Memory of the member.", "bytes"),
    counter("process_cpu_seconds_total", "Processor time of the member.", "s"),
    gauge("process_open_fds", "Files that it has open."),
    gauge("process_max_fds", "Most that it may have open."),
    gauge("process_start_time_seconds", "When it started, in seconds since 1970.", "s"),
)

MEMBER = (*_MEMBERS, *_WRITES, *_SIZE)
"""Metrics of a member, as far as alerts and dashboards may name them.

``etcd_debugging_*`` may change between releases. It has none of its own certificates: they are
watched where they are made, see ``docs/runbooks/etcd.md``.
"""
