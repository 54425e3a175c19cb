"""A picture of who connects to whom, drawn from what was declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.chart import AppChart
from constructs_lib.refs import Binding, Endpoint, Pods
from constructs_lib.service.connections import Connections
from constructs_lib.service.pod_construct import PodConstruct

_ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class _Node:
    namespace: str
    name: str
    open: str = "["
    close: str = "]"

    @property
    def id(self) -> str:
        return f"{self.namespace}__{self.name}".replace("-", "_")

    def __str__(self) -> str:
        return f'{self.id}{self.open}"{self.name}"{self.close}'


def dependency_picture(*charts: AppChart) -> str:
    """A Mermaid flowchart of the workloads in ``charts``, and everything that they connect to.

    Services are boxes, stores cylinders, what is outside the cluster is round. Solid arrows are
    uses, dotted ones calls. The same charts give the same text.
    https://mermaid.js.org/syntax/flowchart.html
    """
    workloads = [item for chart in charts for item in chart.node.find_all()]
    nodes: dict[str, _Node] = {}
    edges: dict[str, None] = {}
    for item in workloads:
        if isinstance(item, PodConstruct):
            own = _Node(item.pods.namespace, item.name)
            nodes.setdefault(own.id, own)
            for node, arrow in _arrows(item.connections):
                if node.id not in nodes or node.open != "[":
                    nodes[node.id] = node
                edges[f"  {own.id} {arrow} {node.id}"] = None
    return "\n".join(["flowchart LR", *_groups(nodes), *edges, ""])


def _groups(nodes: dict[str, _Node]) -> Iterator[str]:
    """Nodes by namespace, in the order in which they were met."""
    for namespace in dict.fromkeys(node.namespace for node in nodes.values()):
        group = f"ns_{namespace.replace('-', '_')}"
        yield f'  subgraph {group}["{namespace}"]'
        yield from (f"    {node}" for node in nodes.values() if node.namespace == namespace)
        yield "  end"


def _arrows(connections: Connections) -> Iterator[tuple[_Node, str]]:
    for item in connections.uses:
        if isinstance(item, Binding):
            endpoint = item.endpoint
            store = _Node(endpoint.namespace, endpoint.service, "[(", ")]")
            who = f"|{item.user}|" if item.user else ""
            yield store if item.opens else _used(endpoint), f"-->{who}"
        else:
            yield _used(item), "-->"
    for call in connections.called:
        yield _Node(call.endpoint.namespace, call.endpoint.service), "-.->"


def _used(endpoint: Endpoint) -> _Node:
    if any(isinstance(peer, Pods) for peer in endpoint.peers):
        return _Node(endpoint.namespace, endpoint.service)
    return _Node(_ELSEWHERE, endpoint.service, "([", "])")
