"""Configuration of NATS servers, from files in ``files/nats``.

A change of it rolls the pods. The server could read most of it again by itself, but not all (its
limits of JetStream among others), and would have to be told by a sidecar that shares processes
with it; a roll, one server after the other, loses nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.refs import SecretKey
from constructs_lib.store.engine import Place
from constructs_lib.store.files import text_of
from constructs_lib.store.nats.users import SYSTEM, NatsUser

CLUSTER_PORT = 6222

_SHARE_OF_SERVERS = Decimal("0.85")
"""What streams take of the servers' limits. Servers tell each other how full they are now and then
only, so the rest is what may be written meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the files say, derived and ready to be written."""

    replicas: int
    data_path: str
    users: tuple[NatsUser, ...]
    system_password: SecretKey | None
    route_password: SecretKey | None
    tls: bool
    max_file_store: int
    max_memory_store: int
    max_bytes_required: bool
    fewest_copies: int
    """Of a stream; no file says it, and backups are as large as that makes them."""

    max_payload: int
    sync_interval: str
    lame_duck_seconds: int
    memory_target: int


def account_file(settings: Settings) -> int:
    """Most bytes that streams in files may take on all servers together, every copy counted."""
    return int(settings.max_file_store * settings.replicas * _SHARE_OF_SERVERS)


def configuration(place: Place, settings: Settings) -> dict[str, str]:
    """Files for ``/etc/nats``, by name."""
    clustered = settings.replicas > 1
    included = ["cluster.conf"] * clustered + ["tls.conf"] * settings.tls
    main = text_of(
        "nats/nats.conf",
        DATA=settings.data_path,
        MAX_PAYLOAD=str(settings.max_payload),
        LAME_DUCK_SECONDS=str(settings.lame_duck_seconds),
        MAX_FILE_STORE=str(settings.max_file_store),
        MAX_MEMORY_STORE=str(settings.max_memory_store),
        SYNC_INTERVAL=settings.sync_interval,
        INCLUDED="\n".join(f'include "{name}"' for name in included),
    )
    files = {"nats.conf": main, "accounts.conf": _accounts(settings)}
    if clustered:
        # Routes prove who they are on both sides, clients by their passwords.
        tls = '    include "tls.conf"' if settings.tls else ""
        name = f"{place.namespace}-{place.name}"
        files["cluster.conf"] = text_of("nats/cluster.conf", NAME=name, TLS=tls)
    if settings.tls:
        files["tls.conf"] = text_of("nats/tls.conf")
    return files


def variables(place: Place, settings: Settings) -> dict[str, Variable]:
    """What the files name with ``$``, and what Go's runtime has to know."""
    return {
        "POD_NAME": PodField("metadata.name"),
        # The collector works harder from here on, and the limit is not reached by garbage.
        "GOMEMLIMIT": str(settings.memory_target),
        **dict(_passwords(settings)),
        **(_routes(place, settings) if settings.replicas > 1 else {}),
    }


def _routes(place: Place, settings: Settings) -> Mapping[str, str]:
    # The server reads a variable as it reads its files, so this is a list.
    urls = [
        f"'nats-route://route:$(NATS_ROUTE_PASSWORD)@{place.pod_host(number)}:{CLUSTER_PORT}'"
        for number in range(settings.replicas)
    ]
    return {"NATS_ROUTES": f"[{', '.join(urls)}]"}


def _passwords(settings: Settings) -> Iterator[tuple[str, Variable]]:
    named = {_variable(user.name): user.password for user in settings.users}
    if settings.system_password is not None:
        named[_variable(SYSTEM)] = settings.system_password
    if settings.replicas > 1 and settings.route_password is not None:
        named["NATS_ROUTE_PASSWORD"] = settings.route_password
    yield from named.items()
    for name in named:
        yield f"{name}_TEXT", f"'$({name})'"


def _accounts(settings: Settings) -> str:
    administrators: tuple[NatsUser, ...] = ()
    if settings.system_password is not None:
        administrators = (NatsUser(SYSTEM, password=settings.system_password),)
    share = settings.replicas * _SHARE_OF_SERVERS
    return text_of(
        "nats/accounts.conf",
        MAX_FILE=str(account_file(settings)),
        MAX_MEMORY=str(int(settings.max_memory_store * share)),
        MAX_BYTES_REQUIRED=str(settings.max_bytes_required).lower(),
        SYSTEM_USERS=_users(administrators),
        USERS=_users(settings.users),
    )


def _users(users: tuple[NatsUser, ...]) -> str:
    texts = [
        text_of(
            "nats/user.conf",
            NAME=user.name,
            VARIABLE=f"{_variable(user.name)}_TEXT",
            PUBLISH=_list(user.may_publish),
            SUBSCRIBE=_list(user.may_subscribe),
        )
        for user in users
    ]
    return "".join(texts).rstrip("\n")


def _list(subjects: tuple[str, ...]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)


def _variable(user: str) -> str:
    return f"NATS_{user.upper().replace('-', '_')}_PASSWORD"
