"""Namespaces without a name: the kernel removes each with the last thing that holds it.

So nothing is left behind, however the tests end, and two runs at a time cannot meet.
"""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from tests.live.kernel import (
    CLONE_FS,
    CLONE_NEWNET,
    CLONE_NEWNS,
    PRIVATE,
    RECURSIVE,
    checked,
    libc,
    mount,
    unmount,
)

_Result = TypeVar("_Result")


class NetworkNamespace:
    """A network of its own, held by a file descriptor."""

    def __init__(self) -> None:
        self.fd = _elsewhere(self._make)

    def _make(self) -> int:
        checked("unshare", libc.unshare(CLONE_NEWNET))
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    @property
    def path(self) -> str:
        """What other programs of this user can open it by."""
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """This thread, and the programs that it starts, inside."""
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            checked("setns", libc.setns(self.fd, CLONE_NEWNET))
            yield
        finally:
            checked("setns", libc.setns(outside, CLONE_NEWNET))
            os.close(outside)

    def socket(self, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """A socket that stays inside, whichever thread uses it."""
        with self.entered():
            return socket.socket(socket.AF_INET, kind)

    def close(self) -> None:
        """Let go of it."""
        os.close(self.fd)


class MountNamespace:
    """The file systems of this machine, and some that only programs inside see."""

    def __init__(self) -> None:
        self.fd = _elsewhere(self._make)

    def _make(self) -> int:
        checked("unshare", libc.unshare(CLONE_NEWNS))
        mount("none", "/", flags=RECURSIVE | PRIVATE)
        return os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)

    def mount(self, image: Path, folder: Path) -> int:
        """Mount the file system in a file; the descriptor is a way to it from outside."""

        def act() -> int:
            self._enter()
            subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True)
            return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

        return _elsewhere(act)

    def unmount(self, folder: Path) -> None:
        """Take a file system away, for programs that are started from now on."""

        def act() -> None:
            self._enter()
            unmount(str(folder))

        _elsewhere(act)

    def close(self) -> None:
        """Let go of it."""
        os.close(self.fd)

    def _enter(self) -> None:
        # A thread that shares its root and working folder with others may not.
        checked("unshare", libc.unshare(CLONE_FS))
        checked("setns", libc.setns(self.fd, CLONE_NEWNS))


def _elsewhere(action: Callable[[], _Result]) -> _Result:
    """What comes of an action in a thread for the purpose, since the one that asks has to stay
    where it is."""
    results: list[_Result] = []
    errors: list[Exception] = []

    def act() -> None:
        try:
            results.append(action())
        except (OSError, subprocess.SubprocessError) as error:
            errors.append(error)

    actor = threading.Thread(target=act)
    actor.start()
    actor.join()
    if errors:
        raise errors[0]
    return results[0]
