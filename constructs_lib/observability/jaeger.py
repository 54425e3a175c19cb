"""Jaeger 2: takes traces by OTLP, keeps them, and shows them.

One program, configured by one file of the OpenTelemetry Collector's form:
https://www.jaegertracing.io/docs/2.18/deployment/configuration/. The image is in no registry that
the tests reach: its configuration is checked against the options that its sources read, and was
not run.
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError, Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.objectives import MISSED_BY_NOBODY
from constructs_lib.kube.promql import deployment_pods
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Metric
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.kube.variables import Variable
from constructs_lib.observability import otlp
from constructs_lib.observability.otlp import HEALTH, METRICS, OTLP_GRPC, OTLP_HTTP
from constructs_lib.observability.span_alerts import pipeline_alerts
from constructs_lib.observability.trace_databases import Remote
from constructs_lib.observability.trace_storage import STORE, Badger, TraceStorage
from constructs_lib.refs import Endpoint, Peer, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.values import Value
from constructs_lib.yaml_text import to_yaml

NAME = "jaeger"
QUERY = Port("query", 16686)

_CONFIG = "/etc/jaeger"
_QUEUE_BATCHES = 1000
_RETRY_SECONDS = 300
_START_SECONDS = 150
_READS = "jaeger_storage_requests_total"

JAEGER_METRICS = (
    Metric(
        _READS,
        kind="counter",
        help="Reads from the storage by operation and result, which is ok or err.",
    ),
)


class Jaeger(Value):
    """Jaeger: OTLP at 4317 (gRPC) and 4318 (HTTP), the UI and its API at 16686.

    With ``Badger`` it is a store of one pod, made by :func:`jaeger_engine` of
    ``observability.jaeger_store``; with a database it is a service of several, made by
    :func:`jaeger_props`. Its Service is called ``jaeger`` either way, and so are its ports.
    """

    storage: TraceStorage = Badger()
    """Where traces are kept. Default: on a volume, by one pod."""

    replicas: int | None = None
    """Pods. None is one with Badger, which cannot have more, and two with a database. One where the
    environment says so."""

    autoscaling: Autoscaling | None = None
    """How many pods by load; only with a database."""

    base_path: str | None = None
    """Path below which UI and API are, for example ``/jaeger``, where a gateway shares a host. None
    is the root."""

    senders: tuple[Peer, ...] = ()
    """Who may send traces, besides workloads that name an endpoint of it in ``uses``, and those
    with ``traces=True`` that the stack watches. A NovaCronJob tells nothing of itself: name it."""

    readers: tuple[Peer, ...] = ()
    """Who may open UI and API, besides gateways, and workloads that name the endpoint."""

    image: Image = Image("docker.io/jaegertracing/jaeger", tag="2.19.0")
    """Its image. Default the official one."""

    user: int = 10001
    """Numeric user id. Default 10001, the image's own."""

    resources: Resources = Resources(cpu="100m", memory="256Mi", cpu_limit="1", memory_limit="1Gi")
    """Requests and limits of a pod. Default 100m to 1 core, 256Mi to 1Gi. Spans are refused from
    60 % of the memory limit on."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=60, drain_seconds=5, stop_seconds=50)
    """How a pod stops: it goes on taking spans for 5 s, then writes what it has. Default 60 s."""

    def problems(self) -> Iterator[Problem]:
        """Badger's one process, and a path."""
        if isinstance(self.storage, Badger):
            yield from self._single_problems()
        elif self.replicas is not None and self.replicas < 1:
            yield Problem("replicas", self.replicas, "runs nothing", "use 1 or more")
        path = self.base_path
        if path is not None and (not path.startswith("/") or path.endswith("/")):
            fix = "write one such as '/jaeger'"
            yield Problem("base_path", path, "is not a path without a slash at its end", fix)

    @property
    def query_path(self) -> str:
        """What URLs of UI and API begin with, after host and port."""
        return self.base_path or ""

    def _single_problems(self) -> Iterator[Problem]:
        why = "needs a storage that several pods share: only one process can open Badger's files"
        fix = "use one pod, or storage=Elasticsearch, OpenSearch or Cassandra"
        if self.replicas not in (None, 1):
            yield Problem("replicas", self.replicas, why, fix)
        if self.autoscaling is not None:
            yield Problem("autoscaling", self.autoscaling, why, fix)


def jaeger_endpoint(chart: AppChart, port: Port) -> Endpoint:
    """Where Jaeger of ``chart`` is reached, whichever storage it has."""
    return Endpoint.of(NAME, port, app=chart.app_name, namespace=chart.app_namespace)


