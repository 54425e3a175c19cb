"""The shared Redis: with Sentinel where stores have replicas, one instance elsewhere."""

from typing import Final

from constructs import Construct

from apps.backups import backup, bucket_secret
from apps.nova_data.clients import CLIENTS
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.claims import Volume
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import (
    RedisClient,
    RedisSentinel,
    RedisStandalone,
    ResilientStatefulStore,
    StoreProps,
)

_SERVER: Final = Resources(cpu="100m", memory="256Mi", cpu_limit="500m", memory_limit="512Mi")
# nova-services fills 150 of these at the most, nova-messaging 20 x (10 + 1) = 220, nova-platform
# 4 x 10 x (10 + 1) = 440; with 50 of the store itself that is 860.
_MAX_CLIENTS: Final = 1000
_SENTINEL: Final = Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="512Mi")


class NovaRedis(AppChart):
    """Redis for every system that shares it."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render it into namespace ``nova-redis``."""
        super().__init__(
            scope,
            "nova-redis",
            environment=environment,
            team="data",
            app="nova-data",
            namespace="nova-redis",
        )
        bucket = bucket_secret(self)
        self.store = ResilientStatefulStore(
            self,
            "redis",
            StoreProps(
                engine=self._engine(),
                volume=Volume(size="5Gi"),
                backup=backup(
                    environment,
                    bucket,
                    cron="15 * * * *",
                    # Three days: what goes wrong on a Friday evening is found on Monday.
                    keep=72,
                    # Room for all of them and one more, at the most that Redis may hold.
                    volume="24Gi",
                ),
                write_service="redis-service",
            ),
        )
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _engine(self) -> RedisSentinel | RedisStandalone:
        props = AppSecretProps(keys=("password",), development={"password": DEVELOPMENT_PASSWORD})
        password = AppSecret(self, "redis-credentials", props).key("password")
        if not self.environment.replicated_stores:
            return RedisStandalone(
                password=password,
                resources=_SERVER,
                max_clients=_MAX_CLIENTS,
                clients=self._clients(),
            )
        return RedisSentinel(
            password=password,
            resources=_SERVER,
            sentinel_resources=_SENTINEL,
            max_clients=_MAX_CLIENTS,
            clients=self._clients(),
        )

    def _clients(self) -> tuple[RedisClient, ...]:
        return tuple(
            RedisClient(
                client.key,
                pool=client.redis_pool,
                pods=client.pods(self.environment),
                surge=client.added(self.environment),
            )
            for client in CLIENTS
        )
