"""Dashboard of a PostgreSQL.

Metrics: https://github.com/prometheus-community/postgres_exporter and
https://patroni.readthedocs.io/en/latest/rest_api.html
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import Row, figure, graph, per_second, rate
from constructs_lib.observability.dashboards.pods import (
    all_of,
    backups,
    claims_of,
    pods,
    present,
    scraped,
    selected,
    volumes,
)
from constructs_lib.observability.dashboards.proxy import proxy


def postgres(signals: Signals) -> Iterator[Row]:
    """Health, what is done, waiting, replication, WAL, proxies, volumes, backups, pods."""
    at = selected(signals)
    yield _health(signals, at)
    yield _transactions(at)
    yield _work(at)
    yield _waiting(at)
    yield _replication(signals, at)
    yield _logs(at)
    yield proxy(at)
    yield volumes(claims_of(signals))
    yield backups(signals)
    yield pods(at)


def _health(signals: Signals, at: str) -> Row:
    hit, read = (rate(f"pg_stat_database_blks_{kind}", at) for kind in ("hit", "read"))
    taken = f"sum by (pod) (pg_stat_activity_count{{{at}}})"
    most = f"max by (pod) (pg_settings_max_connections{{{at}}})"
    return Row(
        title="Health",
        panels=(
            present("Servers that answer", signals, "pg_up"),
            figure(
                "Primaries",
                f"sum(patroni_primary{{{at}}})",
                floor=1,
                ceiling=2,
                help="One, outside of a failover.",
            ),
            figure("Replicas that follow", f"sum(patroni_postgres_streaming{{{at}}})"),
            figure(
                "Connections in use",
                f"max({taken} / {most})",
                unit="percentunit",
                ceiling=0.85,
                help="Share of max_connections, of the fullest server.",
            ),
            figure("Reads from memory", f"{hit} / ({hit} + {read})", unit="percentunit"),
            *scraped(signals),
        ),
    )


def _transactions(at: str) -> Row:
    return Row(
        title="Transactions",
        panels=(
            graph(
                "Committed",
                (rate("pg_stat_database_xact_commit", at, "datname"), "{{datname}}"),
                unit="cps",
                stacked=True,
            ),
            graph(
                "Rolled back",
                (rate("pg_stat_database_xact_rollback", at, "datname"), "{{datname}}"),
                unit="cps",
                stacked=True,
            ),
        ),
    )


def _work(at: str) -> Row:
    rows = ("returned", "fetched", "inserted", "updated", "deleted")
    return Row(
        title="Rows and blocks",
        panels=(
            graph(
                "Rows",
                *((rate(f"pg_stat_database_tup_{kind}", at), kind) for kind in rows),
                unit="rowsps",
            ),
            graph(
                "Blocks",
                (rate("pg_stat_database_blks_hit", at), "from memory"),
                (rate("pg_stat_database_blks_read", at), "from outside"),
                unit="cps",
            ),
            graph(
                "Temporary files",
                (rate("pg_stat_database_temp_bytes", at, "datname"), "{{datname}}"),
                unit=per_second("bytes"),
                help="What sorts and joins write that need more than work_mem.",
            ),
            graph(
                "Size of databases",
                (f"max by (datname) (pg_database_size_bytes{{{at}}})", "{{datname}}"),
                unit="bytes",
            ),
        ),
    )


def _waiting(at: str) -> Row:
    count = "pg_stat_activity_count"
    taken = f"sum by (state) ({count}{{{at}}})"
    # Where nobody is connected there is a series of nobody's; workers are no connections.
    own = f'{at}, usename!="", backend_type!="parallel worker"'
    by_login = f"max by (usename) (sum by (pod, usename) ({count}{{{own}}}))"
    return Row(
        title="Connections and locks",
        panels=(
            graph(
                "Connections",
                (taken, "{{state}}"),
                (f"min(pg_settings_max_connections{{{at}}})", "max_connections of a server"),
                help="Those of all chosen servers, by what they do.",
            ),
            graph(
                "Connections by login",
                (by_login, "{{usename}}"),
                help="At the server where it has most. Each login has a limit of its own.",
            ),
            graph(
                "Longest transaction",
                (f"max by (datname) (pg_stat_activity_max_tx_duration{{{at}}})", "{{datname}}"),
                unit="s",
                help="As long as it lasts, nothing that it might see is cleaned up.",
            ),
            graph("Locks", (f"sum by (mode) (pg_locks_count{{{at}}})", "{{mode}}"), stacked=True),
            graph(
                "Deadlocks and conflicts",
                (rate("pg_stat_database_deadlocks", at, "datname"), "{{datname}} deadlocks"),
                (rate("pg_stat_database_conflicts", at, "datname"), "{{datname}} conflicts"),
                unit="cps",
                help="Conflicts are queries that a replica ended to let the primary write.",
            ),
        ),
    )


def _replication(signals: Signals, at: str) -> Row:
    # Over all pods, since the one that writes may not be among the chosen ones.
    written = f"scalar(max(patroni_xlog_location{{{all_of(signals)}}}))"
    behind = f"{written} - patroni_xlog_replayed_location{{{at}}}"
    replica = f"patroni_replica{{{at}}} == 1"
    seen = f"time() - patroni_dcs_last_seen{{{at}}}"
    return Row(
        title="Replication",
        panels=(
            graph(
                "Lag of replicas",
                (f"max by (pod) (pg_replication_lag_seconds{{{at}}})", "{{pod}}"),
                unit="s",
                help="Time since the last transaction that was replayed.",
            ),
            graph(
                "Bytes behind",
                (f"clamp_min({behind}, 0) and on (pod) ({replica})", "{{pod}}"),
                unit="bytes",
                help="From the last byte that any member wrote to what a replica has replayed.",
            ),
            graph(
                "Role",
                (f"patroni_primary{{{at}}}", "{{pod}} primary"),
                top=1,
                help="A change of lines is a failover.",
            ),
            graph("Timeline", (f"patroni_postgres_timeline{{{at}}}", "{{pod}}")),
            graph("Since etcd was seen", (seen, "{{pod}}"), unit="s"),
            graph(
                "Slots nobody reads",
                (
                    f"pg_replication_slots_slot_is_active{{{at}}} == 0",
                    "{{slot_name}} at {{pod}}",
                ),
                help="A slot keeps write-ahead logs for its reader.",
            ),
        ),
    )


def _logs(at: str) -> Row:
    slots = "{{slot_name}} at {{pod}}"
    return Row(
        title="Write-ahead logs",
        panels=(
            graph("Size", (f"pg_wal_size_bytes{{{at}}}", "{{pod}}"), unit="bytes"),
            graph(
                "Kept for slots",
                (f"pg_replication_slots_pg_wal_lsn_diff{{{at}}}", slots),
                unit="bytes",
            ),
            graph(
                "Left before a slot is lost",
                (f"pg_replication_slots_safe_wal_size_bytes{{{at}}}", slots),
                unit="bytes",
                help="Up to max_slot_wal_keep_size.",
            ),
            graph(
                "Archiver failed",
                (rate("pg_stat_archiver_failed_count", at, "pod"), "{{pod}}"),
                unit="cps",
            ),
        ),
    )
