"""kubectl as a child process: what is asked, what it answers, and how long that may take."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.rendered import key_of
from constructs_lib.rules.findings import Manifest, described

FIELD_MANAGER = "nova-local"
"""Under this name the API server keeps which fields the tool has set; see
https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers ."""

CURRENT_CONTEXT = '"$(kubectl config current-context)"'
"""Stands for the context in commands that are only shown, where none is given."""

PATIENCE = 30
"""Seconds a question may take, unless it says otherwise."""

_SHOWN_OBJECTS = 4


@dataclass(frozen=True)
class Answer:
    """What one run of kubectl came to."""

    command: tuple[str, ...]
    """The arguments, without the program and the context."""

    code: int
    """Its exit code; 0 is success."""

    out: str = ""
    """Its standard output."""

    err: str = ""
    """Its standard error."""

    @property
    def words(self) -> str:
        """The last line of its complaint: kubectl's own, after those of its library."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1] if lines else f"kubectl ended with exit code {self.code}"


@dataclass(frozen=True)
class Kubectl:
    """kubectl on one context; nothing is changed where ``show`` is given."""

    context: str | None = None
    """Context of the kubeconfig; None where none was named and commands are only shown."""

    show: Callable[[str], None] | None = None
    """Takes each command in place of running it, as a line for a shell."""

    reads: bool = False
    """Whether questions are asked all the same while commands are only shown."""

    @property
    def dry_run(self) -> bool:
        """Whether commands are only shown."""
        return self.show is not None

    def ask(
        self,
        *arguments: str,
        objects: Sequence[Manifest] | None = None,
        patience: float = PATIENCE,
        changes: bool = False,
    ) -> Answer:
        """The answer to a command; ``objects`` go to its standard input.

        ``changes`` says that the command changes something in the cluster.

        Raises ``CommandError`` where kubectl is not installed, and after ``patience`` seconds.
        """
        if self.show is not None:
            self._show(arguments, objects, changes=changes)
            if changes or not self.reads:
                return Answer(arguments, 0)
        try:
            ran = subprocess.run(  # noqa: S603  (the program and its options are written here)
                self._command(arguments),
                input=_listed(objects) if objects is not None else None,
                # Not the terminal: kubectl would ask there, for a password of the kubeconfig say.
                stdin=subprocess.DEVNULL if objects is None else None,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=patience,
                check=False,
            )
        except FileNotFoundError:
            raise missing() from None
        except subprocess.TimeoutExpired:
            msg = (
                f"kubectl {shlex.join(arguments)}: no answer within {patience:g} s; "
                "is the cluster running?"
            )
            raise CommandError(msg) from None
        return Answer(arguments, ran.returncode, ran.stdout, ran.stderr)

    def read(
        self, *arguments: str, objects: Sequence[Manifest] | None = None, patience: float = PATIENCE
    ) -> Mapping[str, Any]:
        """The JSON that a command answers with; nothing answered reads as an empty object.

        Raises ``CommandError`` with kubectl's words where it refuses.
        """
        answer = self.ask(*arguments, "--output", "json", objects=objects, patience=patience)
        if answer.code != 0:
            msg = f"kubectl {shlex.join(arguments)}: {answer.words}"
            raise CommandError(msg)
        if not answer.out.strip():
            return {}
        try:
            body = json.loads(answer.out)
        except ValueError:
            msg = f"kubectl {shlex.join(arguments)}: the answer is no JSON: {answer.out[:80]!r}"
            raise CommandError(msg) from None
        return body if isinstance(body, Mapping) else {}

    def lines(self, *arguments: str) -> Iterator[str]:
        """The output of a command line by line, as it comes; kubectl ends when reading does."""
        if self.show is not None:
            self._show(arguments)
            return
        try:
            child = subprocess.Popen(  # noqa: S603  (as above)
                self._command(arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except FileNotFoundError:
            raise missing() from None
        try:
            for line in child.stdout or ():
                yield line.rstrip("\n")
        finally:
            child.terminate()
            child.wait()
            if child.stdout:
                child.stdout.close()

    def line(self, *arguments: str) -> str:
        """A command on this context, as a line for a shell."""
        context = shlex.quote(self.context) if self.context else CURRENT_CONTEXT
        return f"kubectl --context {context} {shlex.join(arguments)}"

    def _command(self, arguments: Sequence[str]) -> list[str]:
        chosen = ["--context", self.context] if self.context else []
        return ["kubectl", *chosen, *arguments]

    def note(self, text: str) -> None:
        """Say something about the commands that are only shown, as a comment of a shell."""
        if self.show is not None:
            self.show(f"# {text}")

    def note_all(self, objects: Sequence[Manifest]) -> None:
        """Say which objects, a comment for each namespace."""
        for line in by_namespace(objects):
            self.note(f"  {line}")

    def _show(
        self,
        arguments: Sequence[str],
        objects: Sequence[Manifest] | None = None,
        *,
        changes: bool = False,
    ) -> None:
        """Hand a command to ``show``, with the objects that it changes."""
        if self.show is None:
            return
        given = "" if objects is None else f"  # standard input: {_count(objects)}"
        self.show(f"{self.line(*arguments)}{given}")
        if changes:
            self.note_all(objects or ())


def missing() -> CommandError:
    """What to say where there is no kubectl on the PATH."""
    msg = (
        "kubectl is not installed, or not on the PATH; "
        "install it: https://kubernetes.io/docs/tasks/tools/"
    )
    return CommandError(msg, Exit.MISSING)


def items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The objects of an answer: those of a List, or the one object that it is."""
    if "items" in answer:
        return list(answer["items"] or ())
    return [answer] if answer.get("kind") else []


def summary(objects: Sequence[Manifest]) -> str:
    """How many objects, and the first of them by name."""
    shown = ", ".join(described(manifest) for manifest in objects[:_SHOWN_OBJECTS])
    more = len(objects) - _SHOWN_OBJECTS
    return f"{_count(objects)}: {shown}" + (f" and {more} more" if more > 0 else "")


def by_namespace(objects: Sequence[Manifest]) -> list[str]:
    """A line for each namespace: the names of the objects of a kind, or how many where many."""
    names: dict[str, dict[str, list[str]]] = {}
    for body in objects:
        key = key_of(body)
        names.setdefault(key.namespace, {}).setdefault(key.kind, []).append(key.name)
    return [
        f"{namespace or 'no namespace'}: "
        + "; ".join(_of_kind(kind, kinds[kind]) for kind in sorted(kinds))
        for namespace, kinds in sorted(names.items())
    ]


def _of_kind(kind: str, names: Sequence[str]) -> str:
    if len(names) > _SHOWN_OBJECTS:
        return f"{len(names)} {kind}"
    return f"{kind} {', '.join(sorted(names))}"


def _count(objects: Sequence[Manifest]) -> str:
    return "1 object" if len(objects) == 1 else f"{len(objects)} objects"


def _listed(objects: Sequence[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
