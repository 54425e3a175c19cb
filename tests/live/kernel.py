"""What the kernel is asked for that Python's own library has no functions for."""

import ctypes
import os

CLONE_FS = 0x00000200
CLONE_NEWNET = 0x40000000
CLONE_NEWNS = 0x00020000
READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 32, 4096, 16384, 1 << 18
NO_SUID, NO_DEVICES = 2, 4
DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> None:
    """Raise `OSError` for a call that has failed."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "none", flags: int = 0, data: str = "") -> None:
    """Mount something, or change a mount."""
    words = [text.encode() for text in (source, target, kind)]
    checked(f"mount {target}", libc.mount(*words, flags, data.encode()))


def unmount(target: str) -> None:
    """Take a mount away, for what does not use it yet."""
    checked(f"umount {target}", libc.umount2(target.encode(), DETACH))
