"""Where backups of the stores go, in each environment."""

from typing import Final

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.kube.workloads import Schedule
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import S3, Backup, BackupVolume

_BUCKETS: Final = {"prod": "nova-prod-backups"}
"""Environments whose backups leave the cluster. In the others they go to a volume beside the
store, so that a restore can be tried there."""

_URL: Final = "https://s3.eu-central-1.amazonaws.com"
_REGION: Final = "eu-central-1"


def bucket_secret(chart: AppChart) -> AppSecret | None:
    """The key to the bucket, in the chart's namespace; None where there is no bucket."""
    if chart.environment.name not in _BUCKETS:
        return None
    props = AppSecretProps(keys=("access-key-id", "secret-access-key"))
    return AppSecret(chart, "backup-bucket", props)


def backup(
    environment: Environment, secret: AppSecret | None, *, cron: str, volume: str, keep: int = 7
) -> Backup:
    """Backups at ``cron``, the last ``keep`` of them: in the bucket, or on a ``volume``."""
    schedule = Schedule(cron=cron)
    bucket = _BUCKETS.get(environment.name)
    if bucket is None:
        return Backup(schedule=schedule, keep=keep, to=BackupVolume(size=volume))
    if secret is None:
        msg = f"backups to bucket {bucket!r} need its secret: pass bucket_secret(chart)"
        raise NovaError(msg)
    return Backup(
        schedule=schedule,
        keep=keep,
        to=S3(
            endpoint=environment.external("s3"),
            url=_URL,
            bucket=bucket,
            region=_REGION,
            access_key=secret.key("access-key-id"),
            secret_key=secret.key("secret-access-key"),
        ),
    )
