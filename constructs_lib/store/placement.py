"""On which nodes the pods of a store's parts run."""

from __future__ import annotations

from constructs_lib.environment import Spread
from constructs_lib.kube.body import Body
from constructs_lib.kube.placement import HOSTNAME, Toleration, spread_bodies
from constructs_lib.kube.pods import Hosting
from constructs_lib.store.engine import Place
from constructs_lib.store.part import Once, Part, Proxies, Scheduled, Servers
from constructs_lib.store.props import StoreProps

_LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
"""Taints of a node that is not heard of any more."""

_PATIENCE_SECONDS = 30
"""How long proxies stay on such a node. Unsaid it is 300 s; they keep nothing that would be worth
waiting for."""


def hosting(part: Part, place: Place, props: StoreProps) -> Hosting:
    """Where the pods of ``part`` run, and what the node is told about them."""
    return Hosting(
        affinity=_affinity(part, place, props),
        node_selector=props.node_selector,
        tolerations=(*props.tolerations, *_impatience(part, props.tolerations)),
        priority_class=props.priority_class,
        image_pull_secrets=props.image_pull_secrets,
        dns_options=part.dns_options,
    )


def _impatience(part: Part, given: tuple[Toleration, ...]) -> tuple[Toleration, ...]:
    """Tolerations of proxies that are replaced soon; what somebody has given counts before them."""
    if not isinstance(part, Proxies):
        return ()
    held = {item.key for item in given if item.effect in (None, "NoExecute")}
    if None in held:
        return ()
    return tuple(
        Toleration(key=key, effect="NoExecute", seconds=_PATIENCE_SECONDS)
        for key in _LOST
        if key not in held
    )


def _affinity(part: Part, place: Place, props: StoreProps) -> Body:
    found = _spread(part, place, props)
    if isinstance(part, Servers):
        terms = _anti_affinity(found)
        # A single master has to come up in its volume's zone, beside a replica if need be.
        asked = props.spread or place.environment.store_spread
        spread: Spread = "off" if asked == "off" else "soft"
        for other in part.apart:
            theirs = spread_bodies(
                spread,
                (),
                place.pods(other).labels,
                place.environment.cluster,
                revisions=False,
            )
            for key, items in _anti_affinity(theirs).items():
                terms = {**terms, key: [*terms.get(key, []), *items]}
        if terms:
            found = {**found, "affinity": {"podAntiAffinity": terms}}
    return found


def _anti_affinity(placed: Body) -> Body:
    terms: Body = placed.get("affinity", {}).get("podAntiAffinity", {})
    return terms


def _spread(part: Part, place: Place, props: StoreProps) -> Body:
    match part:
        case Servers(replicas=1) | Proxies(replicas=1) | Once():
            return {}
        case Scheduled():
            return {} if part.beside is None else _beside(place, part.beside)
        case _:
            pass
    spread = props.spread or place.environment.store_spread
    cluster, labels = place.environment.cluster, place.pods(part.name).labels
    if not isinstance(part, Proxies):
        return spread_bodies(spread, props.topology_spread, labels, cluster, revisions=False)
    # Proxies find room again at once wherever there is some, in any zone. But a node that is lost
    # must not take all of them where that was asked for.
    found = spread_bodies("soft", props.topology_spread, labels, cluster, revisions=True)
    if spread == "hard":
        found["affinity"] = spread_bodies("hard", (), labels, cluster, revisions=True)["affinity"]
    return found


def _beside(place: Place, part: str) -> Body:
    term = {
        "labelSelector": {"matchLabels": dict(place.pods(part).labels)},
        "topologyKey": HOSTNAME,
    }
    return {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}
