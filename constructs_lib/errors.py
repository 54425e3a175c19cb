"""What goes wrong, said once, in Python, before anything crosses into Node.

::

    NovaError (ValueError)          base of everything this library raises
     +-- PropsError                 values handed to a construct do not fit
     +-- RuleError                  rendered objects break a rule of the fleet

A check never stops at the first mistake: problems are collected and raised together, each with
the construct's path, the field, the value and what to do.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 100


class NovaError(ValueError):
    """Base of every error this library raises; a ``ValueError``, since a value was wrong."""


class Hidden:
    """Stands in a message for a value that must not be printed: it may hold a secret."""

    def __init__(self, value: object) -> None:
        """Keep the type of ``value`` and nothing else of it."""
        self._kind = type(value).__name__

    def __repr__(self) -> str:
        """The type, in angle brackets."""
        return f"<{self._kind}, not shown>"


@dataclass(frozen=True)
class Problem:
    """One value that does not fit."""

    field: str
    """Dotted path of the field, from the construct's props down, for example
    ``autoscaling.minimum``."""

    value: object
    """What was given."""

    why: str
    """What is wrong with it."""

    fix: str
    """What to write instead."""

    def within(self, prefix: str) -> Problem:
        """The same problem, seen from the value that contains the one it was found in."""
        joint = "" if self.field.startswith("[") or not self.field or not prefix else "."
        return Problem(f"{prefix}{joint}{self.field}", self.value, self.why, self.fix)

    def __str__(self) -> str:
        """One line: field, value, reason, remedy."""
        shown = repr(self.value)
        if len(shown) > _SHOWN:
            shown = f"{shown[: _SHOWN - 3]}..."
        return f"{self.field} = {shown}: {self.why}; {self.fix}"


class PropsError(NovaError):
    """Values handed to a construct do not fit; ``problems`` lists all of them."""

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        """Say all ``problems`` of the construct or value called ``where``."""
        self.where = where
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{where}: {count}", *(f"  {p}" for p in problems)]))


class RuleError(NovaError):
    """Rendered objects break rules; ``findings`` lists all of them."""

    def __init__(self, where: str, findings: Sequence[object]) -> None:
        """Say all ``findings`` of one render, called ``where``."""
        self.findings = tuple(findings)
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        super().__init__("\n".join([f"{where}: {count}", *(f"  {f}" for f in findings)]))


def refuse(where: str, problems: Iterable[Problem]) -> None:
    """Raise one ``PropsError`` with all ``problems``; return if there are none."""
    found = list(problems)
    if found:
        raise PropsError(where, found)


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the known word that looks most like ``word``, else the choices."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(choices)}" if choices else "there are none"
