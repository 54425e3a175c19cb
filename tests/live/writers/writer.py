"""A writer beside a test."""

import contextlib
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.live.cluster import Cluster
from tests.live.pod import Pod
from tests.live.writers.options import Options
from tests.live.writers.outages import Attempt, Outage, longest_outage, parsed

_PROJECT = str(Path(__file__).parents[3])


class Writer:
    """Writes from a client pod while the context lasts; two of a cluster need different names."""

    def __init__(self, cluster: Cluster, client: Pod, options: Options) -> None:
        self.options = options
        self._cluster = cluster
        self._client = client
        self._file = cluster.node.folder / f"writer-{options.name}"
        self._attempts: list[Attempt] = []
        self._seen = 0

    def __enter__(self) -> Self:
        self._file.touch()
        with contextlib.ExitStack() as undo:
            command = self._command(self.options, "write", str(self._file))
            undo.enter_context(self._client.spawn(*command))
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._undo.close()

    @property
    def attempts(self) -> list[Attempt]:
        """All writes so far, in their order."""
        with self._file.open(encoding="utf-8") as file:
            file.seek(self._seen)
            while (line := file.readline()).endswith("\n"):
                self._attempts.append(parsed(line))
                self._seen = file.tell()
        return list(self._attempts)

    @property
    def acknowledged(self) -> set[int]:
        """The numbers that a server has promised to keep."""
        return {item.number for item in self.attempts if item.acknowledged}

    def wait_accepted(self, timeout: float, since: float | None = None) -> float:
        """Return when a write has been acknowledged that began after ``since``, which is now if
        it is not given; says when that was."""
        start = time.monotonic() if since is None else since

        def found() -> list[float]:
            return [
                item.ended for item in self.attempts if item.acknowledged and item.began > start
            ]

        self._cluster.wait(lambda: bool(found()), timeout, self._state())
        return found()[0]

    def steady(self, timeout: float = 20) -> None:
        """Return when a hundred more writes were acknowledged."""
        wanted = len(self.acknowledged) + 100
        self._cluster.wait(lambda: len(self.acknowledged) >= wanted, timeout, "100 more writes")

    def outage(self, since: float) -> Outage:
        """The longest time without an acknowledged write from ``since`` to now."""
        return longest_outage(self.attempts, since)

    def read(self, host: str = "") -> set[int]:
        """The numbers that are there, at the writer's host or another one.

        Asked for again until somebody answers: for how long nobody does is what `outage` tells of
        writes, and what is lost does not come back meanwhile.
        """
        options = replace(self.options, host=host or self.options.host, timeout=10)
        said = ""

        def answered() -> bool:
            nonlocal said
            done = self._client.run(*self._command(options, "read"), timeout=40)
            said = done.stdout
            return done.returncode == 0

        try:
            self._cluster.wait(answered, 40, f"{options.host} is read")
        except TimeoutError as error:
            error.add_note(said)
            raise
        return {int(word) for word in said.split()}

    def lost(self, host: str = "") -> set[int]:
        """What has been acknowledged and is not there."""
        acknowledged = self.acknowledged
        return acknowledged - self.read(host)

    def _command(self, options: Options, *words: str) -> tuple[str, ...]:
        variables = (f"PYTHONPATH={_PROJECT}", f"WRITER={json.dumps(asdict(options))}")
        return ("env", *variables, sys.executable, "-m", "tests.live.writers.program", *words)

    def _state(self) -> str:
        last = self.attempts[-1:]
        return f"a write to {self.options.host} is acknowledged; the last attempt: {last}"
