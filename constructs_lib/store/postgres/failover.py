"""What does not fit between the times of a failover, and between members and promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from constructs_lib.errors import Problem
from constructs_lib.store.postgres.patroni import Synchronous

LEAST_TTL = 20
LEAST_LOOP_WAIT = 1
LEAST_RETRY_TIMEOUT = 3
"""Patroni puts up with no less, and takes these instead without a word that anybody reads."""

STRICT_MEMBERS = 3


class Failover(Protocol):
    """The fields that decide on failover."""

    @property
    def replicas(self) -> int:
        """Members."""

    @property
    def ttl(self) -> int:
        """Life of the leader key, in seconds."""

    @property
    def loop_wait(self) -> int:
        """Seconds between two looks at the cluster."""

    @property
    def retry_timeout(self) -> int:
        """Seconds that etcd may take."""

    @property
    def synchronous(self) -> Synchronous:
        """Whether a commit waits for a replica."""

    @property
    def synchronous_strict(self) -> bool:
        """Whether it waits where there is none."""


def failover_problems(engine: Failover) -> Iterator[Problem]:
    """Whether somebody can take over, in time, and without taking what has been promised."""
    yield from _member_problems(engine)
    yield from _time_problems(engine)


def _member_problems(engine: Failover) -> Iterator[Problem]:
    members = engine.replicas
    if members < 2:  # noqa: PLR2004
        why = "is one member, and a failover needs another one"
        fix = "use 3, or the engine PostgresStandalone"
        yield Problem("replicas", members, why, fix)
    elif engine.synchronous_strict and members < STRICT_MEMBERS:
        why = (
            f"refuses writes while no replica takes part: of {members} members {members - 1} is a "
            "replica, so every restart of it stops all writes"
        )
        fix = f"use {STRICT_MEMBERS} replicas or more, or synchronous_strict=False"
        yield Problem("synchronous_strict", engine.synchronous_strict, why, fix)
    if engine.synchronous_strict and engine.synchronous == "off":
        fix = "use synchronous='quorum', or synchronous_strict=False"
        why = "says how strict synchronous replication is, and there is none"
        yield Problem("synchronous_strict", engine.synchronous_strict, why, fix)


def _time_problems(engine: Failover) -> Iterator[Problem]:
    least = (
        ("ttl", LEAST_TTL),
        ("loop_wait", LEAST_LOOP_WAIT),
        ("retry_timeout", LEAST_RETRY_TIMEOUT),
    )
    for name, number in least:
        if getattr(engine, name) < number:
            why = "is less than Patroni puts up with"
            yield Problem(name, getattr(engine, name), why, f"use {number} or more")
    needed = engine.loop_wait + 2 * engine.retry_timeout
    if needed > engine.ttl:
        why = (
            f"is shorter than loop_wait + 2 * retry_timeout = {engine.loop_wait} + 2 * "
            f"{engine.retry_timeout} = {needed}: while etcd is asked twice the leader key runs "
            "out, and a primary that is well steps down"
        )
        fix = f"use {needed} or more, or a shorter loop_wait or retry_timeout"
        yield Problem("ttl", engine.ttl, why, fix)
