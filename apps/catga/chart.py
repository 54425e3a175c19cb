"""catga in one environment."""

from dataclasses import replace
from typing import Final

from constructs import Construct

from apps.backups import bucket_secret
from apps.catga.services import SERVICES, service_props
from apps.catga.stores import add_nats, add_redis
from apps.observability.stack import add_stack
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.naming import selector
from constructs_lib.observability.jaeger import NAME as JAEGER
from constructs_lib.observability.otlp import OTLP_GRPC
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.refs import Endpoint, Pods
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import NovaService

APP: Final = "catga"
NAMESPACE: Final = "catga-cluster"


class Catga(AppChart):
    """Three services that take, process and report orders, their stores, and a stack of its own."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``catga-cluster``."""
        own = _watched_by_itself(environment)
        super().__init__(scope, APP, environment=own, team="orders", namespace=NAMESPACE)
        bucket = bucket_secret(self)
        secrets = self._add_secrets()
        self.nats = add_nats(self, bucket)
        self.redis = add_redis(self, bucket, secrets.key("redis-password"))
        nats, redis = self.nats.login("catga"), self.redis.client()
        self.services = {
            name: NovaService(
                self, name, service_props(name, own, nats, redis, secrets.key("jwt-secret"))
            )
            for name in SERVICES
        }
        self.stack = add_stack(self, self.signals)
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _add_secrets(self) -> AppSecret:
        keys = ("redis-password", "jwt-secret")
        props = AppSecretProps(keys=keys, development=dict.fromkeys(keys, DEVELOPMENT_PASSWORD))
        return AppSecret(self, "catga-secrets", props)


def _watched_by_itself(environment: Environment) -> Environment:
    """``environment`` with Prometheus and Jaeger of catga's own in place of the shared ones."""
    prometheus = Pods(NAMESPACE, labels=selector("prometheus", APP))
    traces = Endpoint.of(JAEGER, OTLP_GRPC, app=APP, namespace=NAMESPACE)
    cluster = replace(environment.cluster, scrapers=(prometheus,))
    return replace(environment, cluster=cluster, tracing=traces)
