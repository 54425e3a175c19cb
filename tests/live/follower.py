"""The thread that keeps the network up to date with what happens in a cluster."""

import subprocess
import threading
from collections.abc import Callable

from tests.live.journal import Journal
from tests.live.manifests import ManifestError


class Follower:
    """Calls ``enforce`` after every note in the journal."""

    def __init__(self, journal: Journal, enforce: Callable[[], None]) -> None:
        self.failure: Exception | None = None
        self._journal = journal
        self._enforce = enforce
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Follow no further."""
        self._closed = True
        self._journal.note("cluster", "has ended")
        self._thread.join()

    def catch_up(self) -> None:
        """Return when all is enforced that has happened so far; where that is refused,
        `Cluster.wait` raises it."""
        try:
            self._enforce()
        except (OSError, subprocess.SubprocessError, ManifestError) as error:
            self.failure = error
            self._journal.note("network", f"failed: {error}")

    def _run(self) -> None:
        seen = 0

        def has_news() -> bool:
            return self._closed or self._journal.size() != seen

        while not self._closed:
            self._journal.wait(has_news, None)
            seen = self._journal.size()
            if not self._closed:
                self.catch_up()
            if self.failure:
                return
