"""Waiting, with a bound, until workloads are ready, and showing how they get there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from constructs_lib.cli.diagnosis import Stage, State, state_of
from constructs_lib.cli.exits import CommandError
from constructs_lib.cli.kubectl import Kubectl, items
from constructs_lib.cli.pod_problems import LogSource
from constructs_lib.cli.reading import snapshot
from constructs_lib.cli.rendered import Workload

INTERVAL = 2.0
"""Seconds between two looks at the cluster."""

_KINDS = (
    "daemonsets.apps,deployments.apps,statefulsets.apps,replicasets.apps,jobs.batch,"
    "persistentvolumeclaims,pods,events"
)
_LAST_LINES = 3
_STYLES = {
    Stage.READY: "green",
    Stage.STARTING: "yellow",
    Stage.FAILING: "red",
    Stage.ABSENT: "red",
}


class View(Protocol):
    """Shows states as they change."""

    def show(self, states: Sequence[State]) -> None:
        """Take the present states of all workloads."""


@dataclass
class Lines:
    """A line whenever a workload's state changes: for logs, pipes and dumb terminals."""

    console: Console
    """Where lines go."""

    _said: dict[object, str] = field(default_factory=dict)

    def show(self, states: Sequence[State]) -> None:
        """Print the states that are not as they were."""
        for state in states:
            line = str(state)
            if self._said.get(state.key) != line:
                self._said[state.key] = line
                say(self.console, line)


@dataclass
class LiveTable:
    """A table that stays in its place and changes."""

    live: Live
    """What redraws it."""

    def show(self, states: Sequence[State]) -> None:
        """Draw the table again."""
        self.live.update(table(states), refresh=True)


def say(console: Console, text: str) -> None:
    """Print ``text`` as it is: no markup, no colour of words, no line broken."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def table(states: Sequence[State]) -> Table:
    """Workloads and how they are, by app."""
    drawn = Table(box=None, pad_edge=False)
    for heading in ("app", "workload", "pods", "state", "why"):
        drawn.add_column(heading, overflow="fold")
    for state in states:
        why = state.why + (f"\nlog: {' | '.join(state.last_lines)}" if state.last_lines else "")
        drawn.add_row(
            Text(state.app),
            Text(str(state.key)),
            Text(f"{state.ready}/{state.wanted}"),
            Text(state.stage, style=_STYLES[state.stage]),
            Text(why),
        )
    return drawn


@contextmanager
def view_on(console: Console) -> Iterator[View]:
    """A table on a terminal, lines elsewhere."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console)
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:
        yield LiveTable(live)


def look(kubectl: Kubectl, workloads: Sequence[Workload]) -> list[State]:
    """How all ``workloads`` are now, with the last lines of the logs that say why."""
    objects = items(kubectl.read("get", _KINDS, "--all-namespaces"))
    seen = snapshot([*objects, *_nodes(kubectl)])
    states = [state_of(workload, seen) for workload in workloads]
    return [_with_log(kubectl, state) for state in states]


def _nodes(kubectl: Kubectl) -> list[Mapping[str, Any]]:
    """The nodes, or none: who sees all that is deployed may not be allowed to see them."""
    try:
        return items(kubectl.read("get", "nodes"))
    except CommandError:
        return []


def watch(
    kubectl: Kubectl, workloads: Sequence[Workload], view: View, *, timeout: float
) -> list[State]:
    """The last states of ``workloads``, when all are ready or ``timeout`` seconds have passed.

    Raises ``CommandError`` where the cluster does not answer when the time is over, with the states
    that were seen last.
    """
    end = monotonic() + timeout
    states: list[State] = []
    seen = monotonic()
    kubectl.note(f"asked again and again, for {timeout:g} s at most, until these are ready:")
    kubectl.note_all([workload.body for workload in workloads])
    while True:
        left = end - monotonic()
        try:
            states = look(kubectl, workloads)
            seen = monotonic()
        except CommandError as error:
            # A cluster that starts everything at once may be too busy to answer for a moment.
            if left <= 0:
                raise _gone(error, states, monotonic() - seen) from None
            sleep(INTERVAL)
            continue
        if kubectl.dry_run:
            return []
        view.show(states)
        if left <= 0 or all(s.stage is Stage.READY for s in states):
            return states
        sleep(min(INTERVAL, left))


def _gone(error: CommandError, states: Sequence[State], ago: float) -> CommandError:
    """``error``, and how the workloads were before it."""
    if not states:
        return error
    lines = [str(error), f"the workloads as they were last seen, {ago:.0f} s before:"]
    return CommandError("\n".join([*lines, *(f"  {state}" for state in states)]), error.code)


def _with_log(kubectl: Kubectl, state: State) -> State:
    if state.log is None:
        return state
    lines = _last_lines(kubectl, state.log)
    if not lines and not state.log.previous:
        lines = _last_lines(kubectl, replace(state.log, previous=True))
    return replace(state, last_lines=lines)


def _last_lines(kubectl: Kubectl, log: LogSource) -> tuple[str, ...]:
    previous = ["--previous"] if log.previous else []
    answer = kubectl.ask(
        *("logs", log.pod, "--namespace", log.namespace, "--container", log.container),
        *("--tail", str(_LAST_LINES), *previous),
    )
    # The container may be gone by now; the reason is known without its log.
    text = answer.out if answer.code == 0 else ""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
