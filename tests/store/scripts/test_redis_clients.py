"""Clients that log in by the URL of a binding, to a real server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from constructs_lib.store.construct import ResilientStatefulStore
from tests.store.redis_cases import THREE
from tests.store.rendering import new_chart
from tests.store.scripts.servers import free_port, missing, wait_until

LACKING = missing("redis-server", "redis-cli")
PASSWORD = "between-us"  # noqa: S105  (of a server that this test starts)

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"without {LACKING}")


def _url(port: int) -> str:
    """What a program is told, with the password in it, and the server of this test."""
    store = ResilientStatefulStore(new_chart(), "cache", THREE)
    text = str(store.client().variables["REDIS_URL"])
    return text.replace("$(REDIS_PASSWORD)", PASSWORD).replace(
        store.endpoint.address, f"127.0.0.1:{port}"
    )


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server with a password, as those of a store are told theirs."""
    number = free_port()
    options = ["--port", str(number), "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen(
        ["redis-server", *options, "--requirepass", PASSWORD], stdout=subprocess.DEVNULL
    ) as server:
        wait_until(lambda: "NOAUTH" in _cli("-p", str(number), "PING"), timeout=10)
        yield number
        server.terminate()


def _cli(*words: str) -> str:
    done = subprocess.run(
        ["redis-cli", "--no-auth-warning", *words], capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip()


def test_the_url_of_a_binding_logs_redis_cli_in(port: int) -> None:
    assert _cli("-u", _url(port), "PING") == "PONG"


def test_the_url_of_a_binding_logs_a_library_in(port: int) -> None:
    with redis.Redis.from_url(_url(port)) as client:
        assert client.ping()


def test_a_client_that_knows_no_users_logs_in_by_the_password_alone(port: int) -> None:
    assert _cli("-p", str(port), "AUTH", PASSWORD) == "OK"
