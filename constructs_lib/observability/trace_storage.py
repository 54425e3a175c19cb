"""Where Jaeger keeps traces: on a volume of its own, or in a database that others run.

https://www.jaegertracing.io/docs/2.18/storage/
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.observability.durations import go_duration_problems, seconds_of
from constructs_lib.observability.trace_databases import Cassandra, Elasticsearch, OpenSearch
from constructs_lib.quantity import memory_problems, parse
from constructs_lib.values import Value

STORE = "traces"
"""Name of the one backend in Jaeger's configuration."""

_DAY = 86400
_GARBAGE = 2


class Badger(Value):
    """Files on a volume of Jaeger's one pod: only one process can open them.

    https://www.jaegertracing.io/docs/2.18/storage/badger/
    """

    ttl: str = "72h"
    """How long a trace is kept, in hours, minutes or seconds. Default 72h, which is Jaeger's."""

    per_day: str = "1Gi"
    """What a day's traces take on the disk, as far as you know. Badger knows no largest size, so
    this only says whether the volume has room: twice ``per_day`` for each day of ``ttl``, since a
    file is rewritten only when half of it is old, within 80 % of the volume. Default 1Gi."""

    sync_writes: bool = False
    """Whether each write waits for the disk. Default False: a node that loses power loses the last
    spans."""

    def problems(self) -> Iterator[Problem]:
        """A time as Go reads it, and a size."""
        yield from go_duration_problems("ttl", self.ttl)
        yield from memory_problems("per_day", self.per_day, example="1Gi")

    @property
    def needed(self) -> Decimal:
        """Bytes on the disk once the oldest trace goes."""
        return parse(self.per_day) * _GARBAGE * seconds_of(self.ttl) / _DAY

    def backend(self, folder: str) -> Body:
        """Entry of ``jaeger_storage.backends``."""
        return {
            "badger": {
                # Not the volume's root, which may hold lost+found.
                "directories": {"keys": f"{folder}/keys", "values": f"{folder}/values"},
                # By default everything is in a folder that goes with the pod.
                "ephemeral": False,
                "ttl": {"spans": self.ttl},
                "consistency": self.sync_writes,
            }
        }


TraceStorage = Badger | Elasticsearch | OpenSearch | Cassandra
