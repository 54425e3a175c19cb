"""``logs``: what the containers of an app, or of a workload, have written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import Kubectl
from constructs_lib.cli.rendered import Workload
from constructs_lib.errors import nearest
from constructs_lib.rules.pods import mapping, value_at

_AT_ONCE = "50"


def named(workloads: Sequence[Workload], name: str | None) -> list[Workload]:
    """The workloads of the app called ``name``, else those of that name, ``namespace/name`` too.

    None names all. Raises ``CommandError`` where nothing is called so.
    """
    if name is None:
        return list(workloads)
    of_app = [one for one in workloads if one.app == name]
    called = [one for one in workloads if name in (one.key.name, _full(one))]
    if not of_app and not called:
        known = {one.app for one in workloads} | {one.key.name for one in workloads}
        full = {_full(one) for one in workloads} if "/" in name else set()
        msg = f"no app and no workload is called {name!r}: {nearest(name, full or known)}"
        raise CommandError(msg, Exit.MISSING)
    return of_app or called


def _full(workload: Workload) -> str:
    return f"{workload.key.namespace}/{workload.key.name}"


def command(workload: Workload, *, since: str | None, tail: int, follow: bool) -> list[str]:
    """What kubectl is asked for the logs of all containers of a workload's pods."""
    labels = mapping(value_at(workload.body, "spec.selector.matchLabels"))
    # The server gives the pods of a Job a selector of its own.
    chosen = labels or {"batch.kubernetes.io/job-name": workload.key.name}
    selector = ",".join(f"{name}={value}" for name, value in chosen.items())
    options = ["--since", since] if since else []
    options += ["--follow"] if follow else []
    return [
        *("logs", "--namespace", workload.key.namespace, "--selector", selector),
        *("--all-containers", "--prefix", "--ignore-errors", "--tail", str(tail)),
        *("--max-log-requests", _AT_ONCE, *options),
    ]


def read(kubectl: Kubectl, commands: Sequence[Sequence[str]], show: Callable[[str], None]) -> None:
    """Hand each line of all ``commands`` to ``show``, one command after the other."""
    for arguments in commands:
        for line in kubectl.lines(*arguments):
            show(line)


def follow(
    kubectl: Kubectl, commands: Sequence[Sequence[str]], show: Callable[[str], None]
) -> None:
    """Hand each line of all ``commands`` to ``show`` as it comes, until all have ended."""
    if kubectl.dry_run:
        read(kubectl, commands, show)
        return
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    for arguments in commands:
        # Threads of their own, that end with this program whatever kubectl waits for.
        reader = threading.Thread(target=_feed, args=(kubectl, arguments, lines), daemon=True)
        reader.start()
    for line in _until_all_ended(lines, len(commands)):
        show(line)


def _feed(kubectl: Kubectl, arguments: Sequence[str], lines: queue.SimpleQueue[str | None]) -> None:
    try:
        for line in kubectl.lines(*arguments):
            lines.put(line)
    finally:
        lines.put(None)


def _until_all_ended(lines: queue.SimpleQueue[str | None], count: int) -> Iterator[str]:
    while count:
        line = lines.get()
        if line is None:
            count -= 1
        else:
            yield line
