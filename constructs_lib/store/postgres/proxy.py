"""HAProxy in front of PostgreSQL: one port for the primary, one for replicas."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.kube.network import Traffic
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.refs import Ports
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Access, Proxies
from constructs_lib.store.postgres.patroni import API
from constructs_lib.store.postgres.server import PORT, POSTGRES, READ
from constructs_lib.store.proxy import Proxy, proxies
from constructs_lib.store.tls import FOLDER, Tls

_OWN_CONNECTIONS = 100
"""For health checks of the proxy itself, and for metrics."""

_CA = f"{FOLDER}/ca.crt"


def postgres_proxies(
    place: Place,
    proxy: Proxy,
    *,
    replicas: int,
    max_connections: int,
    lag: int,
    tls: Tls | None,
    connects: tuple[str, ...],
) -> Proxies:
    """Proxies that ask each member what it is; a replica may be ``lag`` bytes behind.

    ``connects`` names parts of the store that connect to them.
    """
    part = proxies(
        place,
        proxy,
        configuration=text_of(
            "haproxy/postgres.cfg",
            # More than all members take, who say themselves that they are full.
            CONNECTIONS=str(max_connections * replicas + _OWN_CONNECTIONS),
            DRAIN=str(proxy.shutdown.stop_seconds),
            WRITE_PORT=str(POSTGRES.number),
            READ_PORT=str(READ.number),
            LAG=str(lag),
            ENCRYPTED="" if tls is None else f" check-ssl verify required ca-file {_CA}",
            SERVERS=_servers(place, replicas, tls),
        ),
        ports=Ports(POSTGRES, READ),
        variables={},
        reaches=(Traffic(peers=(place.pods(),), ports=(PORT, API.number)),),
        files=()
        if tls is None
        else (FileMount(FOLDER, source=SecretFiles(tls.secret, keys=("ca.crt",))),),
    )
    others = tuple(place.pods(name) for name in connects)
    ports = (POSTGRES.name, READ.name)
    return replace(part, accepts=(Access(peers=others, ports=ports),) if others else ())


def _servers(place: Place, replicas: int, tls: Tls | None) -> str:
    """A line for each member."""
    hosts = {f"{place.name}-{n}": place.pod_host(n) for n in range(replicas)}
    return "\n".join(
        f"    server {name} {host}:{PORT}" + ("" if tls is None else f" verifyhost {host}")
        for name, host in hosts.items()
    )
