"""Whose namespace it is, so that alerts about what runs there reach the owner; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from constructs_lib.kube.signals import Signals
from constructs_lib.observability.scrape import pod_targets

Owners = Mapping[str, tuple[str, ...]]
"""Namespaces by team, both sorted."""


def owners_of(signals: Sequence[Signals], *, home: str, team: str) -> Owners:
    """The namespaces of ``signals``, and ``home``, by who is called.

    A namespace that several teams share is called the one's that tells most of it, and of those
    that tell as much the first one's by name. ``home``, the stack's own, is ``team``'s unless
    others are watched there.
    """
    found: dict[str, Counter[str]] = {}
    for item in signals:
        scraped = {target.pods.namespace for target in pod_targets([item])}
        for namespace in {item.namespace, *scraped}:
            found.setdefault(namespace, Counter())[item.team] += 1
    found.setdefault(home, Counter([team]))
    owned: dict[str, list[str]] = {}
    for namespace in sorted(found):
        counted = found[namespace]
        owner = min(counted, key=lambda name: (-counted[name], name))
        owned.setdefault(owner, []).append(namespace)
    return {owner: tuple(owned[owner]) for owner in sorted(owned)}
