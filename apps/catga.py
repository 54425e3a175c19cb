"""catga: order processing over NATS. Its stores; the services follow."""

from typing import Final

from constructs import Construct

from apps.backups import backup, bucket_secret
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.claims import Volume
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
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


class Catga(AppChart):
    """The stores that orders go through."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``catga-cluster``."""
        super().__init__(
            scope, "catga", environment=environment, team="orders", namespace="catga-cluster"
        )
        self._bucket = bucket_secret(self)
        self._secrets = self._add_secrets()
        self.nats = self._add_nats()
        self.redis = self._add_redis()
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _add_secrets(self) -> AppSecret:
        keys = ("redis-password", "jwt-secret")
        props = AppSecretProps(keys=keys, development=dict.fromkeys(keys, "local-only"))
        return AppSecret(self, "catga-secrets", props)

    def _add_nats(self) -> ResilientStatefulStore:
        environment = self.environment
        props = AppSecretProps(keys=_NATS_KEYS, development=dict.fromkeys(_NATS_KEYS, "local-only"))
        secret = AppSecret(self, "nats-credentials", props)
        engine = NatsJetStream(
            replicas=3 if environment.replicated_stores else 1,
            users=(NatsUser("catga", password=secret.key("app-password")),),
            route_password=secret.key("route-password"),
            system_password=secret.key("system-password"),
            backup_password=secret.key("backup-password"),
            resources=_NATS,
        )
        return ResilientStatefulStore(
            self,
            "nats",
            StoreProps(
                engine=engine,
                volume=Volume(size="10Gi"),
                backup=backup(environment, self._bucket, cron="30 2 * * *", volume="40Gi", keep=3),
            ),
        )

    def _add_redis(self) -> ResilientStatefulStore:
        environment = self.environment
        password = self._secrets.key("redis-password")
        engine: RedisReplicated | RedisStandalone = RedisStandalone(
            password=password, resources=_REDIS, max_memory=_MAX_MEMORY
        )
        if environment.replicated_stores:
            engine = RedisReplicated(
                password=password, resources=_REDIS, max_memory=_MAX_MEMORY, replicas=2
            )
        return ResilientStatefulStore(
            self,
            "redis",
            StoreProps(
                engine=engine,
                volume=Volume(size="5Gi"),
                backup=backup(environment, self._bucket, cron="0 3 * * *", volume="5Gi"),
                write_service="redis-master",
            ),
        )
