"""Backups as pods: one that runs on a schedule, and one that waits to restore.

The pod of a backup makes an empty folder (``begin``), lets the engine's containers write their
files into it, and publishes it (``publish``): checksums, a name, and the removal of old ones. The
pod of a restore fetches a backup, checks it (``fetch``), and hands it to the engine's containers,
which need no tools for that, not even a shell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.body import Body
from constructs_lib.kube.claims import persistent_volume_claim
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.security import Security
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.kube.workloads import Schedule
from constructs_lib.store.backup_alerts import filling_alert, missing_alert
from constructs_lib.store.backups import S3, Backup, BackupVolume, with_room
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container, Scheduled

ROOT = "/backup"
"""Where containers see the volume of backups, or the room on the node's disk."""

SCRIPTS = "/opt/backup"
"""Where they see the scripts, this module's and the engine's."""

_SHARED = ("place.sh", "begin.sh", "publish.sh", "fetch.sh")
_MAKING, _RESTORING = ".partial", ".restoring"
_NEVER, _DAY = "0 0 1 1 *", 24 * 3600

# Who removes a store by mistake loses no backup; removing the claim as well is a step of its own.
_KEPT = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What an engine does to make a backup or to restore one."""

    containers: tuple[Container, ...]
    """They run one after the other, each to its end. In a backup they write files into the folder
    ``$(STAGE)``; in a restore they find the files in ``$(FETCHED)``. Either way ``$(SCRATCH)`` is a
    path for a folder of their own, which they make, use and remove. The file
    ``$(STAGE)/holds`` says what the store is, in words that change when it has lost everything;
    ``nothing`` where it is empty."""

    security: Security
    scratch: str
    """Most that backup and scratch folder need together, where they lie on the node's disk."""

    scripts: Mapping[str, str] = field(default_factory=dict)
    """Files that the containers find in ``/opt/backup``."""

    files: tuple[FileMount, ...] = ()
    writable: tuple[WritablePath, ...] = ()
    """Besides ``/tmp``."""

    reaches: tuple[Traffic, ...] = ()
    """Where they connect to, besides DNS and S3."""

    claims: Mapping[str, str] = field(default_factory=dict)
    """Claims besides that of the backups, by path."""

    after: tuple[str, ...] = ()
    """Program that runs once a backup is published, in the image of ``Backup.image``."""

    beside: str | None = None
    """Name of the part that keeps the volume of backups mounted."""


def backup_job(place: Place, backup: Backup, steps: Steps) -> Scheduled:
    """The CronJob ``<store>-backup``."""
    command = ("/bin/sh", f"{SCRIPTS}/publish.sh", *steps.after)
    allowed = "yes" if backup.may_be_empty else ""
    publish = tools_container(place, backup, "publish", command)
    return _job(
        place,
        backup,
        steps,
        name=f"{place.name}-backup",
        schedule=backup.schedule,
        order=(
            tools_container(place, backup, "begin", ("/bin/sh", f"{SCRIPTS}/begin.sh")),
            *steps.containers,
            replace(publish, variables={**publish.variables, "ALLOW_LOSS": allowed}),
        ),
        work=_MAKING,
        variables={"STAGE": _at(_MAKING, "stage")},
    )


def restore_job(
    place: Place, backup: Backup, steps: Steps, *, name: str | None = None
) -> Scheduled:
    """The CronJob ``<store>-restore``, suspended for good: ``kubectl create job --from`` runs it.

    Its variables ``BACKUP`` and ``TARGET_TIME`` choose what is restored.
    """
    schedule = Schedule(
        cron=_NEVER,
        suspend=True,
        retries=0,
        # It takes longer than a backup, and nobody wants it to end half way.
        active_deadline_seconds=max(backup.schedule.active_deadline_seconds, _DAY),
    )
    return _job(
        place,
        backup,
        steps,
        name=name or f"{place.name}-restore",
        schedule=schedule,
        order=(
            tools_container(place, backup, "fetch", ("/bin/sh", f"{SCRIPTS}/fetch.sh")),
            *steps.containers,
        ),
        work=_RESTORING,
        variables={"FETCHED": _at(_RESTORING, "fetched"), "BACKUP": "latest", "TARGET_TIME": ""},
    )


def backup_objects(place: Place, backup: Backup) -> dict[str, Body]:
    """The claim of the volume that backups go to, where they go to one."""
    if not isinstance(backup.to, BackupVolume):
        return {}
    name = _claim(place)
    metadata = object_metadata(place.owner, name, workload=name, annotations=_KEPT)
    storage_class = backup.to.storage_class or place.environment.cluster.storage_class
    return {"backup-claim": persistent_volume_claim(metadata, backup.to.size, storage_class)}


