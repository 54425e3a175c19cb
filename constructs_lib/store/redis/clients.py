"""Who connects to a Redis server, and with how many connections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.values import Value

OWN_CONNECTIONS = 50
"""Connections that no client can have: of replicas, of Sentinels, each with two, of the exporter,
of health checks and backups. A proxy takes as many as its servers do, and needs some of these for
the questions that it asks itself and for metrics."""


class RedisClient(Value):
    """A workload that connects, and the bound that it keeps by itself: Redis knows none by client.

    ``store.client("<name>")`` is what it gets, with ``REDIS_POOL_SIZE`` among its variables.
    """

    name: str = field(kw_only=False)
    """What the binding is asked for by; nothing is rendered of it. Two clients need two names, such
    as ``shop/orders`` and ``billing/orders``."""

    pool: int = 10
    """Most connections that one pod opens, those for reads among them. Default 10."""

    pods: int = 2
    """Most pods of it, rollouts aside. Default 2."""

    surge: int = 1
    """Pods that a rollout adds to those at the most. Default 1; 0 for a workload that rolls with
    ``max_surge=0``."""

    @property
    def connections(self) -> int:
        """Connections when every pool is full."""
        return self.pool * (self.pods + self.surge)

    def problems(self) -> Iterator[Problem]:
        """A name and numbers."""
        if self.name in ("", "default"):
            fix = "name the workload: 'shop/orders'"
            yield Problem("name", self.name, "is no name of a client", fix)
        for where, least in (("pool", 1), ("pods", 1), ("surge", 0)):
            if getattr(self, where) < least:
                why = "connects nobody" if least else "is negative"
                yield Problem(where, getattr(self, where), why, f"use {least} or more")


def client_problems(max_clients: int, clients: tuple[RedisClient, ...]) -> Iterator[Problem]:
    """Whether every pool can be full at the same time, through a single proxy too."""
    names = [client.name for client in clients]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Problem("clients", name, "is declared twice", "declare it once")
    promised = sum(client.connections for client in clients)
    left = max_clients - OWN_CONNECTIONS
    if not clients or promised <= left:
        return
    sums = [f"{item.name} {item.pool} x ({item.pods} + {item.surge})" for item in clients]
    why = (
        f"leaves {max_clients} - {OWN_CONNECTIONS} of the store itself = {left}, and clients are "
        f"promised {' + '.join(sums)} = {promised}, each with the pods that a rollout adds"
    )
    fix = (
        f"use {promised + OWN_CONNECTIONS} or more, with 16Ki of the memory limit for each, or "
        f"smaller pools"
    )
    yield Problem("max_clients", max_clients, why, fix)
