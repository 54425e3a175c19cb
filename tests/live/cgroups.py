"""Control groups that hold containers to their limits of memory, where this machine lets them be
made: below the group of the tests with version 1, below the root with version 2."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

_PREFIX = "live-"
_PATIENCE = 2.0
# Whoever ends last in a run that is killed cannot know that it is the last, so that none of them
# can remove the groups: this program does. What has ended is counted for a moment more.
_GUARD = """
read -r _
for _ in $(seq 600); do
  rmdir "$0"/*/ "$0" 2>/dev/null
  [ -e "$0" ] || exit 0
  sleep 0.05
done
exit 1
"""


class MemoryGroups:
    """The groups of one run, removed however it ends; none where none can be made."""

    def __init__(self) -> None:
        parent = parent_group()
        self._folder = parent and parent / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        if parent and self._folder:
            _remove_abandoned(parent)
            self._folder.mkdir()
            _share(self._folder)
            self._guard = subprocess.Popen(
                ["sh", "-c", _GUARD, str(self._folder)],
                stdin=subprocess.PIPE,
                # Nor does it end with those whose terminal or process group is told to.
                start_new_session=True,
            )

    def made(self, name: str, limit: int) -> str:
        """The file that takes processes into a new group; empty where none can be made."""
        if not self._folder:
            return ""
        group = self._folder / name
        group.mkdir()
        for file, value in (
            ("memory.limit_in_bytes", limit),
            ("memory.memsw.limit_in_bytes", limit),
            ("memory.max", limit),
            ("memory.swap.max", 0),
            ("memory.oom.group", 1),
        ):
            if (group / file).exists():
                (group / file).write_text(str(value))
        return str(group / "cgroup.procs")

    def remove(self, file: str) -> None:
        """Remove the group with this file; its processes have ended."""
        if file:
            _remove(Path(file).parent)

    def close(self) -> None:
        """Remove all of them; their processes have ended."""
        if self._folder:
            self._guard.communicate()


@cache
def parent_group() -> Path | None:
    """Where groups with limits of memory can be made; None where they cannot."""
    if sys.platform != "linux":
        return None
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, place, kind, options, *_ = line.split()
        found = Path(place)
        if kind == "cgroup" and "memory" in options.split(","):
            found = Path(place + _own_group())
        elif kind != "cgroup2" or "memory" not in _controllers(found):
            continue
        if _may_make(found):
            return found
    return None


def _own_group() -> str:
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, group = line.split(":", 2)
        if "memory" in controllers.split(","):
            return group.rstrip("/")
    return ""


def _controllers(folder: Path) -> list[str]:
    return (folder / "cgroup.subtree_control").read_text(encoding="utf-8").split()


def _share(folder: Path) -> None:
    """Have groups inside be limited, which only version 2 asks for."""
    control = folder / "cgroup.subtree_control"
    if control.exists():
        control.write_text("+memory")


def _may_make(parent: Path) -> bool:
    folder = parent / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        folder.mkdir()
    except OSError:
        return False
    folder.rmdir()
    return True


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    for place in (*folder.glob("*/"), folder):
        # What has ended is counted for a moment more.
        while place.exists() and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                place.rmdir()
                break
            time.sleep(0.01)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}[0-9]*-*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):
                _remove(folder)
