"""The stores of catga: NATS with JetStream, and Redis."""

from typing import Final

from apps.backups import backup
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.kube.claims import Volume
from constructs_lib.refs import SecretKey
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import (
    NatsJetStream,
    NatsUser,
    RedisReplicated,
    RedisStandalone,
    ResilientStatefulStore,
    StoreProps,
)

_NATS: Final = Resources(cpu="100m", memory="128Mi", cpu_limit="500m", memory_limit="512Mi")
_REDIS: Final = Resources(cpu="100m", memory="256Mi", cpu_limit="500m", memory_limit="640Mi")
_MAX_MEMORY: Final = "256Mi"

_NATS_KEYS: Final = (
    "app-password",
    "route-password",
    "system-password",
    "backup-password",
)


def add_nats(chart: AppChart, bucket: AppSecret | None) -> ResilientStatefulStore:
    """Three peers where stores have replicas, one elsewhere; its login is ``catga``."""
    environment = chart.environment
    values = dict.fromkeys(_NATS_KEYS, DEVELOPMENT_PASSWORD)
    props = AppSecretProps(keys=_NATS_KEYS, development=values)
    secret = AppSecret(chart, "nats-credentials", props)
    engine = NatsJetStream(
        replicas=3 if environment.replicated_stores else 1,
        users=(NatsUser("catga", password=secret.key("app-password")),),
        route_password=secret.key("route-password"),
        system_password=secret.key("system-password"),
        backup_password=secret.key("backup-password"),
        resources=_NATS,
    )
    return ResilientStatefulStore(
        chart,
        "nats",
        StoreProps(
            engine=engine,
            volume=Volume(size="10Gi"),
            backup=backup(environment, bucket, cron="30 2 * * *", volume="40Gi", keep=3),
        ),
    )


def add_redis(
    chart: AppChart, bucket: AppSecret | None, password: SecretKey
) -> ResilientStatefulStore:
    """A master with two replicas where stores have replicas, one instance elsewhere."""
    environment = chart.environment
    engine: RedisReplicated | RedisStandalone = RedisStandalone(
        password=password, resources=_REDIS, max_memory=_MAX_MEMORY
    )
    if environment.replicated_stores:
        engine = RedisReplicated(
            password=password, resources=_REDIS, max_memory=_MAX_MEMORY, replicas=2
        )
    return ResilientStatefulStore(
        chart,
        "redis",
        StoreProps(
            engine=engine,
            volume=Volume(size="5Gi"),
            backup=backup(environment, bucket, cron="0 3 * * *", volume="5Gi"),
            write_service="redis-master",
        ),
    )
