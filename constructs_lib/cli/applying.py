"""Objects reach the cluster: server-side apply, phase by phase."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from constructs_lib.cli.exits import CommandError
from constructs_lib.cli.kubectl import FIELD_MANAGER, Answer, Kubectl, items
from constructs_lib.cli.order import Phase
from constructs_lib.cli.ownership import marked
from constructs_lib.rules.findings import Manifest, described

_PATIENCE = 180
_TRIES = 15
_PAUSE = 2.0

_PASSING = (
    "status unknown for quota",
    "failed calling webhook",
    "the object has been modified",
    "etcdserver: request timed out",
    "is being terminated",
)
"""Refusals that end by themselves: a quota made a moment ago has not been counted yet, an admission
webhook is not up yet, a namespace of the last ``down`` is not gone yet."""

_REMEDIES = {
    "Apply failed with": "another tool has set these fields: delete the object, or leave it out "
    "here",
    "field is immutable": "delete the object and run this again",
    "updates to statefulset spec": "delete the StatefulSet and run this again; its volumes stay",
    "forbidden: violates PodSecurity": "render pods that keep the namespace's standard",
    "exceeded quota": "raise the quota, or ask for less",
    "unable to recognize": "install the CRDs that bring this kind",
    "no matches for kind": "install the CRDs that bring this kind",
}


def present(kubectl: Kubectl, manifests: Sequence[Manifest]) -> list[Manifest]:
    """Those of ``manifests`` that the cluster has already, as it has them."""
    answer = kubectl.read(
        *("get", "--filename", "-", "--ignore-not-found"), objects=manifests, patience=_PATIENCE
    )
    return items(answer)


def apply(
    kubectl: Kubectl, phases: Sequence[Phase], there: Sequence[Manifest]
) -> Iterator[tuple[Phase, int]]:
    """Each phase once it is applied, and how many objects that makes.

    Objects that are not ``there`` get the label of what ``up`` created. Raises ``CommandError``
    with each refusal, and what to do about it.
    """
    done = 0
    for number, phase in enumerate(phases, 1):
        kubectl.note(f"phase {number} of {len(phases)}: {phase.name}")
        _apply(kubectl, phase, marked(phase.objects, there))
        done += len(phase.objects)
        yield phase, done


def _apply(kubectl: Kubectl, phase: Phase, objects: Sequence[Manifest]) -> None:
    answer = _tried(lambda: _server_side(kubectl, objects))
    if answer.code != 0:
        lines = refusals(answer, objects)
        msg = "\n".join([f"the cluster refused {phase.name}:", *(f"  {line}" for line in lines)])
        raise CommandError(msg)


def _server_side(kubectl: Kubectl, objects: Sequence[Manifest]) -> Answer:
    return kubectl.ask(
        *("apply", "--server-side", "--field-manager", FIELD_MANAGER, "--filename", "-"),
        objects=objects,
        patience=_PATIENCE,
        changes=True,
    )


def _tried(run: Callable[[], Answer]) -> Answer:
    """The answer of ``run``, tried again while what it is refused for passes."""
    answer = run()
    for _ in range(_TRIES):
        if answer.code == 0 or not _all_pass(answer):
            break
        time.sleep(_PAUSE)
        answer = run()
    return answer


def _all_pass(answer: Answer) -> bool:
    complaints = _complaints(answer)
    return bool(complaints) and all(any(w in line for w in _PASSING) for line in complaints)


def refusals(answer: Answer, objects: Sequence[Manifest]) -> list[str]:
    """What was refused: kubectl's words, the objects where it names none, and the remedy."""
    lines = []
    for complaint in _complaints(answer):
        # In a conflict kubectl does not say which object it is about.
        about = ""
        if "Apply failed with" in complaint:
            about = f" (among {', '.join(_unapplied(answer, objects)) or 'these objects'})"
        fix = next((fix for words, fix in _REMEDIES.items() if words in complaint), "")
        lines.append(f"{complaint}{about}" + (f"; {fix}" if fix else ""))
    return lines or [answer.words]


def _complaints(answer: Answer) -> list[str]:
    starts = ("error:", "Error from server", "The ", "Unable to connect", "resource mapping")
    found: list[str] = []
    for line in map(str.strip, answer.err.splitlines()):
        if line.startswith(starts):
            found.append(line.removeprefix("error: ").replace("Error from server ", ""))
        elif line.startswith("- .") and found:
            # The fields of a conflict, where there are several.
            found[-1] += f" {line[2:]}"
    return found


def _unapplied(answer: Answer, objects: Sequence[Manifest]) -> list[str]:
    """The objects that the output does not list as applied."""
    applied = Counter(line.split(" ")[0] for line in answer.out.splitlines() if line)
    left = []
    for manifest in objects:
        name = _short(manifest)
        if applied[name] > 0:
            applied[name] -= 1
        else:
            left.append(described(manifest))
    return left


def _short(manifest: Manifest) -> str:
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    kind = str(manifest["kind"]).lower() + (f".{group}" if group else "")
    return f"{kind}/{manifest['metadata']['name']}"
