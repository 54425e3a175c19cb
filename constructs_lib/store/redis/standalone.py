"""Redis on one pod."""

from __future__ import annotations

from constructs_lib.refs import Endpoint, Ports
from constructs_lib.store.engine import Front, Place, Plan
from constructs_lib.store.part import Servers
from constructs_lib.store.redis.alerts import server_alerts
from constructs_lib.store.redis.backup import with_backup
from constructs_lib.store.redis.config import scripts
from constructs_lib.store.redis.engine import RedisEngine
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


class RedisStandalone(RedisEngine):
    """One server.

    It survives its end and its node's with what is on its volume; while it is away there is no
    Redis.
    """

    def plan(self, place: Place) -> Plan:
        """One StatefulSet, behind both Services."""
        texts = files(
            self, place, place.name, None, **scripts("configure.sh", "start-standalone.sh")
        )
        container = server(
            self,
            place,
            place.name,
            script="start-standalone.sh",
            variables={},
            stop=at_once(self.shutdown),
        )
        part = Servers(
            name=place.name,
            replicas=1,
            headless=place.headless,
            volume=place.volume,
            data_path=self.data_path,
            containers=(container, *exporter(self)),
            security=self.security,
            grace_seconds=self.shutdown.grace_period_seconds,
            files=mounts(self, texts),
            client_ports=(REDIS.name,),
            metrics=metrics(self),
        )
        write = Endpoint(place.write_service, place.namespace, REDIS, peers=(place.pods(),))
        read = Endpoint(place.read_service, place.namespace, REDIS, peers=(place.pods(),))
        plan = Plan(
            parts=(part,),
            fronts=tuple(
                Front(name=item.service, part=place.name, ports=Ports(REDIS))
                for item in (write, read)
            ),
            endpoints={"write": write, "read": read},
            bindings=bindings(self, write, read),
            kind="redis",
            alerts=server_alerts(self, place, servers=1, parts=(place.name,)),
        )
        return with_backup(self, place, plan)
