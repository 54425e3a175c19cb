"""``down``: what ``up`` created leaves the cluster, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from constructs_lib.cli.exits import CommandError
from constructs_lib.cli.kubectl import Kubectl, items
from constructs_lib.cli.order import in_order
from constructs_lib.cli.ownership import (
    LABEL,
    SELECTOR,
    VALUE,
    claims_of,
    is_ours,
    left_in,
)
from constructs_lib.cli.rendered import Key, key_of
from constructs_lib.cli.served import deletable
from constructs_lib.rules.findings import Manifest, described

_CLAIM = "PersistentVolumeClaim"
_PATIENCE = 60
_SHOWN = 3


@dataclass(frozen=True)
class Created:
    """What ``up`` created and the cluster still has."""

    objects: tuple[Manifest, ...]
    """All but claims and namespaces."""

    claims: tuple[Manifest, ...]
    """Volume claims: rendered ones, and those of the pods of StatefulSets."""

    namespaces: tuple[Manifest, ...]
    """Namespaces."""

    kinds: tuple[str, ...]
    """Every namespaced kind that the cluster can list and delete, as kubectl names it."""

    silent: tuple[str, ...] = ()
    """A line for each API that does not answer; no namespace can go while there is one."""

    def __str__(self) -> str:
        """What there is, by namespace."""
        counts = Counter(key_of(body).namespace or "no namespace" for body in self.objects)
        lines = [f"  {name}: {count} objects" for name, count in sorted(counts.items())]
        return "\n".join(lines)


def created(kubectl: Kubectl) -> Created:
    """What bears the label in the whole cluster, and the claims that belong to it."""
    outside, _ = deletable(kubectl, namespaced=False)
    inside, silent = deletable(kubectl, namespaced=True)
    names = ",".join([*outside, *inside])
    answer = kubectl.read(
        "get", names, "--all-namespaces", "--selector", SELECTOR, patience=_PATIENCE
    )
    ours = [body for body in items(answer) if not _copied(body)]
    stateful = kubectl.read(
        "get", "statefulsets.apps,persistentvolumeclaims", "--all-namespaces", patience=_PATIENCE
    )
    sets = [body for body in items(stateful) if body.get("kind") == "StatefulSet" and is_ours(body)]
    claims = [body for body in items(stateful) if body.get("kind") == _CLAIM]
    return Created(
        objects=tuple(body for body in ours if body.get("kind") not in (_CLAIM, "Namespace")),
        claims=tuple(claims_of(sets, claims)),
        namespaces=tuple(body for body in ours if body.get("kind") == "Namespace"),
        kinds=tuple(inside),
        silent=tuple(silent),
    )


def _copied(body: Manifest) -> bool:
    """Whether a controller made an object, with the labels of the one it made it for."""
    return bool((body.get("metadata") or {}).get("ownerReferences"))


def remove(kubectl: Kubectl, found: Created, *, volumes: bool, timeout: int) -> list[str]:
    """Delete what was ``found``; what stays, a line for each namespace that does.

    Raises ``CommandError`` where the cluster refuses, or takes longer than ``timeout`` seconds.
    """
    if not volumes:
        _keep(kubectl, found.claims)
    phases = [phase.objects for phase in reversed(in_order(found.objects))]
    if volumes:
        phases.append(found.claims)
    for objects in phases:
        _delete(kubectl, objects, timeout)
    gone = {key_of(body) for objects in phases for body in objects}
    return _remove_namespaces(kubectl, found, gone, timeout)


def _keep(kubectl: Kubectl, claims: Sequence[Manifest]) -> None:
    """Label claims whose set goes, so that a later run with ``--volumes`` knows them."""
    for claim in claims:
        if not is_ours(claim):
            key = key_of(claim)
            answer = kubectl.ask(
                *("label", "persistentvolumeclaim", key.name, "--namespace", key.namespace),
                f"{LABEL}={VALUE}",
                changes=True,
            )
            if answer.code != 0:
                msg = (
                    f"{described(claim)} could not be marked as ours, so that a later `down "
                    f"--volumes` would not know it: {answer.words}; nothing was deleted: run it "
                    "again"
                )
                raise CommandError(msg)


def _delete(kubectl: Kubectl, objects: Sequence[Manifest], timeout: int) -> None:
    if not objects:
        return
    # Pods first, and waited for: their claims, accounts and policies are needed to the end.
    answer = kubectl.ask(
        *("delete", "--filename", "-", "--ignore-not-found", "--cascade=foreground"),
        *("--wait", "--timeout", f"{timeout}s"),
        objects=[_identity(body) for body in objects],
        changes=True,
        patience=timeout + 30,
    )
    if answer.code != 0:
        msg = f"not everything could be deleted: {answer.words}; run it again"
        raise CommandError(msg)


def _remove_namespaces(
    kubectl: Kubectl, found: Created, gone: AbstractSet[Key], timeout: int
) -> list[str]:
    names = ",".join(found.kinds)
    inside = items(kubectl.read("get", names, "--all-namespaces", patience=_PATIENCE))
    empty, notes = [], []
    for namespace in found.namespaces:
        name = key_of(namespace).name
        left = [body for body in left_in(name, inside) if key_of(body) not in gone]
        if left:
            notes.append(f"Namespace {name} stays: it holds {_some(left)}")
        else:
            empty.append(namespace)
    _delete(kubectl, empty, timeout)
    return notes


def _some(objects: Sequence[Manifest]) -> str:
    shown = ", ".join(described(body) for body in objects[:_SHOWN])
    more = len(objects) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _identity(body: Manifest) -> Manifest:
    metadata = {name: body["metadata"].get(name) for name in ("name", "namespace")}
    kept = {name: value for name, value in metadata.items() if value}
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": kept}