def jaeger_props(jaeger: Jaeger, chart: AppChart) -> NovaServiceProps:
    """Props of the NovaService ``jaeger`` over a database; raises ``NovaError`` with Badger."""
    storage = jaeger.storage
    if not isinstance(storage, Remote):
        msg = "Badger's files belong to one pod with a volume: use jaeger_engine"
        raise NovaError(msg)
    resources = chart.environment.size_of(chart.app_name, NAME) or jaeger.resources
    return NovaServiceProps(
        image=jaeger.image,
        args=arguments(),
        ports=Ports(OTLP_GRPC, OTLP_HTTP, QUERY, HEALTH, METRICS),
        replicas=2 if jaeger.replicas is None else jaeger.replicas,
        autoscaling=jaeger.autoscaling,
        resources=jaeger.resources,
        variables={**variables(resources), **storage.variables},
        files=(config_mount(configuration(jaeger, storage.backend())), *storage.files),
        environment_settings=False,
        security=Security(user=jaeger.user),
        probes=otlp.probes("/status", start_seconds=_START_SECONDS),
        metrics=metrics(),
        presence=MISSED_BY_NOBODY,
        alerts=jaeger_alerts(deployment_pods(chart.app_namespace, NAME)),
        signals_kind="jaeger",
        shutdown=jaeger.shutdown,
        uses=storage.servers,
        clients=(
            *(Client(peer, ports=(OTLP_GRPC.name, OTLP_HTTP.name)) for peer in jaeger.senders),
            *(Client(peer, ports=(QUERY.name,)) for peer in jaeger.readers),
        ),
    )


def configuration(jaeger: Jaeger, backend: Body) -> Body:
    """The whole configuration, with ``backend`` as the one storage."""
    return {
        "receivers": otlp.receivers(),
        "processors": {"memory_limiter": otlp.memory_limiter(), "batch": {}},
        "exporters": {
            "jaeger_storage_exporter": {
                "trace_storage": STORE,
                # Without them a batch that the storage refuses once is lost.
                "queue": otlp.queue(_QUEUE_BATCHES),
                "retry_on_failure": otlp.retry(_RETRY_SECONDS),
            }
        },
        "extensions": _extensions(jaeger, backend),
        "service": {
            # Health first: it answers while the storage is still being opened.
            "extensions": ["healthcheckv2", "jaeger_storage", "jaeger_query"],
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "batch"],
                    "exporters": ["jaeger_storage_exporter"],
                }
            },
            "telemetry": otlp.telemetry(),
        },
    }


def _extensions(jaeger: Jaeger, backend: Body) -> Body:
    """Health, the storage, and UI with API."""
    query = body(
        storage={"traces": STORE},
        base_path=jaeger.base_path,
        http={"endpoint": otlp.listener(QUERY)},
    )
    health = {
        "endpoint": otlp.listener(HEALTH),
        "status": {"enabled": True, "path": "/status"},
    }
    return {
        "healthcheckv2": {"use_v2": True, "http": health},
        "jaeger_storage": {"backends": {STORE: backend}},
        "jaeger_query": query,
    }


def jaeger_alerts(pods: str) -> tuple[Alert, ...]:
    """What somebody has to know of Jaeger; ``pods`` are the labels that select its series."""
    asked = f"sum by (namespace, pod) (rate({_READS}{{{pods}}}[10m]))"
    failed = f'sum by (namespace, pod) (rate({_READS}{{{pods}, result="err"}}[10m]))'
    return (
        *pipeline_alerts("Jaeger", pods, beyond="its storage"),
        Alert(
            name="JaegerReadsFailing",
            expression=f"{failed} / {asked} > 0.05",
            lasts="10m",
            summary="{{ $value | humanizePercentage }} of reads of {{ $labels.pod }} from its"
            " storage fail.",
            action="Look for the storage's errors in its log, and at the storage itself.",
        ),
    )


def arguments() -> tuple[str, ...]:
    """Arguments of the image's program."""
    return ("--config", f"{_CONFIG}/config.yaml")


def variables(resources: Resources) -> dict[str, Variable]:
    """Environment variables, for a container of these limits."""
    return {"GOMEMLIMIT": otlp.memory_target(resources)}


def config_mount(settings: Body) -> FileMount:
    """The configuration as a file."""
    return FileMount(_CONFIG, source=ConfigFiles({"config.yaml": to_yaml([settings])}))


def metrics() -> Metrics:
    """Where its metrics are, and which."""
    return otlp.metrics(*JAEGER_METRICS)


def scratch() -> tuple[WritablePath, ...]:
    """Folders that it may write to besides its volume."""
    return (WritablePath("/tmp"),)  # noqa: S108
