"""One program in a container: what it is started with, and the handle on it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_PATIENCE = 10.0
"""Seconds that the kernel may take over stopping a process."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A file or folder of this machine at a place in the container."""

    source: str
    target: str
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class Order:
    """All that `launcher.py` is told."""

    command: Sequence[str]
    variables: Mapping[str, str]
    folder: str = "/"
    user: int
    group: int
    groups: Sequence[int] = ()
    capabilities: Sequence[int] = ()
    no_new_privileges: bool = True

    network: int
    """Descriptor of the network namespace."""

    processes: int = 0
    """A process whose namespace of processes is shared; 0 is a new one."""

    volumes: int = 0
    """Descriptor of the namespace of mounts that volumes are found in; 0 is this machine's."""

    memory: str = ""
    """File of a control group to be counted in; empty is none of its own."""

    hostname: str
    root: str | None
    """An empty folder to build the root on; None is the tree of this machine."""

    scratch: str
    """A folder for files that the launcher makes."""

    folders: Sequence[str] = ()
    """Folders that anybody may write to."""

    links: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    mounts: Sequence[Mount] = ()
    read_only: bool = False
    log: str

    join: int = 0
    """A process whose container the command runs in; 0 is a new container."""


class Process:
    """The first process of a container."""

    def __init__(self, order: Order) -> None:
        self._launcher = _launch(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._launcher.stdout
        # Without a line the launcher has failed; its own words are in what it wrote.
        words = self._launcher.stdout.readline().decode().split()
        self._launcher.stdout.close()
        self.pid = int(words[0]) if words else 0
        self._spaces = words[1:]
        self._alone = not order.processes

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._launcher.poll() is None

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, as a shell puts it; raises `TimeoutExpired` where it has not."""
        return self._launcher.wait(timeout)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the first process alone, as a container runtime does."""
        if self.running and self.pid:
            _send((self.pid,), number)

    def send_to_all(self, number: signal.Signals) -> None:
        """Send a signal to every process of the container, and return when those that are to stop
        have stopped."""
        reached: set[int] = set()
        # Again, since one that has not been reached yet may start another one.
        while found := set(self._members()) - reached:
            _send(found, number)
            if number == signal.SIGSTOP:
                _wait_stopped(found)
            reached |= found

    def kill(self) -> None:
        """End all processes of the container, if any are left, and wait until they have gone."""
        assert self._launcher.stdin
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended, or been told before
            self._launcher.stdin.write(b".")
            self._launcher.stdin.flush()
        with contextlib.suppress(BrokenPipeError, ValueError):
            self._launcher.stdin.close()
        self._launcher.wait()
        # With processes of its own all end with the first one, which the kernel sees to.
        while not self._alone and (left := list(self._members())):
            _send(left, signal.SIGKILL)
            time.sleep(0.01)

    def _members(self) -> Iterator[int]:
        """The processes of the container: those with its file tree, and in its namespace of
        processes, where what has started them is not.

        The kernel gives the number of a tree that is gone to the next one that is made: by it
        alone, processes of another pod would be taken for this container's.
        """
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                spaces = [str((place / "ns" / kind).readlink()) for kind in ("mnt", "pid")]
                if spaces == self._spaces:
                    yield int(place.name)


def run(
    order: Order, *, timeout: float, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """A command inside a running container, to its end; raises `TimeoutExpired`."""
    with spawn(order) as launcher:
        said, _ = launcher.communicate((text or "").encode(), timeout)
    return subprocess.CompletedProcess(
        order.command, launcher.returncode, said.decode(errors="replace")
    )


@contextlib.contextmanager
def spawn(order: Order) -> Iterator[subprocess.Popen[bytes]]:
    """A command inside a running container, ended with the context."""
    launcher = _launch(
        order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    with launcher:
        try:
            yield launcher
        finally:
            launcher.kill()


def _launch(
    order: Order, *, stdin: int, stdout: int, stderr: int | None = None
) -> subprocess.Popen[bytes]:
    memory = os.memfd_create("order", 0)
    try:
        with os.fdopen(os.dup(memory), "w") as file:
            json.dump(asdict(order), file)
        os.lseek(memory, 0, os.SEEK_SET)
        return subprocess.Popen(
            [sys.executable, "-I", "-S", _LAUNCHER, str(memory)],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(memory, order.network, *([order.volumes] if order.volumes else [])),
            env={},
            # Ctrl-C is for the tests, which end the containers themselves.
            start_new_session=True,
        )
    finally:
        os.close(memory)


def _send(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _wait_stopped(processes: Iterable[int]) -> None:
    began = time.monotonic()
    # Who waits for the disk is waited for too, but not for ever: a parent may wait like that for a
    # child of `vfork`, which has stopped.
    while any(_is_in("RSD", process) for process in processes) and time.monotonic() < began + 1:
        time.sleep(0.001)
    while any(_is_in("RS", process) for process in processes):
        if time.monotonic() > began + _PATIENCE:
            msg = f"have not stopped within {_PATIENCE} s: {sorted(processes)}"
            raise TimeoutError(msg)
        time.sleep(0.001)


def _is_in(states: str, process: int) -> bool:
    """Whether a thread of it is in one of the states, as `proc(5)` calls them."""
    for file in Path(f"/proc/{process}/task").glob("*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            stat = file.read_text(encoding="utf-8", errors="replace")
            if stat.rpartition(")")[2].split()[0] in states:
                return True
    return False
