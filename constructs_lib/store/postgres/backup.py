"""Backups of PostgreSQL: base backups, an archive of the WAL between them, and a restore.

One pod holds a replication slot on the primary and receives its WAL as it is written, whoever is
the primary; it ships WAL to where the base backups are. Servers have no part in it, so that a
volume that only one node can mount will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import ExecCommand, Probe, Probes
from constructs_lib.kube.storage import WritablePath
from constructs_lib.quantity import memory, parse
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import (
    SCRIPTS,
    Steps,
    backup_alerts,
    backup_claims,
    backup_files,
    backup_job,
    backup_objects,
    restore_job,
    to_backups,
    tools_container,
    where_variables,
)
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container, Servers
from constructs_lib.store.postgres.client import (
    as_superuser,
    connection,
    standby_connection,
    to_servers,
)
from constructs_lib.store.postgres.logins import script_texts
from constructs_lib.store.postgres.server import PORT, PostgresServer
from constructs_lib.store.postgres.values import Additions
from constructs_lib.store.tls import tls_files

if TYPE_CHECKING:
    from constructs_lib.store.postgres.engine import PostgresEngine

SLOT = "archive"
"""Replication slot of the archive."""

_WAL = Decimal("0.5")
"""Compressed WAL since the base backup, of the servers' volume: what a restore fetches besides."""

_SPOOL = "/var/lib/archive"
_ARCHIVE = (
    "archive-place.sh",
    "archive-receive.sh",
    "archive-ready.sh",
    "archive-ship.sh",
)
_READY = ExecCommand(("/bin/sh", f"{SCRIPTS}/archive-ready.sh"))
_SMALL = Resources(cpu="100m", memory="64Mi", cpu_limit="1", memory_limit="256Mi")
_RECOVERY = Resources(cpu="200m", memory="256Mi", cpu_limit="1", memory_limit="512Mi")


def additions(place: Place, server: PostgresServer, engine: PostgresEngine) -> Additions:
    """Archive, base backups and restore, where the store has backups."""
    backup = place.backup
    if backup is None:
        return Additions()
    archive = _archive(place, backup, server, engine)
    jobs = (
        backup_job(place, backup, _base_backup(place, backup, server)),
        restore_job(place, backup, _restore(place, backup, server, engine)),
    )
    return Additions(
        parts=(archive, *jobs),
        alerts=(*backup_alerts(place, backup, "Postgres"), _archive_alert(place, archive.name)),
        objects=backup_objects(place, backup),
        connects=(archive.name, *(job.name for job in jobs)),
        slots=(SLOT,),
    )


def addition_problems(
    place: Place, server: PostgresServer, engine: PostgresEngine
) -> Iterator[Problem]:
    """Whether the volume of backups holds a backup, and what it is unpacked to."""
    del server, engine
    backup = place.backup
    if backup is None or not isinstance(backup.to, BackupVolume):
        return
    data, room = parse(place.volume.size), parse(backup.to.size)
    if room < 2 * data:
        why = (
            f"is less than 2 x {memory(data)}, the servers' volume: one copy is unpacked while a "
            "backup is made or restored, besides those that are kept"
        )
        fix = f"use {memory(2 * data)} or more, or a smaller volume for the servers"
        yield Problem("backup.to.size", backup.to.size, why, fix)


def _archive(
    place: Place, backup: Backup, server: PostgresServer, engine: PostgresEngine
) -> Servers:
    name = f"{place.name}-archive"
    return Servers(
        name=name,
        replicas=1,
        headless=place.headless_of(name),
        volume=engine.archive.volume,
        data_path=_SPOOL,
        containers=(
            _receive(server, engine, place.size_of(name, engine.archive.resources)),
            _ship(place, backup, engine),
        ),
        security=server.security,
        grace_seconds=30,
        files=(backup_files(_texts(*_ARCHIVE)), *tls_files(server.tls)),
        # Of both containers: what one notes there, the probe of the other reads. A file of WAL on
        # its way is there too.
        writable=(WritablePath("/tmp"),),  # noqa: S108
        claims=backup_claims(place, backup),
        reaches=(*to_servers(server.write), *to_backups(backup)),
    )