def backup_alerts(place: Place, backup: Backup, kind: str) -> tuple[Alert, ...]:
    """Alerts for backups of a store of ``kind``, such as ``Redis``: missing, or out of room."""
    missing = missing_alert(place, backup, kind)
    if not isinstance(backup.to, BackupVolume):
        return (missing,)
    return (missing, filling_alert(place, backup, kind, _claim(place)))


def tools_container(place: Place, backup: Backup, name: str, command: tuple[str, ...]) -> Container:
    """A container that runs ``command`` where the scripts are, and knows where backups lie."""
    return Container(
        name=name,
        image=backup.image,
        resources=backup.resources,
        command=command,
        variables=where_variables(place, backup),
        data=True,
    )


def where_variables(place: Place, backup: Backup) -> dict[str, Variable]:
    """Variables by which the scripts find the backups of a store."""
    schedule = backup.schedule
    limits = {
        "BACKUP_KEEP": str(backup.keep),
        "BACKUP_DEADLINE": str(schedule.active_deadline_seconds),
    }
    to = backup.to
    if isinstance(to, BackupVolume):
        return {"BACKUP_PLACE": "volume", "BACKUP_ROOT": ROOT, **limits}
    prefix = f"{to.prefix}/" if to.prefix else ""
    return {
        "BACKUP_PLACE": "s3",
        "BACKUP_ROOT": f"s3:{to.bucket}/{prefix}{place.namespace}/{place.name}",
        **limits,
        # https://rclone.org/docs/#config-file
        "RCLONE_CONFIG_S3_TYPE": "s3",
        "RCLONE_CONFIG_S3_PROVIDER": "Other",
        "RCLONE_CONFIG_S3_ENDPOINT": to.url,
        "RCLONE_CONFIG_S3_REGION": to.region,
        # Whoever may write objects need not be allowed to make buckets.
        "RCLONE_CONFIG_S3_NO_CHECK_BUCKET": "true",
        "RCLONE_CONFIG_S3_ACCESS_KEY_ID": to.access_key,
        "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY": to.secret_key,
    }


def backup_files(steps_scripts: Mapping[str, str]) -> FileMount:
    """The scripts of this module, and an engine's."""
    shared = {name: text_of(f"backup/{name}") for name in _SHARED}
    return FileMount(SCRIPTS, source=ConfigFiles({**shared, **steps_scripts}))


def backup_claims(place: Place, backup: Backup) -> dict[str, str]:
    """Claim of the backups by its path; none where they go elsewhere."""
    return {ROOT: _claim(place)} if isinstance(backup.to, BackupVolume) else {}


def to_backups(backup: Backup) -> tuple[Traffic, ...]:
    """Connections to where backups go."""
    if not isinstance(backup.to, S3):
        return ()
    endpoint = backup.to.endpoint
    return (Traffic(peers=endpoint.peers, ports=(endpoint.port.number,)),)


def _job(
    place: Place,
    backup: Backup,
    steps: Steps,
    *,
    name: str,
    schedule: Schedule,
    order: tuple[Container, ...],
    work: str,
    variables: Mapping[str, Variable],
) -> Scheduled:
    shared = {
        "POD_NAME": PodField("metadata.name"),
        "SCRATCH": _at(work, "scratch"),
        **variables,
    }
    steps_ = [replace(c, data=True, variables={**shared, **c.variables}) for c in order]
    away = backup.to if isinstance(backup.to, S3) else None
    room = (WritablePath(ROOT, size=away.scratch or steps.scratch),) if away else ()
    writable = (WritablePath("/tmp"), *room, *steps.writable)  # noqa: S108
    if away:
        last = steps_[-1]
        steps_[-1] = replace(last, resources=with_room(last.resources, writable))
    return Scheduled(
        name=name,
        schedule=schedule,
        init=tuple(steps_[:-1]),
        containers=(steps_[-1],),
        security=steps.security,
        grace_seconds=30,
        files=(backup_files(steps.scripts), *steps.files),
        writable=writable,
        claims={**backup_claims(place, backup), **steps.claims},
        reaches=(*steps.reaches, *to_backups(backup)),
        beside=steps.beside,
    )


def _at(work: str, folder: str) -> str:
    return f"{ROOT}/{work}/$(POD_NAME)/{folder}"


def _claim(place: Place) -> str:
    return f"{place.name}-backup"
