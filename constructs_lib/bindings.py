"""What a client of a store or an endpoint gets, and the variables that tell a program of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal
from urllib.parse import quote

from constructs_lib.endpoints import Endpoint, scheme_problems
from constructs_lib.errors import NovaError, Problem, nearest, refuse
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

    A workload takes it in ``uses``. Stores of ours hand it out; of any other endpoint it is made by
    :meth:`of`. Secrets are named as in the store's namespace; a workload elsewhere needs Secrets of
    the same names and keys in its own.
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

    client: str | None = None
    """Name by which its store counts its connections; None counts them by ``user``."""

    broker: bool = False
    """Whether consumers may get their messages there. Default False, as of stores of data."""

    opens: bool = True
    """Whether who uses it also opens the other side in another namespace. Default True, as of all
    stores of ours; False leaves pods elsewhere to their owner: the first policy from outside would
    close them to all others."""

    @classmethod
    def of(
        cls,
        endpoint: Endpoint,
        section: str,
        *,
        scheme: str | None = None,
        user: str | None = None,
        password: SecretKey | None = None,
        pool: int | None = None,
    ) -> Binding:
        """What a client of ``endpoint`` gets, with variables that begin with ``section``.

        ``Binding.of(kafka, "KAFKA")`` gives ``KAFKA_HOST``, ``KAFKA_PORT`` and ``KAFKA_ADDRESS``,
        ``host:port``. With ``user``, ``password`` and ``pool`` (connections of one pod) there are
        ``KAFKA_USER``, ``KAFKA_PASSWORD`` and ``KAFKA_POOL_SIZE``, and with ``scheme`` a
        ``KAFKA_URL`` that logs in with them. Raises ``PropsError`` for what is no scheme.
        """
        refuse("Binding.of", scheme_problems("scheme", scheme) if scheme is not None else ())
        credentials = _in_url(user, f"$({section}_PASSWORD)" if password else None)
        given: dict[str, str | SecretKey | None] = {
            "HOST": endpoint.host,
            "PORT": str(endpoint.port.offered),
            "ADDRESS": endpoint.address,
            "USER": user,
            "PASSWORD": password,
            "URL": f"{scheme}://{credentials}{endpoint.address}" if scheme else None,
            "POOL_SIZE": None if pool is None else str(pool),
        }
        variables = {f"{section}_{key}": item for key, item in given.items() if item is not None}
        return cls(
            endpoint,
            user=user,
            password=password,
            variables=variables,
            pool=pool,
            broker=True,
            opens=False,
        )

    def problems(self) -> Iterator[Problem]:
        """Variables whose names can be, and a pool that connects somebody."""
        for name in self.variables:
            yield from variable_problems(f"variables[{name!r}]", name)
        if self.pool is not None and self.pool < 1:
            yield Problem("pool", self.pool, "connects nobody", "use 1 or more")

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


def _in_url(user: str | None, password: str | None) -> str:
    """User and password as they stand before a host."""
    name = quote(user or "", safe="")
    if password is not None:
        return f"{name}:{password}@"
    return f"{name}@" if name else ""
