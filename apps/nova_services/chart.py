"""nova-services in one environment."""

from typing import Final

from constructs import Construct

from apps.metrics import HTTP_METRICS, HTTP_REQUESTS, PROMISED
from apps.nova_data.bindings import SharedStores, add_password
from apps.nova_data.clients import client_of
from apps.nova_messaging.turn import SECRET_KEY, turn_settings
from apps.nova_services.profiles import PROFILES, SHARED_SECRETS
from apps.secrets import DEVELOPMENT_PASSWORD, secret_of
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.kube.variables import Variable
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.refs import Binding, Endpoint, Port, Ports
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
        self._stores = SharedStores(environment, APP)
        # Every service has the same one.
        add_password(self, self._stores.redis(_CALLER))
        self._brokers = [self._broker(name) for name in ("kafka", "clickhouse")]
        self.services = {name: self._service(name) for name in PROFILES}
        NamespaceQuota(self, "quota", NamespaceQuotaProps())

    def _broker(self, name: str) -> Endpoint:
        props = ExternalServiceProps(self.environment.external(name))
        return ExternalService(self, name, props).endpoint

    def _service(self, name: str) -> NovaService:
        profile = PROFILES[name]
        database = self._stores.postgres(name)
        add_password(self, database)
        return NovaService(
            self,
            name,
            NovaServiceProps(
                image=AppImage(name, tag="v1.0.0"),
                ports=Ports(Port("http", profile.port, app_protocol="http")),
                resources=profile.resources,
                replicas=profile.replicas,
                autoscaling=Autoscaling(
                    minimum=profile.replicas, maximum=client_of(APP, name).most, cpu=70
                ),
                rollout=_rollout(database),
                settings=self._settings(name),
                variables=self._variables(name),
                files=(FileMount(_TLS, SecretFiles(f"{name}-tls", optional=True)),),
                probes=Probes.http("/health"),
                metrics=Metrics(port="http", exposes=HTTP_METRICS),
                requests=HTTP_REQUESTS,
                objectives=PROMISED,
                shutdown=Shutdown(grace_period_seconds=30),
                uses=(database, self._stores.redis(name), *self._brokers),
                calls=tuple(_endpoint(other) for other in profile.calls),
                call_policy=CallPolicy(),
                consumes=profile.consumes,
                startup_wait_seconds=60,
                traces=True,
            ),
        )

    def _settings(self, name: str) -> dict[str, str]:
        return turn_settings(f"turn.{self.environment.domain}") if name == _CALLER else {}

    def _variables(self, name: str) -> dict[str, Variable]:
        own = dict.fromkeys(PROFILES[name].secrets, DEVELOPMENT_PASSWORD)
        values = {**SHARED_SECRETS, **own}
        props = AppSecretProps(keys=tuple(values), development=values)
        variables: dict[str, Variable] = {**AppSecret(self, f"{name}-secrets", props).keys()}
        if name == _CALLER:
            turn = secret_of("nova-messaging", self, "coturn-credentials", SECRET_KEY)
            variables |= turn.keys()
        return variables


def _rollout(database: Binding) -> Rollout:
    """In place where the login has no connections for one pod more."""
    if database.surge == 0:
        return Rollout(strategy=RollingUpdate(max_surge=0, max_unavailable=1))
    return Rollout()


def _endpoint(name: str) -> Endpoint:
    """Where a service is, whether or not it is built yet: they call each other."""
    return Endpoint.of(name, Port("http", PROFILES[name].port, app_protocol="http"), app=APP)
