"""What somebody has to know of PostgreSQL.

Metrics: https://github.com/prometheus-community/postgres_exporter,
https://patroni.readthedocs.io/en/latest/rest_api.html (``/metrics``), HAProxy's own, and the
kubelet's of volumes.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods, stateful_set_pods
from constructs_lib.store.certificate_alerts import certificate_alerts
from constructs_lib.store.engine import Place
from constructs_lib.store.part import Proxies
from constructs_lib.store.postgres.engine import PostgresEngine
from constructs_lib.store.postgres.job_alerts import job_alert
from constructs_lib.store.postgres.login_alerts import login_alerts
from constructs_lib.store.postgres.proxy_alerts import proxied
from constructs_lib.store.volume_alerts import claims_of, filling_soon, free_share

_DOCS = "docs/stores/postgres.md"
_OFF = ("off", "false", "no", "0")


def server_alerts(engine: PostgresEngine, place: Place) -> tuple[Alert, ...]:
    """What holds of every server; what its exporter tells only where there is one."""
    pods = stateful_set_pods(place.namespace, place.name)
    told = () if engine.exporter is None else _told(engine, place, pods)
    return (*told, *_volume(place), *certificate_alerts(place, engine.tls, "Postgres"))


def _told(engine: PostgresEngine, place: Place, pods: str) -> tuple[Alert, ...]:
    return (
        *_servers(engine, place, pods),
        *login_alerts(engine.logins, pods),
        *_wal(engine, pods),
    )


def _servers(engine: PostgresEngine, place: Place, pods: str) -> tuple[Alert, ...]:
    most = engine.max_connections
    return (
        Alert(
            name="PostgresServersMissing",
            expression=counted_pods(f"pg_up{{{pods}}} == 1") + f" < {engine.servers}",
            severity="critical" if engine.servers == 1 else "warning",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {engine.servers}"
            " servers that answer.",
            action=f"kubectl get pods -n {place.namespace} -l app.kubernetes.io/name={place.name},"
            " and the logs of those not ready.",
        ),
        Alert(
            name="PostgresConnectionsNearLimit",
            expression=f"max by (pod) (sum by (pod, instance) (pg_stat_activity_count{{{pods}}}))"
            f" > {most * 85 // 100}",
            summary=f"{{{{ $labels.pod }}}} has {{{{ $value }}}} of {most} connections.",
            action="See pg_stat_activity for who holds them; idle ones point to a pool too large.",
        ),
        Alert(
            name="PostgresDeadlocks",
            expression="sum by (pod, datname)"
            f" (increase(pg_stat_database_deadlocks{{{pods}}}[10m])) > 5",
            summary="Transactions of {{ $labels.datname }} block each other.",
            action="The server's log names the statements.",
        ),
    )


def _wal(engine: PostgresEngine, pods: str) -> tuple[Alert, ...]:
    archives = engine.parameters.get("archive_mode", "off").lower() not in _OFF
    return (
        Alert(
            name="PostgresSlotHoldsWal",
            # Replicas keep the slots too, for the day that one of them leads.
            expression=f"pg_replication_slots_slot_is_active{{{pods}}} == 0"
            f" and on (pod) pg_replication_is_replica{{{pods}}} == 0",
            lasts="10m",
            summary="Slot {{ $labels.slot_name }} of {{ $labels.pod }} keeps write-ahead logs, and"
            " nobody reads them.",
            action="Bring back the replica or the archive it belongs to, or drop the slot.",
        ),
        Alert(
            name="PostgresSlotAboutToBeLost",
            expression=f"pg_replication_slots_safe_wal_size_bytes{{{pods}}} < 128 * 1024 * 1024",
            lasts="1m",
            summary="Slot {{ $labels.slot_name }} of {{ $labels.pod }} has reached"
            " max_slot_wal_keep_size.",
            action="What it belongs to has to be made anew: a replica by patronictl reinit, an"
            f" archive by a base backup. {_DOCS}, 'A replica does not follow'.",
        ),
        *((_archiver(pods),) if archives else ()),
    )


def _archiver(pods: str) -> Alert:
    """The server's own archiver, where somebody has switched it on; the store's is a receiver."""
    return Alert(
        name="PostgresArchiverFails",
        expression=f"increase(pg_stat_archiver_failed_count{{{pods}}}[15m]) > 0",
        lasts="15m",
        severity="critical",
        summary="{{ $labels.pod }} cannot archive write-ahead logs, and keeps them all.",
        action="The server's log says what archive_command said.",
    )


def _volume(place: Place) -> tuple[Alert, ...]:
    archive = () if place.backup is None else (f"{place.name}-archive",)
    claims = claims_of(place.namespace, place.name, *archive)
    return (
        Alert(
            name="PostgresVolumeFillsUp",
            expression=f"{free_share(claims)} < 0.15",
            severity="critical",
            summary="Volume {{ $labels.persistentvolumeclaim }} has"
            " {{ $value | humanizePercentage }} left. A server whose volume is full stops, and an"
            " archive receives nothing.",
            action=f"{_DOCS}, 'The disk fills'.",
        ),
        filling_soon("Postgres", claims, consequence="a server without room stops"),
    )


def cluster_alerts(
    engine: PostgresEngine, place: Place, *, proxy: Proxies, configuration: str
) -> tuple[Alert, ...]:
    """What goes wrong between members; Patroni tells it where its metrics are not encrypted.

    ``configuration`` is the Job that tells them of changes.
    """
    pods = stateful_set_pods(place.namespace, place.name)
    told: tuple[Alert, ...] = ()
    if engine.tls is None:
        told = (*_leadership(place, pods), *_patroni(pods))
    if engine.tls is None and engine.servers > 1:
        told = (*told, _nobody_follows(place, pods))
    unlike = job_alert(
        place,
        configuration,
        name="PostgresConfigurationFailed",
        summary=f"Members of {place.name} in {place.namespace} do not run as configured.",
    )
    return (*told, *_replication(engine, place, pods), *proxied(place, proxy), unlike)


def _leadership(place: Place, pods: str) -> tuple[Alert, ...]:
    primary = f"patroni_primary{{{pods}}}"
    return (
        Alert(
            name="PostgresPrimaryMissing",
            expression=f"(sum({primary}) or vector(0)) == 0",
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has no primary: nobody can write.",
            action=f"kubectl exec -n {place.namespace} {place.name}-0 -c postgres -- patronictl -c"
            f" /tmp/patroni list. Then etcd: {_DOCS}, 'No primary'.",
        ),
        Alert(
            name="PostgresPrimariesSeveral",
            # One that was replaced and has come back as a replica is none any more.
            expression=f"sum(min by (pod) ({primary})) > 1",
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} primaries.",
            action="Proxies lead to the one that holds the leader key. Find out by the logs what"
            " the other one took, before it is rewound.",
        ),
    )


def _patroni(pods: str) -> tuple[Alert, ...]:
    return (
        Alert(
            name="PostgresReplicaOutOfStep",
            expression=f"(patroni_replica{{{pods}}} == 1)"
            f" unless on (pod) (patroni_postgres_streaming{{{pods}}} == 1)",
            lasts="10m",
            summary="Replica {{ $labels.pod }} does not follow the primary.",
            action=f"Its log says why. To make it anew: {_DOCS}, 'A replica does not follow'.",
        ),
        Alert(
            name="PostgresEtcdUnseen",
            expression=f"time() - patroni_dcs_last_seen{{{pods}}} > 60",
            lasts="1m",
            severity="critical",
            summary="{{ $labels.pod }} has not seen etcd for {{ $value | humanizeDuration }}; with"
            " one more failure there is no primary.",
            action="See the alerts of etcd.",
        ),
        Alert(
            name="PostgresPaused",
            expression=f"max(patroni_is_paused{{{pods}}}) == 1",
            lasts="1h",
            summary="Failover is switched off, by patronictl pause.",
            action="patronictl resume, when the work is done.",
        ),
        Alert(
            name="PostgresRestartPending",
            expression=f"patroni_pending_restart{{{pods}}} == 1",
            lasts="1h",
            summary="{{ $labels.pod }} has settings that wait for a restart.",
            action="The Job that applies the configuration has failed: see its log.",
        ),
    )


def _nobody_follows(place: Place, pods: str) -> Alert:
    return Alert(
        name="PostgresNoReplicaInStep",
        # Who streams can take over.
        expression=f"(sum(patroni_postgres_streaming{{{pods}}}) or vector(0)) == 0"
        f" and on () sum(patroni_primary{{{pods}}}) > 0",
        lasts="15m",
        severity="critical",
        summary=f"{place.name} in {place.namespace} has a primary and no replica that follows:"
        " if it is lost, nobody takes over.",
        action=f"{_DOCS}, 'A replica does not follow'.",
    )


def _replication(engine: PostgresEngine, place: Place, pods: str) -> tuple[Alert, ...]:
    if engine.exporter is None:
        return ()
    lag = f"max by (pod) (pg_replication_lag_seconds{{{pods}}})"
    return (
        Alert(
            name="PostgresReplicaLags",
            expression=f"{lag} > 60",
            lasts="10m",
            summary="Replica {{ $labels.pod }} is {{ $value | humanizeDuration }} behind.",
            action="Look at its disk, its processor and what queries run on it"
            f" (kubectl top pod -n {place.namespace}).",
        ),
    )
