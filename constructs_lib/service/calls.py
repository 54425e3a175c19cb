"""Calls to other services: where they are, and how long, how often and how many at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields, replace

from constructs_lib.endpoints import path_problems, scheme_problems
from constructs_lib.errors import Problem
from constructs_lib.naming import variable_problems
from constructs_lib.refs import Endpoint, VariableStyle, variable_name
from constructs_lib.values import Value

OF_ALL_CALLS = "CALL"
"""Section of the policy that holds for every service called."""


class CallPolicy(Value):
    """Bounds of calls to other services, which the caller's HTTP client keeps."""

    request_timeout_ms: int = 3000
    """How long one attempt may take, connecting included. Default 3 s."""

    connect_timeout_ms: int = 1000
    """How long connecting may take. Default 1 s."""

    pool: int = 50
    """Most connections that one pod keeps to one service. Default 50."""

    retries: int = 3
    """Further attempts after a failed one. Default 3. Only what may be done twice is to be tried
    again."""

    retry_delay_ms: int = 100
    """Time between attempts. Default 100 ms."""

    breaker_failure_percent: int = 50
    """Share of failed calls from which on the circuit breaker refuses at once. Default 50 %."""

    @property
    def longest_ms(self) -> int:
        """How long a call may take with all its attempts."""
        return (self.retries + 1) * self.request_timeout_ms + self.retries * self.retry_delay_ms

    def problems(self) -> Iterator[Problem]:
        """Times and numbers that bound something, and a share."""
        for name in ("request_timeout_ms", "connect_timeout_ms", "pool"):
            if getattr(self, name) < 1:
                yield Problem(name, getattr(self, name), "lets no call through", "use 1 or more")
        for name in ("retries", "retry_delay_ms"):
            if getattr(self, name) < 0:
                yield Problem(name, getattr(self, name), "is negative", "use 0 or more")
        if self.connect_timeout_ms > self.request_timeout_ms:
            why = f"is longer than the {self.request_timeout_ms} ms of the attempt it is part of"
            fix = f"use at most {self.request_timeout_ms}"
            yield Problem("connect_timeout_ms", self.connect_timeout_ms, why, fix)
        if not 1 <= self.breaker_failure_percent <= 100:  # noqa: PLR2004  (a percentage)
            why = "is no share at which a breaker could open"
            yield Problem("breaker_failure_percent", self.breaker_failure_percent, why, "use 1-100")

    def settings(self, section: str, style: VariableStyle) -> dict[str, str]:
        """The policy as settings of ``section``."""
        numbers = {
            "REQUEST_TIMEOUT_MS": self.request_timeout_ms,
            "CONNECT_TIMEOUT_MS": self.connect_timeout_ms,
            "POOL_SIZE": self.pool,
            "RETRIES": self.retries,
            "RETRY_DELAY_MS": self.retry_delay_ms,
            "BREAKER_FAILURE_PERCENT": self.breaker_failure_percent,
        }
        return {variable_name(section, key, style): str(item) for key, item in numbers.items()}


class CallOverride(Value):
    """What is different for one service; everything else is as for all."""

    request_timeout_ms: int | None = None
    """How long one attempt may take. None is that of ``call_policy``."""

    connect_timeout_ms: int | None = None
    """How long connecting may take. None is that of ``call_policy``."""

    pool: int | None = None
    """Most connections that one pod keeps to it. None is that of ``call_policy``."""

    retries: int | None = None
    """Further attempts after a failed one. None is that of ``call_policy``."""

    retry_delay_ms: int | None = None
    """Time between attempts. None is that of ``call_policy``."""

    breaker_failure_percent: int | None = None
    """Share of failed calls from which on the circuit breaker refuses. None is that of
    ``call_policy``."""

    def over(self, policy: CallPolicy) -> CallPolicy:
        """``policy`` with what is given here in place of its own."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(policy, **{name: n for name, n in values.items() if n is not None})

    def problems_over(self, policy: CallPolicy) -> Iterator[Problem]:
        """What does not fit only because of what is given here."""
        before = set(map(str, policy.problems()))
        yield from (p for p in self.over(policy).problems() if str(p) not in before)


class Call(Value):
    """A service that is called, where more is to be said than its endpoint."""

    endpoint: Endpoint = field(kw_only=False)
    """The port that is called."""

    name: str | None = None
    """Section of its settings in upper snake case; None is the service's name: ``USER_SERVICE``
    gives ``USER_SERVICE_URL``."""

    scheme: str = "http"
    """What the URL begins with. Default ``http``."""

    path: str = ""
    """What the URL ends with, for example ``/api/v1``. Default nothing."""

    policy: CallOverride | None = None
    """Bounds of calls to this service where they differ from those for all; None keeps those."""

    @property
    def section(self) -> str:
        """Section of its settings."""
        return self.name or self.endpoint.service.upper().replace("-", "_")

    def problems(self) -> Iterator[Problem]:
        """A name that variables can begin with, and parts of a URL."""
        yield from variable_problems("name", self.section)
        yield from scheme_problems("scheme", self.scheme)
        yield from path_problems("path", self.path)

    def settings(self, style: VariableStyle, policy: CallPolicy) -> dict[str, str]:
        """Its URL, and its own bounds where it has some, with the others of ``policy``."""
        url = {variable_name(self.section, "URL", style): self.endpoint.url(self.scheme, self.path)}
        own = self.policy.over(policy).settings(self.section, style) if self.policy else {}
        return url | own
