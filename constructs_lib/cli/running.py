"""How each command of ``nova local`` starts, on the right cluster, and with which code it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import typer
from rich.console import Console

from constructs_lib.cli.context import Flavour, chosen
from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import Kubectl
from constructs_lib.cli.watching import say


@dataclass(frozen=True)
class Run:
    """What every command works with."""

    kubectl: Kubectl
    """On the cluster that was chosen."""

    out: Console
    """Where results go."""

    flavour: Flavour | None = None
    """Of which kind the cluster looks; None where it looks like none, or nobody has looked."""

    def say(self, text: str) -> None:
        """Print a line; in a dry run only commands are printed."""
        if not self.kubectl.dry_run:
            say(self.out, text)


def start_down(named: str | None, *, dry_run: bool) -> Run:
    """As every command starts; only a cluster knows what would be deleted, so it is read."""
    run = start(named, dry_run=False, changes=not dry_run)
    if not dry_run:
        return run
    show = Kubectl(run.kubectl.context, show=lambda line: say(run.out, line), reads=True)
    return Run(show, run.out, run.flavour)


def start(named: str | None, *, dry_run: bool, changes: bool = False) -> Run:
    """Kubectl on the right cluster; a cluster that does not look local is asked for."""
    out = Console()
    if dry_run:
        say(out, "kubectl config view --output json")
        return Run(Kubectl(named, show=lambda line: say(out, line)), out)
    config = Kubectl().read("config", "view")
    context = chosen(config, named)
    if changes and not context.flavour:
        _confirm_cluster(context.name, context.server)
    return Run(Kubectl(context.name), out, context.flavour)


def _confirm_cluster(name: str, server: str) -> None:
    complain(f"{name} ({server}) does not look like a cluster of this machine.")
    try:
        answer = typer.prompt("Type the name of the context to go on", default="", err=True).strip()
    except typer.Abort:
        answer = ""
    if answer != name:
        msg = f"{answer!r} is not {name!r}; nothing was changed"
        raise CommandError(msg, Exit.REFUSED)


def confirm(question: str) -> None:
    """Return if the answer is yes; raises ``CommandError`` where it is not."""
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        msg = "nothing was deleted; --yes answers for scripts"
        raise CommandError(msg, Exit.REFUSED)


def complain(text: str) -> None:
    """Print what is wrong, apart from results."""
    say(Console(stderr=True), text)


@contextmanager
def ending(stopped: str, *, quiet: bool = False) -> Iterator[None]:
    """Ends the program with the exit code of what went wrong, and says it on standard error."""
    try:
        yield
    except CommandError as error:
        _exit(str(error), error.code)
    except KeyboardInterrupt:
        _exit("" if quiet else f"stopped by Ctrl-C. {stopped}", Exit.STOPPED)


def _exit(message: str, code: Exit) -> NoReturn:
    if message:
        complain(message)
    raise typer.Exit(code)
