"""Arguments that a user adds to those of a server."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from constructs_lib.errors import Problem


def extra_args_problems(arguments: Sequence[str], own: Collection[str]) -> Iterator[Problem]:
    """Whether ``arguments`` are such, and none that is among the server's ``own``.

    Which of two wins is for each program to say, and some do not start.
    """
    for argument in arguments:
        flag = argument.partition("=")[0]
        if not flag.startswith("--"):
            yield Problem("extra_args", argument, "is no flag", "write --name=value")
        elif flag.replace("--no-", "--", 1) in own:
            fix = "use the field for it, if there is one"
            yield Problem("extra_args", argument, "is for the engine to say", fix)
