"""Containers of Redis pods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import ExecCommand, HttpGet, Probe, Probes
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.part import Container
from constructs_lib.store.redis.clients import RedisClient
from constructs_lib.store.redis.config import (
    FOLDER,
    REDIS_PORT,
    SENTINEL_PORT,
    Replication,
    Server,
)
from constructs_lib.store.redis.config import server_configuration as written
from constructs_lib.store.redis.engine import SHUTDOWN_MARGIN, RedisEngine, RedisExporter
from constructs_lib.store.redis.metrics import EXPORTER
from constructs_lib.store.tls import FOLDER as TLS_FOLDER
from constructs_lib.store.tls import tls_files

REDIS = Port("redis", REDIS_PORT)
SENTINEL = Port("sentinel", SENTINEL_PORT)
METRICS = Port("metrics", 9121)

CA = f"{TLS_FOLDER}/ca.crt"

_SENTINEL_STOP = 3
_LINGER = 3


def server(
    engine: RedisEngine,
    place: Place,
    part: str,
    *,
    script: str,
    variables: Mapping[str, Variable],
    stop: Shutdown,
) -> Container:
    """The container that ``script`` starts."""
    return Container(
        name="redis",
        image=engine.image,
        resources=place.size_of(part, engine.resources),
        command=run(script),
        variables={**own_variables(engine, place, part), **variables},
        ports=Ports(REDIS),
        probes=server_probes(engine.startup_seconds),
        stop=stop,
        data=True,
    )


def sentinel(
    engine: RedisEngine, place: Place, resources: Resources, variables: Mapping[str, Variable]
) -> Container:
    """The container with a Sentinel, which outlasts the server beside it."""
    alive = ExecCommand(run("alive.sh", str(SENTINEL_PORT)))
    # It takes Sentinels to hand over.
    outlast = engine.shutdown.drain_seconds + engine.shutdown.stop_seconds
    return Container(
        name="sentinel",
        image=engine.image,
        resources=resources,
        command=run("start-sentinel.sh"),
        variables={
            **own_variables(engine, place, place.name),
            **variables,
            "OUTLAST_SECONDS": str(outlast),
            "LINGER_SECONDS": str(_LINGER),
        },
        ports=Ports(SENTINEL),
        probes=Probes(
            startup=Probe(alive, period_seconds=2, timeout_seconds=2, failure_threshold=60),
            readiness=Probe(alive, period_seconds=5, timeout_seconds=3),
            liveness=Probe(alive, period_seconds=10, timeout_seconds=5),
        ),
        stop=Shutdown(
            grace_period_seconds=engine.shutdown.grace_period_seconds,
            drain_seconds=outlast + _LINGER,
            stop_seconds=_SENTINEL_STOP,
            command=ExecCommand(run("outlast.sh")),
        ),
        data=True,
    )


def at_once(shutdown: Shutdown) -> Shutdown:
    """``shutdown`` of a server that nobody stands in for: to go on serving would change nothing."""
    return replace(shutdown, drain_seconds=0)


def run(script: str, *args: str) -> tuple[str, ...]:
    """The command that runs a script."""
    return ("sh", f"{FOLDER}/{script}", *args)


def own_variables(engine: RedisEngine, place: Place, part: str) -> dict[str, Variable]:
    """Variables that every script needs."""
    return {
        "POD_NAME": PodField("metadata.name"),
        "HOST": place.pod_host("$(POD_NAME)", part),
        "REDISCLI_AUTH": engine.password,
        "CONFIG": FOLDER,
        "DATA": engine.data_path,
        "REDIS_PORT": str(REDIS_PORT),
        "TLS": "" if engine.tls is None else f"--tls --cacert {CA}",
    }


def server_probes(startup_seconds: int) -> Probes:
    """Probes that ask nobody but the server itself."""
    alive = ExecCommand(run("alive.sh", str(REDIS_PORT)))
    ready = ExecCommand(run("ready.sh"))
    return Probes(
        startup=Probe(
            alive, period_seconds=2, timeout_seconds=2, failure_threshold=startup_seconds // 2
        ),
        readiness=Probe(ready, period_seconds=5, timeout_seconds=5),
        liveness=Probe(alive, period_seconds=10, timeout_seconds=5),
    )


def files(
    engine: RedisEngine, place: Place, part: str, replication: Replication | None, **more: str
) -> dict[str, str]:
    """What is mounted at the scripts' folder, the server's configuration included."""
    configuration = Server(
        data_path=engine.data_path,
        append_only=engine.append_only,
        save=" ".join(f"{point.seconds} {point.changes}" for point in engine.save_points),
        max_memory=int(engine.data_size(place, part)),
        policy=engine.eviction,
        max_clients=engine.max_clients,
        shutdown_timeout=engine.shutdown.stop_seconds - SHUTDOWN_MARGIN,
        settings=engine.settings,
        tls=engine.tls is not None,
    )
    return {"redis.conf": written(configuration, replication), **more}


def mounts(engine: RedisEngine, texts: Mapping[str, str]) -> tuple[FileMount, ...]:
    """Folders with files: configuration and scripts, certificates."""
    return (
        FileMount(FOLDER, source=ConfigFiles(dict(sorted(texts.items())))),
        *tls_files(engine.tls),
    )


def exporter(engine: RedisEngine) -> tuple[Container, ...]:
    """The container that tells metrics; none where the engine has none."""
    if engine.exporter is None:
        return ()
    item: RedisExporter = engine.exporter
    scheme = "redis" if engine.tls is None else "rediss"
    variables: dict[str, Variable] = {
        "REDIS_ADDR": f"{scheme}://127.0.0.1:{REDIS_PORT}",
        "REDIS_PASSWORD": engine.password,
    }
    if engine.tls is not None:
        # The certificate is for names, and this is an address that nobody else can have.
        variables["REDIS_EXPORTER_SKIP_TLS_VERIFICATION"] = "true"
    health = HttpGet("/health", port=METRICS.name)
    return (
        Container(
            name="exporter",
            image=item.image,
            resources=item.resources,
            variables=variables,
            ports=Ports(METRICS),
            probes=Probes(
                startup=Probe(health, period_seconds=2, failure_threshold=30),
                liveness=Probe(health),
            ),
        ),
    )


def metrics(engine: RedisEngine) -> tuple[Metrics, ...]:
    """Where metrics are."""
    if engine.exporter is None:
        return ()
    return (Metrics(port=METRICS.name, exposes=EXPORTER),)


def bindings(engine: RedisEngine, write: Endpoint, read: Endpoint) -> dict[str, Binding]:
    """What clients get, by name; ``default`` is for those that are not counted."""
    plain = _binding(engine, write, read)
    counted = {client.name: _counted(plain, client) for client in engine.clients}
    return {"default": plain, **counted}


def _counted(plain: Binding, client: RedisClient) -> Binding:
    return replace(
        plain,
        variables={**plain.variables, "REDIS_POOL_SIZE": str(client.pool)},
        pool=client.pool,
        pods=client.pods,
        surge=client.surge,
        client=client.name,
    )


def _binding(engine: RedisEngine, write: Endpoint, read: Endpoint) -> Binding:
    """The same in every topology."""
    scheme = "redis" if engine.tls is None else "rediss"
    # The user has a name: without it redis-cli sends an empty one, which no server knows.
    url = f"{scheme}://default:$(REDIS_PASSWORD)@"
    return Binding(
        write,
        read=read,
        password=engine.password,
        variables={
            "REDIS_HOST": write.host,
            "REDIS_PORT": str(write.port.offered),
            "REDIS_PASSWORD": engine.password,
            "REDIS_URL": f"{url}{write.address}/0",
            "REDIS_READ_HOST": read.host,
            "REDIS_READ_URL": f"{url}{read.address}/0",
        },
    )
