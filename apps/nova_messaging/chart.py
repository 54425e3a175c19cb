"""nova-messaging in one environment."""

from collections.abc import Mapping
from typing import Final

from constructs import Construct

from apps.metrics import HTTP_REQUESTS
from apps.nova_data.bindings import SharedStores, by_own_secret, development_url
from apps.nova_data.clients import client_of
from apps.nova_messaging.metrics import ALERTS, METRICS, NAME, OBJECTIVES
from apps.nova_messaging.settings import CONSUMER, settings
from apps.nova_messaging.turn import SECRET_KEY, PublicAddress, TurnServer
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.gateway import CookieAffinity, IngressGateway, IngressGatewayProps, Route
from constructs_lib.kube.autoscaling import Autoscaling, ScalingPolicy, ScalingRules
from constructs_lib.kube.containers import Migration
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.rbac import Rule
from constructs_lib.kube.security import Security
from constructs_lib.kube.services import LoadBalancer, SessionAffinity
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    ExternalService,
    ExternalServiceProps,
    NovaService,
    NovaServiceProps,
)

APP: Final = "nova-messaging"
SECRET_NAME: Final = "messaging-service-secrets"  # noqa: S105  (an object's name)
THREE_HOURS: Final = 10800

TURN_ADDRESSES: Final[Mapping[str, str]] = {
    "prod": "203.0.113.10",
    "dev": "203.0.113.20",
    "local": "127.0.0.1",
}
"""Reserved addresses of the TURN server's load balancer. Those of prod and dev are from a range
kept for documentation: reserve one with the provider and write it here before the first rollout."""


class NovaMessaging(AppChart):
    """messaging-service, its TURN server, and its Ingress."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``nova-messaging``."""
        super().__init__(scope, APP, environment=environment, team="messaging")
        self._turn = self._add_turn_server()
        stores = SharedStores(environment, APP)
        self._database, self._redis = stores.postgres(NAME), stores.redis(NAME)
        self._secret = self._add_secret()
        self._kafka = self._add_kafka()
        self.service = self._add_service()
        self._add_gateway()

    @property
    def _host(self) -> str:
        return f"messaging.{self.environment.domain}"

    def _add_turn_server(self) -> TurnServer:
        name = self.environment.name
        if name not in TURN_ADDRESSES:
            msg = f"environment {name!r} has no TURN address; add one to TURN_ADDRESSES"
            raise NovaError(msg)
        host = f"turn.{self.environment.domain}"
        return TurnServer(self, PublicAddress(host=host, address=TURN_ADDRESSES[name]))

    def _add_secret(self) -> AppSecret:
        values = _development_secrets(self._database, self._redis)
        props = AppSecretProps(keys=tuple(values), development=values)
        return AppSecret(self, SECRET_NAME, props)

    def _add_kafka(self) -> Endpoint:
        props = ExternalServiceProps(self.environment.external("kafka"))
        return ExternalService(self, "kafka", props).endpoint

    def _add_service(self) -> NovaService:
        return NovaService(
            self,
            NAME,
            NovaServiceProps(
                image=AppImage(NAME, tag="v1.0.0"),
                ports=Ports(Port("http", 3000, app_protocol="kubernetes.io/ws"), metrics=9090),
                resources=Resources(
                    cpu="500m", memory="512Mi", cpu_limit="2000m", memory_limit="2Gi"
                ),
                replicas=3,
                autoscaling=_autoscaling(),
                disruption=Disruption(min_available=2),
                rollout=Rollout(strategy=RollingUpdate(max_surge=1, max_unavailable=1)),
                migration=Migration(command=("messaging-service", "migrate")),
                settings={**settings(self._database, self._redis), **self._turn.settings},
                variables={
                    **self._secret.keys(),
                    SECRET_KEY: self._turn.secret.key(SECRET_KEY),
                },
                probes=Probes.http("/health"),
                # A load balancer that asks each node for pods takes some ten seconds to turn away.
                shutdown=Shutdown(grace_period_seconds=30, drain_seconds=15, stop_seconds=15),
                metrics=Metrics(exposes=METRICS),
                requests=HTTP_REQUESTS,
                objectives=OBJECTIVES,
                alerts=ALERTS,
                security=Security(user=1001),
                rules=_rules(),
                uses=(
                    by_own_secret(self._database),
                    by_own_secret(self._redis),
                    self._kafka,
                ),
                consumes=(CONSUMER,),
                session_affinity=SessionAffinity(timeout_seconds=THREE_HOURS),
                load_balancer=LoadBalancer(ports=("http",)),
            ),
        )

    def _add_gateway(self) -> None:
        IngressGateway(
            self,
            "gateway",
            IngressGatewayProps(
                hosts=(self._host,),
                routes=(Route("/", self.service.endpoint("http"), websocket=True),),
                # The controller picks pods itself, so the Service's affinity does not count here.
                session_affinity=CookieAffinity("messaging-affinity", max_age_seconds=THREE_HOURS),
            ),
        )


def _development_secrets(database: Binding, redis: Binding) -> Mapping[str, str]:
    """Keys of the Secret, and what they hold on somebody's own machine."""
    return {
        "POSTGRES_PASSWORD": DEVELOPMENT_PASSWORD,
        "POSTGRES_DB": database.database or "",
        "DATABASE_URL": development_url(database, "DATABASE_URL"),
        "REDIS_URL": development_url(redis, "REDIS_URL"),
        "REDIS_PASSWORD": DEVELOPMENT_PASSWORD,
        "JWT_PUBLIC_KEY_PEM": DEVELOPMENT_PASSWORD,
        # 32 bytes of the letter a: the length is what a secret box insists on.
        "SECRETBOX_KEY_B64": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
        "KAFKA_BROKERS": "kafka:9092",
    }


def _autoscaling() -> Autoscaling:
    return Autoscaling(
        minimum=3,
        maximum=client_of(APP, NAME).most,
        cpu=70,
        memory=80,
        scale_up=ScalingRules(policies=(ScalingPolicy(percent=100, period_seconds=15),)),
        scale_down=ScalingRules(stabilization_seconds=300),
    )


def _rules() -> tuple[Rule, ...]:
    """Its own configuration by name, pods to find its peers, events to tell what happened."""
    return (
        Rule(verbs=("get",), resources=("configmaps",), names=(f"{NAME}-config",)),
        Rule(verbs=("get",), resources=("secrets",), names=(SECRET_NAME,)),
        Rule(verbs=("get", "list"), resources=("pods",)),
        Rule(verbs=("create",), resources=("events",)),
    )
