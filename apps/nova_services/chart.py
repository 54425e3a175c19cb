"""nova-services in one environment."""

from typing import Final

from constructs import Construct

from apps.nova_data.bindings import add_password, postgres, redis
from apps.nova_messaging.turn import SECRET_KEY, turn_settings
from apps.nova_services.profiles import PROFILES, SHARED_SECRETS
from apps.secrets import secret_of
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.kube.variables import Variable
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.refs import Endpoint, Port, Ports
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    CallPolicy,
    ExternalService,
    ExternalServiceProps,
    NovaService,
    NovaServiceProps,
)

APP: Final = "nova-services"
_TLS: Final = "/etc/tls"
_CALLER: Final = "messaging-service"
"""Which of them sets up video calls, through the TURN server of nova-messaging."""


class NovaServices(AppChart):
    """Five services, each with its own login, secrets and identity, and bounds of its calls."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``nova-services``."""
        super().__init__(scope, APP, environment=environment, team="services")
        self._postgres = postgres(environment)
        self._redis = redis(environment)
        add_password(self, self._redis)
        self._brokers = [self._broker(name) for name in ("kafka", "clickhouse")]
        self.services = {name: self._service(name) for name in PROFILES}
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _broker(self, name: str) -> Endpoint:
        props = ExternalServiceProps(self.environment.external(name))
        return ExternalService(self, name, props).endpoint

    def _service(self, name: str) -> NovaService:
        profile = PROFILES[name]
        database = self._postgres.login(name.replace("-", "_"))
        add_password(self, database)
        return NovaService(
            self,
            name,
            NovaServiceProps(
                image=AppImage(name, tag="v1.0.0"),
                ports=Ports(Port("http", profile.port, app_protocol="http")),
                resources=profile.resources,
                replicas=profile.replicas,
                autoscaling=Autoscaling(minimum=profile.replicas, maximum=profile.most, cpu=70),
                settings=self._settings(name),
                variables=self._variables(name),
                files=(FileMount(_TLS, SecretFiles(f"{name}-tls", optional=True)),),
                probes=Probes.http("/health"),
                metrics=Metrics(port="http"),
                shutdown=Shutdown(grace_period_seconds=30),
                uses=(database, self._redis, *self._brokers),
                calls=tuple(_endpoint(other) for other in profile.calls),
                call_policy=CallPolicy(),
                consumes=profile.consumes,
                startup_wait_seconds=60,
                traces=True,
            ),
        )

    def _settings(self, name: str) -> dict[str, str]:
        settings = {"REDIS_POOL_SIZE": str(PROFILES[name].redis_pool)}
        if name == _CALLER:
            settings |= turn_settings(f"turn.{self.environment.domain}")
        return settings

    def _variables(self, name: str) -> dict[str, Variable]:
        values = {**SHARED_SECRETS, **dict.fromkeys(PROFILES[name].secrets, "local-only")}
        props = AppSecretProps(keys=tuple(values), development=values)
        variables: dict[str, Variable] = {**AppSecret(self, f"{name}-secrets", props).keys()}
        if name == _CALLER:
            turn = secret_of("nova-messaging", self, "coturn-credentials", SECRET_KEY)
            variables |= turn.keys()
        return variables


def _endpoint(name: str) -> Endpoint:
    """Where a service is, whether or not it is built yet: they call each other."""
    return Endpoint.of(name, Port("http", PROFILES[name].port, app_protocol="http"), app=APP)
