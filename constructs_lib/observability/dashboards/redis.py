"""Dashboard of a Redis.

Metrics: https://github.com/oliver006/redis_exporter
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import Row, figure, graph, per_second, rate
from constructs_lib.observability.dashboards.pods import (
    backups,
    claims_of,
    pods,
    present,
    scraped,
    selected,
    volumes,
)
from constructs_lib.observability.dashboards.proxy import proxy


def redis(signals: Signals) -> Iterator[Row]:
    """Health, commands, memory, replication, persistence, proxies, volumes, backups, pods."""
    at = selected(signals)
    yield _health(signals, at)
    yield _commands(at)
    yield _memory(at)
    yield _replication(at)
    yield _persistence(at)
    yield proxy(at)
    yield volumes(claims_of(signals))
    yield backups(signals)
    yield pods(at)


def _health(signals: Signals, at: str) -> Row:
    share = f"redis_memory_used_bytes{{{at}}} / (redis_memory_max_bytes{{{at}}} > 0)"
    hits, misses = (rate(f"redis_keyspace_{kind}_total", at) for kind in ("hits", "misses"))
    return Row(
        title="Health",
        panels=(
            present("Servers that answer", signals, "redis_up"),
            figure(
                "Masters",
                f'count(redis_instance_info{{{at}, role="master"}}) or vector(0)',
                floor=1,
                ceiling=2,
                help="One, outside of a failover.",
            ),
            figure("Replicas", f"sum(redis_connected_slaves{{{at}}})"),
            figure(
                "Memory in use",
                f"max({share})",
                unit="percentunit",
                ceiling=0.9,
                help="Share of maxmemory, of the fullest server.",
            ),
            figure("Reads that find a key", f"{hits} / ({hits} + {misses})", unit="percentunit"),
            *scraped(signals),
        ),
    )


def _commands(at: str) -> Row:
    spent = rate("redis_commands_duration_seconds_total", at, "cmd")
    called = rate("redis_commands_total", at, "cmd")
    return Row(
        title="Commands and clients",
        panels=(
            graph(
                "Commands",
                (rate("redis_commands_processed_total", at, "pod"), "{{pod}}"),
                unit="ops",
            ),
            graph("Commands by name", (f"topk(10, {called})", "{{cmd}}"), unit="ops", stacked=True),
            graph("Time per command", (f"topk(10, {spent} / {called})", "{{cmd}}"), unit="s"),
            graph(
                "Clients",
                (f"redis_connected_clients{{{at}}}", "{{pod}} connected"),
                (f"redis_blocked_clients{{{at}}}", "{{pod}} blocked"),
                help="Blocked are those that wait, as in BLPOP.",
            ),
            graph(
                "Connections",
                (rate("redis_connections_received_total", at, "pod"), "{{pod}} taken"),
                (rate("redis_rejected_connections_total", at, "pod"), "{{pod}} refused"),
                unit="cps",
                help="Refused are those beyond maxclients.",
            ),
            graph(
                "Traffic",
                (rate("redis_net_input_bytes_total", at, "pod"), "{{pod}} in"),
                (rate("redis_net_output_bytes_total", at, "pod"), "{{pod}} out"),
                unit=per_second("bytes"),
            ),
        ),
    )


def _memory(at: str) -> Row:
    return Row(
        title="Memory and keys",
        panels=(
            graph(
                "Memory",
                (f"redis_memory_used_bytes{{{at}}}", "{{pod}} used"),
                (f"redis_memory_used_rss_bytes{{{at}}}", "{{pod}} held by the process"),
                (f"max(redis_memory_max_bytes{{{at}}}) > 0", "maxmemory"),
                unit="bytes",
            ),
            graph(
                "Fragmentation",
                (f"redis_mem_fragmentation_ratio{{{at}}}", "{{pod}}"),
                help="Memory of the process to memory of its data; well above 1 is wasted.",
            ),
            graph(
                "Keys",
                (f"sum by (pod, db) (redis_db_keys{{{at}}} > 0)", "{{pod}} {{db}}"),
                (f"sum by (pod, db) (redis_db_keys_expiring{{{at}}} > 0)", "{{pod}} {{db}} expire"),
            ),
            graph(
                "Keys removed",
                (rate("redis_expired_keys_total", at, "pod"), "{{pod}} expired"),
                (rate("redis_evicted_keys_total", at, "pod"), "{{pod}} evicted"),
                unit="cps",
                help="Evicted are those that made room at maxmemory.",
            ),
        ),
    )


def _replication(at: str) -> Row:
    link = f"redis_master_link_up{{{at}}}"
    heard = f"redis_master_last_io_seconds_ago{{{at}}}"
    return Row(
        title="Replication",
        panels=(
            graph("Replica sees its master", (link, "{{pod}}"), top=1),
            graph(
                "Lag of replicas",
                (f"redis_connected_slave_lag_seconds{{{at}}}", "{{slave_ip}} at {{pod}}"),
                unit="s",
            ),
            graph("Since the master was heard", (heard, "{{pod}}"), unit="s"),
            graph(
                "Whole copies sent",
                (f"redis_replica_resyncs_full{{{at}}}", "{{pod}}"),
                help="A replica that was away for longer than the backlog holds needs one.",
            ),
        ),
    )


def _persistence(at: str) -> Row:
    saved = f"time() - redis_rdb_last_save_timestamp_seconds{{{at}}}"
    return Row(
        title="Persistence",
        panels=(
            graph("Since the last snapshot", (saved, "{{pod}}"), unit="s"),
            graph("Changes since then", (f"redis_rdb_changes_since_last_save{{{at}}}", "{{pod}}")),
            graph(
                "The last write worked",
                (f"redis_rdb_last_bgsave_status{{{at}}}", "{{pod}} snapshot"),
                (f"redis_aof_last_write_status{{{at}}}", "{{pod}} append-only file"),
                (f"redis_aof_last_bgrewrite_status{{{at}}}", "{{pod}} rewriting it"),
                top=1,
            ),
            graph(
                "Append-only file",
                (f"redis_aof_current_size_bytes{{{at}}}", "{{pod}}"),
                unit="bytes",
            ),
        ),
    )
