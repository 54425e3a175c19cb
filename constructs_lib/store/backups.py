"""Backups: when, how many, and where they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.storage import WritablePath
from constructs_lib.kube.workloads import Schedule
from constructs_lib.naming import OBJECT_LIMIT, name_problems
from constructs_lib.quantity import memory, memory_problems, parse
from constructs_lib.refs import Endpoint, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.values import Value


class BackupVolume(Value):
    """Backups go to a volume of their own, made beside the store."""

    size: str = "20Gi"
    """Requested size. Default 20Gi. It holds all backups that are kept, one more while it is made,
    and what a restore unpacks."""

    storage_class: str | None = None
    """StorageClass; None takes the cluster's. Choose one whose volumes are not bound to the zone
    of the store's own: a zone that is lost takes both otherwise."""

    def problems(self) -> Iterator[Problem]:
        """Size and class."""
        yield from memory_problems("size", self.size, example="20Gi")
        if self.storage_class is not None:
            yield from name_problems("storage_class", self.storage_class, limit=OBJECT_LIMIT)


class S3(Value):
    """Backups go to object storage that speaks S3."""

    endpoint: Endpoint
    """Where it answers; its peers open the network policy."""

    url: str
    """URL of the API, for example ``https://s3.eu-central-1.amazonaws.com``."""

    bucket: str
    """Bucket, which exists."""

    prefix: str = ""
    """Put before every key; the store adds namespace and name. Default nothing."""

    region: str = "us-east-1"
    """Region that requests are signed for. Default us-east-1."""

    access_key: SecretKey
    """Key id, from a Secret."""

    secret_key: SecretKey
    """Its secret, from a Secret."""

    scratch: str | None = None
    """Room on the node's disk for a backup while it is made or restored; what is given counts. None
    takes what the engine's largest backup needs."""

    def problems(self) -> Iterator[Problem]:
        """An address, a name and a size that can be."""
        if not self.url.startswith(("http://", "https://")):
            yield Problem("url", self.url, "is no address", "write https:// and the host")
        if not self.bucket or "/" in self.bucket:
            yield Problem("bucket", self.bucket, "is no bucket", "write its name alone")
        if self.prefix.startswith("/") or self.prefix.endswith("/"):
            fix = "write folders with '/' between them only"
            yield Problem("prefix", self.prefix, "starts or ends with '/'", fix)
        if self.scratch is not None:
            yield from memory_problems("scratch", self.scratch, example="5Gi")


class Backup(Value):
    """Scheduled backups of a store."""

    schedule: Schedule
    """When one is made."""

    keep: int = 7
    """How many are kept; the newest good one is never removed. Default 7."""

    to: BackupVolume | S3 = BackupVolume()
    """Where they go. Default: a volume."""

    may_be_empty: bool = False
    """Whether the store may hold nothing though the newest backup held something, as a cache does;
    renders ``ALLOW_LOSS=yes``. Default False: such a backup is not published."""

    image: Image = Image("docker.io/rclone/rclone", tag="1.71.2")
    """Image with ``sh``, the tools of busybox and ``rclone``: it publishes, removes and fetches
    backups. Default rclone's official one."""

    resources: Resources = Resources(
        cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="512Mi"
    )
    """Requests and limits of what publishes and fetches. Default 50m to 500m, 64Mi to 512Mi."""

    def problems(self) -> Iterator[Problem]:
        """At least one is kept."""
        if self.keep < 1:
            yield Problem("keep", self.keep, "keeps no backup", "use 1 or more")

    @property
    def overdue_seconds(self) -> int:
        """Age of the newest backup at which one must have been missed.

        The schedule's longest pause, and what a run may be late and last.
        """
        late = self.schedule.starting_deadline_seconds + self.schedule.active_deadline_seconds
        return _longest_pause(self.schedule.cron) + late


_HOUR = 3600
_DAY = 24 * _HOUR
_DESCRIPTORS = {"@hourly": _HOUR, "@daily": _DAY, "@midnight": _DAY, "@weekly": 7 * _DAY}


def _longest_pause(cron: str) -> int:
    """Seconds that can pass between two runs, as a simple upper bound."""
    if cron.startswith("@"):
        return _DESCRIPTORS.get(cron, 366 * _DAY)
    _, hour, day, month, weekday = cron.split()
    if month != "*":
        return 366 * _DAY
    if day != "*":
        return 31 * _DAY
    if weekday != "*":
        return 7 * _DAY
    return _HOUR if hour == "*" else _DAY


def room_problems(backup: Backup, largest: Decimal, because: str) -> Iterator[Problem]:
    """Whether a volume has room for backups of ``largest`` bytes each, all kept and the next one.

    ``because`` says what bounds the size of one, for example ``maxmemory``.
    """
    if isinstance(backup.to, S3):
        return
    size, one = backup.to.size, whole_mebibytes(largest)
    needed = one * (backup.keep + 1)
    if parse(size) < needed:
        why = (
            f"is less than ({backup.keep} kept + 1 being made) x {memory(one)} ({because}) = "
            f"{memory(needed)}"
        )
        fix = f"use {memory(needed)} or more, or keep fewer"
        yield Problem("backup.to.size", size, why, fix)


_MI = Decimal(2**20)


def whole_mebibytes(size: Decimal) -> Decimal:
    """``size`` bytes, rounded up to a number that people can read."""
    return (size / _MI).to_integral_value(ROUND_CEILING) * _MI


_LOGS = Decimal(64 * 2**20)
"""What the containers of a job write to their logs, at most."""


def with_room(resources: Resources, writable: tuple[WritablePath, ...]) -> Resources:
    """``resources`` of a pod's last container, with the disk that the pod's folders may take.

    Not asked for, a pod lands on a node without it, and is evicted or fills the disk of all others.
    To ask once is enough: Kubernetes counts the containers together, or an init container where
    that asks for more.
    """
    if resources.ephemeral_storage is not None:
        return resources
    size = sum((parse(item.size) for item in writable if not item.in_memory), _LOGS)
    return replace(resources, ephemeral_storage=memory(size))
