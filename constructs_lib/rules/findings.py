"""What a rule over rendered objects reports."""

from collections.abc import Callable, Mapping, Sequence
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
    metadata = manifest.get("metadata") or {}
    namespace = metadata.get("namespace")
    place = f"{namespace}/" if namespace else ""
    return f"{manifest.get('kind')} {place}{metadata.get('name')}"
