"""Backups of streams, through the servers: ``nats account backup`` and ``restore``.

https://docs.nats.io/running-a-nats-service/nats_admin/jetstream_admin/disaster_recovery
"""

from __future__ import annotations

from decimal import Decimal

from constructs_lib.kube.images import Image
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.variables import Variable
from constructs_lib.quantity import memory
from constructs_lib.refs import SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import SCRIPTS, Steps, backup_job, restore_job
from constructs_lib.store.backups import Backup, whole_mebibytes
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.nats.config import Settings, account_file
from constructs_lib.store.nats.server import CLIENT, Server
from constructs_lib.store.nats.users import BACKUP
from constructs_lib.store.part import Container, Scheduled
from constructs_lib.store.tls import FOLDER, tls_files
from constructs_lib.values import Value


class NatsTools(Value):
    """The CLI ``nats``, which makes and restores backups."""

    image: Image = Image("docker.io/natsio/nats-box", tag="0.20.0-nonroot")
    """Image with ``sh`` and ``nats``. Default NATS' own toolbox."""

    resources: Resources = Resources(cpu="50m", memory="64Mi", cpu_limit="500m")
    """Requests and limits. Default 50m to 500m, 64Mi."""


def backup_parts(
    place: Place, backup: Backup, server: Server, password: SecretKey, tools: NatsTools
) -> list[Scheduled]:
    """The CronJob that makes backups, and the suspended one that restores them."""

    def steps(script: str) -> Steps:
        return Steps(
            containers=(_container(place, server, password, tools, script),),
            security=server.security,
            scratch=memory(whole_mebibytes(largest_backup(server.settings))),
            scripts={script: text_of(f"nats/{script}")},
            files=tls_files(server.tls),
            reaches=(Traffic((place.pods(),), ports=(CLIENT.number,)),),
        )

    return [
        backup_job(place, backup, steps("backup.sh")),
        restore_job(place, backup, steps("restore.sh")),
    ]


def largest_backup(settings: Settings) -> Decimal:
    """A backup has each stream once; the account may keep so much, every copy counted."""
    return Decimal(account_file(settings)) / settings.fewest_copies


def _container(
    place: Place, server: Server, password: SecretKey, tools: NatsTools, script: str
) -> Container:
    scheme = "tls" if server.tls else "nats"
    certificate: dict[str, Variable] = {"NATS_CA": f"{FOLDER}/ca.crt"} if server.tls else {}
    return Container(
        name="nats",
        image=tools.image,
        resources=tools.resources,
        command=("/bin/sh", f"{SCRIPTS}/{script}"),
        variables={
            # Where the CLI looks for settings of its own.
            "HOME": "/tmp",  # noqa: S108
            "NATS_URL": f"{scheme}://{place.service_host(place.write_service)}:{CLIENT.number}",
            "NATS_USER": BACKUP,
            "NATS_PASSWORD": password,
            **certificate,
        },
    )
