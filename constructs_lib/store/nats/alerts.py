"""What somebody has to know of NATS.

Metrics: https://github.com/nats-io/prometheus-nats-exporter (with ``-prefix=nats``), and the
kubelet's of volumes.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods, stateful_set_pods
from constructs_lib.store.engine import Place
from constructs_lib.store.quorum import majority
from constructs_lib.store.volume_alerts import claims_of, filling_soon, free_share


def alerts(place: Place, *, replicas: int, memory_limit: int) -> tuple[Alert, ...]:
    """What the exporter tells of the servers; ``memory_limit`` in bytes."""
    pods = stateful_set_pods(place.namespace, place.name)
    return (
        *_presence(place, pods, replicas),
        *(_cluster(place, pods, replicas) if replicas > 1 else ()),
        *_room(pods, memory_limit),
        *_clients(place, pods),
    )


def volume_alerts(place: Place) -> tuple[Alert, ...]:
    """What the kubelet tells of the volumes."""
    claims = claims_of(place.namespace, place.name)
    return (
        Alert(
            name="NatsVolumeFilling",
            expression=f"{free_share(claims)} < 0.08",
            severity="critical",
            summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }}"
            " left; when it is full, JetStream switches itself off.",
            action="Grow the claim, or lower max_file_store.",
        ),
        filling_soon("Nats", claims, consequence="JetStream switches itself off then"),
    )


def _answering(pods: str) -> str:
    return counted_pods(f"nats_varz_mem{{{pods}}}")


def _presence(place: Place, pods: str, replicas: int) -> tuple[Alert, ...]:
    return (
        Alert(
            name="NatsServersMissing",
            expression=f"{_answering(pods)} < {replicas}",
            severity="critical" if replicas == 1 else "warning",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {replicas} servers"
            " that answer.",
            action=f"Look at the pods: kubectl describe pods -n {place.namespace} -l"
            f" app.kubernetes.io/name={place.name}",
        ),
        Alert(
            name="NatsJetStreamDisabled",
            expression=f"nats_server_jetstream_disabled{{{pods}}} == 1",
            lasts="1m",
            severity="critical",
            summary="JetStream of {{ $labels.pod }} has switched itself off.",
            action="Most often the disk is full or does not answer: see the volume and the log.",
        ),
    )


def _cluster(place: Place, pods: str, replicas: int) -> tuple[Alert, ...]:
    return (
        Alert(
            name="NatsQuorumAtRisk",
            expression=f"{_answering(pods)} == {majority(replicas)}",
            lasts="30m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has only the {{{{ $value }}}} servers that"
            " a majority needs: with one more lost, streams take no messages.",
            action="Bring the missing one back now: kubectl describe pod, and NatsServersMissing.",
        ),
        Alert(
            name="NatsMetaLeaderMissing",
            expression=f'absent(nats_server_total_streams{{{pods}, is_meta_leader="true"}})',
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has no leader: no stream or consumer can be"
            " made or moved.",
            action="Fewer than half of the servers see each other: look at pods and routes.",
        ),
        Alert(
            name="NatsRoutesMissing",
            # Servers, not connections to them: there are several of these to each.
            expression=f"nats_varz_remotes{{{pods}}} < {replicas - 1}",
            summary="{{ $labels.pod }} is not connected to all other servers.",
            action="Look for 'route' in its log: names, network policy, password or certificate.",
        ),
        *_streams(pods),
    )


def _streams(pods: str) -> tuple[Alert, ...]:
    """What copies of a stream say of their leader, and how far they have come."""
    stream = "namespace, account, stream_name"

    def last(selector: str, labels: str = stream, before: str = "") -> str:
        return f"max by ({labels}) (nats_stream_last_seq{{{pods}, {selector}}}{before})"

    leaderless, led = last('stream_leader=""'), last('stream_leader!=""')
    # Not as many messages behind: what was just written is nowhere yet.
    before = last('is_stream_leader="true"', before=" offset 5m")
    copies = last('is_stream_leader="false"', f"pod, {stream}")
    return (
        Alert(
            name="NatsStreamLeaderMissing",
            # A server that is cut off knows of none; the others may.
            expression=f"{leaderless} unless {led}",
            lasts="2m",
            severity="critical",
            summary="Stream {{ $labels.stream_name }} of account {{ $labels.account }} has no"
            " leader: it takes no messages, and gives none.",
            action="Most of the servers with a copy of it are away: bring them back.",
        ),
        Alert(
            name="NatsStreamCopyBehind",
            expression=f"{before} - on ({stream}) group_right () {copies} > 0",
            lasts="10m",
            summary="The copy of stream {{ $labels.stream_name }} at {{ $labels.pod }} lacks"
            " {{ $value }} messages that its leader had five minutes ago.",
            action="Look at its routes, disk and log: with one more lost the stream may stop.",
        ),
    )


def _room(pods: str, memory_limit: int) -> tuple[Alert, ...]:
    stored = f"nats_server_total_message_bytes{{{pods}}} / nats_server_max_storage{{{pods}}}"
    return (
        Alert(
            name="NatsStorageFilling",
            expression=f"{stored} > 0.7",
            lasts="15m",
            summary="Streams of {{ $labels.pod }} take {{ $value | humanizePercentage }} of"
            " max_file_store; at 85 % of all servers', messages are refused.",
            action="Limit streams (max_bytes, max_age), or grow volume and max_file_store.",
        ),
        Alert(
            name="NatsMemoryHigh",
            expression=f"nats_varz_mem{{{pods}}} > {memory_limit * 9 // 10}",
            summary="{{ $labels.pod }} uses more than 90 % of its memory limit.",
            action="Raise the limit, or look for clients with many messages in flight.",
        ),
    )


def _clients(place: Place, pods: str) -> tuple[Alert, ...]:
    pending = f'nats_consumer_num_pending{{{pods}, is_consumer_leader="true"}}'
    moved = f'delta(nats_consumer_ack_floor_stream_seq{{{pods}, is_consumer_leader="true"}}[30m])'
    return (
        Alert(
            name="NatsSlowConsumers",
            expression=f"increase(nats_varz_slow_consumers{{{pods}}}[10m]) > 0",
            summary="{{ $labels.pod }} has cut off clients that did not keep up.",
            action=f"Find them in the log of {place.name}: 'Slow Consumer Detected'.",
        ),
        Alert(
            name="NatsConsumerStuck",
            expression=f"{pending} > 0 and {moved} == 0",
            lasts="15m",
            summary="Consumer {{ $labels.consumer_name }} of {{ $labels.stream_name }} has"
            " {{ $value }} messages before it and has acknowledged none for half an hour.",
            action="Look at the service that reads it.",
        ),
    )
