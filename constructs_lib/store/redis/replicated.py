"""A Redis master with replicas, and nobody who replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.variables import Variable
from constructs_lib.quantity import parse
from constructs_lib.refs import Endpoint, Ports
from constructs_lib.store.engine import Front, Place, Plan
from constructs_lib.store.part import Access, Servers
from constructs_lib.store.redis.alerts import replica_alerts, server_alerts
from constructs_lib.store.redis.backup import with_backup
from constructs_lib.store.redis.config import REDIS_PORT, Replication, scripts
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.redis.replication import BACKLOG, REPLICA_BUFFER, replication_problems
from constructs_lib.store.redis.server import (
    REDIS,
    at_once,
    bindings,
    exporter,
    files,
    metrics,
    mounts,
    server,
)


class RedisReplicated(RedisEngine):
    """One master, and replicas that serve reads and hold its data a second time.

    There is no failover: while the master is away nobody writes, and reads go on. It comes back
    with the data of its volume. Where that is lost it stays down as long as a replica holds data or
    may, since an empty master would make the replicas as empty as itself.
    """

    replicas: int = 2
    """Replicas besides the master. Default 2."""

    min_replicas_to_write: int = 0
    """Replicas that have to be in step for the master to take writes. Default 0: without failover
    a write on the master alone is not lost."""

    max_lag_seconds: int = 10
    """How long a replica may be silent until it is out of step. Default 10 s."""

    replication_backlog: str = BACKLOG
    """Writes that a replica may miss and still catch up without a copy of everything. Default
    16Mi."""

    replica_buffer: str = REPLICA_BUFFER
    """Writes that wait for a replica that is slow, or being given a copy of everything; it is cut
    off beyond. Default 32Mi."""

    def problems(self) -> Iterator[Problem]:
        """As of every server; and there are replicas."""
        yield from super().problems()
        if self.replicas < 1:
            fix = "use 1 or more, or RedisStandalone"
            yield Problem("replicas", self.replicas, "is no replica besides the master", fix)
        yield from replication_problems(self, replicas=self.replicas)

    def plan(self, place: Place) -> Plan:
        """A StatefulSet of one master, and one of replicas."""
        replica = _replica(place)
        names = [place.pod_host(number, replica) for number in range(self.replicas)]
        parts = (
            self._part(place, place.name, 1, "start-master.sh", {"REPLICAS": " ".join(names)}),
            self._part(
                place,
                replica,
                self.replicas,
                "start-replica.sh",
                {"MASTER": place.pod_host(0), "STALE_READS": "yes"},
            ),
        )
        write = Endpoint(place.write_service, place.namespace, REDIS, peers=(place.pods(),))
        read = Endpoint(place.read_service, place.namespace, REDIS, peers=(place.pods(replica),))
        plan = Plan(
            parts=parts,
            fronts=(
                Front(name=write.service, part=place.name, ports=Ports(REDIS)),
                Front(name=read.service, part=replica, ports=Ports(REDIS)),
            ),
            endpoints={"write": write, "read": read},
            bindings=bindings(self, write, read),
            kind="redis",
            alerts=(
                *server_alerts(self, place, servers=1 + self.replicas, parts=(place.name, replica)),
                *replica_alerts(self, place, parts=(place.name, replica), replicas=self.replicas),
            ),
        )
        return with_backup(self, place, plan, hosts=(*names, place.pod_host(0)))

    def _part(
        self, place: Place, name: str, count: int, script: str, variables: Mapping[str, Variable]
    ) -> Servers:
        texts = files(self, place, name, self._replication(), **scripts("configure.sh", script))
        container = server(
            self,
            place,
            name,
            script=script,
            variables=variables,
            stop=at_once(self.shutdown),
        )
        peers = (place.pods(), place.pods(_replica(place)))
        return Servers(
            name=name,
            replicas=count,
            headless=place.headless_of(name),
            volume=place.volume,
            data_path=self.data_path,
            containers=(container, *exporter(self)),
            security=self.security,
            grace_seconds=self.shutdown.grace_period_seconds,
            files=mounts(self, texts),
            accepts=(Access(peers=peers, ports=(REDIS.name,)),),
            client_ports=(REDIS.name,),
            reaches=(Traffic(peers=peers, ports=(REDIS_PORT,)),),
            metrics=metrics(self),
            apart=tuple(part for part in self._servers(place) if part != name),
        )

    def _replication(self) -> Replication:
        return Replication(
            replicas=self.replicas,
            backlog=int(parse(self.replication_backlog)),
            replica_buffer=int(parse(self.replica_buffer)),
            min_replicas=self.min_replicas_to_write,
            max_lag=self.max_lag_seconds,
        )

    def _servers(self, place: Place) -> tuple[str, ...]:
        return (place.name, _replica(place))

    def _replication_memory(self) -> Decimal:
        return parse(self.replication_backlog) + parse(self.replica_buffer)


def _replica(place: Place) -> str:
    return f"{place.name}-replica"
