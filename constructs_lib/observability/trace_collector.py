"""An OpenTelemetry Collector between services and Jaeger: it samples, batches and bridges.

https://opentelemetry.io/docs/collector/. The image is in no registry that the tests reach: its
configuration is checked against the options that its sources read, and was not run.
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.chart import AppChart
from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.body import Body
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.objectives import MISSED_BY_NOBODY
from constructs_lib.kube.promql import deployment_pods
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Metric
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.workloads import Recreate, Rollout
from constructs_lib.observability import otlp
from constructs_lib.observability.otlp import HEALTH, METRICS, OTLP_GRPC, OTLP_HTTP
from constructs_lib.observability.sampling import TAIL_METRICS, Sampling, TailSampling
from constructs_lib.observability.span_alerts import pipeline_alerts
from constructs_lib.quantity import INT32
from constructs_lib.refs import Endpoint, Peer, Ports
from constructs_lib.resources import Resources
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.values import Value
from constructs_lib.yaml_text import to_yaml

NAME = "trace-collector"

_CONFIG = "/etc/otelcol-contrib"
_START_SECONDS = 60
_DROPPED_EARLY = "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total"


class TraceCollector(Value):
    """Takes traces at 4317 (gRPC) and 4318 (HTTP) and passes them on to Jaeger.

    ``Environment.tracing`` of the apps names its endpoint, see :func:`collector_endpoint`.
    """

    sampling: Sampling | None = None
    """Which traces are kept; None keeps all that services send."""

    replicas: int | None = None
    """Pods. None is two, and one with ``TailSampling``, which cannot have more. One where the
    environment says so."""

    autoscaling: Autoscaling | None = None
    """How many pods by load; None keeps ``replicas``."""

    senders: tuple[Peer, ...] = ()
    """Who may send traces, besides workloads that name an endpoint of it in ``uses``, and those
    with ``traces=True`` that the stack watches. A NovaCronJob tells nothing of itself: name it."""

    queue_batches: int = 5000
    """Batches that wait in a pod's memory while Jaeger does not answer. Default 5000; the memory
    limit may be reached before, and spans are refused then."""

    retry_seconds: int = 300
    """How long a batch is sent again and again before it is given up. Default 300 s."""

    image: Image = Image("docker.io/otel/opentelemetry-collector-contrib", tag="0.158.0")
    """Its image. Default the project's own, with the samplers in it."""

    user: int = 10001
    """Numeric user id. Default 10001, the image's own."""

    resources: Resources = Resources(
        cpu="100m", memory="256Mi", cpu_limit="1", memory_limit="512Mi"
    )
    """Requests and limits of a pod. Default 100m to 1 core, 256Mi to 512Mi. Spans are refused from
    60 % of the memory limit on."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=45, drain_seconds=5, stop_seconds=35)
    """How a pod stops: it goes on taking spans for 5 s, then sends what it has. Default 45 s."""

    def problems(self) -> Iterator[Problem]:
        """One pod where a trace must not be torn apart, and numbers."""
        if isinstance(self.sampling, TailSampling):
            yield from self._single_problems()
        elif self.replicas is not None and self.replicas < 1:
            yield Problem("replicas", self.replicas, "runs nothing", "use 1 or more")
        for name in ("queue_batches", "retry_seconds"):
            number = getattr(self, name)
            if not 1 <= number <= INT32:
                yield Problem(name, number, "is out of range", f"use 1 to {INT32}")

    @property
    def single(self) -> bool:
        """Whether there may never be two pods."""
        return isinstance(self.sampling, TailSampling)

    def _single_problems(self) -> Iterator[Problem]:
        why = "tears traces apart: TailSampling decides over a trace where all its spans are"
        fix = "use one pod, or sampling=Probabilistic(percent=...)"
        if self.replicas not in (None, 1):
            yield Problem("replicas", self.replicas, why, fix)
        if self.autoscaling is not None:
            yield Problem("autoscaling", self.autoscaling, why, fix)


def collector_endpoint(app: str, namespace: str | None = None) -> Endpoint:
    """Where apps send traces, for ``Environment.tracing``; known before anything is built."""
    return Endpoint.of(NAME, OTLP_GRPC, app=app, namespace=namespace)


def trace_collector_props(
    collector: TraceCollector, chart: AppChart, jaeger: Endpoint
) -> NovaServiceProps:
    """Props of the NovaService ``trace-collector``; ``jaeger`` takes OTLP by gRPC."""
    resources = chart.environment.size_of(chart.app_name, NAME) or collector.resources
    text = to_yaml([configuration(collector, jaeger)])
    replicas = 1 if collector.single else 2
    return NovaServiceProps(
        image=collector.image,
        args=("--config", f"{_CONFIG}/config.yaml"),
        ports=Ports(OTLP_GRPC, OTLP_HTTP, HEALTH, METRICS),
        replicas=replicas if collector.replicas is None else collector.replicas,
        autoscaling=collector.autoscaling,
        rollout=Rollout(strategy=Recreate()) if collector.single else Rollout(),
        resources=collector.resources,
        variables={"GOMEMLIMIT": otlp.memory_target(resources)},
        files=(FileMount(_CONFIG, source=ConfigFiles({"config.yaml": text})),),
        environment_settings=False,
        security=Security(user=collector.user),
        probes=otlp.probes("/", start_seconds=_START_SECONDS),
        metrics=metrics(collector),
        presence=MISSED_BY_NOBODY,
        alerts=collector_alerts(collector, chart.app_namespace),
        signals_kind="collector",
        shutdown=collector.shutdown,
        uses=(jaeger,),
        clients=tuple(
            Client(peer, ports=(OTLP_GRPC.name, OTLP_HTTP.name)) for peer in collector.senders
        ),
    )


def configuration(collector: TraceCollector, jaeger: Endpoint) -> Body:
    """The whole configuration."""
    sampling = () if collector.sampling is None else (collector.sampling.processor,)
    # Refusal first: what is refused here, senders keep. Batches last: samplers make small ones.
    processors = [("memory_limiter", otlp.memory_limiter()), *sampling, ("batch", {})]
    return {
        "receivers": otlp.receivers(),
        "processors": dict(processors),
        "exporters": {"otlp_grpc": _exporter(collector, jaeger)},
        "extensions": {"health_check": {"endpoint": otlp.listener(HEALTH), "path": "/"}},
        "service": {
            "extensions": ["health_check"],
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": [name for name, _ in processors],
                    "exporters": ["otlp_grpc"],
                }
            },
            "telemetry": otlp.telemetry(),
        },
    }


def _exporter(collector: TraceCollector, jaeger: Endpoint) -> Body:
    return {
        "endpoint": jaeger.address,
        # Jaeger's receiver has no certificate; the way to it is within the cluster.
        "tls": {"insecure": True},
        "timeout": "10s",
        "sending_queue": otlp.queue(collector.queue_batches),
        "retry_on_failure": otlp.retry(collector.retry_seconds),
    }


def metrics(collector: TraceCollector) -> Metrics:
    """Where its metrics are, and which."""
    more: tuple[Metric, ...] = TAIL_METRICS if collector.single else ()
    return otlp.metrics(*more)


def collector_alerts(collector: TraceCollector, namespace: str) -> tuple[Alert, ...]:
    """What somebody has to know of it."""
    pods = deployment_pods(namespace, NAME)
    alerts = pipeline_alerts("TraceCollector", pods, beyond="Jaeger")
    if not collector.single:
        return alerts
    early = Alert(
        name="TraceCollectorUndecided",
        expression=f"sum by (namespace, pod) (rate({_DROPPED_EARLY}{{{pods}}}[5m])) > 0",
        lasts="10m",
        summary="{{ $labels.pod }} drops {{ $value | humanize }} traces/s before it has decided.",
        action="Raise traces, with the memory for it, or lower wait_seconds.",
    )
    return (*alerts, early)
