"""The shared PostgreSQL: under Patroni where stores have replicas, one instance elsewhere."""

from typing import Final

from constructs import Construct

from apps.backups import backup, bucket_secret
from apps.nova_data.logins import databases, logins
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import (
    Etcd,
    PostgresHA,
    PostgresStandalone,
    ResilientStatefulStore,
    StoreProps,
)

_SERVER: Final = Resources(cpu="250m", memory="512Mi", cpu_limit="1000m", memory_limit="1Gi")
_KEYS: Final = ("superuser-password", "replication-password", "api-password")
_MAX_CONNECTIONS: Final = 200


class NovaDatabase(AppChart):
    """PostgreSQL for every system that shares it, and the etcd that its members agree by."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render it into namespace ``nova-database``."""
        super().__init__(
            scope,
            "nova-database",
            environment=environment,
            team="data",
            app="nova-data",
            namespace="nova-database",
        )
        self._bucket = bucket_secret(self)
        self._secret = self._add_secret()
        self.store = self._add_postgres()
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _add_secret(self) -> AppSecret:
        values = dict.fromkeys(_KEYS, DEVELOPMENT_PASSWORD)
        props = AppSecretProps(keys=_KEYS, development=values)
        return AppSecret(self, "postgres-credentials", props)

    def _add_postgres(self) -> ResilientStatefulStore:
        environment = self.environment
        return ResilientStatefulStore(
            self,
            "postgres",
            StoreProps(
                engine=self._replicated() if environment.replicated_stores else self._single(),
                volume=Volume(size="20Gi"),
                backup=backup(environment, self._bucket, cron="45 1 * * *", volume="60Gi"),
                write_service="postgres-primary",
                read_service="postgres-replicas",
            ),
        )

    def _replicated(self) -> PostgresHA:
        registry = self.environment.images.registry
        return PostgresHA(
            superuser_password=self._secret.key("superuser-password"),
            replication_password=self._secret.key("replication-password"),
            api_password=self._secret.key("api-password"),
            # Made by the Dockerfile in docs/stores/postgres.md.
            image=Image(f"{registry}/postgres-patroni", tag="17.11-4.1.5"),
            etcd=self._add_etcd().client(),
            resources=_SERVER,
            max_connections=_MAX_CONNECTIONS,
            databases=databases(self),
            logins=logins(self),
        )

    def _single(self) -> PostgresStandalone:
        return PostgresStandalone(
            superuser_password=self._secret.key("superuser-password"),
            replication_password=self._secret.key("replication-password"),
            resources=_SERVER,
            max_connections=_MAX_CONNECTIONS,
            databases=databases(self),
            logins=logins(self),
        )

    def _add_etcd(self) -> ResilientStatefulStore:
        return ResilientStatefulStore(
            self,
            "etcd",
            StoreProps(
                engine=Etcd(),
                volume=Volume(size="5Gi"),
                backup=backup(self.environment, self._bucket, cron="20 1 * * *", volume="5Gi"),
            ),
        )
