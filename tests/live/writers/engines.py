"""How each engine is connected to, written to and read.

Libraries are imported where they are used: a writer needs one of them.
"""

import asyncio
import base64
import json
import logging
import ssl
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tests.live.writers.options import Options


class Session(Protocol):
    """A connection to a store."""

    def prepare(self) -> None:
        """Make what is written to, where it is not there yet."""

    def write(self, number: int) -> str:
        """Write a number; returns who has acknowledged it, if the engine says so, and raises
        where nobody has."""

    def read(self) -> set[int]:
        """All numbers that are there."""

    def close(self) -> None:
        """End the connection."""


class Redis:
    """A key for each number."""

    def __init__(self, options: Options) -> None:
        import redis  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self._prefix = options.name
        secure: dict[str, Any] = {"ssl": True, "ssl_ca_certs": options.ca} if options.ca else {}
        self._client = redis.Redis(
            host=options.host,
            port=options.port,
            username=options.user or None,
            password=options.password or None,
            socket_timeout=options.timeout,
            socket_connect_timeout=options.timeout,
            retry=Retry(NoBackoff(), 0),
            single_connection_client=True,
            **secure,
        )
        info: Any = self._client.info("server")
        self._server = str(info["run_id"])

    def prepare(self) -> None:
        pass

    def write(self, number: int) -> str:
        self._client.set(f"{self._prefix}:{number}", number)
        return self._server

    def read(self) -> set[int]:
        keys: Any = self._client.scan_iter(match=f"{self._prefix}:*", count=1000)
        return {int(key.rpartition(b":")[2]) for key in keys}

    def close(self) -> None:
        self._client.close()


class Postgres:
    """A row for each number, committed on its own."""

    def __init__(self, options: Options) -> None:
        import psycopg  # noqa: PLC0415

        self._table = options.name
        secure: dict[str, Any] = (
            {"sslmode": "verify-full", "sslrootcert": options.ca} if options.ca else {}
        )
        self._connection = psycopg.connect(
            host=options.host,
            port=options.port,
            user=options.user,
            password=options.password,
            dbname=options.database,
            autocommit=True,
            **secure,
        )

    def prepare(self) -> None:
        self._run(f"CREATE TABLE IF NOT EXISTS {self._table} (number bigint PRIMARY KEY)")

    def write(self, number: int) -> str:
        row = f"INSERT INTO {self._table} VALUES ({number})"  # noqa: S608 (the test's own words)
        return str(self._run(f"{row} RETURNING host(inet_server_addr())")[0][0])

    def read(self) -> set[int]:
        return {number for (number,) in self._run(f"SELECT number FROM {self._table}")}  # noqa: S608

    def close(self) -> None:
        self._connection.close()

    def _run(self, statement: str) -> list[Any]:
        cursor = self._connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


class Nats:
    """A message for each number, with its id, in a stream of JetStream."""

    def __init__(self, options: Options) -> None:
        import nats  # noqa: PLC0415

        # It warns of every TLS connection that is closed, among what is read.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
        self._options = options
        self._loop = asyncio.new_event_loop()
        secure: dict[str, Any] = (
            {"tls": ssl.create_default_context(cafile=options.ca)} if options.ca else {}
        )
        self._client = self._loop.run_until_complete(
            nats.connect(
                f"nats://{options.host}:{options.port}",
                user=options.user or None,
                password=options.password or None,
                connect_timeout=options.timeout,
                allow_reconnect=False,
                max_reconnect_attempts=0,
                error_cb=_ignored,
                **secure,
            )
        )
        self._stream = self._client.jetstream(timeout=options.timeout)

    def prepare(self) -> None:
        replicas = int(self._options.database or 1)
        name = self._options.name
        made = self._stream.add_stream(name=name, subjects=[name], num_replicas=replicas)
        self._loop.run_until_complete(made)

    def write(self, number: int) -> str:
        name = self._options.name
        headers = {"Nats-Msg-Id": f"{name}-{number}"}
        sent = self._stream.publish(name, str(number).encode(), headers=headers)
        self._loop.run_until_complete(sent)
        return ""

    def read(self) -> set[int]:
        return self._loop.run_until_complete(self._read())

    def close(self) -> None:
        self._loop.run_until_complete(self._client.close())
        self._loop.close()

    async def _read(self) -> set[int]:
        found: set[int] = set()
        messages = await self._stream.pull_subscribe(self._options.name)
        while (await messages.consumer_info()).num_pending:
            for message in await messages.fetch(1000, timeout=5):
                found.add(int(message.data))
                await message.ack()
        return found


class Etcd:
    """A key for each number, over the gateway for HTTP."""

    def __init__(self, options: Options) -> None:
        self._options = options
        scheme = "https" if options.ca else "http"
        self._url = f"{scheme}://{options.host}:{options.port}/v3"
        self._context = ssl.create_default_context(cafile=options.ca) if options.ca else None
        self._headers: dict[str, str] = {}
        if options.user:
            login = {"name": options.user, "password": options.password}
            self._headers["Authorization"] = self._ask("auth/authenticate", login)["token"]

    def prepare(self) -> None:
        pass

    def write(self, number: int) -> str:
        key = _encoded(f"{self._options.name}/{number}")
        answer = self._ask("kv/put", {"key": key, "value": _encoded(str(number))})
        # Every member answers for the leader, and a term has one leader.
        return f"the leader of term {answer['header']['raft_term']}"

    def read(self) -> set[int]:
        name = self._options.name
        ends = {"key": _encoded(f"{name}/"), "range_end": _encoded(f"{name}0")}
        found = self._ask("kv/range", ends).get("kvs", ())
        return {int(base64.b64decode(item["value"])) for item in found}

    def close(self) -> None:
        pass

    def _ask(self, path: str, body: Mapping[str, str]) -> Any:
        asked = urllib.request.Request(  # noqa: S310 (of the test's own)
            f"{self._url}/{path}", json.dumps(body).encode(), self._headers
        )
        with urllib.request.urlopen(  # noqa: S310
            asked, timeout=self._options.timeout, context=self._context
        ) as answer:
            return json.load(answer)


async def _ignored(_: Exception) -> None:
    """What fails is raised by the call that fails."""


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


MODULES: Mapping[str, Sequence[str]] = {
    "redis": ("redis", "redis.backoff", "redis.retry"),
    "postgres": ("psycopg",),
    "nats": ("nats",),
    "etcd": (),
}
"""What each needs. A library whose import is interrupted may never work in that process."""

ENGINES: Mapping[str, Callable[[Options], Session]] = {
    "redis": Redis,
    "postgres": Postgres,
    "nats": Nats,
    "etcd": Etcd,
}
