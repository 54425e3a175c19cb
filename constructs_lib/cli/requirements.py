"""What has to be there before anything is applied, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import Kubectl, items
from constructs_lib.cli.rendered import (
    ingress_classes,
    is_default,
    kinds_needed,
    storage_classes,
)
from constructs_lib.cli.served import Served, served, silent
from constructs_lib.errors import nearest
from constructs_lib.rules.findings import Manifest, described

_INGRESS_NGINX = "https://kubernetes.github.io/ingress-nginx/deploy/"


def check(kubectl: Kubectl, manifests: Sequence[Manifest]) -> list[str]:
    """Return if the cluster answers and has what ``manifests`` need.

    The lines are about APIs that are down and not needed.

    Raises ``CommandError`` with everything that is missing.
    """
    reachable(kubectl)
    has = served(kubectl)
    classes = kubectl.read("get", "storageclasses.storage.k8s.io,ingressclasses.networking.k8s.io")
    if kubectl.dry_run:
        return []
    missing = list(lacks(manifests, has, items(classes)))
    if missing:
        count = "1 thing is" if len(missing) == 1 else f"{len(missing)} things are"
        msg = "\n".join(
            [f"{count} missing, and nothing was applied:", *(f"  {m}" for m in missing)]
        )
        raise CommandError(msg, Exit.MISSING)
    return [silent(*one) + ". Nothing that is rendered needs it" for one in has.broken.items()]


def reachable(kubectl: Kubectl) -> None:
    """Return if the API server answers; raises ``CommandError`` with kubectl's words if not."""
    answer = kubectl.ask("version", "--output", "json", "--request-timeout", "10s")
    if answer.code != 0:
        msg = (
            f"the cluster of context {kubectl.context} does not answer: {answer.words}; start it: "
            "`minikube start`, Docker Desktop, or `docker start` for the node of a kind cluster"
        )
        raise CommandError(msg, Exit.MISSING)


def lacks(
    manifests: Sequence[Manifest], has: Served, classes: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """A line for each kind and class that ``manifests`` need and the cluster has not."""
    for (version, kind), first in kinds_needed(manifests).items():
        if (version, kind) not in has.kinds:
            yield f"{described(first)} needs {kind} ({version}); {_instead(version, kind, has)}"
    storage = [body for body in classes if body.get("kind") == "StorageClass"]
    yield from _lacking_storage(manifests, storage)
    known = {
        str(body["metadata"]["name"]) for body in classes if body.get("kind") == "IngressClass"
    }
    for name, first in ingress_classes(manifests).items():
        if name not in known:
            yield (
                f"{described(first)} needs the ingress class {name!r}; {_choice(name, known)} "
                f"Install its controller: {_INGRESS_NGINX} (minikube: `minikube addons enable "
                "ingress`), or render another gateway"
            )


def _lacking_storage(
    manifests: Sequence[Manifest], classes: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    known = {str(body["metadata"]["name"]) for body in classes}
    for name, first in storage_classes(manifests).items():
        if name is None and not any(is_default(body) for body in classes):
            yield (
                f"{described(first)} needs a default storage class; {_choice('', known)} Mark one "
                "with the annotation storageclass.kubernetes.io/is-default-class, or name one in "
                "Cluster.storage_class"
            )
        elif name is not None and name not in known:
            yield (
                f"{described(first)} needs the storage class {name!r}; {_choice(name, known)} Set "
                "Cluster.storage_class to what this cluster has and render again (hostpath on "
                "Docker Desktop, standard on kind and minikube)"
            )


def _choice(name: str, known: set[str]) -> str:
    if not known:
        return "the cluster has none."
    has = f"the cluster has {', '.join(sorted(known))}."
    hint = nearest(name, known) if name else ""
    return f"{has} {hint[:1].upper()}{hint[1:]}" if hint.startswith("did") else has


def _instead(version: str, kind: str, has: Served) -> str:
    if version in has.broken:
        return silent(version, has.broken[version])
    group = version.rpartition("/")[0]
    other = sorted(v for v, k in has.kinds if k == kind and v.rpartition("/")[0] == group)
    if other:
        return f"the cluster has it as {', '.join(other)}: update its CRDs"
    return f"install the CRDs of {group or 'the core group'}, or render without it"
