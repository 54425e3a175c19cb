"""Whether kubectl commands fit what ``dist/prod`` deploys: objects, containers, options."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.operations.arguments import (
    KINDS,
    OF_THE_CLUSTER,
    SWITCHES,
    WITH_VALUE,
    Parsed,
    kind_of,
)
from tests.operations.deployed import PROJECT, Deployed, containers_of
from tests.operations.fields import has_field
from tests.operations.page import Command

Made = dict[tuple[str, str, str], str]
"""Kind, namespace and name of what commands create, and the CronJob it is made from."""

_WITHOUT_OBJECTS: Final = frozenset({"apply", "config", "diff", "version"})
_CONDITIONS: Final[Mapping[str, frozenset[str]]] = {
    "APIService": frozenset({"Available"}),
    "Certificate": frozenset({"Ready"}),
    "ClusterIssuer": frozenset({"Ready"}),
    "ClusterSecretStore": frozenset({"Ready"}),
    "Deployment": frozenset({"Available"}),
    "ExternalSecret": frozenset({"Ready"}),
    "Job": frozenset({"complete", "failed"}),
}


def problems(
    commands: Sequence[Command], deployed: Deployed, needed: Mapping[str, frozenset[str]]
) -> list[str]:
    """What is wrong with the kubectl commands of a page, in their order.

    ``needed`` are names of what the cluster has to have, by kind.
    """
    made: Made = {}
    found = []
    for command in commands:
        if command.words[0] == "kubectl":
            parsed = Parsed.of(command)
            found += [f"{command}: {text}" for text in _problems(parsed, deployed, needed, made)]
            made |= _makes(parsed)
    return found


def _makes(parsed: Parsed) -> Made:
    if parsed.verb in ("create job", "create configmap"):
        place = (kind_of(parsed.arguments[1]), parsed.namespace, parsed.arguments[2])
        return {place: parsed.options.get("--from", "").removeprefix("cronjob/")}
    return {}


def _problems(
    parsed: Parsed,
    deployed: Deployed,
    needed: Mapping[str, frozenset[str]],
    made: Made,
) -> Iterator[str]:
    yield from _options(parsed)
    if parsed.verb.startswith(("create", "set ")):
        yield from _created(parsed, deployed, made)
        return
    if parsed.arguments[0] in _WITHOUT_OBJECTS:
        folder = parsed.options.get("-k", "")
        if folder and not (PROJECT / folder / "kustomization.yaml").is_file():
            yield f"there is no {folder}"
        return
    for kind, name in parsed.targets:
        if kind in OF_THE_CLUSTER.values():
            if kind != "Node" and name not in needed.get(kind, ()):
                yield f"nothing needs {kind} {name}"
            continue
        if kind not in KINDS.values():
            yield kind
        elif parsed.namespace or "-A" not in parsed.options:
            yield from _in_namespace(parsed, deployed, kind, name, made)
        yield from _details(parsed, deployed, kind, name, made)


def _options(parsed: Parsed) -> Iterator[str]:
    waits = parsed.verb in ("wait", "rollout status")
    if waits and not re.fullmatch(r"\d+[smh]", parsed.options.get("--timeout", "")):
        yield "waits without a time-out"
    for name in parsed.options:
        if len(name) == 2 and name not in WITH_VALUE | SWITCHES:
            yield f"option {name} is not one that is known here"


def _in_namespace(
    parsed: Parsed,
    deployed: Deployed,
    kind: str,
    name: str,
    made: Made,
) -> Iterator[str]:
    namespace, labels = parsed.namespace, _labels(parsed)
    if namespace not in deployed.namespaces:
        if kind != "Pod" or (namespace, labels) not in list(deployed.peers_elsewhere()):
            yield f"there is no namespace {namespace!r}, or no policy knows such pods there"
    elif labels:
        if not deployed.selected(kind, namespace, labels):
            yield f"selects no {kind} in {namespace}"
    elif name:
        there = deployed.find(kind, namespace, name) or (
            (kind == "Pod" and (namespace, name) in deployed.pods)
            or (kind == "PersistentVolumeClaim" and (namespace, name) in deployed.claims)
            or (kind, namespace, name) in made
        )
        if not there:
            yield f"there is no {kind} {namespace}/{name}"
    elif kind not in ("Event", "Pod", "PersistentVolumeClaim") and not deployed.every(
        kind, *(["CronJob"] if kind == "Job" else []), namespace=namespace
    ):
        yield f"there is no {kind} in {namespace}"


def _details(parsed: Parsed, deployed: Deployed, kind: str, name: str, made: Made) -> Iterator[str]:
    if container := parsed.options.get("-c"):
        yield from _container(parsed, deployed, (kind, parsed.namespace, name), container, made)
    condition = parsed.options.get("--for", "").removeprefix("condition=")
    if condition not in ("", "delete") and condition not in _CONDITIONS.get(kind, ()):
        yield f"a {kind} never gets condition {condition}"
    count = parsed.options.get("--replicas")
    workload = deployed.find(kind, parsed.namespace, name)
    if count not in (None, "0") and workload and str(workload["spec"]["replicas"]) != count:
        yield f"{name} has {workload['spec']['replicas']} replicas"
    for path in _paths(parsed):
        if not has_field(kind, path):
            yield f"a {kind} has no field {path}"


def _paths(parsed: Parsed) -> Iterator[str]:
    output = parsed.options.get("-o", "")
    if output.startswith("custom-columns="):
        columns = output.removeprefix("custom-columns=").split(",")
        yield from (column.partition(":")[2] for column in columns)
    if path := parsed.options.get("--sort-by"):
        yield path
    selected = parsed.options.get("--field-selector", "").split(",")
    yield from (f".{re.split('!?=', field)[0]}" for field in selected if field)
    if patch := parsed.options.get("--patch"):
        yield from _leaves(json.loads(patch))


def _leaves(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}")
    else:
        yield path


def _container(
    parsed: Parsed, deployed: Deployed, place: tuple[str, str, str], container: str, made: Made
) -> Iterator[str]:
    kind, namespace, name = place
    if labels := _labels(parsed):
        workloads = deployed.selected(kind, namespace, labels)
    elif place in made:
        source = deployed.find("CronJob", namespace, made[place])
        workloads = [source] if source else []
    else:
        workloads = [item for pod, item in deployed.pods.items() if pod == (namespace, name)]
    names = {item["name"] for workload in workloads for item in containers_of(workload)}
    if container not in names:
        yield f"has no container {container}, but {', '.join(sorted(names))}"


def _labels(parsed: Parsed) -> dict[str, str]:
    text = parsed.options.get("-l", "")
    return dict(part.split("=", 1) for part in text.split(",") if part)


def _created(parsed: Parsed, deployed: Deployed, made: Made) -> Iterator[str]:
    namespace = parsed.namespace
    if parsed.verb == "set env":
        yield from _variables(parsed, deployed)
    elif namespace not in deployed.namespaces:
        yield f"there is no namespace {namespace!r}"
    elif parsed.verb == "create job":
        source = parsed.options.get("--from", "").removeprefix("cronjob/")
        if not deployed.find("CronJob", namespace, source):
            yield f"there is no CronJob {namespace}/{source}"
        if _makes(parsed).keys() & made.keys():
            yield "a Job of that name is made above"
    elif parsed.verb == "create configmap":
        key = parsed.options.get("--from-literal", "").partition("=")[0]
        place = (namespace, parsed.arguments[2], key)
        if place not in deployed.expected_config_maps:
            yield f"no pod reads {' '.join(place)}"
    elif parsed.arguments[1:] or Parsed.of(parsed.command.before[0]).namespace != namespace:
        yield "creates something else than the Job before it"


def _variables(parsed: Parsed, deployed: Deployed) -> Iterator[str]:
    source = Parsed.of(parsed.command.before[0])
    name = source.options["--from"].removeprefix("cronjob/")
    job = deployed.find("CronJob", source.namespace, name)
    containers = containers_of(job) if job else []
    known = {entry["name"] for item in containers for entry in item.get("env", ())}
    for word in parsed.arguments[2:]:
        variable = word.partition("=")[0]
        if variable not in known:
            yield f"{name} has no variable {variable}"
