"""What an API server serves, and which of the servers behind it do not answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import Answer, Kubectl
from constructs_lib.cli.ownership import PASSING

Kinds = frozenset[tuple[str, str]]
"""The apiVersion and kind of everything that a cluster serves."""

_COLUMNS = 3
_FAILED = re.compile(r"([a-z0-9.-]+/v[a-z0-9]+): (.*?)(?=, [a-z0-9.-]+/v[a-z0-9]+: |$)")


@dataclass(frozen=True)
class Served:
    """What ``kubectl api-resources`` tells."""

    kinds: Kinds
    """What is served."""

    broken: Mapping[str, str] = field(default_factory=dict)
    """Why a group and version, such as ``metrics.k8s.io/v1beta1``, could not be asked: a server
    beside the API server is to answer for it, and does not."""


def served(kubectl: Kubectl) -> Served:
    """What the cluster serves; raises ``CommandError`` where it does not tell."""
    answer = _listed(kubectl, "--no-headers")
    return Served(kinds(answer.out), broken(answer))


def deletable(kubectl: Kubectl, *, namespaced: bool) -> tuple[list[str], list[str]]:
    """Every kind that can be listed and deleted, and a line for each API that does not answer.

    Raises ``CommandError`` where the cluster does not tell.
    """
    answer = _listed(
        kubectl,
        *("--verbs", "list,delete", f"--namespaced={str(namespaced).lower()}", "--output", "name"),
    )
    names = [name for name in answer.out.split() if name not in PASSING]
    return names, [silent(version, why) for version, why in broken(answer).items()]


def kinds(table: str) -> Kinds:
    """What ``kubectl api-resources`` lists; the first columns of a row may be empty."""
    rows = (line.split() for line in table.splitlines())
    return frozenset((row[-3], row[-1]) for row in rows if len(row) > _COLUMNS)


def broken(answer: Answer) -> dict[str, str]:
    """The groups and versions that an answer leaves out, with kubectl's reason for each."""
    _, found, words = answer.words.partition("complete list of server APIs: ")
    return dict(_FAILED.findall(words)) if found else {}


def silent(version: str, why: str) -> str:
    """A line about a group and version that is not answered for, and where to look."""
    group, _, number = version.partition("/")
    return (
        f"the API service {number}.{group} does not answer ({why}); "
        f"`kubectl describe apiservice {number}.{group}` tells who should"
    )


def _listed(kubectl: Kubectl, *options: str) -> Answer:
    answer = kubectl.ask("api-resources", *options)
    # Where one of several servers is down this fails, and lists what the others serve.
    if answer.code != 0 and not answer.out.strip():
        msg = (
            f"the cluster does not tell what it serves: {answer.words}; "
            f"look for what is wrong with its API server: `{kubectl.line('api-resources')}`"
        )
        raise CommandError(msg, Exit.MISSING)
    return answer
