"""Where an app runs: one frozen value per target, derived with ``dataclasses.replace``.

Constructs read fields of the environment; none asks which environment it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.cluster import SERVICE_MONITORS, ApiServer, Cluster, Dns, NodePool, Taint
from constructs_lib.errors import NovaError, Problem, nearest
from constructs_lib.naming import (
    OBJECT_LIMIT,
    host_problems,
    image_problems,
    name_problems,
    repository_problems,
    tag_problems,
    variable_problems,
)
from constructs_lib.quantity import memory_problems
from constructs_lib.refs import Endpoint
from constructs_lib.resources import Resources
from constructs_lib.values import Value

__all__ = [
    "SERVICE_MONITORS",
    "ApiServer",
    "Cluster",
    "DevelopmentLiterals",
    "Dns",
    "Environment",
    "ExternalSecretStore",
    "Images",
    "NodePool",
    "Spread",
    "Taint",
]

Spread = Literal["hard", "soft", "off"]
"""``hard``: two pods of a workload never share a node, and where the cluster has zones none has
two more of them than another; a pod waits rather than break it;
``soft``: the scheduler prefers it; ``off``: it does not care."""

_LINK = re.compile(r"https?://[^\s?#\"'<>/]+(/[^\s?#\"'<>]*[^\s?#\"'<>/])?")
_DURATION = re.compile(r"([0-9]+(ms|s|m|h))+")


class ExternalSecretStore(Value):
    """Secrets come from a store outside the cluster, through the External Secrets Operator."""

    name: str = field(kw_only=False)
    """Name of the SecretStore object."""

    path: str = ""
    """Prefix of the remote keys; a Secret ``db`` is read from ``<path>/<app>/db``."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = "ClusterSecretStore"
    """Which of the operator's two kinds it is. Default ClusterSecretStore."""

    refresh: str = "1h"
    """How often the operator reads the store again, as a Go duration. Default one hour."""

    def problems(self) -> Iterator[Problem]:
        """The store's name, and a duration."""
        yield from name_problems("name", self.name, limit=OBJECT_LIMIT)
        if not _DURATION.fullmatch(self.refresh):
            fix = "write one such as '1h' or '30m'"
            yield Problem("refresh", self.refresh, "is not a duration", fix)


class DevelopmentLiterals(Value):
    """Secrets are literal values written in the app, for environments that hold nothing secret.

    Marks an environment as one that may render them; no other environment can.
    """


class Images(Value):
    """Where an environment takes application images from."""

    registry: str
    """Registry and path, for example ``registry.example.com/nova``."""

    tag: str | None = None
    """Tag of every application image in place of the app's own; None leaves the app's."""

    pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When a node pulls. Default IfNotPresent, right for tags that never move."""

    stand_in: str | None = None
    """Image of a web server that runs in place of application images, where those do not exist;
    None runs the real ones. The image holds nginx 1.19.5 or newer."""

    def problems(self) -> Iterator[Problem]:
        """A registry without scheme, and images that are pinned."""
        yield from repository_problems("registry", self.registry)
        if self.tag is not None:
            yield from tag_problems("tag", self.tag)
        if self.stand_in is not None:
            yield from image_problems("stand_in", self.stand_in)


class Environment(Value):
    """One target of rendering: a cluster and how apps run in it."""

    name: str
    """Name of the environment, and of its folder below ``dist/``."""

    cluster: Cluster
    """The cluster it runs in."""

    secrets: ExternalSecretStore | DevelopmentLiterals
    """Where secret values come from."""

    images: Images
    """Where application images come from."""

    domain: str
    """Domain below which gateways publish hosts, for example ``example.com``."""

    gateway: Literal["ingress-nginx", "gateway-api"] = "ingress-nginx"
    """Which objects an IngressGateway renders. Default ingress-nginx's Ingress. Where the cluster
    has no class for it, IngressGateways are refused; apps without one need none."""

    certificate_issuer: str | None = None
    """cert-manager ClusterIssuer that signs gateways' certificates; None where there is none, and
    gateways then name an existing TLS Secret or serve plain HTTP."""

    single_replica: bool = False
    """True renders every service with one replica: no autoscaler, budget or hard spread."""

    service_spread: Spread = "soft"
    """How services that say nothing themselves are spread over nodes. Default soft."""

    sizes: Mapping[str, Resources] = field(default_factory=dict)
    """Requests and limits of single workloads in place of their own, by ``<app>/<workload>``."""

    service_size: Resources | None = None
    """Requests and limits of every other workload; None leaves each its own."""

    replicated_stores: bool = True
    """Whether stores run with replicas and failover. Default True; where False, an app chooses the
    engine of one instance. The host names of a store are the same either way."""

    store_spread: Spread = "soft"
    """How stores that say nothing themselves are spread over nodes. Default soft."""

    volumes: Mapping[str, str] = field(default_factory=dict)
    """Sizes of single stores' volumes in place of their own, by ``<app>/<store>``."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that every service gets, for example ``LOG_FORMAT``."""

    tracing: Endpoint | None = None
    """OTLP receiver that services with ``traces`` send to; None switches traces off."""

    runbooks: str | None = None
    """Where the pages of runbooks are read, for example ``https://docs.example.com/runbooks``; what
    alarms links to its section there. None renders no links."""

    externals: Mapping[str, Endpoint] = field(default_factory=dict)
    """Stores and brokers outside the app, by name; see :meth:`external`."""

    @property
    def namespace_labels(self) -> Mapping[str, str]:
        """Labels on every Namespace: Pod Security ``restricted``, enforced, audited and warned of.

        https://kubernetes.io/docs/concepts/security/pod-security-admission/
        """
        prefix = "pod-security.kubernetes.io"
        version = f"v{self.cluster.kubernetes}"
        labels = {}
        for mode in ("enforce", "audit", "warn"):
            labels[f"{prefix}/{mode}"] = "restricted"
            labels[f"{prefix}/{mode}-version"] = version
        return labels

    def size_of(self, app: str, workload: str) -> Resources | None:
        """Requests and limits that the environment gives a workload; None leaves it its own."""
        return self.sizes.get(f"{app}/{workload}", self.service_size)

    def external(self, name: str) -> Endpoint:
        """The external endpoint called ``name``; raises ``NovaError`` with the nearest name."""
        if name not in self.externals:
            known = nearest(name, self.externals)
            msg = f"environment {self.name!r} has no external endpoint {name!r}: {known}"
            raise NovaError(msg)
        return self.externals[name]

    def problems(self) -> Iterator[Problem]:
        """Names."""
        yield from name_problems("name", self.name)
        yield from host_problems("domain", self.domain)
        if self.runbooks is not None and not _LINK.fullmatch(self.runbooks):
            fix = "write one such as 'https://docs.example.com/runbooks', without '/' at its end"
            yield Problem("runbooks", self.runbooks, "is no address to link to", fix)
        for name in self.settings:
            yield from variable_problems("settings", name)
        for key in self.sizes:
            yield from _place_problems("sizes", key, "<app>/<workload>")
        for key, size in self.volumes.items():
            yield from _place_problems("volumes", key, "<app>/<store>")
            yield from memory_problems(f"volumes[{key!r}]", size, example="10Gi")


def _place_problems(field_name: str, key: str, form: str) -> Iterator[Problem]:
    """Whether ``key`` can be somebody's: of another form it would size nothing without a word."""
    parts = key.split("/")
    if len(parts) != 2 or any(p for part in parts for p in name_problems("", part)):  # noqa: PLR2004
        yield Problem(field_name, key, f"is not {form}", "write both names, as in 'shop/orders'")
