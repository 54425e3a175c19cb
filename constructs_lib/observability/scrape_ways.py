"""Network policies by which Prometheus reaches what it scrapes, on both sides; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from constructs_lib.kube import network
from constructs_lib.kube.body import Body
from constructs_lib.kube.metadata import Owner, object_metadata
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.signals import Target
from constructs_lib.naming import NAME
from constructs_lib.refs import Peer, Pods, Port, Protocol


def ways_out(targets: Iterable[Target]) -> list[Traffic]:
    """What Prometheus connects to: the pods of each port that somebody is scraped at."""
    ways = [Traffic((target.pods,), ports=(target.port.number,)) for target in targets]
    return sorted(merged(ways), key=lambda way: way.ports)


def merged(ways: Iterable[Traffic]) -> tuple[Traffic, ...]:
    """The same ways, those of the same ports as one, with each peer once."""
    peers: dict[tuple[Protocol, tuple[int, ...]], list[Peer]] = {}
    for way in ways:
        found = peers.setdefault((way.protocol, way.ports), [])
        for peer in way.peers:
            if peer not in found:
                found.append(peer)
    return tuple(
        Traffic(tuple(found), protocol=protocol, ports=ports)
        for (protocol, ports), found in peers.items()
    )


def ways_in(
    owner: Owner, scraper: Pods, targets: Sequence[Target], known: Sequence[Peer]
) -> Iterator[tuple[str, Body]]:
    """A policy at each workload that lets ``scraper`` in, by its id.

    Workloads let the cluster's own scrapers (``known``) in themselves, so where ``scraper`` is one
    of those nothing is rendered.
    """
    if any(_covers(peer, scraper) for peer in known):
        return
    for first, ports in _by_pods(targets):
        place = first.pods
        name = _policy_name(owner, scraper, first)
        metadata = object_metadata(owner, name, workload=scraper.labels[NAME])
        metadata["namespace"] = place.namespace
        rule = network.from_peers([scraper], ports)
        policy = network.network_policy(metadata, place.labels, ingress=[rule])
        yield f"scrapes-{first.name.replace('/', '.')}", policy


def _by_pods(targets: Sequence[Target]) -> Iterator[tuple[Target, list[Port]]]:
    """The first target of the same pods, and the ports of all of them."""
    left = list(targets)
    while left:
        first = left[0]
        same = [target for target in left if target.pods == first.pods]
        left = [target for target in left if target.pods != first.pods]
        yield first, list(dict.fromkeys(target.port for target in same))


def _policy_name(owner: Owner, scraper: Pods, target: Target) -> str:
    """``prometheus-scrapes-redis``; elsewhere after its namespace, since two may scrape there.

    After the workload as the target calls it: its pods need no label with a name.
    """
    workload = target.name.split("/")[1]
    name = f"{scraper.labels[NAME]}-scrapes-{workload}"
    home = target.pods.namespace == owner.app_namespace
    return name if home else f"{owner.app_namespace}-{name}"


def _covers(peer: Peer, pods: Pods) -> bool:
    return (
        isinstance(peer, Pods)
        and peer.namespace == pods.namespace
        and peer.labels.items() <= pods.labels.items()
    )
