"""Props with every field set."""

from dataclasses import replace

from constructs_lib.environment import DevelopmentLiterals, Environment, ExternalSecretStore
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.probes import (
    ExecCommand,
    Probe,
    Probes,
)
from constructs_lib.kube.rbac import ExistingServiceAccount
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.workloads import Recreate, Rollout, Schedule
from constructs_lib.refs import Ports
from constructs_lib.secrets import AppSecretProps, ExistingSecret
from constructs_lib.service import (
    ExternalServiceProps,
    NovaCronJobProps,
    NovaWorkerProps,
)
from constructs_lib.service.overrides import Override
from constructs_lib.values import Value
from tests.environments import MODERN, STAND_IN
from tests.service.cases import DATABASE
from tests.service.full_service import FULL_SERVICE, METRICS, PROXY

FULL_SERVICE_AT_1_27 = replace(
    FULL_SERVICE,
    sidecars=tuple(replace(item, native=False) for item in FULL_SERVICE.sidecars),
    service=replace(FULL_SERVICE.service, traffic_distribution=None),
)
"""The same without what needs a newer cluster."""

HEADLESS = replace(
    FULL_SERVICE,
    # The name of a headless Service leads to pods, so it offers the ports that they listen on.
    ports=Ports(*(replace(port, service_port=None) for port in FULL_SERVICE.ports)),
    service=replace(FULL_SERVICE.service, headless=True),
    rules=(),
)
"""The same behind a headless Service, without roles of its own."""

_SERVICE_ONLY = {"service", "load_balancer", "session_affinity", "overrides"}
_SHARED = {
    name: getattr(FULL_SERVICE, name)
    for name in FULL_SERVICE.__dataclass_fields__
    if name not in _SERVICE_ONLY
}

FULL_WORKER = NovaWorkerProps(
    **{
        **_SHARED,
        "image": AppImage("orders-worker", tag="1.4.2", digest=f"sha256:{'0123456789abcdef' * 4}"),
        "service_account": ExistingServiceAccount("shared", token=True),
        "shutdown": Shutdown(command=ExecCommand(("/app/stop",)), drain_seconds=10),
        "disruption": Disruption(max_unavailable=2),
        "probes": Probes(readiness=Probe(ExecCommand(("/app/ready",)))),
        "overrides": (Override("Deployment", {"spec": {"paused": True}}),),
    }
)
"""A worker with every field set."""

_OF_A_POD = NovaCronJobProps.__dataclass_fields__.keys() - {"schedule"}

FULL_CRON_JOB = NovaCronJobProps(
    **{
        **{name: value for name, value in _SHARED.items() if name in _OF_A_POD},
        "overrides": (
            Override("CronJob", {"metadata": {"annotations": {"example.com/run": "a"}}}),
        ),
        "sidecars": (PROXY,),
        "schedule": Schedule(
            cron="*/5 * * * *",
            time_zone="Europe/Berlin",
            concurrency="Replace",
            starting_deadline_seconds=60,
            active_deadline_seconds=240,
            retries=1,
            history=5,
            suspend=True,
        ),
    }
)
"""A scheduled job with every field set."""

FULL_WORKER_AT_1_27 = replace(FULL_WORKER, sidecars=FULL_SERVICE_AT_1_27.sidecars)
FULL_CRON_JOB_AT_1_27 = replace(FULL_CRON_JOB, sidecars=())

FULL_EXTERNAL = ExternalServiceProps(DATABASE, host="db.example.com", stand_in=False)
"""An external service with every field set."""

STORE = ExternalSecretStore("team-vault", path="team", kind="SecretStore", refresh="15m")

FULL_SECRET = AppSecretProps(
    keys=("user", "password"),
    development={"user": "shop", "password": "not-a-secret"},
    source=DevelopmentLiterals(),
    name="database",
    remote_key="shared/database",
)
"""A Secret with every field set."""

WATCHED = replace(
    MODERN,
    runbooks="https://docs.example.com/runbooks",
    cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES}),
)
"""A cluster whose Prometheus takes rules."""

Case = tuple[Value, Environment]

FULL: tuple[Case, ...] = (
    (FULL_SERVICE, WATCHED),
    (replace(FULL_SERVICE, autoscaling=None), WATCHED),
    # Of metrics that nobody lists, every name is taken.
    (replace(FULL_SERVICE, metrics=replace(METRICS, exposes=())), WATCHED),
    (HEADLESS, MODERN),
    (replace(FULL_WORKER, rules=()), MODERN),
    (FULL_WORKER, WATCHED),
    (replace(FULL_WORKER, autoscaling=None, rollout=Rollout(strategy=Recreate())), MODERN),
    (FULL_CRON_JOB, MODERN),
    (FULL_EXTERNAL, STAND_IN),
    (replace(FULL_EXTERNAL, host=None), MODERN),
    (FULL_SECRET, STAND_IN),
    (replace(FULL_SECRET, source=None), MODERN),
    (replace(FULL_SECRET, source=ExistingSecret()), MODERN),
    (replace(FULL_SECRET, source=STORE, remote_key=None), MODERN),
)
"""Props that together set every field, each with the environment it is rendered for."""
