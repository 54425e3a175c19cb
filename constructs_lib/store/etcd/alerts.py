"""What somebody has to know of etcd.

Metrics: https://etcd.io/docs/v3.6/metrics/, and the kubelet's of volumes.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods, stateful_set_pods
from constructs_lib.store.engine import Place
from constructs_lib.store.quorum import majority
from constructs_lib.store.volume_alerts import claims_of, filling_soon, free_share

_RUNBOOK = "docs/stores/etcd.md, 'The quota is reached'"


def alerts(place: Place, *, replicas: int) -> tuple[Alert, ...]:
    """Alerts of a store."""
    pods = stateful_set_pods(place.namespace, place.name)
    return (
        *_members(place, pods, replicas),
        *_database(place, pods),
        *_volume(place),
        *(_speed(pods) if replicas > 1 else ()),
    )


def _members(place: Place, pods: str, replicas: int) -> tuple[Alert, ...]:
    present = counted_pods(f"etcd_server_has_leader{{{pods}}}")
    where = f"{place.name} in {place.namespace}"
    found = (
        Alert(
            name="EtcdQuorumMissing",
            expression=f"{present} < {majority(replicas)}",
            lasts="1m",
            severity="critical",
            summary=f"{where} has {{{{ $value }}}} of {replicas} members and needs"
            f" {majority(replicas)}: it takes no writes.",
            action=f"Look at the pods: kubectl describe pods -n {place.namespace} -l"
            f" app.kubernetes.io/name={place.name}",
        ),
        Alert(
            name="EtcdLeaderMissing",
            expression=f"etcd_server_has_leader{{{pods}}} == 0",
            lasts="1m",
            severity="critical",
            summary="{{ $labels.pod }} knows no leader.",
            action="Look at its log, and at the network between the members.",
        ),
    )
    if replicas == 1:
        return found
    missing = Alert(
        name="EtcdMemberMissing",
        expression=f"{present} < {replicas}",
        lasts="10m",
        summary=f"{where} has {{{{ $value }}}} of {replicas} members.",
        action="One that says it has already been bootstrapped has lost its volume:"
        " docs/stores/etcd.md, 'A member has lost its volume'.",
    )
    return (*found, missing, _at_risk(where, present, replicas))


def _at_risk(where: str, present: str, replicas: int) -> Alert:
    return Alert(
        name="EtcdQuorumAtRisk",
        expression=f"{present} == {majority(replicas)}",
        lasts="30m",
        severity="critical",
        summary=f"{where} has only the {{{{ $value }}}} members that it needs: with one more"
        " lost it takes no writes.",
        action="Bring the missing one back now: kubectl describe pod, and EtcdMemberMissing.",
    )


def _database(place: Place, pods: str) -> tuple[Alert, ...]:
    total = f"etcd_mvcc_db_total_size_in_bytes{{{pods}}}"
    used = f"etcd_mvcc_db_total_size_in_use_in_bytes{{{pods}}}"
    quota = f"etcd_server_quota_backend_bytes{{{pods}}}"
    return (
        Alert(
            name="EtcdQuotaFilling",
            expression=f"{total} / {quota} > 0.8",
            summary="The database of {{ $labels.pod }} is at {{ $value | humanizePercentage }} of"
            " its quota; at all of it, writes are refused until somebody acts.",
            action=f"Defragment it: kubectl create job -n {place.namespace} --from=cronjob/"
            f"{place.name}-defragment by-hand. If much of it is in use, raise the quota.",
        ),
        Alert(
            name="EtcdQuotaReached",
            # The alarm NOSPACE has no metric of its own in all releases.
            expression=f"{total} / {quota} > 0.95",
            lasts="1m",
            severity="critical",
            summary="The database of {{ $labels.pod }} is full: alarm NOSPACE, no writes.",
            action=f"{_RUNBOOK}: compact, defragment, disarm.",
        ),
        Alert(
            name="EtcdFragmented",
            expression=f"({total} - {used}) / {total} > 0.6 and {total} / {quota} > 0.4",
            lasts="1d",
            summary="Most of the database of {{ $labels.pod }} is unused.",
            action=f"See why the CronJob {place.name}-defragment does not run or fails.",
        ),
    )


def _volume(place: Place) -> tuple[Alert, ...]:
    claims = claims_of(place.namespace, place.name)
    return (
        Alert(
            name="EtcdVolumeFilling",
            expression=f"{free_share(claims)} < 0.1",
            severity="critical",
            summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }}"
            " left.",
            action="Grow the claim; remove data.before-restore, if a restore has left it.",
        ),
        filling_soon("Etcd", claims, consequence="a member without room stops"),
    )


def _speed(pods: str) -> tuple[Alert, ...]:
    fsync = f"rate(etcd_disk_wal_fsync_duration_seconds_bucket{{{pods}}}[5m])"
    return (
        Alert(
            name="EtcdLeaderUnstable",
            expression=f"increase(etcd_server_leader_changes_seen_total{{{pods}}}[1h]) > 4",
            summary="{{ $labels.pod }} has seen {{ $value }} leaders within an hour.",
            action="Disk or network are too slow for the heartbeat: see EtcdDiskSlow, or raise"
            " heartbeat and election time.",
        ),
        Alert(
            name="EtcdDiskSlow",
            expression=f"histogram_quantile(0.99, {fsync}) > 0.5",
            lasts="10m",
            summary="{{ $labels.pod }} waits {{ $value }} s for its disk; 0.01 s is good.",
            action="Use a faster StorageClass.",
        ),
        Alert(
            name="EtcdPeersDisagree",
            expression=f"increase(etcd_server_proposals_failed_total{{{pods}}}[15m]) > 5",
            lasts="15m",
            summary="{{ $labels.pod }} could not have {{ $value }} writes agreed upon.",
            action="There was no leader for a while: look at members and network.",
        ),
    )
