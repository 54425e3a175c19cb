"""What the exporter beside a Redis server tells of it.

https://github.com/oliver006/redis_exporter/blob/v1.62.0/exporter/exporter.go has names and kinds,
https://redis.io/docs/latest/commands/info/ what they mean. Some that count are exposed as gauges;
they are counters here, since ``rate()`` is what they are for.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric


def _counter(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return Metric(name, kind="counter", unit=unit, help=help)


def _gauge(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return Metric(name, unit=unit, help=help)


_SERVER = (
    _gauge("redis_up", "1 while the server answers the exporter."),
    _gauge("redis_instance_info", "1, with role, version and eviction policy as labels."),
    _gauge("redis_uptime_in_seconds", "Time since the server started.", "s"),
    _gauge("redis_start_time_seconds", "When the server started, in seconds since 1970.", "s"),
    _gauge("redis_loading_dump_file", "1 while the server reads its files."),
    _gauge("redis_exporter_last_scrape_error", "1 after a scrape of the server that failed."),
    _gauge("redis_exporter_last_scrape_duration_seconds", "How long the last scrape took.", "s"),
)

_CLIENTS = (
    _gauge("redis_connected_clients", "Connections of clients, replicas excluded."),
    _gauge("redis_blocked_clients", "Clients that wait in a blocking command."),
    _gauge("redis_config_maxclients", "Most connections that the server takes."),
    _counter("redis_connections_received_total", "Connections accepted."),
    _counter("redis_rejected_connections_total", "Connections refused because of maxclients."),
)

_COMMANDS = (
    _counter("redis_commands_processed_total", "Commands processed."),
    _counter("redis_commands_total", "Calls, by command."),
    _counter("redis_commands_duration_seconds_total", "Time spent, by command.", "s"),
    _counter("redis_commands_failed_calls_total", "Calls that failed while they ran, by command."),
    _counter("redis_commands_rejected_calls_total", "Calls refused before they ran, by command."),
    _counter("redis_keyspace_hits_total", "Reads that found a key."),
    _counter("redis_keyspace_misses_total", "Reads that found none."),
    _counter("redis_net_input_bytes_total", "Bytes read from the network.", "bytes"),
    _counter("redis_net_output_bytes_total", "Bytes written to the network.", "bytes"),
    _counter("redis_cpu_sys_seconds_total", "Processor time in the kernel.", "s"),
    _counter("redis_cpu_user_seconds_total", "Processor time outside it.", "s"),
    _gauge("redis_slowlog_length", "Entries of the log of slow commands."),
    _gauge("redis_last_slow_execution_duration_seconds", "How long the last slow one took.", "s"),
)

_MEMORY = (
    _gauge("redis_memory_used_bytes", "Memory of data and buffers.", "bytes"),
    _gauge("redis_memory_used_rss_bytes", "Memory as the kernel counts it.", "bytes"),
    _gauge("redis_memory_used_peak_bytes", "Most memory that was in use.", "bytes"),
    _gauge("redis_memory_max_bytes", "maxmemory.", "bytes"),
    _gauge("redis_mem_fragmentation_ratio", "Memory as the kernel counts it, by that in use."),
    _counter("redis_evicted_keys_total", "Keys removed to make room."),
    _counter("redis_expired_keys_total", "Keys whose time was over."),
    _gauge("redis_db_keys", "Keys, by database."),
    _gauge("redis_db_keys_expiring", "Keys with a time to live, by database."),
    _gauge("redis_db_avg_ttl_seconds", "Mean time to live, by database.", "s"),
)

_PERSISTENCE = (
    _gauge("redis_rdb_last_bgsave_status", "1 if the last snapshot was written."),
    _gauge("redis_rdb_last_bgsave_duration_sec", "How long the last snapshot took.", "s"),
    _gauge("redis_rdb_last_save_timestamp_seconds", "When it was, in seconds since 1970.", "s"),
    _gauge("redis_rdb_changes_since_last_save", "Changes that no snapshot has yet."),
    _gauge("redis_rdb_bgsave_in_progress", "1 while a snapshot is written."),
    _gauge("redis_aof_enabled", "1 with an append-only file."),
    _gauge("redis_aof_current_size_bytes", "Size of the append-only file.", "bytes"),
    _gauge("redis_aof_last_write_status", "1 if the last write to it succeeded."),
    _gauge("redis_aof_last_bgrewrite_status", "1 if its last rewrite succeeded."),
    _gauge("redis_aof_rewrite_in_progress", "1 while it is rewritten."),
)

_REPLICATION = (
    _gauge("redis_connected_slaves", "Replicas connected to the server."),
    _gauge("redis_connected_slave_lag_seconds", "Silence of a replica, on its master.", "s"),
    _gauge("redis_connected_slave_offset_bytes", "What a replica has, on its master.", "bytes"),
    _gauge("redis_master_repl_offset", "What the master has written, or a replica knows.", "bytes"),
    _gauge("redis_master_link_up", "1 on a replica whose master answers."),
    _gauge("redis_master_last_io_seconds_ago", "Silence of the master, on a replica.", "s"),
    _gauge("redis_master_sync_in_progress", "1 on a replica that copies everything."),
    _gauge("redis_slave_repl_offset", "What a replica has, by itself.", "bytes"),
    _counter("redis_replica_resyncs_full", "Copies of everything that replicas asked for."),
    _counter("redis_replica_partial_resync_accepted", "Replicas that caught up."),
    _counter("redis_replica_partial_resync_denied", "Replicas too far behind to catch up."),
    _gauge("redis_replication_backlog_bytes", "Most that they may catch up with.", "bytes"),
    _gauge("redis_repl_backlog_history_bytes", "Writes that replicas may catch up with.", "bytes"),
)

EXPORTER = (*_SERVER, *_CLIENTS, *_COMMANDS, *_MEMORY, *_PERSISTENCE, *_REPLICATION)
"""Metrics of redis_exporter, as far as alerts and dashboards may name them.

It has none of certificates: those of Redis over TLS are watched where they are made, see
``docs/runbooks/redis.md``.
"""
