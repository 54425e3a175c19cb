"""What all pods of a cluster share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.live.images import Image
from tests.live.journal import Journal
from tests.live.manifests import Manifests
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
    journal: Journal
