"""What the live tests need of the machine that they run on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache

from tests.live.images import IMAGES, Image, program

_PROGRAMS = ("ip", "nft", "getent", "busybox", "ldd", "curl", "openssl")
_FOR_VOLUMES = ("mount", "mkfs.ext4")


def missing(*images: str) -> str:
    """What is not here, of the runner's own needs and of some images'; empty where all is."""
    if sys.platform != "linux":
        return "needs Linux"
    if os.geteuid() != 0:
        return "needs root, for namespaces"
    if not _may_have_namespaces():
        return "needs to be allowed network and mount namespaces"
    absent = [*_absent(_PROGRAMS), *_absent(_needs(IMAGES[name] for name in images))]
    return f"not on PATH: {', '.join(absent)}; see tests/live/packages.txt" if absent else ""


def _needs(images: Iterable[Image]) -> list[str]:
    return [name for image in images for name in image.needs]


def _absent(programs: Iterable[str]) -> list[str]:
    return [name for name in programs if program(name) is None]


def missing_for_volumes() -> str:
    """What is not here that volumes of a bounded size need; empty where all is."""
    if absent := _absent(_FOR_VOLUMES):
        return f"not on PATH: {', '.join(absent)}; see tests/live/packages.txt"
    return "" if _may_mount_files() else "needs to be allowed to mount files"


@cache
def _may_mount_files() -> bool:
    with tempfile.NamedTemporaryFile() as image, tempfile.TemporaryDirectory() as folder:
        image.truncate(2**23)
        subprocess.run(["mkfs.ext4", "-q", image.name], check=True)
        command = ["unshare", "--mount", "mount", "-o", "loop", image.name, folder]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


@cache
def _may_have_namespaces() -> bool:
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "true"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
