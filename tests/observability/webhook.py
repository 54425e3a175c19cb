"""A server that writes down what it is sent: Alertmanager's messages, as its receivers see them."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

import pytest

_POLL = 0.05


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request."""

    path: str
    at: float
    """When it came, on the monotonic clock."""

    headers: Mapping[str, str]
    body: Any

    @property
    def alerts(self) -> list[str]:
        """Names of the alerts in it, sorted."""
        return sorted(alert["labels"]["alertname"] for alert in self.body["alerts"])


class WebhookServer:
    """Where messages arrive."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.messages: list[Message] = []

    def at(self, path: str) -> list[Message]:
        """What has come at ``path`` so far."""
        return [message for message in self.messages if message.path == path]

    def wait(
        self, path: str, count: int = 1, *, seconds: float = 30, status: str | None = None
    ) -> list[Message]:
        """What has come at ``path``, once it is ``count`` messages (of ``status``)."""

        def found() -> list[Message]:
            return [m for m in self.at(path) if status in (None, m.body.get("status"))]

        until(lambda: len(found()) >= count, seconds, f"{count} messages at {path}")
        return found()


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until ``holds``; fail where it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for {what}")
        time.sleep(_POLL)


@contextmanager
def listening(host: str = "127.0.0.1", port: int = 0) -> Iterator[WebhookServer]:
    """A server at an address, or on a free port of this machine, until the block ends."""
    server = _Server((host, port), _Handler)
    hook = WebhookServer(server.server_port)
    server.hook = hook  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def webhook() -> Iterator[WebhookServer]:
    """A server that writes down what it is sent, of the running test alone."""
    with listening() as server:
        yield server


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        # What it would do besides is to ask for the name of the address.
        TCPServer.server_bind(self)
        self.server_port = self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        hook: WebhookServer = self.server.hook  # type: ignore[attr-defined]
        hook.messages.append(
            Message(
                path=self.path,
                at=time.monotonic(),
                headers=dict(self.headers),
                body=json.loads(text) if text else None,
            )
        )
        # PagerDuty's API answers with 202, the others with 200; each takes any 2xx.
        self.send_response(202)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing: the test does."""
