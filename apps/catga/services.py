"""The services of catga, .NET programs that talk over NATS only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling, ScalingPolicy, ScalingRules
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Latency, Objectives, Requests
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.kube.signals import Metric
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from constructs_lib.refs import Binding, Port, Ports, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.service import NatsConsumer, NovaServiceProps

METRICS: Final = (
    Metric("catga_request_duration", kind="histogram", unit="s", help="Time until the answer."),
)
REQUESTS: Final = Requests(total=None, duration="catga_request_duration")
# The histogram says nothing of failures.
OBJECTIVES: Final = Objectives(availability=None, latency=Latency(seconds=0.5, percent=95))

_HEALTH: Final = HttpGet("/health")
_PROBES: Final = Probes(
    readiness=Probe(_HEALTH, initial_delay_seconds=10, period_seconds=5),
    liveness=Probe(_HEALTH, initial_delay_seconds=30, period_seconds=10),
)
_ROLLOUT: Final = Rollout(strategy=RollingUpdate(max_surge=1, max_unavailable=0))
_UP: Final = ScalingRules(
    stabilization_seconds=0, policies=(ScalingPolicy(percent=100, period_seconds=30),)
)
_DOWN: Final = ScalingRules(
    stabilization_seconds=300, policies=(ScalingPolicy(percent=50, period_seconds=60),)
)


@dataclass(frozen=True)
class Profile:
    """What one of the services differs in."""

    resources: Resources
    fewest: int
    most: int
    memory: int | None = None
    """Average memory to keep to, in percent of the request."""

    consumes: tuple[NatsConsumer, ...] = ()
    public: bool = False
    """Whether clients outside the cluster reach it, by a load balancer on port 80."""


SERVICES: Final[Mapping[str, Profile]] = {
    "order-api": Profile(
        Resources(cpu="100m", memory="128Mi", cpu_limit="1000m", memory_limit="512Mi"),
        fewest=3,
        most=10,
        memory=80,
        public=True,
    ),
    "order-service": Profile(
        Resources(cpu="100m", memory="128Mi", cpu_limit="500m", memory_limit="256Mi"),
        fewest=3,
        most=20,
        consumes=(NatsConsumer(group="order-processing", subjects=("orders.>",)),),
    ),
    "notification-service": Profile(
        Resources(cpu="50m", memory="64Mi", cpu_limit="200m", memory_limit="128Mi"),
        fewest=2,
        most=10,
        consumes=(NatsConsumer(group="notifications", subjects=("notifications.>",)),),
    ),
}


def service_props(
    name: str, environment: Environment, nats: Binding, redis: Binding, jwt: SecretKey
) -> NovaServiceProps:
    """The service called ``name``."""
    profile = SERVICES[name]
    port = Port("http", 8080, service_port=80 if profile.public else None, app_protocol="http")
    return NovaServiceProps(
        image=AppImage(name, tag="v1.0.0"),
        ports=Ports(port),
        resources=profile.resources,
        replicas=profile.fewest,
        autoscaling=Autoscaling(
            minimum=profile.fewest,
            maximum=profile.most,
            cpu=70,
            memory=profile.memory,
            scale_up=_UP,
            scale_down=_DOWN,
        ),
        disruption=Disruption(min_available=2) if profile.public else None,
        rollout=_ROLLOUT,
        settings=_settings(name, environment),
        variables={"Jwt__Secret": jwt} if profile.public else {},
        probes=_PROBES,
        metrics=Metrics(port="http", exposes=METRICS),
        requests=REQUESTS,
        objectives=OBJECTIVES,
        spread="soft",
        uses=(_nats(nats), _redis(redis)),
        consumes=profile.consumes,
        variable_style="dotnet",
        traces=True,
        load_balancer=LoadBalancer(ports=("http",)) if profile.public else None,
    )


def _settings(name: str, environment: Environment) -> dict[str, str]:
    settings = {
        "Catga__EnableIdempotency": "true",
        "Logging__Console__FormatterName": "json",
        "OpenTelemetry__ServiceName": name,
    }
    if environment.tracing is not None:
        settings["OpenTelemetry__Endpoint"] = environment.tracing.url()
    return settings


def _nats(binding: Binding) -> Binding:
    """Every peer, so that a client finds the others when its own goes."""
    return binding.named(
        {
            "NATS__Url": "$(NATS_SERVERS)",
            "NATS__Username": "$(NATS_USER)",
            "NATS__Password": "$(NATS_PASSWORD)",
        }
    )


def _redis(binding: Binding) -> Binding:
    """A configuration string of StackExchange.Redis.

    https://stackexchange.github.io/StackExchange.Redis/Configuration.html
    """
    address = binding.endpoint.local_address
    return binding.named({"Redis__Configuration": f"{address},password=$(REDIS_PASSWORD)"})
