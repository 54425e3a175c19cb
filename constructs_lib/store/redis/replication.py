"""What Redis engines with replicas share.

https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from constructs_lib.errors import Problem
from constructs_lib.quantity import memory_problems

BACKLOG = "16Mi"
REPLICA_BUFFER = "32Mi"


class Replicating(Protocol):
    """Fields of an engine with replicas."""

    @property
    def min_replicas_to_write(self) -> int:
        """Replicas that have to be in step for writes."""

    @property
    def max_lag_seconds(self) -> int:
        """How long a replica may be silent."""

    @property
    def replication_backlog(self) -> str:
        """What a replica may miss."""

    @property
    def replica_buffer(self) -> str:
        """What may wait for a replica."""


def replication_problems(engine: Replicating, *, replicas: int) -> Iterator[Problem]:
    """Whether as many replicas can be in step as writes ask for."""
    wanted = engine.min_replicas_to_write
    if wanted < 0:
        yield Problem("min_replicas_to_write", wanted, "is negative", "use 0 or more")
    elif wanted > replicas:
        why = f"is more than the {replicas} replicas there are, so that nobody ever writes"
        yield Problem("min_replicas_to_write", wanted, why, f"use at most {replicas}")
    if engine.max_lag_seconds < 2:  # noqa: PLR2004
        why = "is no longer than the second from one report of a replica to the next"
        yield Problem("max_lag_seconds", engine.max_lag_seconds, why, "use 2 or more")
    for name in ("replication_backlog", "replica_buffer"):
        yield from memory_problems(name, getattr(engine, name), example="16Mi")
