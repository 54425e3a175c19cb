"""What a run has on this machine, and what of it is still there."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tests.live.cgroups import parent_group
from tests.live.cluster import Cluster


@dataclass(frozen=True, kw_only=True)
class Traces:
    """How to find all that belongs to a cluster of a process."""

    folder: str
    process: int
    networks: tuple[str, ...]
    """The network namespaces of the node and of its pods."""

    @classmethod
    def of(cls, cluster: Cluster) -> Self:
        """Those of a cluster of this process."""
        pods = (pod.link.namespace for pod in cluster.everybody)
        descriptors = [cluster.node.network.node.fd, *(namespace.fd for namespace in pods)]
        return cls(
            folder=str(cluster.node.folder),
            process=os.getpid(),
            networks=tuple(str(Path(f"/proc/self/fd/{n}").readlink()) for n in descriptors),
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Those that another process has written with `text`."""
        return cls(**json.loads(text))

    def text(self) -> str:
        """One line, for another process to read."""
        return json.dumps(asdict(self))

    def left(self) -> list[object]:
        """What is still there, the folder aside, which a killed run leaves to the next one."""
        return [*self.processes(), *self.files_mounted(), *self.groups()]

    def processes(self) -> Iterator[int]:
        """All in its networks: containers, commands in them, and what has started either."""
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if str((place / "ns/net").readlink()) in self.networks:
                    yield int(place.name)
            except OSError:  # it has ended meanwhile
                continue

    def files_mounted(self) -> list[str]:
        """The files in its folder that are mounted somewhere."""
        return [file for file in files_on_loops() if file.startswith(f"{self.folder}/")]

    def groups(self) -> list[Path]:
        """Its control groups."""
        parent = parent_group()
        runs = [*parent.glob(f"live-{self.process}-*")] if parent else []
        return [*runs, *(group for run in runs for group in _inner(run))]


def files_on_loops() -> Iterator[str]:
    """The files of this machine that are mounted somewhere."""
    for device in Path("/sys/block").glob("loop*"):
        with contextlib.suppress(OSError):  # nothing is on it, or no longer
            yield (device / "loop/backing_file").read_text(encoding="utf-8").strip()


def _inner(group: Path) -> list[Path]:
    """The groups in a group; none where it has been removed meanwhile."""
    try:
        return [*group.glob("*/")]
    except FileNotFoundError:
        return []
