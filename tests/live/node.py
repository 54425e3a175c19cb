"""What all pods of a cluster share."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.live.cgroups import MemoryGroups
from tests.live.claims import Claims
from tests.live.folders import run_folder
from tests.live.images import Image
from tests.live.journal import Journal
from tests.live.manifests import Manifests
from tests.live.namespaces import MountNamespace
from tests.live.network import Network


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long the kubelet takes over what no manifest says."""

    restart: float = 1.0
    """From a container's end to its first start again, which is when a kubelet looks."""

    back_off: float = 0.1
    """Factor on its waits of 10 s, 20 s, 40 s up to 300 s before further starts, and on the 600 s
    without an end after which it forgets about earlier ones."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """The machine that pods run on."""

    manifests: Manifests
    images: Mapping[str, Image]
    timing: Timing
    network: Network
    folder: Path
    claims: Claims
    mounts: MountNamespace | None
    """Where the file systems of volumes are, if they have some of their own."""

    memory: MemoryGroups
    journal: Journal


@contextlib.contextmanager
def running_node(
    manifests: Manifests,
    images: Mapping[str, Image],
    timing: Timing,
    journal: Journal,
    *,
    bounded_claims: bool,
) -> Iterator[Node]:
    """A node without pods; all that it holds is given back with the context."""
    with contextlib.ExitStack() as undo:
        folder = undo.enter_context(run_folder())
        mounts = MountNamespace() if bounded_claims else None
        if mounts:
            undo.callback(mounts.close)
        claims = Claims(folder / "claims", manifests, mounts)
        undo.callback(claims.close)
        memory = MemoryGroups()
        undo.callback(memory.close)
        network = Network()
        undo.callback(network.close)
        yield Node(
            manifests=manifests,
            images=images,
            timing=timing,
            network=network,
            folder=folder,
            claims=claims,
            mounts=mounts,
            memory=memory,
            journal=journal,
        )
