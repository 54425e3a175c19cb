"""Which kinds of pods mean which others, worked out once for all placing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.placement.claims import Claim, Tie
from constructs_lib.placement.kinds import PodKind, Spread
from constructs_lib.placement.nodes import HOSTNAME
from constructs_lib.placement.selectors import Labels, selects
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping

Kinds = frozenset[PodKind]

_NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, eq=False)
class Relations:
    """What each kind of pods has to do with the others."""

    attracting: Mapping[PodKind, Kinds]
    """Kinds that fulfil all terms of its pod affinity; no entry for a kind that has none."""

    excluded: Mapping[PodKind, tuple[tuple[str, Kinds], ...]]
    """By each term of its anti-affinity: the label's key, and the kinds it keeps away from."""

    excluding: Mapping[PodKind, tuple[tuple[str, PodKind], ...]]
    """Label's key and kind of those whose anti-affinity keeps away from it."""

    spreads: Mapping[PodKind, tuple[tuple[Spread, Kinds], ...]]
    """Its spread constraints, and the kinds that each counts."""

    keys: frozenset[str]
    """Keys of node labels over which anything is near or far."""

    ties: Mapping[str, Tie]
    """How claims, by ``namespace/name``, or by what the names of a template's begin with, tie the
    pods that mount them."""

    def tie(self, claim: str) -> Tie:
        """How ``claim`` ties its pods; one that nothing renders ties none."""
        return self.ties.get(claim) or self.ties.get(claim.rstrip("0123456789")) or "none"


def relations(
    kinds: Sequence[PodKind], claims: Sequence[Claim], namespaces: Mapping[str, Labels]
) -> Relations:
    """The relations among ``kinds``; ``namespaces`` are the labels of each."""
    excluded = {
        kind: tuple(
            (term.key, frozenset(other for other in kinds if term.means(other, namespaces)))
            for term in kind.anti_affinity
        )
        for kind in kinds
    }
    excluding: dict[PodKind, list[tuple[str, PodKind]]] = {}
    for kind, terms in excluded.items():
        for key, others in terms:
            for other in others:
                excluding.setdefault(other, []).append((key, kind))
    return Relations(
        attracting={
            kind: frozenset(
                other
                for other in kinds
                if all(term.means(other, namespaces) for term in kind.affinity)
            )
            for kind in kinds
            if kind.affinity
        },
        excluded=excluded,
        excluding={kind: tuple(found) for kind, found in excluding.items()},
        spreads={kind: _spreads(kind, kinds) for kind in kinds},
        keys=_keys(kinds),
        ties={claim.name: claim.tie for claim in claims},
    )


def _spreads(kind: PodKind, kinds: Sequence[PodKind]) -> tuple[tuple[Spread, Kinds], ...]:
    return tuple(
        (
            spread,
            frozenset(
                other
                for other in kinds
                if other.namespace == kind.namespace and selects(spread.selector, other.labels)
            ),
        )
        for spread in kind.spreads
    )


def _keys(kinds: Sequence[PodKind]) -> frozenset[str]:
    near = (term.key for kind in kinds for term in (*kind.affinity, *kind.anti_affinity))
    return frozenset((HOSTNAME, *near))


def namespace_labels(objects: Sequence[Manifest]) -> dict[str, Labels]:
    """The labels of every namespace that ``objects`` make or are in."""
    found: dict[str, Labels] = {}
    for item in objects:
        metadata = item.get("metadata") or {}
        if item.get("kind") == "Namespace":
            name = str(metadata.get("name"))
            found[name] = {**mapping(metadata.get("labels")), _NAMESPACE_NAME: name}
        else:
            name = str(metadata.get("namespace") or "default")
            found.setdefault(name, {_NAMESPACE_NAME: name})
    return found
