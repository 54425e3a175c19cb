"""catga in one environment."""

from constructs import Construct

from apps.backups import bucket_secret
from apps.catga.services import SERVICES, service_props
from apps.catga.stores import add_nats, add_redis
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import NovaService


class Catga(AppChart):
    """Three services that take, process and report orders, and the stores between them."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``catga-cluster``."""
        super().__init__(
            scope, "catga", environment=environment, team="orders", namespace="catga-cluster"
        )
        bucket = bucket_secret(self)
        secrets = self._add_secrets()
        self.nats = add_nats(self, bucket)
        self.redis = add_redis(self, bucket, secrets.key("redis-password"))
        nats, redis = self.nats.login("catga"), self.redis.client()
        self.services = {
            name: NovaService(
                self, name, service_props(name, environment, nats, redis, secrets.key("jwt-secret"))
            )
            for name in SERVICES
        }
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _add_secrets(self) -> AppSecret:
        keys = ("redis-password", "jwt-secret")
        props = AppSecretProps(keys=keys, development=dict.fromkeys(keys, "local-only"))
        return AppSecret(self, "catga-secrets", props)
