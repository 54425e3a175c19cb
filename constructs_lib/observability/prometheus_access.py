"""What Prometheus may ask the API server, and whom it reaches; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs_lib.kube.body import Body
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.discovery import (
    PODS,
    cluster_roles,
    reading_roles,
    searched_namespaces,
)
from constructs_lib.observability.nodes import RULES, NodeMetrics
from constructs_lib.observability.remote_write import RemoteWrite
from constructs_lib.observability.scrape import pod_targets
from constructs_lib.observability.scrape_ways import merged, ways_in, ways_out
from constructs_lib.refs import Binding
from constructs_lib.store.engine import Place


def access_objects(
    place: Place, known: Sequence[Signals], nodes: NodeMetrics | None
) -> Iterator[tuple[str, Body]]:
    """Roles in watched namespaces, and policies that let it in at those it scrapes, by id."""
    owner = place.owner
    yield from reading_roles(owner, place.name, searched_namespaces(known), PODS)
    if nodes is not None:
        yield from cluster_roles(owner, place.name, RULES)
    # Policies at cert-manager's pods are its owner's: the first one would shut others out.
    let_in = [item for item in known if item.kind != "cert-manager"]
    watched = [target for target in pod_targets(let_in) if target.pods != place.pods()]
    yield from ways_in(owner, place.pods(), watched, place.environment.cluster.scrapers)


def reached(
    known: Sequence[Signals],
    *,
    nodes: NodeMetrics | None,
    alertmanager: Binding | None,
    remote_write: Sequence[RemoteWrite],
) -> tuple[Traffic, ...]:
    """Everything that it connects to, besides DNS and the API server."""
    ways = ways_out(pod_targets(known))
    if nodes is not None:
        ways.append(nodes.traffic)
    if alertmanager is not None:
        endpoint = alertmanager.endpoint
        ways.append(Traffic(endpoint.peers, ports=(endpoint.port.number,)))
    return merged([*ways, *(item.traffic for item in remote_write)])
