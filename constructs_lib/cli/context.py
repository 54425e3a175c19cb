"""Which cluster a command talks to, and whether it looks like one of this machine's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.errors import nearest

Flavour = Literal["docker-desktop", "kind", "minikube"]

_DOCKER_DESKTOP = ("docker-desktop", "docker-for-desktop")
_DOCKER_HOSTS = ("kubernetes.docker.internal", "host.docker.internal")
_MINIKUBE = "minikube.sigs.k8s.io"


@dataclass(frozen=True)
class Context:
    """One context of the kubeconfig."""

    name: str
    """What ``--context`` calls it."""

    server: str
    """Address of its API server."""

    flavour: Flavour | None
    """``docker-desktop``, ``kind`` or ``minikube``; None where it looks like none of them."""


def contexts(config: Mapping[str, Any]) -> tuple[Context, ...]:
    """The contexts of what ``kubectl config view`` answers."""
    clusters = {one["name"]: one.get("cluster") or {} for one in config.get("clusters") or ()}
    found = []
    for entry in config.get("contexts") or ():
        cluster = clusters.get((entry.get("context") or {}).get("cluster"), {})
        server = str(cluster.get("server", ""))
        found.append(Context(entry["name"], server, _flavour(entry["name"], server, cluster)))
    return tuple(found)


def chosen(config: Mapping[str, Any], named: str | None) -> Context:
    """The context called ``named``, else the current one.

    Raises ``CommandError`` where there is none, and where the current one does not look local: it
    was chosen for something else, and is used only where it is named.
    """
    known = {context.name: context for context in contexts(config)}
    name = named or str(config.get("current-context") or "")
    local = [context.name for context in known.values() if context.flavour]
    if not known or (not name and not local):
        msg = (
            "the kubeconfig has no context; start a cluster: `kind create cluster`, "
            "`minikube start`, or Kubernetes in the settings of Docker Desktop"
        )
        raise CommandError(msg, Exit.MISSING)
    if name not in known:
        what = f"there is no context {name!r}" if name else "no context is current"
        hint = nearest(name, known) if name else f"name one: --context {local[0]}"
        msg = f"{what} in the kubeconfig; {hint}"
        raise CommandError(msg, Exit.MISSING)
    context = known[name]
    if not named and not context.flavour:
        other = f"`kubectl config use-context {local[0]}`" if local else "`kind create cluster`"
        msg = (
            f"the current context {name!r} ({context.server or 'no server'}) does not look like "
            f"Docker Desktop, kind or minikube on this machine; change to one: {other}, or, if "
            f"this cluster is meant, name it: --context {name}"
        )
        raise CommandError(msg, Exit.REFUSED)
    return context


def _flavour(name: str, server: str, cluster: Mapping[str, Any]) -> Flavour | None:
    """What a context looks like by its name and by where its API server is.

    Neither alone is enough: a tunnel brings any cluster to a local port, and anybody may call a
    context ``kind-production``.
    """
    host = urlsplit(server).hostname or ""
    if name in _DOCKER_DESKTOP and (_loopback(host) or host in _DOCKER_HOSTS):
        return "docker-desktop"
    if name.startswith("kind-") and _loopback(host):
        return "kind"
    # minikube's node is a machine or container with an address of its own.
    if (name == "minikube" or _of_minikube(cluster)) and (_loopback(host) or _private(host)):
        return "minikube"
    return None


def _of_minikube(cluster: Mapping[str, Any]) -> bool:
    return any(
        ((entry.get("extension") or {}).get("provider")) == _MINIKUBE
        for entry in cluster.get("extensions") or ()
    )


def _loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _private(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_private


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
