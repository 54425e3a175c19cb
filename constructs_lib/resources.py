"""Requests and limits of a container."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.quantity import cpu_problems, memory_problems, parse
from constructs_lib.values import Value


class Resources(Value):
    """What a container asks for and may use at most.

    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """

    cpu: str
    """Requested cores, for example ``250m``."""

    memory: str
    """Requested memory, for example ``256Mi``."""

    cpu_limit: str | None = None
    """Most cores. Default None sets no limit: a limit throttles a pod that could have used idle
    cores."""

    memory_limit: str | None = None
    """Most memory. Default None limits it to the request, so that a node never runs out by
    promises."""

    ephemeral_storage: str | None = None
    """Requested and most local disk, logs and emptyDirs included; None leaves it open."""

    def problems(self) -> Iterator[Problem]:
        """Quantities, and no limit below its request."""
        found = [
            *cpu_problems("cpu", self.cpu, example="250m"),
            *memory_problems("memory", self.memory, example="256Mi"),
        ]
        if self.cpu_limit is not None:
            found += cpu_problems("cpu_limit", self.cpu_limit, example="1")
        if self.memory_limit is not None:
            found += memory_problems("memory_limit", self.memory_limit, example="512Mi")
        if self.ephemeral_storage is not None:
            found += memory_problems("ephemeral_storage", self.ephemeral_storage, example="1Gi")
        yield from found
        if not found:
            yield from self._limits_below_requests()

    def _limits_below_requests(self) -> Iterator[Problem]:
        pairs = (("cpu", self.cpu, self.cpu_limit), ("memory", self.memory, self.memory_limit))
        for name, request, limit in pairs:
            if limit is not None and parse(limit) < parse(request):
                fix = "raise the limit or lower the request"
                yield Problem(f"{name}_limit", limit, f"is below the request of {request}", fix)
