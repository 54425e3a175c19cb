"""``nova local``: its commands, from options to exit codes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from constructs_lib.cli import applying, connectivity, fitting, logs, removal, requirements
from constructs_lib.cli.diagnosis import Stage, State
from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import summary
from constructs_lib.cli.order import in_order
from constructs_lib.cli.ownership import is_ours
from constructs_lib.cli.rendered import load, workloads
from constructs_lib.cli.running import Run, complain, confirm, ending, start, start_down
from constructs_lib.cli.watching import look, table, view_on, watch
from constructs_lib.rules.findings import Manifest

app = typer.Typer(
    no_args_is_help=True,
    help="Run what is rendered for local on Docker Desktop, kind or minikube.",
)

_Folder = Annotated[Path, typer.Option(help="What was rendered for the local environment.")]
_Context = Annotated[
    str | None,
    typer.Option(help="Context of the kubeconfig. Default: the current one, if it looks local."),
]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show each kubectl command, and run none.")
]
_Timeout = Annotated[int, typer.Option(min=1, help="Seconds to wait at most.")]
_FOLDER = Path("dist/local")


@app.command()
def up(
    folder: _Folder = _FOLDER,
    context: _Context = None,
    timeout: _Timeout = 600,
    *,
    dry_run: _DryRun = False,
) -> None:
    """Apply everything, and wait until it is ready."""
    with ending("Run it again to go on; `nova local down` removes what was created."):
        apps = load(folder)
        manifests = [manifest for objects in apps.values() for manifest in objects]
        run = start(context, dry_run=dry_run, changes=True)
        for line in requirements.check(run.kubectl, manifests):
            complain(line)
        _compare(run, manifests)
        there = applying.present(run.kubectl, manifests)
        _say_foreign(run, there)
        for phase, done in applying.apply(run.kubectl, in_order(manifests), there):
            run.say(f"applied {phase.name}: {done} of {len(manifests)} objects")
        with view_on(run.out) as view:
            states = watch(run.kubectl, workloads(apps), view, timeout=timeout)
        _end_with(run, states, f"not ready after {timeout} s")


@app.command()
def status(
    folder: _Folder = _FOLDER, context: _Context = None, *, dry_run: _DryRun = False
) -> None:
    """Show how each workload is, and what is wrong with it."""
    with ending("Nothing was changed."):
        rendered = workloads(load(folder))
        run = start(context, dry_run=dry_run)
        requirements.reachable(run.kubectl)
        states = look(run.kubectl, rendered)
        if dry_run:
            return
        if run.out.is_terminal:
            run.out.print(table(states))
        else:
            for state in states:
                run.say(f"{state.app}  {state}")
        _end_with(run, states, "not ready")


@app.command("logs")
def show_logs(
    name: Annotated[str | None, typer.Argument(help="App or workload. Default: all.")] = None,
    folder: _Folder = _FOLDER,
    context: _Context = None,
    since: Annotated[str | None, typer.Option(help="Only what is newer: 90s, 10m, 2h.")] = None,
    tail: Annotated[int, typer.Option(help="Lines of each container; -1 for all.")] = 20,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Show the logs of all containers of an app or workload."""
    with ending("Nothing was changed.", quiet=follow):
        found = logs.named(workloads(load(folder)), name)
        run = start(context, dry_run=dry_run)
        commands = [logs.command(one, since=since, tail=tail, follow=follow) for one in found]
        (logs.follow if follow else logs.read)(run.kubectl, commands, run.say)


@app.command("test")
def ask_everything(
    folder: _Folder = _FOLDER,
    context: _Context = None,
    timeout: _Timeout = 300,
    *,
    dry_run: _DryRun = False,
) -> None:
    """Ask every Service from inside the cluster: names resolve, stores and services answer."""
    with ending("`nova local down` removes what the test may have left."):
        manifests = [manifest for objects in load(folder).values() for manifest in objects]
        run = start(context, dry_run=dry_run, changes=True)
        requirements.reachable(run.kubectl)
        left: list[str] = []
        try:
            results = connectivity.ask(
                run.kubectl, manifests, timeout=timeout, complain=left.append
            )
        finally:
            for line in left:
                complain(line)
        for result in results:
            run.say(f"bad  {result.asked}: {result.why}" if result.why else f"ok   {result.asked}")
        bad = sum(bool(result.why) for result in results)
        if bad:
            msg = f"{bad} of {len(results)} do not answer; `nova local status` tells which pods run"
            raise CommandError(msg)
        run.say(f"all {len(results)} answer")
        if left:
            raise typer.Exit(Exit.UNHEALTHY)


@app.command()
def down(
    context: _Context = None,
    timeout: _Timeout = 300,
    *,
    volumes: Annotated[
        bool, typer.Option("--volumes", help="Delete volumes and data too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: _DryRun = False,
) -> None:
    """Delete what `up` created, and nothing else; volumes stay."""
    with ending("Run it again to go on."):
        run = start_down(context, dry_run=dry_run)
        requirements.reachable(run.kubectl)
        found = removal.created(run.kubectl)
        if not (found.objects or found.namespaces or (volumes and found.claims)):
            run.say("nothing that `nova local up` created is there")
            return
        _describe(run, found, volumes=volumes)
        for line in found.silent:
            complain(f"{line}. Namespaces stay until it does")
        if not (yes or dry_run):
            confirm(f"Delete them from {run.kubectl.context}?")
        for note in removal.remove(run.kubectl, found, volumes=volumes, timeout=timeout):
            run.say(note)
        run.say("done")


def _compare(run: Run, manifests: Sequence[Manifest]) -> None:
    """Say what may not work on this cluster; whoever may not look at its nodes may still apply."""
    try:
        for line in fitting.differences(run.kubectl, manifests, run.flavour):
            complain(f"this may not work here: {line}")
    except CommandError as error:
        complain(f"not compared with the cluster: {error}")


def _say_foreign(run: Run, there: Sequence[Manifest]) -> None:
    foreign = [body for body in there if not is_ours(body)]
    if foreign:
        run.say(f"there before, and not deleted by `nova local down`: {summary(foreign)}")


def _describe(run: Run, found: removal.Created, *, volumes: bool) -> None:
    count = len(found.objects) + len(found.namespaces)
    run.say(f"{count} objects were created by `nova local up`:\n{found}")
    fate = "are deleted, with their data" if volumes else "stay; --volumes deletes them"
    run.say(f"{len(found.claims)} volume claims {fate}")


def _end_with(run: Run, states: Sequence[State], what: str) -> None:
    """Say what is not ready; raises ``CommandError`` where something is not."""
    late = [state for state in states if state.stage is not Stage.READY]
    if late:
        lines = [f"{len(late)} of {len(states)} workloads {what}:", *(f"  {s}" for s in late)]
        raise CommandError("\n".join(lines))
    run.say(f"all {len(states)} workloads are ready")
