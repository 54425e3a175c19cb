"""Whether what is rendered fits the cluster at hand: the address of its API server, and its nodes.

Everything may be accepted there and still not work: policies that were rendered for another cluster
cut pods off from the API server, and pods that no node takes stay pending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constructs_lib.cli.context import Flavour
from constructs_lib.cli.kubectl import Kubectl, items
from constructs_lib.cli.reach import Address, cut_off
from constructs_lib.placement.amounts import amounts
from constructs_lib.placement.nodes import Pool, Taint
from constructs_lib.placement.scene import scene
from constructs_lib.placement.simulation import simulate
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import entries, listed, mapping, value_at

_SLICES = (
    *("get", "endpointslices.discovery.k8s.io", "--namespace", "default"),
    *("--selector", "kubernetes.io/service-name=kubernetes"),
)
_SHOWN = 3
_KUBELETS_OWN = "node.kubernetes.io/"


def differences(
    kubectl: Kubectl, manifests: Sequence[Manifest], flavour: Flavour | None
) -> Iterator[str]:
    """What ``manifests`` take for granted and the cluster has not, a line for each.

    Raises ``CommandError`` where the cluster does not answer, or refuses to.
    """
    yield from _of_api_server(manifests, items(kubectl.read(*_SLICES)), flavour)
    yield from _of_nodes(manifests, items(kubectl.read("get", "nodes")))


def addresses(slices: Sequence[Mapping[str, Any]]) -> list[Address]:
    """Where the API server answers, from the EndpointSlices of the Service ``kubernetes``."""
    return [
        Address(str(address), int(port["port"]))
        for body in slices
        for endpoint in entries(body, "endpoints")
        for address in listed(endpoint, "addresses")
        for port in entries(body, "ports")
    ]


def _of_api_server(
    manifests: Sequence[Manifest], slices: Sequence[Manifest], flavour: Flavour | None
) -> Iterator[str]:
    servers = addresses(slices)
    lost = cut_off(manifests, servers)
    if not lost:
        return
    at = ", ".join(map(str, servers))
    names = ", ".join(one.name for one in lost[:_SHOWN])
    more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    allowed = sorted({text for one in lost for text in one.allowed})
    instead = f"; they allow {', '.join(allowed)}" if allowed else ""
    yield (
        f"the API server of this cluster answers at {at}, and the rendered policies do not let "
        f"those reach it that need it: {names}{more}{instead}. Render for this cluster: "
        f"{_rendering(servers, flavour)}"
    )


def _rendering(servers: Sequence[Address], flavour: Flavour | None) -> str:
    blocks = "".join(f'"{one.block}", ' for one in servers).strip()
    written = f"ApiServer(addresses=Cidrs(({blocks})), port={servers[0].port})"
    known = f'`LOCAL = local("{flavour}")` in apps/environments.py, or ' if flavour else ""
    return f"{known}`api_server={written}` in your Cluster, then `cdk8s synth`"


def _of_nodes(manifests: Sequence[Manifest], nodes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    pools = tuple(
        _pool(body)
        for body in nodes
        if value_at(body, "status.allocatable") and not value_at(body, "spec.unschedulable")
    )
    if not pools:
        return
    count = "1 node" if len(pools) == 1 else f"{len(pools)} nodes"
    # A quota refuses the same everywhere.
    unbound = [body for body in manifests if body.get("kind") != "ResourceQuota"]
    for found in simulate(scene(unbound, pools)).findings:
        yield f"on the {count} of this cluster {found.object} finds no place: {found.message}"


def _pool(node: Mapping[str, Any]) -> Pool:
    """A node as a pool of one."""
    return Pool(
        name=str(value_at(node, "metadata.name")),
        count=1,
        most=1,
        allocatable=amounts(value_at(node, "status.allocatable")),
        labels={str(k): str(v) for k, v in mapping(value_at(node, "metadata.labels")).items()},
        taints=tuple(
            Taint(str(one["key"]), str(one.get("value") or ""), str(one["effect"]))
            for one in entries(node, "spec.taints")
            # These come and go with what ails a node.
            if not str(one["key"]).startswith(_KUBELETS_OWN)
        ),
    )
