"""``test``: every Service's name resolves and answers, through the cluster's own DNS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

from constructs_lib.cli.answers import Pod
from constructs_lib.cli.exits import CommandError
from constructs_lib.cli.kubectl import FIELD_MANAGER, Kubectl, items
from constructs_lib.cli.leftovers import clear, remove
from constructs_lib.cli.pod_problems import problem_of
from constructs_lib.cli.probe import FALLBACK_IMAGE, containers, names_in_cluster, pod_and_files
from constructs_lib.cli.questions import Question, image_of, prober, questions
from constructs_lib.cli.reading import snapshot
from constructs_lib.cli.rendered import Key
from constructs_lib.rules.findings import Manifest

_INTERVAL = 1.0
_GONE = 120
_FINAL = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Result:
    """The answer to one question."""

    asked: str
    """Name, port and kind of the question."""

    why: str
    """What is wrong; nothing where the answer is good."""


def ask(
    kubectl: Kubectl,
    manifests: Sequence[Manifest],
    *,
    timeout: int,
    complain: Callable[[str], None],
) -> list[Result]:
    """A result for each Service and port of ``manifests``, asked by a pod that is gone afterwards.

    ``complain`` takes what could not be removed, however the test ends.

    Raises ``CommandError`` where that pod cannot run, and where what it needs is there already and
    no test made it.
    """
    asked = questions(manifests)
    if not asked:
        return []
    at = prober(manifests)
    access = names_in_cluster(at.namespace, asked)
    images = {
        "network": image_of(manifests, "redis") or FALLBACK_IMAGE,
        "postgres": image_of(manifests, "postgres") or FALLBACK_IMAGE,
    }
    # A run that was killed may have left its pod, and a pod's questions cannot be changed.
    clear(kubectl, access)
    try:
        passwords = dict(_passwords(kubectl, asked))
        pod = pod_and_files(at, asked, images, passwords, timeout=timeout + _GONE)
        _apply(kubectl, [*access, *pod])
        _ended(kubectl, at, timeout)
        said = [line for name in containers(asked) for line in _log(kubectl, at, name)]
    finally:
        complaint = remove(kubectl, access)
        if complaint:
            complain(complaint)
    return [] if kubectl.dry_run else results(asked, said)


def results(asked: Sequence[Question], said: Sequence[str]) -> list[Result]:
    """The result of each question, from the lines that the script wrote."""
    answers: dict[str, str] = {}
    for line in said:
        verdict, _, rest = line.partition(" ")
        if verdict == "ok":
            answers[rest] = ""
        elif verdict == "bad":
            name, _, why = rest.partition(": ")
            answers[name] = why
    return [Result(_name(q), answers.get(_name(q), "not asked in time")) for q in asked]


def _name(question: Question) -> str:
    port = "" if question.port is None else f":{question.port}"
    return f"{question.host}{port} {question.kind}"


def _passwords(kubectl: Kubectl, asked: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """The passwords of the stores as their Secrets have them, by host.

    Where one is missing, the store itself will say that it wants one.
    """
    for question in asked:
        if question.password is not None:
            one = question.password
            answer = kubectl.ask(
                *("get", "secret", one.name, "--namespace", one.namespace, "--ignore-not-found"),
                *("--output", f"go-template={{{{index .data {_quoted(one.key)}}}}}"),
            )
            value = answer.out.strip()
            if answer.code == 0 and value and value != "<no value>":
                yield question.host, value


def _quoted(key: str) -> str:
    return '"' + key.replace('"', "") + '"'


def _apply(kubectl: Kubectl, objects: Sequence[Manifest]) -> None:
    answer = kubectl.ask(
        *("apply", "--server-side", "--field-manager", FIELD_MANAGER, "--filename", "-"),
        objects=objects,
        changes=True,
        patience=60,
    )
    if answer.code != 0:
        msg = f"the pod that asks could not be made: {answer.words}"
        raise CommandError(msg)


def _ended(kubectl: Kubectl, at: Key, timeout: int) -> None:
    """Return when the pod has ended, or the time is up while it asks.

    Raises ``CommandError`` where it does not get to run.
    """
    end = monotonic() + timeout
    why, asks = "it has not been seen", False
    while monotonic() < end:
        seen = snapshot(items(kubectl.read("get", "pods,events", "--namespace", at.namespace)))
        if kubectl.dry_run:
            return
        pod = next((one for one in seen.pods if one.key == at), None)
        if pod is not None and (pod.phase in _FINAL or _containers_ended(pod)):
            return
        problem = problem_of(pod, seen) if pod is not None else None
        why = problem.why if problem else f"it is {pod.phase or 'new'}" if pod else why
        asks = pod is not None and any(one.running or one.ended for one in pod.containers)
        sleep(_INTERVAL)
    if asks:
        return
    msg = f"the pod that asks has not ended within {timeout} s: {why}"
    raise CommandError(msg)


def _containers_ended(pod: Pod) -> bool:
    return bool(pod.containers) and all(container.ended for container in pod.containers)


def _log(kubectl: Kubectl, at: Key, container: str) -> list[str]:
    arguments = ("logs", at.name, "--namespace", at.namespace, "--container", container)
    return kubectl.ask(*arguments).out.splitlines()
