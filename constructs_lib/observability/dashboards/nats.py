"""Dashboard of NATS servers.

Metrics: https://github.com/nats-io/prometheus-nats-exporter
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.dashboards.panels import Row, figure, graph, per_second, rate
from constructs_lib.observability.dashboards.pods import (
    backups,
    claims_of,
    pods,
    present,
    scraped,
    selected,
    volumes,
)


def nats(signals: Signals) -> Iterator[Row]:
    """Health, messages, streams, consumers, volumes, backups, pods."""
    at = selected(signals)
    yield _health(signals, at)
    yield _messages(at)
    yield _streams(at)
    yield _consumers(at)
    yield volumes(claims_of(signals))
    yield backups(signals)
    yield pods(at)


def _health(signals: Signals, at: str) -> Row:
    stored = f"nats_server_total_message_bytes{{{at}}} / (nats_server_max_storage{{{at}}} > 0)"
    led = f'count(nats_server_total_streams{{{at}, is_meta_leader="true"}}) or vector(0)'
    return Row(
        title="Health",
        panels=(
            present("Servers that answer", signals, "nats_varz_mem", counted=True),
            figure(
                "Leaders of JetStream",
                led,
                floor=1,
                ceiling=2,
                help="Without one, no stream or consumer can be made.",
            ),
            figure(
                "JetStream switched off",
                f"sum(nats_server_jetstream_disabled{{{at}}})",
                ceiling=1,
                help="Servers that did so by themselves: most often the disk is full.",
            ),
            figure("Storage in use", f"max({stored})", unit="percentunit", ceiling=0.7),
            figure("Connections", f"sum(nats_varz_connections{{{at}}})"),
            *scraped(signals),
        ),
    )


def _messages(at: str) -> Row:
    # The exporter calls them gauges; they only grow.
    return Row(
        title="Messages and clients",
        panels=(
            graph(
                "Messages",
                (rate("nats_varz_in_msgs", at, "pod"), "{{pod}} in"),
                (rate("nats_varz_out_msgs", at, "pod"), "{{pod}} out"),
                unit="mps",
            ),
            graph(
                "Traffic",
                (rate("nats_varz_in_bytes", at, "pod"), "{{pod}} in"),
                (rate("nats_varz_out_bytes", at, "pod"), "{{pod}} out"),
                unit=per_second("bytes"),
            ),
            graph("Connections", (f"nats_varz_connections{{{at}}}", "{{pod}}"), stacked=True),
            graph("Subscriptions", (f"nats_varz_subscriptions{{{at}}}", "{{pod}}")),
            graph(
                "Clients cut off",
                (f"sum by (pod) (increase(nats_varz_slow_consumers{{{at}}}[10m]))", "{{pod}}"),
                help="Those that did not keep up, within 10 minutes.",
            ),
            graph(
                "Servers that a server sees",
                (f"nats_varz_remotes{{{at}}}", "{{pod}}"),
            ),
        ),
    )


def _streams(at: str) -> Row:
    leader = f'{at}, is_stream_leader="true"'
    by = "account, stream_name"
    name = "{{stream_name}}"
    return Row(
        title="Streams",
        panels=(
            graph(
                "Messages stored",
                (f"topk(10, sum by ({by}) (nats_stream_total_messages{{{leader}}}))", name),
            ),
            graph(
                "Bytes stored",
                (f"topk(10, sum by ({by}) (nats_stream_total_bytes{{{leader}}}))", name),
                unit="bytes",
            ),
            graph(
                "Messages taken",
                (
                    f"topk(10, {rate('nats_stream_last_seq', leader, 'account', 'stream_name')})",
                    name,
                ),
                unit="mps",
            ),
            graph(
                "Storage",
                (f"nats_server_total_message_bytes{{{at}}}", "{{pod}}"),
                (f"min(nats_server_max_storage{{{at}}})", "max_file_store"),
                unit="bytes",
            ),
        ),
    )


def _consumers(at: str) -> Row:
    leader = f'{at}, is_consumer_leader="true"'
    by = "account, stream_name, consumer_name"
    name = "{{consumer_name}} of {{stream_name}}"

    def most(metric: str) -> tuple[str, str]:
        return f"topk(10, sum by ({by}) ({metric}{{{leader}}}))", name

    return Row(
        title="Consumers",
        panels=(
            graph(
                "Messages not yet delivered",
                most("nats_consumer_num_pending"),
                help="Those that still lie before a consumer.",
            ),
            graph("Messages not yet acknowledged", most("nats_consumer_num_ack_pending")),
            graph("Messages delivered again", most("nats_consumer_num_redelivered")),
        ),
    )
