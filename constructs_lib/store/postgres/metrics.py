"""What tells of PostgreSQL: its exporter, and Patroni.

https://github.com/prometheus-community/postgres_exporter/tree/v0.20.0/collector has names and kinds
(collectors that are on by default), https://www.postgresql.org/docs/current/monitoring-stats.html
what they mean; https://patroni.readthedocs.io/en/latest/rest_api.html has Patroni's.
"""

from __future__ import annotations

from constructs_lib.kube.signals import counter, gauge

_SERVER = (
    gauge("pg_up", "1 while the server answers the exporter."),
    gauge("pg_postmaster_start_time_seconds", "When it started, in seconds since 1970.", "s"),
    gauge("pg_settings_max_connections", "Most connections that it takes."),
    gauge("pg_stat_activity_count", "Connections, by database, state, login and more."),
    gauge("pg_stat_activity_max_tx_duration", "Age of the oldest transaction.", "s"),
    gauge("pg_locks_count", "Locks, by database and mode."),
    gauge("pg_database_size_bytes", "Size on disk, by database.", "bytes"),
    gauge("pg_stat_user_tables_n_dead_tup", "Dead rows, by table of the exporter's database."),
)

_DATABASES = (
    gauge("pg_stat_database_numbackends", "Connections, by database."),
    counter("pg_stat_database_xact_commit", "Transactions committed."),
    counter("pg_stat_database_xact_rollback", "Transactions rolled back."),
    counter("pg_stat_database_blks_hit", "Blocks found in shared buffers."),
    counter("pg_stat_database_blks_read", "Blocks read from the disk or its cache."),
    counter("pg_stat_database_tup_returned", "Rows read by scans."),
    counter("pg_stat_database_tup_fetched", "Rows fetched by index."),
    counter("pg_stat_database_tup_inserted", "Rows inserted."),
    counter("pg_stat_database_tup_updated", "Rows updated."),
    counter("pg_stat_database_tup_deleted", "Rows deleted."),
    counter("pg_stat_database_conflicts", "Queries cancelled on a replica by its recovery."),
    counter("pg_stat_database_deadlocks", "Deadlocks."),
    counter("pg_stat_database_temp_files", "Temporary files of queries."),
    counter("pg_stat_database_temp_bytes", "Bytes written to them.", "bytes"),
)

_LOGS = (
    gauge("pg_wal_segments", "Files of the write-ahead log."),
    gauge("pg_wal_size_bytes", "Their size.", "bytes"),
    gauge("pg_replication_is_replica", "1 on a replica."),
    gauge("pg_replication_lag_seconds", "Age of what a replica has replayed last.", "s"),
    gauge("pg_stat_replication_pg_wal_lsn_diff", "What a replica lacks, on the primary.", "bytes"),
    gauge("pg_replication_slots_active", "1 for a slot that is read from, by slot and database."),
    gauge("pg_replication_slots_slot_is_active", "1 for a slot that is read from."),
    gauge("pg_replication_slots_slot_current_wal_lsn", "Where the log is by now.", "bytes"),
    gauge("pg_replication_slots_pg_wal_lsn_diff", "Write-ahead log kept for a slot.", "bytes"),
    gauge(
        "pg_replication_slots_safe_wal_size_bytes", "What a slot may still fall behind.", "bytes"
    ),
    counter("pg_stat_archiver_archived_count", "Files archived by the server itself."),
    counter("pg_stat_archiver_failed_count", "Archive commands that failed."),
    gauge("pg_stat_archiver_last_archive_age", "Time since a file was archived.", "s"),
    counter("pg_stat_bgwriter_buffers_alloc_total", "Buffers allocated."),
    counter("pg_stat_bgwriter_buffers_clean_total", "Buffers written by the background writer."),
)

EXPORTER = (*_SERVER, *_DATABASES, *_LOGS)
"""Metrics of postgres_exporter, as far as alerts and dashboards may name them.

It has none of certificates: those of PostgreSQL over TLS are watched where they are made, see
``docs/runbooks/postgres.md``.
"""

PATRONI = (
    gauge("patroni_version", "Release of Patroni, as a number."),
    gauge("patroni_postgres_server_version", "Release of PostgreSQL, as a number."),
    gauge("patroni_postgres_running", "1 while PostgreSQL runs."),
    gauge("patroni_postmaster_start_time", "When it started, in seconds since 1970.", "s"),
    gauge("patroni_primary", "1 on the primary."),
    gauge("patroni_replica", "1 on a replica."),
    gauge("patroni_sync_standby", "1 on a replica that commits wait for."),
    gauge("patroni_quorum_standby", "1 on a replica that is one of those commits wait for."),
    gauge("patroni_postgres_streaming", "1 on a replica that streams from another member."),
    gauge("patroni_postgres_in_archive_recovery", "1 on a replica that reads an archive."),
    counter("patroni_xlog_location", "End of the log, on the primary.", "bytes"),
    counter("patroni_xlog_received_location", "What a replica has received.", "bytes"),
    counter("patroni_xlog_replayed_location", "What a replica has replayed.", "bytes"),
    gauge(
        "patroni_xlog_replayed_timestamp", "When that was committed, in seconds since 1970.", "s"
    ),
    gauge("patroni_xlog_paused", "1 on a replica whose replay is paused."),
    counter("patroni_postgres_timeline", "Timeline, which every failover adds one to."),
    gauge("patroni_cluster_unlocked", "1 while nobody holds the leader key."),
    gauge("patroni_failsafe_mode_is_active", "1 while the primary goes on without etcd."),
    gauge("patroni_dcs_last_seen", "When etcd answered last, in seconds since 1970.", "s"),
    gauge("patroni_pending_restart", "1 with settings that wait for a restart."),
    gauge("patroni_is_paused", "1 while failover is switched off."),
)
"""Metrics of Patroni's REST API."""
