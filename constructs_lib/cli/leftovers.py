"""What ``test`` makes in the cluster and takes away again, and never what somebody else made."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.cli.applying import present
from constructs_lib.cli.exits import CommandError, Exit
from constructs_lib.cli.kubectl import Kubectl, items
from constructs_lib.cli.ownership import is_ours, left_in
from constructs_lib.cli.rendered import key_of
from constructs_lib.cli.served import deletable
from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.pods import mapping

_GONE = 120


def clear(kubectl: Kubectl, wanted: Sequence[Manifest]) -> None:
    """Remove what an earlier test left of ``wanted``.

    Raises ``CommandError``, before anything is changed, where one of them is there and no test
    made it, or a namespace of them holds what no test made; and where something does not go.
    """
    there = present(kubectl, [_identity(body) for body in wanted])
    for body in there:
        _refuse_foreign(kubectl, body)
    complaint = _delete(kubectl, wanted if kubectl.dry_run else there)
    if complaint:
        raise CommandError(complaint)


def remove(kubectl: Kubectl, wanted: Sequence[Manifest]) -> str:
    """Remove what this test made of ``wanted``, a namespace with all in it; why not, if not."""
    left = wanted
    try:
        there = present(kubectl, [_identity(body) for body in wanted])
        left = wanted if kubectl.dry_run else [body for body in there if is_ours(body)]
        return _delete(kubectl, left)
    except CommandError as error:
        return _complaint(kubectl, left, str(error))


def _delete(kubectl: Kubectl, objects: Sequence[Manifest]) -> str:
    if not objects:
        return ""
    answer = kubectl.ask(
        *("delete", "--filename", "-", "--ignore-not-found", "--wait", "--timeout", f"{_GONE}s"),
        objects=[_identity(body) for body in objects],
        changes=True,
        patience=_GONE + 10,
    )
    return "" if answer.code == 0 else _complaint(kubectl, objects, answer.words)


def _complaint(kubectl: Kubectl, objects: Sequence[Manifest], why: str) -> str:
    names = ", ".join(described(body) for body in objects)
    commands = ", ".join(f"`{_command(kubectl, 'delete', body)}`" for body in objects)
    return f"not everything of the test could be removed ({names}): {why}; {commands}"


def _refuse_foreign(kubectl: Kubectl, body: Manifest) -> None:
    key = key_of(body)
    if not is_ours(body):
        msg = (
            f"{described(body)} is there, and `nova local test` did not make it; the test needs "
            "the name, and would remove it afterwards with all that belongs to it. Nothing was "
            f"changed. See `{_command(kubectl, 'get', body)}`, and delete it if nobody needs it"
        )
        raise CommandError(msg, Exit.REFUSED)
    foreign = _foreign_in(kubectl, key.name) if key.kind == "Namespace" else []
    if foreign:
        names = ", ".join(described(one) for one in foreign)
        msg = (
            f"Namespace {key.name} holds {names}, which `nova local test` did not make and would "
            "remove with the namespace. Nothing was changed; move it to another namespace, or "
            f"remove it with all in it: `{_command(kubectl, 'delete', body)}`"
        )
        raise CommandError(msg, Exit.REFUSED)


def _foreign_in(kubectl: Kubectl, namespace: str) -> list[Manifest]:
    kinds, _ = deletable(kubectl, namespaced=True)
    inside = items(kubectl.read("get", ",".join(kinds), "--namespace", namespace))
    return [body for body in left_in(namespace, inside) if not is_ours(body)]


def _command(kubectl: Kubectl, verb: str, body: Manifest) -> str:
    key = key_of(body)
    place = ("--namespace", key.namespace) if key.namespace else ()
    return kubectl.line(verb, key.kind.lower(), key.name, *place)


def _identity(body: Manifest) -> dict[str, object]:
    metadata = mapping(body.get("metadata"))
    known = {name: metadata[name] for name in ("name", "namespace") if name in metadata}
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": known}
