"""Runs the web server of a stand-in, as its container would."""

import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_nginx = pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is not on the PATH (Debian: nginx-light)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def laid_out(files: Mapping[str, str], command: Sequence[str], folder: Path) -> list[str]:
    """The command, with the folders and ``files`` of its container below ``folder``."""
    places = {"/etc/stand-in": "etc", "/dev/stdout": "log", "/tmp": "tmp"}  # noqa: S108

    def moved(text: str) -> str:
        pattern = "|".join(map(re.escape, places))
        return re.sub(pattern, lambda match: f"{folder}/{places[match[0]]}", text)

    for name in ("etc", "tmp"):
        (folder / name).mkdir()
    for path, text in files.items():
        Path(moved(path)).write_text(moved(text), encoding="utf-8")
    return [moved(word) for word in command]


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """The command in the background."""
    with subprocess.Popen(command) as server:
        try:
            yield
        finally:
            server.terminate()


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and text, as soon as somebody listens."""
    deadline = time.monotonic() + 10
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
        finally:
            connection.close()
