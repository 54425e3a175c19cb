"""What the live tests need of the machine that they run on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache

from tests.live.images import IMAGES, Image

_PROGRAMS = ("ip", "nft", "getent")


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
    return [program for image in images for program in image.needs]


def _absent(programs: Iterable[str]) -> list[str]:
    return [program for program in programs if shutil.which(program) is None]


@cache
def _may_have_namespaces() -> bool:
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "true"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
