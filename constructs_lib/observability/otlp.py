"""What Jaeger and the OpenTelemetry Collector have in common: both are built from the same parts.

Their configuration is of one form, https://opentelemetry.io/docs/collector/configuration/. Keys
and defaults are those of Collector 0.153 to 0.158; nothing here was run against a Collector.
"""

from __future__ import annotations

from decimal import Decimal

from constructs_lib.kube.body import Body
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.signals import Metric
from constructs_lib.quantity import parse
from constructs_lib.refs import Port
from constructs_lib.resources import Resources

OTLP_GRPC = Port("otlp-grpc", 4317)
OTLP_HTTP = Port("otlp-http", 4318)
HEALTH = Port("health", 13133)
METRICS = Port("metrics", 8888)

_EVERYWHERE = "0.0.0.0"  # noqa: S104  (who may connect is for the network policy to say)
_SHARE_OF_MEMORY = Decimal("0.8")

# gRPC keeps one connection for good, and a Service chooses a pod once per connection: without an
# end to them, new pods would get no spans. What is on its way has longer than an export may take.
# https://github.com/open-telemetry/opentelemetry-collector/tree/main/config/configgrpc#server-configuration
_KEEPALIVE = {"server_parameters": {"max_connection_age": "5m", "max_connection_age_grace": "30s"}}

PIPELINE_METRICS = (
    Metric(
        "otelcol_receiver_accepted_spans_total",
        kind="counter",
        help="Spans that were taken from senders.",
    ),
    Metric(
        "otelcol_receiver_refused_spans_total",
        kind="counter",
        help="Spans that senders were told to keep and send again.",
    ),
    Metric("otelcol_exporter_sent_spans_total", kind="counter", help="Spans that were passed on."),
    Metric(
        "otelcol_exporter_send_failed_spans_total",
        kind="counter",
        help="Spans given up after all attempts to pass them on.",
    ),
    Metric(
        "otelcol_exporter_enqueue_failed_spans_total",
        kind="counter",
        help="Spans dropped since the queue was full.",
    ),
    Metric("otelcol_exporter_queue_size", help="Batches that wait to be passed on."),
    Metric("otelcol_exporter_queue_capacity", help="Batches that may wait."),
    Metric("otelcol_process_memory_rss", unit="bytes", help="Memory of the process."),
)
"""Metrics of every pipeline of traces, named as :func:`telemetry` has them written.

https://opentelemetry.io/docs/collector/internal-telemetry/#lists-of-internal-metrics
"""


def listener(port: Port) -> str:
    """Where to listen: on all addresses, since the default is localhost, where no Service leads.

    https://github.com/open-telemetry/opentelemetry-collector/issues/8510
    """
    return f"{_EVERYWHERE}:{port.number}"


def receivers() -> Body:
    """``receivers``: OTLP by gRPC and by HTTP."""
    return {
        "otlp": {
            "protocols": {
                "grpc": {"endpoint": listener(OTLP_GRPC), "keepalive": _KEEPALIVE},
                "http": {"endpoint": listener(OTLP_HTTP)},
            }
        }
    }


def memory_limiter() -> Body:
    """Refuses spans from 60 % of the container's memory limit, and collects garbage from 80 %."""
    return {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}


def retry(seconds: int) -> Body:
    """Attempts that go on for ``seconds``, ever further apart."""
    return {
        "enabled": True,
        "initial_interval": "5s",
        "max_interval": "30s",
        "max_elapsed_time": f"{seconds}s",
    }


def queue(batches: int) -> Body:
    """Batches that wait while the other side does not answer; above it new ones are dropped."""
    return {
        "sizer": "requests",
        "queue_size": batches,
        "num_consumers": 10,
        # To block would hold up the receivers, and with them the services that are traced.
        "block_on_overflow": False,
    }


def telemetry() -> Body:
    """``service.telemetry``: metrics for Prometheus on all addresses, and logs as JSON.

    The three options of names are written out, since what they are by default has changed: so
    counters end in ``_total`` in every format of exposition, and units are in no name.
    """
    prometheus = {
        "host": _EVERYWHERE,
        "port": METRICS.number,
        "without_scope_info": True,
        "without_type_suffix": False,
        "without_units": True,
    }
    return {
        "metrics": {
            "level": "normal",
            "readers": [{"pull": {"exporter": {"prometheus": prometheus}}}],
        },
        "logs": {"level": "INFO", "encoding": "json"},
    }


def metrics(*more: Metric) -> Metrics:
    """Where the metrics are, and which."""
    return Metrics(port=METRICS.name, exposes=(*PIPELINE_METRICS, *more))


def memory_target(resources: Resources) -> str:
    """``GOMEMLIMIT``: 80 % of the limit in bytes, from which on garbage is collected harder.

    https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor#best-practices
    """
    limit = parse(resources.memory_limit or resources.memory)
    return str(int(limit * _SHARE_OF_MEMORY))


def probes(path: str, *, start_seconds: int) -> Probes:
    """Probes that ask the health extension; ``start_seconds`` is the longest start allowed.

    It answers 200 while an exporter fails, too: no restart of ours mends the other side.
    """
    check = HttpGet(path, port=HEALTH.name)
    return Probes(
        startup=Probe(check, period_seconds=5, failure_threshold=-(-start_seconds // 5)),
        readiness=Probe(check, period_seconds=5),
        liveness=Probe(check, timeout_seconds=5),
    )
