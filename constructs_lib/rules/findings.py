"""What a rule over rendered objects reports."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]
"""A rendered object: apiVersion, kind, metadata and the rest, as it will stand in YAML."""


@dataclass(frozen=True)
class Finding:
    """One value in one rendered object that breaks a rule."""

    rule: str
    """Name of the rule, for example ``pod-security/host-ports``."""

    object: str
    """The object, for example ``Deployment nova/content-service``."""

    message: str
    """Where the value stands in the object and what is wrong with it."""

    fix: str
    """What to do about it."""

    def __str__(self) -> str:
        """One line: object, reason, remedy and the rule's name."""
        return f"{self.object}: {self.message}; {self.fix} ({self.rule})"


Rule = Callable[[Sequence[Manifest]], list[Finding]]
"""Reads all objects of a render and returns what breaks the rule; empty if nothing does."""


def described(manifest: Manifest) -> str:
    """The kind, namespace (if any) and name of an object, as findings show it."""
    given = manifest.get("metadata")
    metadata = given if isinstance(given, Mapping) else {}
    namespace = metadata.get("namespace")
    place = f"{namespace}/" if namespace else ""
    return f"{manifest.get('kind')} {place}{metadata.get('name')}"


_SHOWN = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """What there is that looks most like ``name``, else the first few of what there is."""
    choices = sorted(set(known))
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        return f"the nearest is {close[0]}"
    if not choices:
        return "there is none"
    more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
    return f"there is {', '.join(choices[:_SHOWN])}{more}"


_WORD = 4


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` is but for a slip of the hand; None where none is.

    A slip is a letter too many, too few, wrong, or swapped with the next, in a word of four letters
    or more: ``shopp`` for ``shop``. ``team-b`` beside ``team-a``, and ``shop-2`` beside ``shop-1``,
    are names of their own.
    """
    return next((choice for choice in sorted(known) if _slip(name, choice)), None)


def _slip(name: str, choice: str) -> bool:
    start = _alike(name, choice)
    end = _alike(name[start:][::-1], choice[start:][::-1])
    wrong, right = name[start : len(name) - end], choice[start : len(choice) - end]
    one_letter = max(len(wrong), len(right)) == 1
    swapped = len(wrong) == len(right) == 2 and wrong == right[::-1]  # noqa: PLR2004  (two letters)
    word = choice[:start].rpartition("-")[2] + choice[start:].partition("-")[0]
    numbered = any(letter.isdigit() for letter in wrong + right)
    return (one_letter or swapped) and len(word) >= _WORD and not numbered


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with together."""
    differ = (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differ, min(len(one), len(other)))
