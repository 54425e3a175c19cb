"""Redis with Sentinel: a master that is replaced when it is lost.

https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.variables import Variable
from constructs_lib.quantity import parse
from constructs_lib.refs import Endpoint, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Front, Place, Plan
from constructs_lib.store.part import Access, Container, Servers
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.quorum import majority
from constructs_lib.store.redis.alerts import replica_alerts, sentinel_alerts, server_alerts
from constructs_lib.store.redis.backup import with_backup
from constructs_lib.store.redis.config import (
    REDIS_PORT,
    SENTINEL_PORT,
    Replication,
    scripts,
    sentinel_configuration,
)
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.redis.proxy import READ, WRITE, Following, redis_proxies
from constructs_lib.store.redis.quorum import failover_problems
from constructs_lib.store.redis.replication import BACKLOG, REPLICA_BUFFER, replication_problems
from constructs_lib.store.redis.server import (
    REDIS,
    SENTINEL,
    bindings,
    exporter,
    files,
    metrics,
    mounts,
    run,
    sentinel,
    server,
)

_SCRIPTS = (
    "configure.sh",
    "survey.sh",
    "start-member.sh",
    "start-sentinel.sh",
    "hand-over.sh",
    "outlast.sh",
)

# Sentinel asks names while it does nothing else, and takes a look that lasts 2 s for a sign that
# its own clock cannot be trusted: it does nothing then for 30 s. So names are asked for as they
# are, without a search list, and not for long.
_DNS = {"ndots": "1", "timeout": "1", "attempts": "2"}


class RedisSentinel(RedisEngine):
    """Pods with a server and a Sentinel each: one master, replicas, and a quorum that replaces it.

    Clients that know nothing of Sentinel write through proxies, which follow the master. Clients
    that do take ``endpoint_of("sentinel")`` and ``endpoint_of("members")``.
    """

    replicas: int = 3
    """Pods, each with a server and a Sentinel. Default 3, of which one may be lost; 5 lose two."""

    quorum: int | None = None
    """Sentinels that have to take the master for lost, and to name another for clients to be led
    there. None is a majority of them."""

    min_replicas_to_write: int = 1
    """Replicas that have to be in step for the master to take writes. Default 1: a master that is
    cut off from all others takes none."""

    max_lag_seconds: int = 3
    """How long a replica may be silent until it is out of step. Default 3 s. What a master that is
    cut off acknowledges in this time, and in the second until it looks again, is lost when another
    one is chosen, so it is shorter than ``down_after_seconds``."""

    down_after_seconds: int = 5
    """How long the master may be silent until a Sentinel takes it for lost. Default 5 s."""

    failover_timeout_seconds: int = 15
    """How long a step of a failover may take. Default 15 s. An attempt that failed is followed by
    another after twice this time."""

    replication_backlog: str = BACKLOG
    """Writes that a replica may miss and still catch up without a copy of everything. Default
    16Mi."""

    replica_buffer: str = REPLICA_BUFFER
    """Writes that wait for a replica that is slow, or being given a copy of everything; it is cut
    off beyond. Default 32Mi."""

    sentinel_resources: Resources = Resources(
        cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="128Mi"
    )
    """Requests and limits of each Sentinel. Default 50m to 500m, 64Mi to 128Mi."""

    proxy: Proxy = Proxy()
    """Proxies for clients that know nothing of Sentinel."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=40, drain_seconds=10, stop_seconds=15)
    """How a pod stops. A master hands over first: it takes no more writes, waits until its replicas
    have everything, and has the Sentinels make one of them the master, all within
    ``drain_seconds``. Default 10 s for that, 15 s from SIGTERM to the end, 40 s in all."""

    def problems(self) -> Iterator[Problem]:
        """As of every server; and the Sentinels can decide, in time and never twice."""
        yield from super().problems()
        yield from replication_problems(self, replicas=self.replicas - 1)
        yield from failover_problems(self)

    def plan(self, place: Place) -> Plan:
        """A StatefulSet of servers with Sentinels, and a Deployment of proxies."""
        following = Following(
            servers=self.replicas, quorum=self.majority, silence=self.max_lag_seconds
        )
        proxy = redis_proxies(self, place, self.proxy, following)
        peers, proxied = (place.pods(),), (place.pods(proxy.name),)
        write = Endpoint(place.write_service, place.namespace, WRITE, peers=proxied)
        read = Endpoint(place.read_service, place.namespace, READ, peers=proxied)
        sentinels = f"{place.name}-sentinel"
        plan = Plan(
            parts=(self._members(place, proxy.name), proxy),
            fronts=(
                Front(name=write.service, part=proxy.name, ports=Ports(WRITE)),
                Front(name=read.service, part=proxy.name, ports=Ports(READ)),
                # A Sentinel is of most use while its pod's server does not answer.
                Front(
                    name=sentinels,
                    part=place.name,
                    ports=Ports(SENTINEL),
                    publish_not_ready=True,
                ),
            ),
            endpoints={
                "write": write,
                "read": read,
                "sentinel": Endpoint(sentinels, place.namespace, SENTINEL, peers=peers),
                "members": Endpoint(place.headless, place.namespace, REDIS, peers=peers),
            },
            bindings=bindings(self, write, read),
            kind="redis",
            alerts=(
                *server_alerts(self, place, servers=self.replicas, parts=(place.name,)),
                *replica_alerts(self, place, parts=(place.name,), replicas=self.replicas - 1),
                *sentinel_alerts(self, place, proxy=proxy.name, servers=self.replicas),
            ),
        )
        return with_backup(self, place, plan)

    @property
    def majority(self) -> int:
        """Sentinels that decide."""
        return majority(self.replicas) if self.quorum is None else self.quorum

    def _members(self, place: Place, proxy: str) -> Servers:
        texts = files(self, place, place.name, self._replication(), **scripts(*_SCRIPTS))
        texts["sentinel.conf"] = sentinel_configuration(
            data_path=self.data_path,
            master_set=place.name,
            down_after=self.down_after_seconds,
            failover_timeout=self.failover_timeout_seconds,
            tls=self.tls is not None,
        )
        peers = (place.pods(), place.pods(proxy))
        ports = (REDIS.name, SENTINEL.name)
        return Servers(
            name=place.name,
            replicas=self.replicas,
            headless=place.headless,
            volume=place.volume,
            data_path=self.data_path,
            containers=(
                self._server(place),
                sentinel(self, place, self.sentinel_resources, self._set_variables(place)),
                *exporter(self),
            ),
            security=self.security,
            grace_seconds=self.shutdown.grace_period_seconds,
            files=mounts(self, texts),
            accepts=(Access(peers=peers, ports=ports),),
            client_ports=ports,
            reaches=(Traffic(peers=(place.pods(),), ports=(REDIS_PORT, SENTINEL_PORT)),),
            metrics=metrics(self),
            dns_options=_DNS,
            # The next pod goes only when this one has been in step for a while.
            min_ready_seconds=5,
        )

    def _server(self, place: Place) -> Container:
        drain = self.shutdown.drain_seconds
        return server(
            self,
            place,
            place.name,
            script="start-member.sh",
            variables={
                **self._set_variables(place),
                # Longer than it takes to find the master lost and to replace it.
                "PATIENCE": str(self.down_after_seconds + 10),
                "HAND_OVER_SECONDS": str(drain),
            },
            stop=Shutdown(
                grace_period_seconds=self.shutdown.grace_period_seconds,
                drain_seconds=drain,
                stop_seconds=self.shutdown.stop_seconds,
                command=ExecCommand(run("hand-over.sh")),
            ),
        )

    def _set_variables(self, place: Place) -> dict[str, Variable]:
        members = " ".join(place.pod_host(number) for number in range(self.replicas))
        return {
            "SENTINEL_PORT": str(SENTINEL_PORT),
            "MASTER_SET": place.name,
            "MEMBERS": members,
            "QUORUM": str(self.majority),
            "DOWN_AFTER_SECONDS": str(self.down_after_seconds),
        }

    def _replication(self) -> Replication:
        return Replication(
            replicas=self.replicas - 1,
            backlog=int(parse(self.replication_backlog)),
            replica_buffer=int(parse(self.replica_buffer)),
            min_replicas=self.min_replicas_to_write,
            max_lag=self.max_lag_seconds,
        )

    def _replication_memory(self) -> Decimal:
        return parse(self.replication_backlog) + parse(self.replica_buffer)
