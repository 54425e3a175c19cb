"""The file tree of a container, made by its first process before it becomes the program."""

import os
from pathlib import Path
from typing import Any

from tests.live.kernel import (
    BIND,
    NO_DEVICES,
    NO_SUID,
    READ_ONLY,
    RECURSIVE,
    REMOUNT,
    checked,
    libc,
    mount,
    unmount,
)

Order = dict[str, Any]

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_FOLDERS = ("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "sys")
_VARIABLE = ("usr/local", "var/cache", "var/lib", "var/log", "var/spool")


def use_this_machine(order: Order) -> None:
    """The tree of this machine, with files of the pod's own over its."""
    for path, text in order["files"].items():
        source = Path(order["scratch"], path.replace("/", "_"))
        source.write_text(text)
        mount(str(source), os.path.realpath(path), flags=BIND)
    mount("proc", "/proc", "proc")


def enter_root(order: Order) -> None:
    """A tree of the container's own, as its order says, and no way back to this machine's."""
    root = Path(order["root"])
    mount("tmpfs", str(root), "tmpfs", data="mode=755")
    for folder in (*_FOLDERS, *_VARIABLE):
        (root / folder).mkdir(parents=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / name).mkdir()
        (root / name).symlink_to(f"usr/{name}")
    (root / "var/run").symlink_to("../run")
    for folder in ("/tmp", "/var/tmp", *order["folders"]):  # noqa: S108 (of the container)
        (root / folder[1:]).mkdir(parents=True)
        (root / folder[1:]).chmod(0o1777)
    for path, target in order["links"].items():
        (root / path[1:]).symlink_to(target)
    for path, text in order["files"].items():
        (root / path[1:]).write_text(text)
    _devices(root)
    for item in order["mounts"]:
        _bind(root, **item)
    mount("proc", f"{root}/proc", "proc")
    (root / order["folder"][1:]).mkdir(parents=True, exist_ok=True)
    _pivot(root)
    if order["read_only"]:
        mount("none", "/", flags=REMOUNT | BIND | READ_ONLY)


def _devices(root: Path) -> None:
    for name in _DEVICES:
        (root / "dev" / name).touch()
        mount(f"/dev/{name}", f"{root}/dev/{name}", flags=BIND)
    (root / "dev" / "shm").mkdir()
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/fd{target}")
    shared = str(root / "dev" / "shm")
    mount("shm", shared, "tmpfs", NO_SUID | NO_DEVICES, "mode=1777,size=64m")
    mount("sysfs", f"{root}/sys", "sysfs", READ_ONLY | NO_SUID | NO_DEVICES)


def _bind(root: Path, source: str, target: str, *, read_only: bool) -> None:
    place = root / target[1:]
    source = os.path.realpath(source)
    _make_like_its_parent(Path(source))
    if Path(source).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    elif not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    mount(source, str(place), flags=BIND | RECURSIVE)
    if read_only:
        mount("none", str(place), flags=REMOUNT | BIND | READ_ONLY)


def _make_like_its_parent(folder: Path) -> None:
    """A folder inside a volume, which is made when the first container asks for it."""
    if not folder.exists():
        _make_like_its_parent(folder.parent)
        # With its mode from the start, as others may find it, or make it, at the same moment.
        mask = os.umask(0)
        folder.mkdir(folder.parent.stat().st_mode & 0o7777, exist_ok=True)
        os.umask(mask)


def _pivot(root: Path) -> None:
    os.chdir(root)
    number = _PIVOT_ROOT[os.uname().machine]
    # The old root is mounted over the new one, and taken off again.
    checked("pivot_root", libc.syscall(number, b".", b"."))
    unmount(".")
    os.chdir("/")
