"""Containers of PostgreSQL pods."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.quantity import memory
from constructs_lib.refs import Port, Ports
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container
from constructs_lib.store.postgres.engine import PostgresEngine
from constructs_lib.store.postgres.metrics import EXPORTER
from constructs_lib.store.postgres.server import METRICS_USER
from constructs_lib.store.tls import tls_files

FOLDER = "/opt/postgres"
"""Where containers find configuration and scripts."""

METRICS = Port("metrics", 9187)

_SOCKETS = "/var/run/postgresql"


def run(script: str) -> tuple[str, ...]:
    """The command that runs a script."""
    return ("sh", f"{FOLDER}/{script}")


def access_file(engine: PostgresEngine) -> str:
    """``pg_hba.conf``."""
    return text_of("postgres/pg_hba.conf", HOST="host" if engine.tls is None else "hostssl")


def mounts(engine: PostgresEngine, texts: Mapping[str, str]) -> tuple[FileMount, ...]:
    """Folders with files: configuration and scripts, certificates."""
    return (
        FileMount(FOLDER, source=ConfigFiles(dict(sorted(texts.items())))),
        *tls_files(engine.tls),
    )


def writable(engine: PostgresEngine, place: Place) -> tuple[WritablePath, ...]:
    """Folders that the server writes to besides its data."""
    return (
        WritablePath("/tmp"),  # noqa: S108
        WritablePath(_SOCKETS, size="1Mi"),
        # Parallel queries meet there, and a runtime gives a container 64 MiB of it.
        WritablePath("/dev/shm", size=memory(engine.memory(place).limit / 4), in_memory=True),  # noqa: S108
    )


def exporter(engine: PostgresEngine) -> tuple[Container, ...]:
    """The container that tells metrics; none where the engine has none."""
    item = engine.exporter
    if item is None:
        return ()
    # Over the socket, where its role needs no password.
    source = f"user={METRICS_USER} dbname=postgres host={_SOCKETS} sslmode=disable"
    health = HttpGet("/", port=METRICS.name)
    return (
        Container(
            name="exporter",
            image=item.image,
            resources=item.resources,
            user=item.user,
            variables={"DATA_SOURCE_NAME": source},
            ports=Ports(METRICS),
            probes=Probes(
                startup=Probe(health, period_seconds=2, failure_threshold=30),
                liveness=Probe(health),
            ),
        ),
    )


def metrics(engine: PostgresEngine) -> tuple[Metrics, ...]:
    """Where the exporter's metrics are."""
    if engine.exporter is None:
        return ()
    return (Metrics(port=METRICS.name, exposes=EXPORTER),)
