"""What a chart tells of its cluster and its constructs that no rendered object shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from constructs import IConstruct

from constructs_lib.chart import AppChart
from constructs_lib.kube.network import Traffic
from constructs_lib.refs import Peer, Pods
from constructs_lib.rules import Known
from constructs_lib.rules.uses import Membership, PoolUse
from constructs_lib.secrets import AppSecret
from constructs_lib.service.connections import Connections
from constructs_lib.service.consumers import Consumer, KafkaConsumer
from constructs_lib.service.pod_construct import PodConstruct


def known_of(chart: AppChart, constructs: Iterable[IConstruct]) -> Known:
    """What the cluster of ``chart`` has, which Secrets exist, and how workloads connect."""
    cluster = chart.environment.cluster
    every = list(constructs)
    existing = {
        f"Secret {chart.app_namespace}/{item.secret_name}": tuple(item.keys())
        for item in every
        if isinstance(item, AppSecret) and not item.node.children
    }
    workloads = [item for item in every if isinstance(item, PodConstruct)]
    return Known(
        storage_classes=frozenset({cluster.storage_class}),
        priority_classes=cluster.priority_classes,
        ingress_classes=frozenset(filter(None, (cluster.ingress_class,))),
        gateway_classes=frozenset(filter(None, (cluster.gateway_class,))),
        objects=existing,
        pools=tuple(use for item in workloads for use in _pools(item)),
        members=tuple(member for item in workloads for member in _members(item)),
    )


def _pools(workload: PodConstruct[Any]) -> Iterator[PoolUse]:
    """Pools of a workload to stores that expect a number of pods."""
    for item in workload.connections.bindings:
        if item.pods is not None or item.surge is not None:
            yield PoolUse(
                workload=workload.title,
                store=f"Service {item.endpoint.namespace}/{item.endpoint.service}",
                client=item.client or item.user or "its clients",
                pool=item.pool,
                pods=item.pods,
                surge=item.surge,
            )


def _members(workload: PodConstruct[Any]) -> Iterator[Membership]:
    """Consumer groups that the pods of a workload are in."""
    for consumer in workload.connections.consumes:
        yield Membership(
            workload=workload.title,
            kind="Kafka" if isinstance(consumer, KafkaConsumer) else "NATS",
            group=consumer.group,
            reads=consumer.reads,
            broker=_broker(consumer, workload.connections),
            shared=consumer.shared,
        )


def _broker(consumer: Consumer, connections: Connections) -> frozenset[tuple[str, int]]:
    """The one that it reads from, by who answers: each app has a name of its own for one outside.

    Empty where several may be the broker and the consumer names none: to take one that it is not
    would refuse what is right.
    """
    brokers = connections.brokers if consumer.broker is None else (consumer.broker,)
    ways = [Traffic(item.peers, ports=(item.port.number,)) for item in brokers]
    # What else is open is a broker only where nothing in ``uses`` can be.
    found = {
        frozenset((place, number) for place in _places(way.peers) for number in way.ports)
        for way in ways or connections.egress
    }
    return found.pop() if len(found) == 1 else frozenset()


def _places(peers: Iterable[Peer]) -> Iterator[str]:
    """Pods, and ranges of addresses; one with holes, or of all addresses, tells of no broker."""
    for peer in peers:
        if isinstance(peer, Pods):
            labels = ",".join(f"{name}={text}" for name, text in sorted(peer.labels.items()))
            yield f"pods {labels} in {peer.namespace}"
        elif not peer.excluding:
            yield from (block for block in peer.blocks if not block.endswith("/0"))
