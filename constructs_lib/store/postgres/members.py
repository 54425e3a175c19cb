"""Pods of PostgreSQL under Patroni."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.storage import ConfigFiles, ConfigMapFiles, FileMount, SecretFiles
from constructs_lib.kube.variables import Variable
from constructs_lib.refs import Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Access, Container, Once, Servers
from constructs_lib.store.postgres.container import (
    FOLDER,
    exporter,
    metrics,
    mounts,
    run,
    writable,
)
from constructs_lib.store.postgres.metrics import PATRONI
from constructs_lib.store.postgres.patroni import (
    API,
    DYNAMIC_FILE,
    DYNAMIC_FOLDER,
    ETCD_FOLDER,
    api_variables,
    member_variables,
)
from constructs_lib.store.postgres.server import PORT, POSTGRES
from constructs_lib.store.postgres.values import Additions
from constructs_lib.store.tls import FOLDER as TLS_FOLDER

if TYPE_CHECKING:
    from constructs_lib.store.postgres.ha import PostgresHA

_SCRIPT = "apply_configuration.py"
_SMALL = Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="128Mi")


def dynamic_name(place: Place) -> str:
    """Name of the ConfigMap with what a new cluster begins with.

    It is none of the pods' own: a change of it reaches members through etcd, and rolls nothing.
    """
    return f"{place.name}-dynamic"


def configuration_name(place: Place) -> str:
    """Name of the part that tells a running cluster of changes."""
    return f"{place.name}-configuration"


def member_part(engine: PostgresHA, place: Place, additions: Additions, *, proxy: str) -> Servers:
    """Members, each with its volume."""
    texts = {name: text_of(f"postgres/{name}") for name in ("patroni.yml", "start-patroni.sh")}
    return Servers(
        name=place.name,
        replicas=engine.replicas,
        headless=place.headless,
        volume=place.volume,
        data_path=engine.data_path,
        containers=(_member(engine, place), *exporter(engine)),
        security=engine.security,
        grace_seconds=engine.shutdown.grace_period_seconds,
        files=(
            *mounts(engine, texts),
            FileMount(
                DYNAMIC_FOLDER, source=ConfigMapFiles(dynamic_name(place), keys=(DYNAMIC_FILE,))
            ),
            *_etcd_files(engine),
        ),
        writable=writable(engine, place),
        accepts=_accepted(place, additions, proxy),
        reaches=(
            Traffic(peers=(place.pods(),), ports=(PORT, API.number)),
            Traffic(peers=engine.etcd.endpoint.peers, ports=(engine.etcd.endpoint.port.number,)),
        ),
        metrics=(*_patroni_metrics(engine), *metrics(engine)),
        # The next pod goes only when this one has been in step for a while.
        min_ready_seconds=5,
    )


def _patroni_metrics(engine: PostgresHA) -> tuple[Metrics, ...]:
    """Patroni's; none over TLS: its certificate is for names, and scrapers come by address."""
    return () if engine.tls is not None else (Metrics(port=API.name, exposes=PATRONI),)


def _accepted(place: Place, additions: Additions, proxy: str) -> tuple[Access, ...]:
    both = (POSTGRES.name, API.name)
    others = tuple(place.pods(name) for name in additions.connects)
    return (
        Access(peers=(place.pods(), place.pods(proxy)), ports=both),
        Access(peers=(place.pods(configuration_name(place)),), ports=(API.name,)),
        *((Access(peers=others, ports=(POSTGRES.name,)),) if others else ()),
    )


def configuration_part(engine: PostgresHA, place: Place, dynamic: str) -> Once:
    """A Job that brings a running cluster to the same configuration as a new one."""
    name = configuration_name(place)
    scheme = "http" if engine.tls is None else "https"
    members = [
        f"{scheme}://{place.pod_host(number)}:{API.number}" for number in range(engine.replicas)
    ]
    variables: dict[str, Variable] = {
        "MEMBERS": " ".join(members),
        "WAIT_SECONDS": "600",
        **api_variables(engine.api_password),
    }
    if engine.tls is not None:
        variables["CA_FILE"] = f"{TLS_FOLDER}/ca.crt"
    texts = {_SCRIPT: text_of(f"postgres/{_SCRIPT}"), DYNAMIC_FILE: dynamic}
    return Once(
        name=name,
        containers=(
            Container(
                name="apply",
                image=engine.image,
                resources=place.size_of(name, _SMALL),
                command=("python3", f"{FOLDER}/{_SCRIPT}", f"{FOLDER}/{DYNAMIC_FILE}"),
                variables=variables,
            ),
        ),
        security=engine.security,
        grace_seconds=30,
        files=(
            FileMount(FOLDER, source=ConfigFiles(texts)),
            *_authority(engine),
        ),
        reaches=(Traffic(peers=(place.pods(),), ports=(API.number,)),),
    )


def _authority(engine: PostgresHA) -> tuple[FileMount, ...]:
    if engine.tls is None:
        return ()
    return (FileMount(TLS_FOLDER, source=SecretFiles(engine.tls.secret, keys=("ca.crt",))),)


def _etcd_files(engine: PostgresHA) -> tuple[FileMount, ...]:
    if engine.etcd_tls is None:
        return ()
    keys = ("tls.crt", "tls.key", "ca.crt")
    return (FileMount(ETCD_FOLDER, source=SecretFiles(engine.etcd_tls.secret, keys=keys)),)


def _member(engine: PostgresHA, place: Place) -> Container:
    return Container(
        name="postgres",
        image=engine.image,
        resources=place.size_of(place.name, engine.resources),
        command=run("start-patroni.sh"),
        variables={
            "FOLDER": FOLDER,
            "DYNAMIC": f"{DYNAMIC_FOLDER}/{DYNAMIC_FILE}",
            **member_variables(
                place,
                engine.server(place),
                data=engine.data,
                api_password=engine.api_password,
                etcd=engine.etcd,
                etcd_tls=engine.etcd_tls is not None,
            ),
        },
        ports=Ports(POSTGRES, API),
        probes=_probes(engine),
        stop=engine.shutdown,
        data=True,
    )


def _probes(engine: PostgresHA) -> Probes:
    """What Patroni says of itself: neither etcd nor another member decides whether one lives."""
    scheme: Literal["HTTP", "HTTPS"] = "HTTP" if engine.tls is None else "HTTPS"
    alive = HttpGet("/liveness", port=API.name, scheme=scheme)
    ready = HttpGet("/readiness", port=API.name, scheme=scheme)
    return Probes(
        # Until it has seen etcd for the first time; how long a copy or a recovery takes after that
        # is no matter of probes.
        startup=Probe(alive, period_seconds=2, timeout_seconds=2, failure_threshold=450),
        readiness=Probe(ready, period_seconds=5, timeout_seconds=5),
        liveness=Probe(alive, period_seconds=10, timeout_seconds=5),
    )
