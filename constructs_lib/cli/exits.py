"""How a command ends, for people and for scripts."""

from enum import IntEnum

from constructs_lib.errors import NovaError


class Exit(IntEnum):
    """Exit codes; 2 is Typer's own, for options and arguments that do not fit."""

    OK = 0
    """Done, and everything is ready or answers."""

    UNHEALTHY = 1
    """The cluster refused something, or something is not ready, or does not answer."""

    MISSING = 3
    """Something is missing that has to be there before the command can start."""

    REFUSED = 4
    """The cluster does not look local, a question was not answered with yes, or something would
    be deleted that the program did not make."""

    STOPPED = 130
    """Ctrl-C; 128 and the number of the signal, as shells have it."""


class CommandError(NovaError):
    """A command cannot go on; the text says why and what to do, ``code`` is how it exits."""

    def __init__(self, message: str, code: Exit = Exit.UNHEALTHY) -> None:
        """Say ``message``, and end with ``code``."""
        self.code = code
        super().__init__(message)
