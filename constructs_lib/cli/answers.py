"""What a cluster answers about pods, claims and events, as typed values.

Fields are those of the API reference, https://kubernetes.io/docs/reference/kubernetes-api/ .
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib.cli.rendered import Key

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """One entry of ``status.conditions``."""

    status: str
    """``True``, ``False`` or ``Unknown``."""

    reason: str
    """One word for programs, such as ``Unschedulable``."""

    message: str
    """A sentence for people."""


@dataclass(frozen=True)
class Ended:
    """A container's process that ended."""

    code: int
    """Its exit code; above 128 it was ended by a signal."""

    reason: str
    """``Error``, ``OOMKilled``, ``Completed`` and others."""

    message: str
    """Its termination message, where it left one."""


@dataclass(frozen=True)
class Container:
    """A container of a pod, and where it is in its life."""

    name: str
    """Its name in the pod."""

    image: str
    """The image as the pod names it."""

    initial: bool
    """Whether it is among the init containers."""

    ready: bool
    """Whether its readiness probe, if any, succeeds."""

    running: bool
    """Whether its process runs."""

    restarts: int
    """How often it was started again."""

    waiting: str
    """Why it waits to start, in one word; nothing while it does not wait."""

    message: str
    """The sentence that comes with ``waiting``."""

    ended: Ended | None
    """How its process ended, while no other one runs."""

    before: Ended | None
    """How the process before this one ended."""


@dataclass(frozen=True)
class Pod:
    """A pod, with its containers in the order they start."""

    key: Key
    """Kind, namespace and name."""

    owner: Key | None
    """The object that made it."""

    phase: str
    """``Pending``, ``Running``, ``Succeeded``, ``Failed`` or ``Unknown``."""

    reason: str
    """Why it is in that phase, in one word, such as ``Evicted``."""

    message: str
    """The sentence that comes with ``reason``."""

    conditions: Mapping[str, Condition]
    """By type, for example ``PodScheduled``."""

    containers: tuple[Container, ...]
    """Init containers first."""

    claims: tuple[str, ...]
    """Names of the volume claims it mounts."""

    created: str
    """When it was made, as the server writes it; later is greater."""

    node: str
    """The node it was given to; nothing while no scheduler has chosen one."""

    ending: str
    """When its deletion was asked for; nothing while nobody has."""

    finalizers: tuple[str, ...]
    """What others have to remove before it can go."""


@dataclass(frozen=True)
class Event:
    """Something that happened to an object."""

    about: Key
    """The object."""

    reason: str
    """One word, such as ``FailedCreate``."""

    message: str
    """A sentence."""

    warning: bool
    """Whether it is more than news."""

    last: str
    """When it was last seen."""


@dataclass(frozen=True)
class Snapshot:
    """A cluster at one moment, as far as it is looked at."""

    objects: Mapping[Key, Body]
    """Every object that was answered but pods and events."""

    pods: tuple[Pod, ...]
    """All pods."""

    events: tuple[Event, ...]
    """All events, the latest last."""

    owners: Mapping[Key, Key]
    """Who made an object, for those that somebody made."""

    def pods_of(self, key: Key) -> tuple[Pod, ...]:
        """The pods that an object made, itself or through another, the latest first."""
        found = [pod for pod in self.pods if key in self._makers(pod.owner)]
        return tuple(sorted(found, key=lambda pod: pod.created, reverse=True))

    def events_of(self, key: Key) -> Iterator[Event]:
        """What happened to an object, the latest first."""
        return (event for event in reversed(self.events) if event.about == key)

    def made_by(self, key: Key) -> Iterator[Key]:
        """The objects that an object made, pods left out."""
        return (made for made, maker in self.owners.items() if maker == key)

    def _makers(self, key: Key | None) -> Iterator[Key]:
        while key is not None:
            yield key
            key = self.owners.get(key)
