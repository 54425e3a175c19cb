"""Who may connect to NATS, and what they may do there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.naming import name_problems
from constructs_lib.refs import Binding, Endpoint, SecretKey
from constructs_lib.values import Value

EVERYTHING = ">"
INBOXES = "_INBOX.>"
"""Where clients have answers sent to, unless they are told otherwise."""

# What clients of JetStream send: requests for streams and consumers, acknowledgements of messages,
# answers to flow control. https://docs.nats.io/reference/reference-protocols/nats_api_reference
_JETSTREAM = ("$JS.API.>", "$JS.ACK.>", "$JS.FC.>")

SYSTEM = "sys"
BACKUP = "backup"
_TAKEN = (SYSTEM, BACKUP, "route")


class NatsUser(Value):
    """A login of the account that holds messages and streams."""

    name: str = field(kw_only=False)
    """Name to log in with, and of the binding: ``store.login("orders")``."""

    password: SecretKey
    """Its password. Of characters that need no escape in URLs: letters, digits and ``-._~``."""

    publish: tuple[str, ...] = (EVERYTHING,)
    """Subjects it may send to, for example ``orders.>``. Default all."""

    subscribe: tuple[str, ...] = (EVERYTHING,)
    """Subjects it may receive from. Default all. Its answers come in besides, at ``_INBOX.>``."""

    jetstream: bool = True
    """Whether it may use the account's streams: all of them, since JetStream's own subjects know
    no users. Default True; whom a stream must be kept from needs a store of its own."""

    @property
    def may_publish(self) -> tuple[str, ...]:
        """Everything it may send to."""
        own = _JETSTREAM if self.jetstream and EVERYTHING not in self.publish else ()
        return (*self.publish, *own)

    @property
    def may_subscribe(self) -> tuple[str, ...]:
        """Everything it may receive from."""
        known = EVERYTHING in self.subscribe or INBOXES in self.subscribe
        return self.subscribe if known else (*self.subscribe, INBOXES)

    def problems(self) -> Iterator[Problem]:
        """A plain name, and subjects that are such."""
        yield from name_problems("name", self.name)
        if self.name in _TAKEN:
            yield Problem("name", self.name, "is a login of the store's own", "choose another")
        for where in ("publish", "subscribe"):
            for subject in getattr(self, where):
                yield from _subject_problems(where, subject)


def backup_user(password: SecretKey) -> NatsUser:
    """Who makes and restores backups: it reads and makes whole streams, and nothing else.

    https://github.com/nats-io/nats-server/blob/main/server/jetstream_api.go
    """
    streams = ("LIST", "NAMES", "INFO.*", "SNAPSHOT.*", "RESTORE.*")
    return NatsUser(
        BACKUP,
        password=password,
        publish=(
            "$JS.API.INFO",
            *(f"$JS.API.STREAM.{name}" for name in streams),
            "$JS.SNAPSHOT.ACK.>",
            "$JS.SNAPSHOT.RESTORE.>",
        ),
        subscribe=(INBOXES,),
        jetstream=False,
    )


def bindings(
    endpoint: Endpoint, users: tuple[NatsUser, ...], hosts: list[str], *, tls: bool
) -> dict[str, Binding]:
    """What clients get, by user; ``default`` is the first."""
    scheme = "tls" if tls else "nats"
    servers = ",".join(f"{scheme}://{host}:{endpoint.port.number}" for host in hosts)

    def binding(user: NatsUser) -> Binding:
        return Binding(
            endpoint,
            user=user.name,
            password=user.password,
            variables={
                "NATS_HOST": endpoint.host,
                "NATS_PORT": str(endpoint.port.offered),
                "NATS_USER": user.name,
                "NATS_PASSWORD": user.password,
                "NATS_URL": f"{scheme}://{user.name}:$(NATS_PASSWORD)@{endpoint.address}",
                # For clients that want to know every server. It changes with their number.
                "NATS_SERVERS": servers,
            },
            broker=True,
        )

    return {"default": binding(users[0]), **{user.name: binding(user) for user in users}}


def user_problems(users: tuple[NatsUser, ...]) -> Iterator[Problem]:
    """Somebody may connect, and nobody twice."""
    if not users:
        fix = "give users=(NatsUser('orders', password=...),)"
        yield Problem("users", users, "lets nobody connect", fix)
    names = [user.name for user in users]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("users", name, "is the name of two users", "rename one of them")


def _subject_problems(where: str, subject: str) -> Iterator[Problem]:
    """https://docs.nats.io/nats-concepts/subjects ."""
    tokens = subject.split(".")
    plain = all(token and not set(token) & set(' \t\r\n"') for token in tokens)
    wild = all(len(token) == 1 or not set(token) & set("*>") for token in tokens)
    if not plain or not wild or EVERYTHING in tokens[:-1]:
        fix = "write tokens with '.' between them, such as 'orders.*.new' or 'orders.>'"
        yield Problem(where, subject, "is no subject", fix)
