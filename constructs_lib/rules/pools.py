"""Workloads that connect as one client are together no more pods than the store expects of it.

A store has bounded its clients' connections by pods and pools, and each workload alone is held to
that where it is built. Only here all workloads that share a login or a client are seen together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from constructs_lib.rules.counts import most_of
from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.uses import PoolUse

SUM = "pools/sum"
NAMES = (SUM,)


class _Share(NamedTuple):
    """What one workload has of a client's pods."""

    use: PoolUse
    most: int
    added: int
    """By a rollout, at the most."""


def sums(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each client of a store that has more pods, or more in a rollout, than promised.

    Pods that are ending are not counted, as they are not in the store's own sum.
    """
    fleet = Fleet.of(manifests)
    owners = {described(pod.owner): pod.owner for pod in fleet.pods}
    clients: dict[tuple[str, str], list[_Share]] = defaultdict(list)
    for use in fleet.known.pools:
        if use.workload in owners:
            share = _Share(use, *most_of(fleet, owners[use.workload]))
            clients[use.store, use.client].append(share)
    return [
        Finding(SUM, store, message, fix)
        for (store, client), shares in clients.items()
        for message, fix in _exceeded(client, shares)
    ]


def _exceeded(client: str, shares: Sequence[_Share]) -> Iterator[tuple[str, str]]:
    """What is wrong with a client's pods, and with those of its rollouts, and what to do."""
    pools = [share.use.pool for share in shares if share.use.pool is not None]
    each = f" of {max(pools)} connections each" if pools else ""
    apart = "give each workload a login or client of its own"
    pods = [share.use.pods for share in shares if share.use.pods is not None]
    most = sum(share.most for share in shares)
    if pods and most > min(pods):
        terms = " + ".join(f"{share.use.workload} {share.most}" for share in shares)
        yield (
            f"expects {_counted(min(pods))}{each} of {client}, and there can be {terms} = {most}",
            f"let the store expect pods={most}, {apart}, or run fewer",
        )
    surges = [share.use.surge for share in shares if share.use.surge is not None]
    added = sum(share.added for share in shares)
    if surges and added > min(surges):
        terms = " + ".join(f"{share.use.workload} {share.added}" for share in shares)
        expected = f"expects rollouts to add {_counted(min(surges))}{each} of {client}"
        yield (
            f"{expected}, and they can add {terms} = {added}",
            f"let the store expect surge={added}, {apart}, or roll with a smaller max_surge",
        )


def _counted(pods: int) -> str:
    return f"{pods} pod" if pods == 1 else f"{pods} pods"
