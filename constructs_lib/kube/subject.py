"""The service that recorded series, alerts and their labels are about."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.kube.objectives import Objectives, Presence, Requests
from constructs_lib.kube.promql import deployment_pods


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The service that it is about."""

    name: str
    namespace: str
    requests: Requests | None
    objectives: Objectives | None

    expects_pods: bool = True
    """Whether there is always a pod: one that is scaled to nothing is not down."""

    stood_in: bool = False
    """Whether something else runs in its place, which answers and has none of its metrics."""

    presence: Presence = Presence()  # noqa: RUF009  (a value that nobody can change)
    """Who is told, and how soon, when none of them answers."""

    @property
    def pods(self) -> str:
        """Labels of the series of its pods."""
        return deployment_pods(self.namespace, self.name)

    @property
    def labels(self) -> dict[str, str]:
        """Labels of everything that is recorded or alarms."""
        return {"namespace": self.namespace, "service": self.name}

    def recorded(self, name: str) -> str:
        """Selects the series called ``name`` of this service."""
        return f'{name}{{namespace="{self.namespace}", service="{self.name}"}}'
