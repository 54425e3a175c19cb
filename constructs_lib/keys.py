"""Keys of Secrets and ConfigMaps, by reference; never what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import NovaError, Problem
from constructs_lib.naming import OBJECT_LIMIT, key_problems, name_problems
from constructs_lib.values import Value


class SecretKey(Value):
    """One key of a Secret, by reference; never its value."""

    secret: str = field(kw_only=False)
    """Name of the Secret, in the namespace of the pod that uses it."""

    key: str = field(kw_only=False)
    """Key inside it."""

    optional: bool = False
    """Whether a pod may start without it. Default False: the pod waits, with a clear event."""

    @classmethod
    def of(cls, secret: object, key: str) -> SecretKey:
        """The key of a ``cdk8s_plus_27.Secret`` (or anything else with a ``name``)."""
        return cls(plus_name(secret), key)

    def problems(self) -> Iterator[Problem]:
        """Name and key."""
        yield from name_problems("secret", self.secret, limit=OBJECT_LIMIT)
        yield from key_problems("key", self.key)


class ConfigMapKey(Value):
    """One key of a ConfigMap."""

    config_map: str = field(kw_only=False)
    """Name of the ConfigMap, in the namespace of the pod that uses it."""

    key: str = field(kw_only=False)
    """Key inside it."""

    optional: bool = False
    """Whether a pod may start without it. Default False."""

    @classmethod
    def of(cls, config_map: object, key: str) -> ConfigMapKey:
        """The key of a ``cdk8s_plus_27.ConfigMap`` (or anything else with a ``name``)."""
        return cls(plus_name(config_map), key)

    def problems(self) -> Iterator[Problem]:
        """Name and key."""
        yield from name_problems("config_map", self.config_map, limit=OBJECT_LIMIT)
        yield from key_problems("key", self.key)


def plus_name(resource: object) -> str:
    """The object name of a cdk8s-plus resource, so that props hold a name and no Node object.

    Raises ``NovaError`` where ``resource`` has no name.
    """
    name = resource if isinstance(resource, str) else getattr(resource, "name", None)
    if not isinstance(name, str):
        msg = f"{type(resource).__name__} has no name; pass a cdk8s-plus resource or its name"
        raise NovaError(msg)
    return name
