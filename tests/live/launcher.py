"""Starts one program the way a container runtime does. Run as a program of its own, as root.

Its argument is a descriptor to read the order from, as `process.py` writes it. A new container gets
namespaces and a file tree, but for the processes of its pod that it may share; a command in a
running one joins those. The container lives no longer than whoever holds the other end of standard
input.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import NoReturn

# It is started without any folder to import from.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.live.kernel import CLONE_NEWNET, CLONE_NEWNS, PRIVATE, RECURSIVE, checked, libc, mount
from tests.live.root import Order, enter_root, use_this_machine

_NAMESPACES = {"mnt": CLONE_NEWNS, "uts": 0x04000000, "ipc": 0x08000000, "pid": 0x20000000}
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38


def main() -> NoReturn:
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        order = json.load(file)
    counting = os.open(order["memory"] or "/dev/null", os.O_WRONLY)
    if order["join"]:
        _join(order["join"])
    else:
        _separate(order)
        # Now, since later /proc is another one; read when there is a child to have a namespace.
        spaces = os.open("/proc/self/ns", os.O_RDONLY)
    started, starting = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(counting, b"0")
        _become(order, starting)
    os.close(starting)
    os.read(started, 1)  # returns when the program has started, or has failed to
    os._exit(_waited(child) if order["join"] else _watched(child, spaces))


def _separate(order: Order) -> None:
    kinds = dict(_NAMESPACES)
    if order["processes"]:
        shared = os.open(f"/proc/{order['processes']}/ns/pid", os.O_RDONLY)
        checked("setns pid", libc.setns(shared, kinds.pop("pid")))
    if order["volumes"]:
        checked("setns mnt", libc.setns(order["volumes"], kinds["mnt"]))
    checked("setns net", libc.setns(order["network"], CLONE_NEWNET))
    checked("unshare", libc.unshare(sum(kinds.values())))
    mount("none", "/", flags=RECURSIVE | PRIVATE)


def _join(process: int) -> None:
    kinds = {**_NAMESPACES, "net": CLONE_NEWNET}
    # All of them first: after the change of mounts, /proc is another one.
    opened = {kind: os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY) for kind in kinds}
    for kind in ("pid", "net", "uts", "ipc", "mnt"):
        checked(f"setns {kind}", libc.setns(opened[kind], kinds[kind]))


def _waited(child: int) -> int:
    """How the child ended, as a shell puts it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def _watched(child: int, spaces: int) -> int:
    """The same, having ended the child when told so, or when nobody is there any longer to tell."""
    mounts, processes = (os.readlink(k, dir_fd=spaces) for k in ("mnt", "pid_for_children"))
    os.write(1, f"{child} {mounts} {processes}\n".encode())
    os.close(1)
    ended = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(0, select.POLLIN)
    waiting.register(ended, select.POLLIN)
    if ended in {descriptor for descriptor, _ in waiting.poll()}:
        return _waited(child)
    os.kill(child, signal.SIGKILL)
    return _waited(child)


def _become(order: Order, starting: int) -> NoReturn:
    code = 127
    try:
        os.setsid()
        if not order["join"]:
            _redirect(order)
            name = order["hostname"].encode()
            checked("sethostname", libc.sethostname(name, len(name)))
            if order["root"]:
                enter_root(order)
            else:
                use_this_machine(order)
        _restrict(order)
        os.chdir(order["folder"])
        code = 126
        _heed_signals()
        os.umask(0o022)
        # All but the one that says that the program has started: its start closes that.
        os.closerange(3, starting)
        os.closerange(starting + 1, 1024)
        os.execvpe(order["command"][0], order["command"], order["variables"])  # noqa: S606
    except Exception as error:  # noqa: BLE001 (whatever it is, the log has to say it)
        os.write(2, f"cannot start {order['command']}: {error}\n".encode())
        os._exit(127 if isinstance(error, FileNotFoundError) else code)


def _heed_signals() -> None:
    """Ignore none: Python ignores some, and what started the tests may have had others ignored,
    as ``nohup`` does."""
    for number in signal.valid_signals():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def _redirect(order: Order) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    # Programs open /dev/stdout by name, which takes the permission of its owner.
    os.fchown(log, order["user"], order["group"])
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _restrict(order: Order) -> None:
    """User, groups, capabilities and the end of new privileges."""
    for number in range(64):
        if number not in order["capabilities"] and libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0):
            break  # the kernel knows no more of them
    os.setgroups(order["groups"])
    os.setresgid(*[order["group"]] * 3)
    os.setresuid(*[order["user"]] * 3)
    if order["no_new_privileges"]:
        checked("prctl", libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # Last, since a change of user undoes it.
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main()
