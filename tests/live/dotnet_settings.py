"""Connects as the .NET programs of catga do, by the settings in its environment.

A program for the pod that has them: `redis` writes a key and reads it, `nats` asks every server
that is listed, then publishes to a stream and reads what came. It prints what it found, as JSON.
"""

# ruff: noqa: SIM112  (.NET has its own way to write the names of variables)

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import nats
import redis
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError

_Result = TypeVar("_Result")
_PATIENCE = 20.0
"""Seconds that an election may take."""


@dataclass(frozen=True)
class Configuration:
    """What StackExchange.Redis makes of a configuration string."""

    endpoints: list[tuple[str, int]]
    options: Mapping[str, str]


def parsed(text: str) -> Configuration:
    """Read by its rules: parts between commas; one with "=" is an option, any other an endpoint.

    https://stackexchange.github.io/StackExchange.Redis/Configuration
    """
    endpoints, options = [], {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, value = part.partition("=")
        if equals:
            options[name.strip().lower()] = value.strip()
        else:
            host, _, port = part.partition(":")
            endpoints.append((host, int(port or 6379)))
    if unknown := options.keys() - {"password"}:
        msg = f"nobody here knows the options {sorted(unknown)}"
        raise ValueError(msg)
    return Configuration(endpoints, options)


def use_redis() -> dict[str, object]:
    """Write a key and read it; the role tells the server."""
    configuration = parsed(os.environ["Redis__Configuration"])
    ((host, port),) = configuration.endpoints
    client = redis.Redis(
        host=host,
        port=port,
        password=configuration.options["password"],
        socket_timeout=10,
        socket_connect_timeout=10,
        decode_responses=True,
    )
    client.set("order", "taken")
    role = client.execute_command("ROLE")  # type: ignore[no-untyped-call]
    return {"host": host, "order": client.get("order"), "role": role[0], "replicas": len(role[2])}


async def use_nats() -> dict[str, object]:
    """Connect to each server alone, then to all as one, and use a stream with that many copies."""
    servers = os.environ["NATS__Url"].split(",")
    answered = [await _answers(server) for server in servers]
    client = await _connected(servers, allow_reconnect=True, max_reconnect_attempts=2)
    stream = client.jetstream(timeout=2)
    reader = await _reader(stream, copies=len(servers))
    acknowledged = await insisted(partial(stream.publish, "orders.new", b"taken", timeout=10))
    (message,) = await insisted(partial(reader.fetch, 1, timeout=10))
    await message.ack_sync(timeout=10)
    await client.close()
    return {
        "hosts": [urlsplit(server).hostname for server in servers],
        "answered": answered,
        "sequence": acknowledged.seq,
        "read": message.metadata.sequence.stream,
        "order": message.data.decode(),
    }


async def _answers(server: str) -> bool:
    try:
        client = await _connected([server], allow_reconnect=False)
    except (nats.errors.Error, OSError):
        return False
    await client.close()
    return True


async def _connected(servers: list[str], **options: Any) -> Client:
    return await nats.connect(
        servers,
        user=os.environ["NATS__Username"],
        password=os.environ["NATS__Password"],
        dont_randomize=True,
        connect_timeout=5,
        **options,
    )


async def _reader(stream: JetStreamContext, copies: int) -> JetStreamContext.PullSubscription:
    """A reader of the stream, once that is there and both have a leader: each has one of its own,
    and one that is lost is replaced by election."""
    for left in reversed(range(20)):
        try:
            await stream.add_stream(name="orders", subjects=["orders.>"], num_replicas=copies)
            information = await stream.stream_info("orders")
            if copies == 1 or (information.cluster and information.cluster.leader):
                return await stream.pull_subscribe("orders.>", durable="order-processing")
        except (nats.errors.Error, nats.js.errors.Error):
            if not left:
                raise
        await asyncio.sleep(0.3)
    msg = "the stream has no leader"
    raise TimeoutError(msg)


async def insisted(ask: Callable[[], Awaitable[_Result]]) -> _Result:
    """What is answered, once this server knows who leads what is asked for.

    A stream and its readers are there a moment before every server knows that.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return await ask()
        except (NoStreamResponseError, ServiceUnavailableError):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.3)


if __name__ == "__main__":
    print(json.dumps(use_redis() if sys.argv[1] == "redis" else asyncio.run(use_nats())))
