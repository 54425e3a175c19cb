"""Starts one program the way a container runtime does. Run as a program of its own, as root.

Its argument is a descriptor to read the order from, as `process.py` writes it. A new container gets
namespaces and a file tree; a command in a running one joins those. The container lives no longer
than whoever holds the other end of standard input.
"""

import ctypes
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

Order = dict[str, Any]

NEW_NAMESPACES = {"mnt": 0x00020000, "uts": 0x04000000, "ipc": 0x08000000, "pid": 0x20000000}
NEW_NETWORK = 0x40000000
READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 32, 4096, 16384, 1 << 18
NO_SUID, NO_DEVICES = 2, 4
DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
FOLDERS = ("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "sys")
VARIABLE = ("usr/local", "var/cache", "var/lib", "var/log", "var/spool")

libc = ctypes.CDLL(None, use_errno=True)


def main() -> NoReturn:
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        order = json.load(file)
    if order["join"]:
        _join(order["join"])
    else:
        _checked("setns", libc.setns(order["network"], NEW_NETWORK))
        _checked("unshare", libc.unshare(sum(NEW_NAMESPACES.values())))
        _mount("none", "/", flags=RECURSIVE | PRIVATE)
    started, starting = os.pipe()
    child = os.fork()
    if child == 0:
        _become(order)
    os.close(starting)
    os.read(started, 1)  # returns when the program has started, or has failed to
    os._exit(_waited(child) if order["join"] else _watched(child))


def _join(process: int) -> None:
    kinds = {**NEW_NAMESPACES, "net": NEW_NETWORK}
    # All of them first: after the change of mounts, /proc is another one.
    opened = {kind: os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY) for kind in kinds}
    for kind in ("pid", "net", "uts", "ipc", "mnt"):
        _checked(f"setns {kind}", libc.setns(opened[kind], kinds[kind]))


def _waited(child: int) -> int:
    """How the child ended, as a shell puts it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def _watched(child: int) -> int:
    """The same, having ended the child when nobody holds standard input any longer."""
    os.write(1, f"{child}\n".encode())
    os.close(1)
    ended = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(0, 0)
    waiting.register(ended, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in waiting.poll()}
        if ended in ready:
            return _waited(child)
        if 0 in ready:
            os.kill(child, signal.SIGKILL)
            waiting.unregister(0)


def _become(order: Order) -> NoReturn:
    code = 127
    try:
        os.setsid()
        if not order["join"]:
            _redirect(order)
            name = order["hostname"].encode()
            _checked("sethostname", libc.sethostname(name, len(name)))
            if order["root"]:
                _enter_root(order)
            else:
                _over_this_machine(order)
        _restrict(order)
        os.chdir(order["folder"])
        code = 126
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o022)
        os.closerange(3, 1024)
        os.execvpe(order["command"][0], order["command"], order["variables"])  # noqa: S606
    except Exception as error:  # noqa: BLE001 (whatever it is, the log has to say it)
        os.write(2, f"cannot start {order['command']}: {error}\n".encode())
        os._exit(127 if isinstance(error, FileNotFoundError) else code)


def _redirect(order: Order) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    # Programs open /dev/stdout by name, which takes the permission of its owner.
    os.fchown(log, order["user"], order["group"])
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _over_this_machine(order: Order) -> None:
    """The tree of this machine, with files of the pod's own over its."""
    for path, text in order["files"].items():
        source = Path(order["scratch"], path.replace("/", "_"))
        source.write_text(text)
        _mount(str(source), os.path.realpath(path), flags=BIND)
    _mount("proc", "/proc", "proc")


def _enter_root(order: Order) -> None:
    root = Path(order["root"])
    _mount("tmpfs", str(root), "tmpfs", data="mode=755")
    for folder in (*FOLDERS, *VARIABLE):
        (root / folder).mkdir(parents=True)
    for folder in ("tmp", "var/tmp"):
        (root / folder).mkdir()
        (root / folder).chmod(0o1777)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "var/run").symlink_to("../run")
    for path, text in order["files"].items():
        (root / path[1:]).write_text(text)
    _devices(root)
    for mount in order["mounts"]:
        _bind(root, **mount)
    _mount("proc", f"{root}/proc", "proc")
    _pivot(root)
    if order["read_only"]:
        _mount("none", "/", flags=REMOUNT | BIND | READ_ONLY)


def _devices(root: Path) -> None:
    for name in DEVICES:
        (root / "dev" / name).touch()
        _mount(f"/dev/{name}", f"{root}/dev/{name}", flags=BIND)
    (root / "dev" / "shm").mkdir()
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/fd{target}")
    shared = str(root / "dev" / "shm")
    _mount("shm", shared, "tmpfs", NO_SUID | NO_DEVICES, "mode=1777,size=64m")
    _mount("sysfs", f"{root}/sys", "sysfs", READ_ONLY | NO_SUID | NO_DEVICES)


def _bind(root: Path, source: str, target: str, *, read_only: bool) -> None:
    place = root / target[1:]
    _make_like_its_parent(Path(source))
    if Path(source).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    elif not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    _mount(source, str(place), flags=BIND | RECURSIVE)
    if read_only:
        _mount("none", str(place), flags=REMOUNT | BIND | READ_ONLY)


def _make_like_its_parent(folder: Path) -> None:
    """A folder inside a volume, which is made when the first container asks for it."""
    if not folder.exists():
        _make_like_its_parent(folder.parent)
        folder.mkdir()
        folder.chmod(folder.parent.stat().st_mode & 0o7777)


def _pivot(root: Path) -> None:
    os.chdir(root)
    number = PIVOT_ROOT[os.uname().machine]
    # The old root is mounted over the new one, and taken off again.
    _checked("pivot_root", libc.syscall(number, b".", b"."))
    _checked("umount", libc.umount2(b".", DETACH))
    os.chdir("/")


def _restrict(order: Order) -> None:
    """User, groups, capabilities and the end of new privileges."""
    for number in range(64):
        if number not in order["capabilities"] and libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0):
            break  # the kernel knows no more of them
    os.setgroups(order["groups"])
    os.setresgid(*[order["group"]] * 3)
    os.setresuid(*[order["user"]] * 3)
    if order["no_new_privileges"]:
        _checked("prctl", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # Last, since a change of user undoes it.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _mount(source: str, target: str, kind: str = "none", flags: int = 0, data: str = "") -> None:
    words = [text.encode() for text in (source, target, kind)]
    _checked(f"mount {target}", libc.mount(*words, flags, data.encode()))


def _checked(what: str, result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
