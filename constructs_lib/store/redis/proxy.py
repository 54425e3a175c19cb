"""HAProxy in front of Redis: one port for the master, one for replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from constructs_lib.kube.network import Traffic
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.refs import Port, Ports
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Proxies
from constructs_lib.store.proxy import Proxy, proxies
from constructs_lib.store.redis.config import REDIS_PORT, SENTINEL_PORT
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.redis.server import CA
from constructs_lib.store.tls import FOLDER

WRITE = Port("redis", REDIS_PORT)
LONGEST_SILENCE = 10
"""Most seconds that the check of a Sentinel tells from fewer."""

READ = Port("redis-read", 6380, service_port=REDIS_PORT)


@dataclass(frozen=True, kw_only=True)
class Following:
    """Whom the proxies follow."""

    servers: int
    quorum: int
    """Sentinels that have to name a master."""

    silence: int
    """Seconds without a word from the master until a Sentinel that names it does not count."""


def redis_proxies(engine: RedisEngine, place: Place, proxy: Proxy, following: Following) -> Proxies:
    """Proxies that lead to the master, and to replicas."""
    certificate = (
        ()
        if engine.tls is None
        else (FileMount(FOLDER, source=SecretFiles(engine.tls.secret, keys=("ca.crt",))),)
    )
    return proxies(
        place,
        proxy,
        configuration=configuration(engine, place, proxy, following),
        ports=Ports(WRITE, READ),
        variables={"REDIS_PASSWORD": engine.password},
        reaches=(Traffic(peers=(place.pods(),), ports=(REDIS_PORT, SENTINEL_PORT)),),
        files=certificate,
    )


def configuration(engine: RedisEngine, place: Place, proxy: Proxy, following: Following) -> str:
    """``haproxy.cfg``."""
    hosts = {f"{place.name}-{n}": place.pod_host(n) for n in range(following.servers)}
    named = {name: f"{{ nbsrv(named-{name}) ge {following.quorum} }}" for name in hosts}
    return text_of(
        "haproxy/redis.cfg",
        CONNECTIONS=str(engine.max_clients),
        DRAIN=str(proxy.shutdown.stop_seconds),
        WRITE_PORT=str(WRITE.number),
        READ_PORT=str(READ.number),
        ENCRYPTED="" if engine.tls is None else f" check-ssl verify required ca-file {CA}",
        MASTER="\n".join(f"    use_backend master-{name} if {named[name]}" for name in hosts),
        NAMED="\n".join(
            f"    http-request return status 200 if {{ path /{name} }} {named[name]}"
            for name in hosts
        ),
        SERVERS=_servers(engine, hosts, REDIS_PORT),
        BACKENDS="\n".join(_backends(engine, place, following, hosts)),
    )


def _backends(
    engine: RedisEngine, place: Place, following: Following, hosts: Mapping[str, str]
) -> Iterator[str]:
    """What is asked about each server."""
    for name, host in hosts.items():
        yield text_of(
            "haproxy/redis_server.cfg",
            SERVER=name,
            SET=place.name,
            HOST=host,
            NAMED=_named(engine, host),
            PORT=str(REDIS_PORT),
            LENGTH=str(len(host)),
            PATTERN=host.replace(".", "[.]"),
            STALE=_at_least(following.silence),
            SENTINELS=_servers(engine, hosts, SENTINEL_PORT),
        )


def _at_least(seconds: int) -> str:
    """A regular expression for milliseconds of ``seconds``, at most ten of them, or more."""
    if seconds >= LONGEST_SILENCE:
        return "[0-9]{5,}"
    return f"[{seconds}-9][0-9]{{3}}|[0-9]{{5,}}"


def _servers(engine: RedisEngine, hosts: Mapping[str, str], port: int) -> str:
    return "\n".join(
        f"    server {name} {host}:{port} check{_named(engine, host)}"
        for name, host in hosts.items()
    )


def _named(engine: RedisEngine, host: str) -> str:
    """What has the proxy check the name in a certificate; nothing where there is none."""
    return "" if engine.tls is None else f" verifyhost {host}"
