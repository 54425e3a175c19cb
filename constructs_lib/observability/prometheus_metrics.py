"""What Prometheus tells of itself.

https://github.com/prometheus/prometheus/tree/main/documentation/prometheus-mixin, called alike in
2.42 and in 3.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric

METRICS = (
    Metric("prometheus_build_info", help="Version."),
    Metric("prometheus_config_last_reload_successful", help="Whether the configuration was read."),
    Metric("prometheus_notifications_alertmanagers_discovered", help="Alertmanagers it knows."),
    Metric("prometheus_notifications_dropped_total", kind="counter", help="Alerts given up."),
    Metric("prometheus_notifications_errors_total", kind="counter", help="Alerts not delivered."),
    Metric("prometheus_notifications_queue_length", help="Alerts that wait."),
    Metric("prometheus_notifications_sent_total", kind="counter", help="Alerts delivered."),
    Metric("prometheus_rule_evaluation_failures_total", kind="counter", help="Rules that failed."),
    Metric("prometheus_rule_group_iterations_missed_total", kind="counter", help="Rules left out."),
    Metric("prometheus_rule_group_last_duration_seconds", unit="s", help="Time a group takes."),
    Metric("prometheus_target_scrapes_exceeded_sample_limit_total", kind="counter"),
    Metric("prometheus_tsdb_blocks_loaded", help="Blocks on disk."),
    Metric("prometheus_tsdb_compactions_failed_total", kind="counter", help="Failed compactions."),
    Metric("prometheus_tsdb_head_chunks_storage_size_bytes", unit="bytes", help="Size of chunks."),
    Metric("prometheus_tsdb_head_samples_appended_total", kind="counter", help="Samples taken."),
    Metric("prometheus_tsdb_head_series", help="Series of the last hours."),
    Metric("prometheus_tsdb_reloads_failures_total", kind="counter", help="Blocks not read."),
    Metric("prometheus_tsdb_retention_limit_bytes", unit="bytes", help="Most that is kept."),
    Metric("prometheus_tsdb_storage_blocks_bytes", unit="bytes", help="Size of blocks."),
    Metric("prometheus_tsdb_wal_corruptions_total", kind="counter", help="Damage of the WAL."),
    Metric("prometheus_tsdb_wal_storage_size_bytes", unit="bytes", help="Size of the WAL."),
    Metric("prometheus_engine_query_duration_seconds", kind="summary", unit="s"),
    Metric("process_cpu_seconds_total", kind="counter", unit="s", help="CPU time used."),
    Metric("process_resident_memory_bytes", unit="bytes", help="Memory."),
    Metric("process_start_time_seconds", unit="s", help="When it started."),
)
"""Those that rules and dashboards make use of."""

REMOTE_METRICS = (
    Metric("prometheus_remote_storage_highest_timestamp_in_seconds", unit="s"),
    Metric("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", unit="s"),
    Metric("prometheus_remote_storage_samples_failed_total", kind="counter"),
)
"""Besides, where samples are written elsewhere."""