def _receive(server: PostgresServer, engine: PostgresEngine, resources: Resources) -> Container:
    primary = connection(
        server, (server.write,), server.replication_user, server.replication_password
    )
    return Container(
        name="receive",
        image=server.image,
        resources=resources,
        command=("/bin/sh", f"{SCRIPTS}/archive-receive.sh"),
        variables={
            **primary,
            "SLOT": SLOT,
            "SPOOL": _SPOOL,
            "SHIP_SECONDS": str(engine.archive.ship_seconds),
        },
        probes=Probes(readiness=Probe(_READY, period_seconds=10)),
        data=True,
    )


def _ship(place: Place, backup: Backup, engine: PostgresEngine) -> Container:
    return Container(
        name="ship",
        image=backup.image,
        resources=backup.resources,
        command=("/bin/sh", f"{SCRIPTS}/archive-ship.sh"),
        variables={
            **where_variables(place, backup),
            "SPOOL": _SPOOL,
            "SHIP_SECONDS": str(engine.archive.ship_seconds),
        },
        data=True,
    )


def _base_backup(place: Place, backup: Backup, server: PostgresServer) -> Steps:
    container = Container(
        name="base-backup",
        image=server.image,
        resources=_SMALL,
        command=("/bin/sh", f"{SCRIPTS}/backup.sh"),
        # A replica where there is one: reading everything slows the primary down.
        variables=standby_connection(server),
    )
    return Steps(
        containers=(container,),
        security=server.security,
        scratch=_scratch(place),
        scripts=_texts("backup.sh", "archive-place.sh", "archive-prune.sh"),
        files=tls_files(server.tls),
        reaches=(Traffic(peers=(server.pods,), ports=(PORT,)),),
        after=("/bin/sh", f"{SCRIPTS}/archive-prune.sh"),
        beside=_beside(place, backup),
    )


def _restore(place: Place, backup: Backup, server: PostgresServer, engine: PostgresEngine) -> Steps:
    chain = tools_container(place, backup, "fetch-wal", ("/bin/sh", f"{SCRIPTS}/archive-fetch.sh"))
    container = Container(
        name="restore",
        image=server.image,
        resources=_RECOVERY,
        command=("/bin/sh", f"{SCRIPTS}/restore.sh"),
        variables={
            **as_superuser(server),
            "DATABASES": "",
            "PRELOAD": engine.parameters.get("shared_preload_libraries", ""),
            "DECLARED": f"{SCRIPTS}/declared.json",
            "WAIT_SECONDS": "60",
        },
    )
    return Steps(
        containers=(replace(chain, variables={**chain.variables, "ALLOW_GAP": ""}), container),
        security=server.security,
        scratch=_scratch(place, wal=_WAL),
        scripts={
            **_texts("archive-place.sh", "archive-fetch.sh", "archive-chain.awk"),
            **_texts("restore.sh", "restore.conf", "restore-until.sh", "restore-wal.sh"),
            **script_texts(place, server, engine),
        },
        files=tls_files(server.tls),
        reaches=to_servers(server.write),
        beside=_beside(place, backup),
    )


def _beside(place: Place, backup: Backup) -> str | None:
    """The archive keeps the volume of backups mounted, on its node."""
    return f"{place.name}-archive" if isinstance(backup.to, BackupVolume) else None


def _scratch(place: Place, *, wal: Decimal = Decimal(0)) -> str:
    """Room for the files of a server, for their archive, and for a share of WAL besides."""
    return memory((2 + wal) * parse(place.volume.size) // 1)


def _texts(*names: str) -> dict[str, str]:
    return {name: text_of(f"postgres/{name}") for name in names}


def _archive_alert(place: Place, archive: str) -> Alert:
    which = f'namespace="{place.namespace}", statefulset="{archive}"'
    return Alert(
        name="PostgresArchiveBroken",
        # Of the time, so that one good moment among bad ones does not begin it anew.
        expression=f"avg_over_time(kube_statefulset_status_replicas_ready{{{which}}}[30m]) < 0.8",
        lasts="10m",
        severity="critical",
        summary=f"No write-ahead logs of {place.name} in {place.namespace} are archived, or some "
        "are missing.",
        action=f"Read the logs of {archive}-0, and what its readiness probe says. The primary "
        "keeps what is not archived up to max_slot_wal_keep_size. Where some are missing, make a "
        f"base backup: kubectl create job --from=cronjob/{place.name}-backup.",
    )
