"""PostgreSQL on one pod."""

from __future__ import annotations

from constructs_lib.kube.probes import ExecCommand, Probe, Probes
from constructs_lib.refs import Endpoint, Ports
from constructs_lib.store.engine import Front, Place, Plan
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Access, Container, Servers
from constructs_lib.store.postgres.alerts import server_alerts
from constructs_lib.store.postgres.container import (
    FOLDER,
    access_file,
    exporter,
    metrics,
    mounts,
    run,
    writable,
)
from constructs_lib.store.postgres.engine import PostgresEngine
from constructs_lib.store.postgres.server import POSTGRES, SUPERUSER
from constructs_lib.store.postgres.settings import written
from constructs_lib.store.postgres.values import Additions

_SCRIPTS = ("start-standalone.sh", "alive.sh")


class PostgresStandalone(PostgresEngine):
    """One server.

    It survives its end and its node's with what is on its volume; while it is away there is no
    PostgreSQL.
    """

    @property
    def servers(self) -> int:
        """One."""
        return 1

    def endpoints(self, place: Place) -> tuple[Endpoint, Endpoint]:
        """The server itself, twice."""
        peers = (place.pods(),)
        write = Endpoint(place.write_service, place.namespace, POSTGRES, peers=peers)
        return write, Endpoint(place.read_service, place.namespace, POSTGRES, peers=peers)

    def plan(self, place: Place) -> Plan:
        """One StatefulSet, behind both Services."""
        additions = self.additions(place)
        write, read = self.endpoints(place)
        return Plan(
            parts=(self._part(place, additions), *additions.parts),
            fronts=tuple(
                Front(name=item.service, part=place.name, ports=Ports(POSTGRES))
                for item in (write, read)
            ),
            endpoints={"write": write, "read": read},
            bindings=additions.bindings,
            kind="postgres",
            alerts=(*server_alerts(self, place), *additions.alerts),
            objects=additions.objects,
        )

    def _part(self, place: Place, additions: Additions) -> Servers:
        texts = {script: text_of(f"postgres/{script}") for script in _SCRIPTS}
        texts["pg_hba.conf"] = access_file(self)
        lines = written(self.settings(place, additions))
        texts["postgresql.conf"] = text_of("postgres/postgresql.conf", PARAMETERS=lines)
        others = tuple(place.pods(name) for name in additions.connects)
        return Servers(
            name=place.name,
            replicas=1,
            headless=place.headless,
            volume=place.volume,
            data_path=self.data_path,
            containers=(self._container(place), *exporter(self)),
            security=self.security,
            grace_seconds=self.shutdown.grace_period_seconds,
            files=mounts(self, texts),
            writable=writable(self, place),
            accepts=(Access(peers=others, ports=(POSTGRES.name,)),) if others else (),
            client_ports=(POSTGRES.name,),
            metrics=metrics(self),
        )

    def _container(self, place: Place) -> Container:
        alive = ExecCommand(run("alive.sh"))
        ready = ExecCommand(("pg_isready", "--quiet", "--host=/var/run/postgresql"))
        return Container(
            name="postgres",
            image=self.image,
            resources=place.size_of(place.name, self.resources),
            command=run("start-standalone.sh"),
            variables={
                "FOLDER": FOLDER,
                "PGDATA": self.data,
                "POSTGRES_USER": SUPERUSER,
                "POSTGRES_PASSWORD": self.superuser_password,
            },
            ports=Ports(POSTGRES),
            probes=Probes(
                # Until there is a server; one that recovers is one already.
                startup=Probe(alive, period_seconds=2, failure_threshold=300),
                readiness=Probe(ready, period_seconds=5, timeout_seconds=5),
                liveness=Probe(alive, period_seconds=10, timeout_seconds=5),
            ),
            stop=self.shutdown,
            data=True,
        )
