"""The tables of ``docs/operations.md``, computed from ``dist/prod``."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.apps.rendered import Document, template_of
from tests.operations.deployed import PROJECT, WITH_PODS, Deployed, containers_of
from tests.operations.lost import nodes, nodes_without_a_zone, zones
from tests.operations.parts import parts
from tests.operations.values import values

Table = Sequence[Sequence[str]]

LOCAL: Final = PROJECT / "dist" / "local"

_URL: Final = re.compile(r"(?P<scheme>\w+)://(?P<login>\w*):(?P<password>[^@]+)@(?P<host>[\w-]+)\.")
_BESIDE: Final = {
    "DATABASE_URL": ("DB_PASSWORD", "POSTGRES_PASSWORD"),
    "REDIS_URL": ("REDIS_PASSWORD",),
}
_RESTARTED: Final = ("Deployment", "StatefulSet", "Job")


def tables(deployed: Deployed) -> Mapping[str, Table]:
    """Each by its name, its heading first."""
    return {
        "values": values(deployed),
        "parts": parts(deployed),
        "secrets": secrets(deployed),
        "copies": copies(Deployed.read(LOCAL)),
        "autoscalers": autoscalers(deployed),
        "backups": backups(deployed),
        "alone": alone(deployed),
        "nodes": nodes(deployed),
        "zones": zones(deployed),
        "nodes without a zone": nodes_without_a_zone(deployed),
    }


def secrets(deployed: Deployed) -> Table:
    """Keys of the secret store, the Secrets made from each, and what reads those at its start."""
    properties: dict[str, dict[str, None]] = defaultdict(dict)
    targets: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for item in deployed.every("ExternalSecret"):
        place = (item["metadata"]["namespace"], item["spec"]["target"]["name"])
        for entry in item["spec"]["data"]:
            key = entry["remoteRef"]["key"]
            properties[key][entry["remoteRef"]["property"]] = None
            targets[key][place] = None
    rows = []
    for key in sorted(properties):
        readers: dict[str, list[str]] = defaultdict(list)
        for namespace, secret in sorted(targets[key]):
            readers[f"`{namespace}`"] += _readers(deployed, namespace, secret)
        said = [f"{place}: {', '.join(dict.fromkeys(names))}" for place, names in readers.items()]
        rows.append(
            (
                f"`{key}`",
                ", ".join(f"`{name}`" for name in properties[key]),
                "; ".join(said),
            )
        )
    return [("key", "properties", "restart after a change"), *rows]


def _readers(deployed: Deployed, namespace: str, secret: str) -> list[str]:
    found = []
    for workload in deployed.every(*WITH_PODS, namespace=namespace):
        kind, name = workload["kind"], workload["metadata"]["name"]
        # It reads its receivers' files for every message.
        if name == "alertmanager":
            continue
        if secret in set(_secrets_of(workload)) and kind in _RESTARTED:
            # The name of a Job ends in a hash of what it does.
            shown = name.rpartition("-")[0] if kind == "Job" else name
            found.append(f"{kind} `{shown}`")
    return found or ["nothing"]


def _secrets_of(workload: Document) -> Iterator[str]:
    for container in containers_of(workload):
        for entry in container.get("env", ()):
            if ref := entry.get("valueFrom", {}).get("secretKeyRef"):
                yield ref["name"]
    for volume in template_of(workload)["spec"].get("volumes", ()):
        if "secret" in volume:
            yield volume["secret"]["secretName"]
        for source in volume.get("projected", {}).get("sources", ()):
            if "secret" in source:
                yield source["secret"]["name"]


def copies(local: Deployed) -> Table:
    """Keys of the secret store that hold a password of a store again, mostly in a URL.

    The values of ``prod`` are nowhere here; those of ``local`` have the same logins.
    """
    rows = []
    for item in local.every("Secret"):
        app = item["metadata"]["labels"]["app.kubernetes.io/instance"]
        key, values = f"`prod/{app}/{item['metadata']['name']}`", item.get("stringData", {})
        for name, value in sorted(values.items()):
            if match := _URL.match(value):
                of_redis = match["scheme"] == "redis"
                login = match["login"].replace("_", "-")
                held = "redis-credentials" if of_redis else f"{login}-database"
                names = sorted({name, *_BESIDE.get(name, ())} & values.keys())
                listed = ", ".join(f"`{each}`" for each in names)
                rows.append((key, listed, f"`prod/nova-data/{held}`"))
    return [("key", "properties", "hold the password of"), *sorted(rows)]


def autoscalers(deployed: Deployed) -> Table:
    """Each Deployment that is scaled, and its bounds."""
    rows = [
        (
            f"`{item['metadata']['namespace']}`",
            f"`{item['spec']['scaleTargetRef']['name']}`",
            str(item["spec"]["minReplicas"]),
            str(item["spec"]["maxReplicas"]),
        )
        for item in deployed.every("HorizontalPodAutoscaler")
    ]
    return [("namespace", "Deployment", "minimum", "maximum"), *sorted(rows)]


def alone(deployed: Deployed) -> Table:
    """Workloads of one pod."""
    rows = [
        (f"`{item['metadata']['namespace']}`", item["kind"], f"`{item['metadata']['name']}`")
        for item in deployed.every("Deployment", "StatefulSet")
        if item["spec"].get("replicas") == 1
    ]
    return [("namespace", "kind", "name"), *sorted(rows)]


def backups(deployed: Deployed) -> Table:
    """Each store that is backed up: when, where to, and by what it is restored."""
    rows = []
    for job in deployed.every("CronJob"):
        place, _, suffix = job["metadata"]["name"].rpartition("-")
        if suffix == "backup":
            namespace = job["metadata"]["namespace"]
            variables = {
                entry["name"]: entry.get("value", "")
                for container in containers_of(job)
                for entry in container.get("env", ())
            }
            restores = [
                f"`{item['metadata']['name']}`"
                for item in deployed.every("CronJob", namespace=namespace)
                if item["metadata"]["name"].startswith(f"{place}-restore")
            ]
            rows.append(
                (
                    f"`{namespace}`",
                    f"`{job['metadata']['name']}`",
                    f"`{job['spec']['schedule']}`",
                    variables["BACKUP_KEEP"],
                    f"`{variables['BACKUP_ROOT'].replace('s3:', 's3://', 1)}`",
                    ", ".join(restores),
                )
            )
    return [("namespace", "CronJob", "schedule", "kept", "where to", "restored by"), *sorted(rows)]
