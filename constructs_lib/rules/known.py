"""What a cluster has besides what is rendered, as far as somebody says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from constructs_lib.rules.uses import Membership, PoolUse

Classes = frozenset[str] | None
"""Names of cluster-wide classes; None where nobody says which there are."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a cluster has besides what is rendered.

    A reference to something that is neither rendered nor listed here is a finding. Of classes that
    are None nothing is known, so no reference to one is judged.
    """

    storage_classes: Classes = None
    """StorageClasses of the cluster. Default None."""

    priority_classes: Classes = None
    """PriorityClasses of the cluster, besides the two that every cluster has. Default None."""

    ingress_classes: Classes = None
    """IngressClasses of the cluster. Default None."""

    gateway_classes: Classes = None
    """GatewayClasses of the cluster. Default None."""

    objects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Objects that others make, written as findings write them, and the keys of those that have
    some: ``{"Secret shop/db": ("DATABASE_URL",), "Namespace shared": ()}``. No keys stands for any.
    Default none."""

    pods: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    """Labels of pods that are not in this synth, by namespace: those that operators start,
    ``{"shop": ({"cnpg.io/cluster": "db"},)}``, and those of other repositories' apps that an app
    here calls. Their namespaces count as there. Default none."""

    pools: tuple[PoolUse, ...] = ()
    """Pools of connections to stores that expect a number of pods; constructs tell of theirs.
    Default none."""

    members: tuple[Membership, ...] = ()
    """Who is in which consumer group; constructs tell of theirs. Default none."""

    scraped_elsewhere: frozenset[str] = frozenset()
    """Workloads, or whole namespaces, that ask to be scraped and are by a Prometheus that is not in
    this synth, as findings write them: ``{"Deployment shared/api", "Namespace shared"}``. Default
    none."""

    def joined(self, other: Known) -> Known:
        """What either of the two has."""
        return Known(
            storage_classes=_either(self.storage_classes, other.storage_classes),
            priority_classes=_either(self.priority_classes, other.priority_classes),
            ingress_classes=_either(self.ingress_classes, other.ingress_classes),
            gateway_classes=_either(self.gateway_classes, other.gateway_classes),
            pods={
                name: (*self.pods.get(name, ()), *other.pods.get(name, ()))
                for name in {**self.pods, **other.pods}
            },
            objects={**self.objects, **other.objects},
            pools=(*self.pools, *other.pools),
            members=(*self.members, *other.members),
            scraped_elsewhere=self.scraped_elsewhere | other.scraped_elsewhere,
        )

    def named(self, kind: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Namespace, name and keys of each listed object of ``kind``."""
        for title, keys in self.objects.items():
            of_kind, _, place = title.partition(" ")
            if of_kind == kind:
                namespace, _, name = place.rpartition("/")
                yield namespace, name, keys


def _either(one: Classes, other: Classes) -> Classes:
    if one is None or other is None:
        return one if other is None else other
    return one | other
