"""What happens in a cluster, in order, and the way to wait for it."""

import threading
import time
from collections.abc import Callable


class Journal:
    """Notes of all parts of a cluster."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._changed = threading.Condition()
        self._lines: list[str] = []

    def note(self, subject: str, text: str, change: Callable[[], None] = lambda: None) -> None:
        """Something has happened, so that whoever waits looks again; nobody notes anything between
        ``change`` and this."""
        with self._changed:
            change()
            self._lines.append(f"{time.monotonic() - self._began:8.3f} {subject}: {text}")
            self._changed.notify_all()

    def lines(self, about: str = "") -> list[str]:
        """What has happened, or what of it mentions a word."""
        with self._changed:
            return [line for line in self._lines if about in line]

    def wait(self, condition: Callable[[], bool], timeout: float | None) -> bool:
        """Return as soon as ``condition`` holds; false where it has not by then.

        It is asked without the lock: one that takes long, as a command in a pod does, holds up
        nothing that happens meanwhile.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            seen = self.size()
            if condition():
                return True
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            self._wait_for_more_than(seen, left)

    def size(self) -> int:
        """How much has happened so far."""
        return len(self._lines)

    def _wait_for_more_than(self, seen: int, timeout: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._lines) != seen, timeout)
