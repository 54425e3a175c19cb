"""How much of a Redis server's memory its data may take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from constructs_lib.errors import Problem
from constructs_lib.quantity import memory, parse
from constructs_lib.resources import Resources

_MI = Decimal(2**20)
_SERVER = 16 * _MI
_CLIENT = Decimal(16 * 1024)
"""The buffer that each connection has, https://redis.io/docs/latest/develop/reference/clients/"""

_LEAST = 16 * _MI


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a container's memory limit has to hold."""

    limit: Decimal
    copy_percent: int
    clients: int
    replication: Decimal
    """Bytes for what replicas have not got yet."""

    @property
    def fixed(self) -> Decimal:
        """Bytes that the server has besides its data."""
        return _mebibytes_up(_SERVER + self.clients * _CLIENT + self.replication)

    @property
    def most(self) -> Decimal:
        """Bytes that are left for data and for the copy that a save makes of it."""
        share = (self.limit - self.fixed) * 100 / (100 + self.copy_percent)
        return share - share % _MI

    def problems(self, wanted: str | None) -> Iterator[Problem]:
        """Whether the ``wanted`` data, or any worth the name, leaves room for all else."""
        has = f"{memory(self.fixed)} for the server, its clients and its replicas"
        if wanted is None:
            if self.most < _LEAST:
                fix = f"use {memory(self.needed(_LEAST))} or more"
                given = memory(self.limit)
                yield Problem("engine.resources.memory_limit", given, f"is used up by {has}", fix)
            return
        size = parse(wanted)
        if self.needed(size) > self.limit:
            why = (
                f"needs {memory(size)} + {self.copy_percent} % of it for the copy that a save "
                f"makes + {has} = {memory(self.needed(size))}, and the limit is "
                f"{memory(self.limit)}"
            )
            fix = f"use {memory(max(self.most, Decimal(0)))} or less, or raise the limit"
            yield Problem("engine.max_memory", wanted, why, fix)

    def needed(self, data: Decimal) -> Decimal:
        """The limit that ``data`` bytes need."""
        return _mebibytes_up(data * (100 + self.copy_percent) / 100 + self.fixed)


def limit_of(resources: Resources) -> Decimal:
    """Bytes that a container with ``resources`` may use."""
    return parse(resources.memory_limit or resources.memory)


def volume_problems(
    size: str, data: Decimal, *, append_only: bool, snapshots: bool
) -> Iterator[Problem]:
    """Whether a volume holds what ``data`` bytes become on disk at worst.

    An append-only file is written again once it is twice its size, and a snapshot beside the last
    one; both new ones stand beside the old ones for a while.
    """
    times = 3 * append_only + 2 * snapshots
    needed = times * data
    if needed > parse(size):
        parts = ["2 for the append-only file + 1 while it is written again"] * append_only
        parts += ["2 for a snapshot and its successor"] * snapshots
        why = (
            f"is less than {times} times the {memory(data)} of data = {memory(needed)}: "
            f"{' + '.join(parts)}"
        )
        yield Problem("volume.size", size, why, f"use {memory(needed)} or more, or less max_memory")


def _mebibytes_up(size: Decimal) -> Decimal:
    return (size / _MI).to_integral_value(ROUND_CEILING) * _MI
