"""What a client of a store gets, and the variables that tell a program of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal

from constructs_lib.endpoints import Endpoint
from constructs_lib.errors import NovaError, Problem, nearest
from constructs_lib.keys import SecretKey
from constructs_lib.naming import variable_problems
from constructs_lib.values import Value

VariableStyle = Literal["upper-snake", "dotnet"]
"""``REDIS_READ_URL``, or ``Redis__ReadUrl`` as .NET reads the key ``ReadUrl`` of section ``Redis``.

https://learn.microsoft.com/en-us/aspnet/core/fundamentals/configuration/#non-prefixed-environment-variables
"""

_REFERENCE = re.compile(r"(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")


def variable_name(section: str, key: str, style: VariableStyle = "upper-snake") -> str:
    """The variable of ``key`` in ``section``, both given in upper snake case."""
    if style == "upper-snake":
        return f"{section}_{key}"
    return "__".join(
        "".join(word.capitalize() for word in part.split("_")) for part in (section, key)
    )


class Binding(Value):
    """What a client of a store needs: where it is, as whom, by which settings, how many at once.

    A workload takes it in ``uses``. Secrets are named as in the store's namespace; a workload
    elsewhere needs Secrets of the same names and keys in its own.
    """

    endpoint: Endpoint = field(kw_only=False)
    """Where it writes; follows the master."""

    read: Endpoint | None = None
    """Where it may read what is a moment old; None where there is no such place."""

    user: str | None = None
    """Name of its login; None where the store knows none."""

    database: str | None = None
    """Name of its database; None where the store knows none."""

    password: SecretKey | None = None
    """Its password, by reference; None where it needs none."""

    variables: Mapping[str, str | SecretKey] = field(default_factory=dict)
    """Environment variables that tell a program all of it, secrets before the URLs that hold them
    as ``$(NAME)``."""

    pool: int | None = None
    """Most connections that one pod may open; None where the store bounds them by itself."""

    pods: int | None = None
    """Most pods that the store expects of this login, rollouts aside; None expects any number."""

    surge: int | None = None
    """Most pods that it expects a rollout to add to those; None expects any number."""

    def problems(self) -> Iterator[Problem]:
        """Variables whose names can be."""
        for name in self.variables:
            yield from variable_problems(f"variables[{name!r}]", name)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All places that it connects to."""
        return (self.endpoint,) if self.read is None else (self.endpoint, self.read)

    def prefixed(self, prefix: str) -> Binding:
        """The same with ``prefix`` before every variable, for a workload with two such stores."""
        return self._renamed({name: f"{prefix}{name}" for name in self.variables})

    def dotnet(self) -> Binding:
        """The same with every variable as .NET names it: ``REDIS_READ_URL`` is ``Redis__ReadUrl``.

        The first word is the section.
        """
        parts = {name: name.partition("_") for name in self.variables}
        return self._renamed(
            {name: variable_name(first, rest, "dotnet") for name, (first, _, rest) in parts.items()}
        )

    def named(self, variables: Mapping[str, str]) -> Binding:
        """The same with these variables in place of the store's own, as a framework wants them.

        A value is text with ``$(NAME)`` for variables of the store. Where it is nothing but a
        secret it becomes that secret; other secrets in it are kept under their own names::

            cache.named({"Redis__Configuration": "$(REDIS_HOST):6379,password=$(REDIS_PASSWORD)"})

        Raises ``NovaError`` with the nearest name where the store has no such variable.
        """
        named = {name: self._filled(text) for name, text in variables.items()}
        kept = {
            secret: self.variables[secret]
            for item in named.values()
            if isinstance(item, str)
            for secret in _REFERENCE.findall(item)
        }
        return replace(self, variables={**kept, **named})

    def _filled(self, text: str) -> str | SecretKey:
        """``text`` with the store's literals in it; its secrets stay references."""
        whole = _REFERENCE.fullmatch(text)
        if whole is not None and isinstance(secret := self._variable(whole[1]), SecretKey):
            return secret

        def filled(match: re.Match[str]) -> str:
            item = self._variable(match[1])
            return item if isinstance(item, str) else match[0]

        return _REFERENCE.sub(filled, text)

    def _variable(self, name: str) -> str | SecretKey:
        if name not in self.variables:
            msg = f"{self.endpoint.service} gives no variable {name!r}: "
            raise NovaError(msg + nearest(name, self.variables))
        return self.variables[name]

    def _renamed(self, names: Mapping[str, str]) -> Binding:
        def renamed(match: re.Match[str]) -> str:
            return f"$({names.get(match[1], match[1])})"

        variables = {
            names[name]: _REFERENCE.sub(renamed, item) if isinstance(item, str) else item
            for name, item in self.variables.items()
        }
        return replace(self, variables=variables)
