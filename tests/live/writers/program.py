"""Writes numbers, or reads them, in a client pod. Options are in the variable ``WRITER``, as JSON.

Arguments are ``write FILE``, which appends a line for each attempt until it is ended, or ``read``,
which prints the numbers that are there. A line is ``+`` or ``-`` for acknowledged or not, the
number, when the attempt began and ended by the clock that all processes of a machine share, and who
has acknowledged it or what went wrong.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from tests.live.writers.engines import ENGINES, MODULES, Session
from tests.live.writers.options import Options


def main() -> None:
    options = Options(**json.loads(os.environ["WRITER"]))
    for module in MODULES[options.engine]:
        importlib.import_module(module)
    signal.signal(signal.SIGALRM, _late)
    if sys.argv[1] == "read":
        with _bounded(30):
            session = ENGINES[options.engine](options)
            print(*sorted(session.read()))
            session.close()
    else:
        _write(options, os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))


def _write(options: Options, notes: int) -> None:
    session: Session | None = None
    prepared = False
    number = 0
    while True:
        number += 1
        began = time.monotonic()
        try:
            with _bounded(options.timeout):
                session = session or ENGINES[options.engine](options)
                if not prepared:
                    session.prepare()
                    prepared = True
                who = session.write(number)
            line = f"+ {number} {began:.6f} {time.monotonic():.6f} {who}\n"
        except Exception as error:  # noqa: BLE001 (whatever it is, the next attempt may succeed)
            text = " ".join(f"{type(error).__name__}: {error}".split())
            line = f"- {number} {began:.6f} {time.monotonic():.6f} {text}\n"
            _close(session, options.timeout)
            session = None
        os.write(notes, line.encode())
        time.sleep(options.pause if session else options.pause * 10)


def _close(session: Session | None, timeout: float) -> None:
    with contextlib.suppress(Exception), _bounded(timeout):
        if session:
            session.close()


@contextlib.contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer, whatever library it is that waits."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _late(_: int, __: FrameType | None) -> None:
    msg = "it takes too long"
    raise TimeoutError(msg)


if __name__ == "__main__":
    main()
