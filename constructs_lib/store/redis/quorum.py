"""The arithmetic of Sentinels that decide: in time, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from constructs_lib.errors import Problem
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.store.quorum import majority, quorum_problems

_LEAST_HAND_OVER = 5


class Deciding(Protocol):
    """Fields of an engine with Sentinels."""

    @property
    def replicas(self) -> int:
        """Pods with a Sentinel."""

    @property
    def quorum(self) -> int | None:
        """Sentinels that decide."""

    @property
    def min_replicas_to_write(self) -> int:
        """Replicas that have to be in step for writes."""

    @property
    def max_lag_seconds(self) -> int:
        """How long a replica may be silent."""

    @property
    def down_after_seconds(self) -> int:
        """How long the master may be silent."""

    @property
    def failover_timeout_seconds(self) -> int:
        """How long a step of a failover may take."""

    @property
    def shutdown(self) -> Shutdown:
        """How pods stop."""


def failover_problems(engine: Deciding) -> Iterator[Problem]:
    """Whether a loss can be decided upon, by a majority, before what it costs grows."""
    yield from quorum_problems("replicas", engine.replicas, fewest=3, most=7)
    yield from _quorum_problems(engine)
    yield from _fence_problems(engine)
    if engine.failover_timeout_seconds < engine.down_after_seconds:
        why = f"is over before the {engine.down_after_seconds} s of down_after_seconds"
        fix = f"use {engine.down_after_seconds} or more"
        yield Problem("failover_timeout_seconds", engine.failover_timeout_seconds, why, fix)
    if engine.shutdown.drain_seconds < _LEAST_HAND_OVER:
        why = "is less than it takes to hand over: 1 s for the replicas, 4 s for the Sentinels"
        fix = f"use {_LEAST_HAND_OVER} or more"
        yield Problem("shutdown.drain_seconds", engine.shutdown.drain_seconds, why, fix)


def _quorum_problems(engine: Deciding) -> Iterator[Problem]:
    if engine.quorum is None:
        return
    count, least = engine.replicas, majority(engine.replicas)
    if engine.quorum < least:
        why = (
            f"is no majority of {count}: 2 x {engine.quorum} <= {count}, so that two masters could "
            "be named at once"
        )
        yield Problem("quorum", engine.quorum, why, f"use {least}, or leave it out")
    elif engine.quorum > least:
        why = (
            f"outlives the loss of {max(count - engine.quorum, 0)} of {count} only, where a "
            f"majority of {least} outlives that of {count - least}"
        )
        yield Problem("quorum", engine.quorum, why, f"use {least}, or leave it out")


def _fence_problems(engine: Deciding) -> Iterator[Problem]:
    wanted, others = engine.min_replicas_to_write, engine.replicas - 1
    if wanted == 0:
        why = "lets a master that is cut off acknowledge writes for ever that are lost afterwards"
        yield Problem("min_replicas_to_write", wanted, why, "use 1")
    elif others > 1 and wanted == others:
        why = f"asks for all {others} replicas, so that the loss of any pod ends all writes"
        yield Problem("min_replicas_to_write", wanted, why, f"use at most {others - 1}")
    if engine.max_lag_seconds + 1 >= engine.down_after_seconds:
        why = (
            f"+ 1 s until it looks again is not below down_after_seconds "
            f"({engine.down_after_seconds}): a master that is cut off would take writes while "
            "another one does"
        )
        fix = f"use at most {engine.down_after_seconds - 2}, or raise down_after_seconds"
        yield Problem("max_lag_seconds", engine.max_lag_seconds, why, fix)
