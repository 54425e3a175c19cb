"""nova-platform: four services behind one gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from constructs import Construct

from apps.metrics import HTTP_METRICS, HTTP_REQUESTS, PROMISED
from apps.nova_data.bindings import SharedStores, by_own_secret, development_url
from apps.nova_data.clients import client_of
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.gateway import Cors, IngressGateway, IngressGatewayProps, RateLimit, Route
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.storage import WritablePath
from constructs_lib.kube.variables import Variable
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    ExternalService,
    ExternalServiceProps,
    NovaService,
    NovaServiceProps,
)

APP: Final = "nova-platform"

_HEALTH = HttpGet("/api/v1/health")

PROBES: Final = Probes(
    startup=Probe(_HEALTH, period_seconds=5, failure_threshold=30),
    readiness=Probe(_HEALTH, initial_delay_seconds=10, period_seconds=5),
    liveness=Probe(_HEALTH, initial_delay_seconds=30, period_seconds=10),
)

_STANDARD = Resources(cpu="200m", memory="512Mi", cpu_limit="1000m", memory_limit="1Gi")

SIZES: Final[Mapping[str, Resources]] = {
    "content-service": _STANDARD,
    "media-service": Resources(cpu="300m", memory="1Gi", cpu_limit="1500m", memory_limit="2Gi"),
    "user-service": _STANDARD,
    # Every open WebSocket holds its buffers.
    "messaging-service": Resources(
        cpu="200m", memory="512Mi", cpu_limit="1000m", memory_limit="2Gi"
    ),
}
"""Requests and limits, where the environment gives no others."""


@dataclass(frozen=True)
class Backend:
    """What one of the four services differs in."""

    http: int
    grpc: int
    paths: tuple[str, ...]
    scratch: str = "64Mi"


BACKENDS: Final[Mapping[str, Backend]] = {
    "content-service": Backend(8081, 9081, ("/api/v1/posts",)),
    "media-service": Backend(
        8082,
        9082,
        ("/api/v1/uploads", "/api/v1/videos", "/api/v1/reels"),
        # Several uploads at a time, of up to 100 MB each, on their way to object storage.
        scratch="2Gi",
    ),
    "user-service": Backend(
        8083,
        9083,
        ("/api/v1/feed", "/api/v1/discover", "/api/v1/users", "/api/v1/relationships"),
    ),
    "messaging-service": Backend(
        8084,
        9084,
        (
            "/api/v1/messages",
            "/api/v1/conversations",
            "/api/v1/calls",
            "/api/v1/notifications",
        ),
    ),
}


class NovaPlatform(AppChart):
    """The four services, their secrets, and the gateway in front of them."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the system into namespace ``nova``."""
        super().__init__(scope, APP, environment=environment, team="platform", namespace="nova")
        self._stores = SharedStores(environment, APP)
        self._secrets = self._add_secrets()
        self._brokers = self._add_brokers()
        self.services = {name: self._service(name) for name in BACKENDS}
        self._gateway()

    def _add_secrets(self) -> dict[str, AppSecret]:
        return {
            name: AppSecret(self, name, AppSecretProps(keys=tuple(values), development=values))
            for name, values in self._development_secrets().items()
        }

    def _development_secrets(self) -> Mapping[str, Mapping[str, str]]:
        """Keys of each Secret, and what they hold on somebody's own machine."""
        # Of all four alike: they have one login, and Redis has one password.
        one = next(iter(BACKENDS))
        database, redis = self._stores.postgres(one), self._stores.redis(one)
        return {
            "nova-db-credentials": {
                "DATABASE_URL": development_url(database, "DATABASE_URL"),
                "DB_PASSWORD": DEVELOPMENT_PASSWORD,
            },
            "nova-redis-credentials": {"REDIS_URL": development_url(redis, "REDIS_URL")},
            "nova-s3-credentials": dict.fromkeys(
                ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), DEVELOPMENT_PASSWORD
            ),
            "nova-jwt-keys": dict.fromkeys(
                ("JWT_PUBLIC_KEY_PEM", "JWT_PRIVATE_KEY_PEM"), DEVELOPMENT_PASSWORD
            ),
        }

    def _add_brokers(self) -> tuple[Binding, ...]:
        """Kafka and ClickHouse under the names that the programs use, by their short addresses."""
        kafka, clickhouse = self._external("kafka"), self._external("clickhouse")
        url = f"http://{clickhouse.local_address}"
        return (
            Binding.of(kafka, "KAFKA").named({"KAFKA_BROKERS": kafka.local_address}),
            Binding.of(clickhouse, "CLICKHOUSE").named({"CLICKHOUSE_URL": url}),
        )

    def _external(self, name: str) -> Endpoint:
        props = ExternalServiceProps(self.environment.external(name))
        return ExternalService(self, name, props).endpoint

    def _service(self, name: str) -> NovaService:
        backend = BACKENDS[name]
        return NovaService(
            self,
            name,
            NovaServiceProps(
                image=AppImage(name, tag="v1.0.0"),
                ports=Ports(
                    Port("http", backend.http, app_protocol="http"),
                    Port("grpc", backend.grpc, app_protocol="grpc"),
                ),
                resources=SIZES[name],
                replicas=3,
                autoscaling=Autoscaling(minimum=3, maximum=client_of(APP, name).most, cpu=70),
                settings=self._settings(name),
                variables=self._variables(name),
                writable=(WritablePath("/tmp", size=backend.scratch),),  # noqa: S108
                probes=PROBES,
                metrics=Metrics(port="http", exposes=HTTP_METRICS),
                requests=HTTP_REQUESTS,
                objectives=PROMISED,
                security=Security(user=1000),
                uses=self._uses(name),
                traces=True,
            ),
        )

    def _settings(self, name: str) -> dict[str, str]:
        settings = {
            "RUST_LOG": "info,actix_web=debug",
            "DATABASE_MAX_CONNECTIONS": str(self._stores.postgres(name).pool),
            # There can be more pods than connections: who is idle leaves them to the others.
            "DATABASE_MIN_CONNECTIONS": "0",
            "REDIS_POOL_SIZE": str(self._stores.redis(name).pool),
        }
        if name == "media-service":
            settings |= {
                "AWS_REGION": "eu-central-1",
                "S3_BUCKET": f"nova-media-{self.environment.name}",
                "S3_ENDPOINT": "https://s3.eu-central-1.amazonaws.com",
            }
        return settings

    def _variables(self, name: str) -> dict[str, Variable]:
        secrets = self._secrets
        variables: dict[str, Variable] = {
            **secrets["nova-db-credentials"].keys(),
            **secrets["nova-redis-credentials"].keys(),
            **secrets["nova-jwt-keys"].keys("JWT_PUBLIC_KEY_PEM"),
        }
        if name == "media-service":
            variables |= secrets["nova-s3-credentials"].keys()
        if name == "user-service":
            variables |= secrets["nova-jwt-keys"].keys("JWT_PRIVATE_KEY_PEM")
        return variables

    def _uses(self, name: str) -> tuple[Binding | Endpoint, ...]:
        stores = (self._stores.postgres(name), self._stores.redis(name))
        objects = (self.environment.external("s3"),) if name == "media-service" else ()
        return (*map(by_own_secret, stores), *self._brokers, *objects)

    def _gateway(self) -> IngressGateway:
        return IngressGateway(
            self,
            "gateway",
            IngressGatewayProps(
                hosts=(f"api.{self.environment.domain}",),
                routes=(
                    *self._routes(),
                    Route(
                        "/ws", self.services["messaging-service"].endpoint("http"), websocket=True
                    ),
                ),
                cors=Cors(origins=self._origins(), credentials=True),
                rate_limit=RateLimit(requests_per_second=100),
                body_size="100M",
            ),
        )

    def _origins(self) -> tuple[str, ...]:
        """The web applications, as a browser names them."""
        scheme = "http" if self.environment.certificate_issuer is None else "https"
        return tuple(f"{scheme}://{name}.{self.environment.domain}" for name in ("app", "admin"))

    def _routes(self) -> tuple[Route, ...]:
        return tuple(
            Route(path, self.services[name].endpoint("http"))
            for name, backend in BACKENDS.items()
            for path in backend.paths
        )
