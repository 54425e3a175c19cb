"""References: what one construct may know of another. Identity only; nothing here renders.

The only place that spells ``.svc``, so that how a host name looks is decided once.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from constructs_lib.errors import NovaError, Problem
from constructs_lib.naming import (
    OBJECT_LIMIT,
    key_problems,
    label_map_problems,
    name_problems,
)
from constructs_lib.ports import AppProtocol, Port, Ports, Protocol
from constructs_lib.values import Value

__all__ = [
    "ANYWHERE",
    "AppProtocol",
    "Binding",
    "Cidrs",
    "ConfigMapKey",
    "Endpoint",
    "Peer",
    "Pods",
    "Port",
    "Ports",
    "Protocol",
    "SecretKey",
    "plus_name",
]


class Pods(Value):
    """Pods as the other side of a connection."""

    namespace: str = field(kw_only=False)
    """Where they run."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that select them; none selects every pod of the namespace."""

    def problems(self) -> Iterator[Problem]:
        """The namespace's name, and labels that pods can have."""
        yield from name_problems("namespace", self.namespace)
        yield from label_map_problems("labels", self.labels)


class Cidrs(Value):
    """Address ranges as the other side of a connection, for what is no pod of the cluster."""

    blocks: tuple[str, ...] = field(kw_only=False)
    """Ranges such as ``10.20.0.0/16``; one address is a ``/32`` or ``/128``."""

    excluding: tuple[str, ...] = ()
    """Ranges inside ``blocks`` that are not meant."""

    def problems(self) -> Iterator[Problem]:
        """Each range parses, and each exclusion is a part of a block, never all of it."""
        blocks = list(_networks(self.blocks))
        for name in ("blocks", "excluding"):
            for text, network in _networks(getattr(self, name)):
                if network is None:
                    fix = "write address/prefix with the host bits zero, such as 10.20.0.0/16"
                    yield Problem(name, text, "is not an address range", fix)
        if not self.blocks:
            yield Problem("blocks", self.blocks, "names nobody", "list at least one range")
        for text, network in _networks(self.excluding):
            if network is None:
                continue
            fix = "exclude only parts of the blocks"
            if not any(_covers(block, network) for _, block in blocks):
                yield Problem("excluding", text, "is in none of the blocks", fix)
            for whole in (name for name, block in blocks if block and _covers(network, block)):
                yield Problem("excluding", text, f"leaves nothing of {whole}", fix)


def _networks(texts: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for text in texts:
        try:
            yield text, ipaddress.ip_network(text) if "/" in text else None
        except ValueError:
            yield text, None


def _covers(block: Any, part: Any) -> bool:
    return block is not None and block.version == part.version and bool(part.subnet_of(block))


Peer = Pods | Cidrs

ANYWHERE = Cidrs(("0.0.0.0/0", "::/0"))
"""Every address, inside the cluster and outside."""


class Endpoint(Value):
    """One port of one service, as its clients know it."""

    service: str = field(kw_only=False)
    """Name of the Service that clients connect to."""

    namespace: str = field(kw_only=False)
    """Namespace of that Service."""

    port: Port = field(kw_only=False)
    """The port: its Service number for addresses, its container number for network policies."""

    peers: tuple[Peer, ...] = ()
    """Who answers behind the Service. A NetworkPolicy knows pods and address ranges, not names,
    so an endpoint outside the cluster is of use to a policy only with its ranges."""

    @property
    def host(self) -> str:
        """Host name that resolves from any namespace of the cluster."""
        return f"{self.service}.{self.namespace}.svc"

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port.offered}"

    @property
    def local_address(self) -> str:
        """``service:port``, for clients in the endpoint's own namespace."""
        return f"{self.service}:{self.port.offered}"

    def url(self, scheme: str = "http", path: str = "") -> str:
        """``scheme://host:port/path``."""
        return f"{scheme}://{self.address}{path}"

    def problems(self) -> Iterator[Problem]:
        """Both names."""
        yield from name_problems("service", self.service)
        yield from name_problems("namespace", self.namespace)


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
    """Most pods that the store expects of this login; None expects any number."""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All places that it connects to."""
        return (self.endpoint,) if self.read is None else (self.endpoint, self.read)

    def prefixed(self, prefix: str) -> Binding:
        """The same with ``prefix`` before every variable, for a workload with two such stores."""
        names = {name: f"{prefix}{name}" for name in self.variables}

        def renamed(text: str) -> str:
            for name, new in names.items():
                text = text.replace(f"$({name})", f"$({new})")
            return text

        variables = {
            names[name]: renamed(item) if isinstance(item, str) else item
            for name, item in self.variables.items()
        }
        return replace(self, variables=variables)


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
