"""Whether pods reach others: what network policies of both sides say together."""

from collections.abc import Mapping
from typing import Any

from tests.apps.rendered import Document, Rendered, selects, template_of

_NAME = "kubernetes.io/metadata.name"


def connects(rendered: Rendered, client: Document, server: Document, port: int) -> bool:
    """Whether pods of ``client`` reach TCP ``port`` of pods of ``server``, both of them ours."""
    out = _open(rendered, client, server, port, ("egress", "to"))
    return out and _open(rendered, server, client, port, ("ingress", "from"))


def _open(
    rendered: Rendered, own: Document, other: Document, port: int, way: tuple[str, str]
) -> bool:
    direction, side = way
    policies = [
        policy
        for policy in rendered.policies(own)
        if direction.title() in policy["spec"]["policyTypes"]
    ]
    assert policies, f"nothing closes {own['metadata']}"
    return any(
        _covers(rule, port) and any(_is(policy, peer, other) for peer in rule.get(side, ()))
        for policy in policies
        for rule in policy["spec"].get(direction, ())
    )


def _covers(rule: Mapping[str, Any], port: int) -> bool:
    return any(
        item["protocol"] == "TCP" and item["port"] <= port <= item.get("endPort", item["port"])
        for item in rule.get("ports", ())
        if isinstance(item.get("port"), int)
    )


def _is(policy: Document, peer: Mapping[str, Any], pod: Document) -> bool:
    """Whether the pods of a workload are a peer; addresses are nobody's here."""
    if "ipBlock" in peer:
        return False
    places = peer.get("namespaceSelector", {}).get("matchLabels", {})
    place = places.get(_NAME, policy["metadata"]["namespace"])
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    here: bool = place == pod["metadata"]["namespace"]
    return here and selects(labels, template_of(pod)["metadata"]["labels"])
