"""What the exporter beside a NATS server tells of it.

https://github.com/nats-io/prometheus-nats-exporter/tree/v0.17.3/collector: numbers of the server's
monitor become ``nats_<endpoint>_<number>``, those of JetStream have names of their own. It exposes
all of them as gauges; those that only grow are counters here, since ``rate()`` is for them.
https://docs.nats.io/running-a-nats-service/nats_admin/monitoring says what they mean.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric, counter, gauge


def _counter(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return counter(f"nats_{name}", help, unit)


def _gauge(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return gauge(f"nats_{name}", help, unit)


_SERVER = (
    _gauge("varz_mem", "Memory of the server.", "bytes"),
    _gauge("varz_cpu", "Processor time, in percent of one core.", "percent"),
    _gauge("varz_cores", "Cores that it sees."),
    _gauge("varz_connections", "Connections of clients."),
    _gauge("varz_max_connections", "Most connections that it takes."),
    _counter("varz_total_connections", "Connections accepted."),
    _gauge("varz_subscriptions", "Subscriptions."),
    _counter("varz_in_msgs", "Messages received."),
    _counter("varz_out_msgs", "Messages sent."),
    _counter("varz_in_bytes", "Bytes received.", "bytes"),
    _counter("varz_out_bytes", "Bytes sent.", "bytes"),
    _counter("varz_slow_consumers", "Clients cut off because they did not keep up."),
    _counter("varz_stale_connections", "Connections ended because nobody answered."),
    _gauge("varz_routes", "Connections to other servers."),
    _gauge("varz_remotes", "Other servers that it is connected to."),
    _gauge("connz_num_connections", "Connections listed by the monitor."),
    _gauge("connz_pending_bytes", "Bytes that wait to be sent to clients.", "bytes"),
    _gauge("routez_num_routes", "Connections to other servers, listed by the monitor."),
    _gauge("subsz_num_subscriptions", "Subscriptions, listed by the monitor."),
)

_JETSTREAM = (
    _gauge("server_jetstream_disabled", "1 where JetStream is switched off."),
    _gauge("server_total_streams", "Streams; with the leader of all as a label."),
    _gauge("server_total_consumers", "Consumers."),
    _gauge("server_total_messages", "Messages kept."),
    _gauge("server_total_message_bytes", "Their size.", "bytes"),
    _gauge("server_max_memory", "Most that may be kept in memory.", "bytes"),
    _gauge("server_max_storage", "Most that may be kept on disk.", "bytes"),
    _gauge(
        "stream_total_messages",
        "Messages, by stream.",
    ),
    _gauge("stream_total_bytes", "Their size, by stream.", "bytes"),
    _counter("stream_first_seq", "Number of the oldest message, by stream."),
    _counter("stream_last_seq", "Number of the newest message, by stream."),
    _gauge("stream_consumer_count", "Consumers, by stream."),
    _counter("consumer_delivered_stream_seq", "Number of the last message delivered."),
    _counter("consumer_delivered_consumer_seq", "Deliveries, by consumer."),
    _gauge("consumer_num_ack_pending", "Messages delivered and not acknowledged."),
    _gauge("consumer_num_redelivered", "Messages delivered again."),
    _gauge("consumer_num_waiting", "Requests for messages that wait."),
    _gauge("consumer_num_pending", "Messages not delivered yet."),
    _counter("consumer_ack_floor_stream_seq", "Number up to which all are acknowledged."),
    _counter("consumer_ack_floor_consumer_seq", "Delivery up to which all are acknowledged."),
)

EXPORTER = (*_SERVER, *_JETSTREAM)
"""Metrics of the NATS exporter, as far as alerts and dashboards may name them.

It has none of certificates: those of NATS over TLS are watched where they are made, see
``docs/runbooks/nats.md``.
"""
