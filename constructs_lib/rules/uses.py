"""What workloads say of their connections, since no rendered object does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PoolUse:
    """A pool of connections that each pod of a workload has to a store."""

    workload: str
    """Whose pods, as findings write it: ``Deployment shop/api``."""

    store: str
    """Where to, as findings write it: ``Service data/postgres``."""

    client: str
    """As whom the store counts it: the name of a login or of a client."""

    pool: int | None = None
    """Most connections of one pod. Default None: nobody says."""

    pods: int | None = None
    """Most pods that the store expects of the client, rollouts aside. Default None: any number."""

    surge: int | None = None
    """Most pods that it expects rollouts to add. Default None: any number."""


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A workload whose pods are members of a consumer group."""

    workload: str
    """Whose pods, as findings write it: ``Deployment shop/api``."""

    kind: str
    """The kind of broker: ``Kafka`` or ``NATS``."""

    group: str
    """Name of the group."""

    reads: tuple[str, ...]
    """Topics, or subjects with their wildcards, that it reads."""

    broker: frozenset[tuple[str, int]]
    """Who answers for the broker, pods or a range of addresses, and at which port, each written in
    the same way by all members; empty where nobody can tell."""

    shared: bool = False
    """Whether it says that other workloads are members too. Default False."""
