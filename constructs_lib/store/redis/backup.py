"""Backups of Redis: a snapshot that a server sends, and a restore key by key.

A restore loads the snapshot into a server of its own pod, and copies every key from there into the
running master: no topology has to be taken apart for it, and whatever the keys hold arrives as it
was.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from constructs_lib.kube.network import Traffic
from constructs_lib.kube.variables import Variable
from constructs_lib.quantity import memory
from constructs_lib.refs import Endpoint, Pods
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import (
    SCRIPTS,
    Steps,
    backup_alerts,
    backup_job,
    backup_objects,
    restore_job,
)
from constructs_lib.store.engine import Place, Plan
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Access, Container, Part
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.redis.server import CA
from constructs_lib.store.tls import tls_files

_SMALL = Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="128Mi")
_MI = Decimal(2**20)


def with_backup(
    engine: RedisEngine, place: Place, plan: Plan, *, hosts: tuple[str, ...] = ()
) -> Plan:
    """``plan`` with a CronJob for backups, a suspended one for a restore, and ways in for both.

    The plan itself where the store has no backups. ``hosts`` are servers by name, where nothing
    before the Service for reads sees to it that only those in step are behind it.
    """
    backup = place.backup
    if backup is None:
        return plan
    jobs = (
        backup_job(place, backup, _snapshot(engine, place, plan, hosts)),
        restore_job(place, backup, _restore(engine, place, plan)),
    )
    peers = tuple(place.pods(job.name) for job in jobs)
    return replace(
        plan,
        parts=(*(_open_to(part, peers) for part in plan.parts), *jobs),
        objects={**plan.objects, **backup_objects(place, backup)},
        alerts=(*plan.alerts, *backup_alerts(place, backup, "Redis")),
    )


def _snapshot(engine: RedisEngine, place: Place, plan: Plan, hosts: tuple[str, ...]) -> Steps:
    read, write = plan.endpoints["read"], plan.endpoints["write"]
    container = Container(
        name="snapshot",
        image=engine.image,
        resources=_SMALL,
        command=("/bin/sh", f"{SCRIPTS}/backup.sh"),
        # A replica where there is one: sending everything slows the master down. One connection
        # asks whether it is in step, and another one for its data.
        variables={
            "HOSTS": " ".join(hosts or (read.host, write.host)),
            **_access(engine, write),
        },
    )
    return Steps(
        containers=(container,),
        security=engine.security,
        scratch=_scratch(engine, place),
        scripts={"backup.sh": text_of("redis/backup.sh")},
        files=tls_files(engine.tls),
        reaches=_to(read, write),
    )


def _restore(engine: RedisEngine, place: Place, plan: Plan) -> Steps:
    write = plan.endpoints["write"]
    container = Container(
        name="restore",
        image=engine.image,
        # It holds all data at once, as the servers do.
        resources=place.size_of(place.name, engine.resources),
        command=("/bin/sh", f"{SCRIPTS}/restore.sh"),
        variables={"HOST": write.host, **_access(engine, write), "FLUSH": ""},
    )
    return Steps(
        containers=(container,),
        security=engine.security,
        scratch=_scratch(engine, place),
        scripts={name: text_of(f"redis/{name}") for name in ("restore.sh", "copy-keys.lua")},
        files=tls_files(engine.tls),
        reaches=_to(write),
    )


def _access(engine: RedisEngine, write: Endpoint) -> dict[str, Variable]:
    return {
        "REDIS_PORT": str(write.port.offered),
        "REDISCLI_AUTH": engine.password,
        "TLS": "" if engine.tls is None else f"--tls --cacert {CA}",
    }


def _scratch(engine: RedisEngine, place: Place) -> str:
    """A backup, and the copy that a restore loads, a little larger than what they hold."""
    size = 2 * engine.data_size(place, place.name)
    return memory(size - size % _MI + 64 * _MI)


def _to(*endpoints: Endpoint) -> tuple[Traffic, ...]:
    return tuple(Traffic(item.peers, ports=(item.port.number,)) for item in endpoints)


def _open_to(part: Part, peers: tuple[Pods, ...]) -> Part:
    """``part``, with ``peers`` let in wherever clients are."""
    if not part.client_ports:
        return part
    return replace(part, accepts=(*part.accepts, Access(peers=peers, ports=part.client_ports)))
