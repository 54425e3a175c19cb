"""What somebody has to know of a store's backups."""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.backups import Backup
from constructs_lib.store.engine import Place


def missing_alert(place: Place, backup: Backup, kind: str) -> Alert:
    """That there is no recent backup."""
    job = f'namespace="{place.namespace}", cronjob="{place.name}-backup"'
    # Of the CronJob: whoever tells of it moves, and would begin the alert anew.
    succeeded, created = (
        f"max by (namespace, cronjob) ({name}{{{job}}})"
        for name in ("kube_cronjob_status_last_successful_time", "kube_cronjob_created")
    )
    return Alert(
        name=f"{kind}BackupMissing",
        expression=f"time() - ({succeeded} or {created}) > {backup.overdue_seconds}",
        severity="critical",
        summary=f"{place.name} in {place.namespace} has no backup of the last "
        "{{ $value | humanizeDuration }}.",
        action=f"Read the logs of the last pod of job {place.name}-backup.",
    )


def filling_alert(place: Place, backup: Backup, kind: str, claim: str) -> Alert:
    """That the volume of the backups, the claim called ``claim``, will soon hold no more."""
    return Alert(
        name=f"{kind}BackupVolumeFilling",
        expression=f"{_last('available', place, backup, claim)}"
        f" / {_last('capacity', place, backup, claim)} < 0.1",
        summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.",
        action="Grow the claim, or keep fewer. Where the log of the last backup says RETENTION"
        " FAILED, see why nothing is removed.",
    )


def _last(what: str, place: Place, backup: Backup, claim: str) -> str:
    """The last that was told of the volume.

    The kubelet tells of volumes that are mounted, and this one is while a job runs. The job may run
    on another node each time, so the least of all that was told counts.
    """
    series = f'namespace="{place.namespace}", persistentvolumeclaim="{claim}"'
    told = f"last_over_time(kubelet_volume_stats_{what}_bytes{{{series}}}"
    return f"min by (namespace, persistentvolumeclaim) ({told}[{backup.overdue_seconds}s]))"
