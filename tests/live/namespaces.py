"""Network namespaces without a name: the kernel removes each with the last thing that holds it.

So nothing is left behind, however the tests end, and two runs at a time cannot meet.
"""

import contextlib
import ctypes
import os
import socket
import threading
from collections.abc import Iterator

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


class NetworkNamespace:
    """A network of its own, held by a file descriptor."""

    def __init__(self) -> None:
        # A thread for the purpose, since the one that asks has to stay where it is.
        maker = threading.Thread(target=self._make)
        maker.start()
        maker.join()
        if not hasattr(self, "fd"):
            msg = "no network namespace could be made"
            raise OSError(msg)

    def _make(self) -> None:
        _checked(_libc.unshare(CLONE_NEWNET))
        self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    @property
    def path(self) -> str:
        """What other programs of this user can open it by."""
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """This thread, and the programs that it starts, inside."""
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _checked(_libc.setns(self.fd, CLONE_NEWNET))
            yield
        finally:
            _checked(_libc.setns(outside, CLONE_NEWNET))
            os.close(outside)

    def socket(self, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """A socket that stays inside, whichever thread uses it."""
        with self.entered():
            return socket.socket(socket.AF_INET, kind)

    def close(self) -> None:
        """Let go of it."""
        os.close(self.fd)


def _checked(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
