"""What the exporter beside a Redis server tells of it.

https://github.com/oliver006/redis_exporter/blob/v1.62.0/exporter/exporter.go has names and kinds,
https://redis.io/docs/latest/commands/info/ what they mean. Some that count are exposed as gauges;
they are counters here, since ``rate()`` is what they are for.
"""

from __future__ import annotations

from constructs_lib.kube.signals import counter, gauge

_SERVER = (
    gauge("redis_up", "1 while the server answers the exporter."),
    gauge("redis_instance_info", "1, with role, version and eviction policy as labels."),
    gauge("redis_uptime_in_seconds", "Time since the server started.", "s"),
    gauge("redis_start_time_seconds", "When the server started, in seconds since 1970.", "s"),
    gauge("redis_loading_dump_file", "1 while the server reads its files."),
    gauge("redis_exporter_last_scrape_error", "1 after a scrape of the server that failed."),
    gauge("redis_exporter_last_scrape_duration_seconds", "How long the last scrape took.", "s"),
)

_CLIENTS = (
    gauge("redis_connected_clients", "Connections of clients, replicas excluded."),
    gauge("redis_blocked_clients", "Clients that wait in a blocking command."),
    gauge("redis_config_maxclients", "Most connections that the server takes."),
    counter("redis_connections_received_total", "Connections accepted."),
    counter("redis_rejected_connections_total", "Connections refused because of maxclients."),
)

_COMMANDS = (
    counter("redis_commands_processed_total", "Commands processed."),
    counter("redis_commands_total", "Calls, by command."),
    counter("redis_commands_duration_seconds_total", "Time spent, by command.", "s"),
    counter("redis_commands_failed_calls_total", "Calls that failed while they ran, by command."),
    counter("redis_commands_rejected_calls_total", "Calls refused before they ran, by command."),
    counter("redis_keyspace_hits_total", "Reads that found a key."),
    counter("redis_keyspace_misses_total", "Reads that found none."),
    counter("redis_net_input_bytes_total", "Bytes read from the network.", "bytes"),
    counter("redis_net_output_bytes_total", "Bytes written to the network.", "bytes"),
    counter("redis_cpu_sys_seconds_total", "Processor time in the kernel.", "s"),
    counter("redis_cpu_user_seconds_total", "Processor time outside it.", "s"),
    gauge("redis_slowlog_length", "Entries of the log of slow commands."),
    gauge("redis_last_slow_execution_duration_seconds", "How long the last slow one took.", "s"),
)

_MEMORY = (
    gauge("redis_memory_used_bytes", "Memory of data and buffers.", "bytes"),
    gauge("redis_memory_used_rss_bytes", "Memory as the kernel counts it.", "bytes"),
    gauge("redis_memory_used_peak_bytes", "Most memory that was in use.", "bytes"),
    gauge("redis_memory_max_bytes", "maxmemory.", "bytes"),
    gauge("redis_mem_fragmentation_ratio", "Memory as the kernel counts it, by that in use."),
    counter("redis_evicted_keys_total", "Keys removed to make room."),
    counter("redis_expired_keys_total", "Keys whose time was over."),
    gauge("redis_db_keys", "Keys, by database."),
    gauge("redis_db_keys_expiring", "Keys with a time to live, by database."),
    gauge("redis_db_avg_ttl_seconds", "Mean time to live, by database.", "s"),
)

_PERSISTENCE = (
    gauge("redis_rdb_last_bgsave_status", "1 if the last snapshot was written."),
    gauge("redis_rdb_last_bgsave_duration_sec", "How long the last snapshot took.", "s"),
    gauge("redis_rdb_last_save_timestamp_seconds", "When it was, in seconds since 1970.", "s"),
    gauge("redis_rdb_changes_since_last_save", "Changes that no snapshot has yet."),
    gauge("redis_rdb_bgsave_in_progress", "1 while a snapshot is written."),
    gauge("redis_aof_enabled", "1 with an append-only file."),
    gauge("redis_aof_current_size_bytes", "Size of the append-only file.", "bytes"),
    gauge("redis_aof_last_write_status", "1 if the last write to it succeeded."),
    gauge("redis_aof_last_bgrewrite_status", "1 if its last rewrite succeeded."),
    gauge("redis_aof_rewrite_in_progress", "1 while it is rewritten."),
)

_REPLICATION = (
    gauge("redis_connected_slaves", "Replicas connected to the server."),
    gauge("redis_connected_slave_lag_seconds", "Silence of a replica, on its master.", "s"),
    gauge("redis_connected_slave_offset_bytes", "What a replica has, on its master.", "bytes"),
    gauge("redis_master_repl_offset", "What the master has written, or a replica knows.", "bytes"),
    gauge("redis_master_link_up", "1 on a replica whose master answers."),
    gauge("redis_master_last_io_seconds_ago", "Silence of the master, on a replica.", "s"),
    gauge("redis_master_sync_in_progress", "1 on a replica that copies everything."),
    gauge("redis_slave_repl_offset", "What a replica has, by itself.", "bytes"),
    counter("redis_replica_resyncs_full", "Copies of everything that replicas asked for."),
    counter("redis_replica_partial_resync_accepted", "Replicas that caught up."),
    counter("redis_replica_partial_resync_denied", "Replicas too far behind to catch up."),
    gauge("redis_replication_backlog_bytes", "Most that they may catch up with.", "bytes"),
    gauge("redis_repl_backlog_history_bytes", "Writes that replicas may catch up with.", "bytes"),
)

EXPORTER = (*_SERVER, *_CLIENTS, *_COMMANDS, *_MEMORY, *_PERSISTENCE, *_REPLICATION)
"""Metrics of redis_exporter, as far as alerts and dashboards may name them.

It has none of certificates: those of Redis over TLS are watched where they are made, see
``docs/runbooks/redis.md``.
"""
