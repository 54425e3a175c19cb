"""A kubectl that replays answers, and remembers what it was asked.

No cluster stands behind it, and none was ever recorded. The answers in ``answers/`` are written by
hand after the API reference and the sources of kubelet, scheduler and controllers, in the form of
``kubectl get --output json``; ``test_answers.py`` holds them against the API's schemas. The words
of kubectl itself (no server, no context, an API that is down) are those of kubectl 1.32.
"""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RENDERED = HERE / "rendered"
KIND = {
    "kind": "Config",
    "apiVersion": "v1",
    "clusters": [
        {"name": "kind-nova", "cluster": {"server": "https://127.0.0.1:40123"}},
        {"name": "gke", "cluster": {"server": "https://34.90.12.7"}},
    ],
    "contexts": [
        {"name": "kind-nova", "context": {"cluster": "kind-nova", "user": "kind-nova"}},
        {"name": "production", "context": {"cluster": "gke", "user": "gke"}},
    ],
    "current-context": "kind-nova",
}
SERVED = """\
namespaces                ns       v1                                false   Namespace
configmaps                cm       v1                                true    ConfigMap
resourcequotas            quota    v1                                true    ResourceQuota
secrets                            v1                                true    Secret
services                  svc      v1                                true    Service
networkpolicies           netpol   networking.k8s.io/v1              true    NetworkPolicy
ingresses                 ing      networking.k8s.io/v1              true    Ingress
statefulsets              sts      apps/v1                           true    StatefulSet
deployments               deploy   apps/v1                           true    Deployment
jobs                               batch/v1                          true    Job
externalsecrets           es       external-secrets.io/v1beta1       true    ExternalSecret
"""
CLASSES: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": "standard",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": "rancher.io/local-path",
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": {"name": "nginx"},
        },
    ],
}
NODE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "kind-control-plane",
        "uid": "5b0a0a0e-6a0c-4b1e-9d0e-3d4f7c1b2a90",
        "resourceVersion": "512",
        "creationTimestamp": "2026-03-02T08:30:00Z",
        "labels": {"kubernetes.io/hostname": "kind-control-plane", "kubernetes.io/os": "linux"},
    },
    "spec": {"podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24"]},
    "status": {
        "allocatable": {"cpu": "4", "memory": "8140584Ki", "pods": "110"},
        "capacity": {"cpu": "4", "memory": "8140584Ki", "pods": "110"},
        "addresses": [{"type": "InternalIP", "address": "172.18.0.2"}],
        "conditions": [
            {
                "type": "Ready",
                "status": "True",
                "lastHeartbeatTime": "2026-03-02T09:00:00Z",
                "lastTransitionTime": "2026-03-02T08:30:20Z",
                "reason": "KubeletReady",
                "message": "kubelet is posting ready status",
            }
        ],
    },
}
FORBIDDEN = (
    'Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes" '
    'in API group "" at the cluster scope'
)
_PROGRAM = """\
#!{python} -SIE
import json, pathlib, sys, time
folder = pathlib.Path({folder!r})
arguments = sys.argv[1:]
given = sys.stdin.read() if "--filename" in arguments else ""
with (folder / "asked.jsonl").open("a") as log:
    log.write(json.dumps([arguments, given]) + "\\n")
plain = arguments[2:] if arguments[0] == "--context" else arguments
for path in sorted(folder.glob("*.rule"), reverse=True):
    rule = json.loads(path.read_text())
    if plain[:len(rule["start"])] == rule["start"] and set(rule["words"]) <= set(plain):
        answer = rule["answers"][0]
        if len(rule["answers"]) > 1:
            rule["answers"].pop(0)
            path.write_text(json.dumps(rule))
        time.sleep(answer["seconds"])
        sys.stdout.write(answer["out"])
        sys.stderr.write(answer["err"])
        sys.exit(answer["code"])
sys.exit("the stub has no answer to " + " ".join(plain))
"""


@dataclass(frozen=True)
class Call:
    """One command that kubectl was given."""

    arguments: list[str]
    objects: list[dict[str, Any]]

    @property
    def words(self) -> list[str]:
        """The arguments without the context."""
        return self.arguments[2:] if self.arguments[:1] == ["--context"] else self.arguments

    @property
    def names(self) -> list[str]:
        """Kind and name of the objects that came with it."""
        return [f"{body['kind']}/{body['metadata']['name']}" for body in self.objects]


class Stub:
    """Answers by the first words of a command; what is said last goes first."""

    def __init__(self, folder: Path) -> None:
        """Put a program called kubectl into ``folder``/bin."""
        self.folder = folder
        self._count = 0
        self.path = folder / "bin"
        self.path.mkdir()
        program = self.path / "kubectl"
        program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def answers(self, start: str, *answers: dict[str, Any], words: tuple[str, ...] = ()) -> None:
        """Give ``answers`` one after the other to commands that start so; the last one for ever."""
        self._count += 1
        rule = {"start": start.split(), "words": words, "answers": answers}
        (self.folder / f"{self._count:03}.rule").write_text(json.dumps(rule))

    def asked(self, start: str = "") -> list[Call]:
        """The commands so far that start so."""
        log = self.folder / "asked.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        calls = [Call(arguments, _objects(given)) for arguments, given in map(json.loads, lines)]
        words = start.split()
        return [call for call in calls if call.words[: len(words)] == words]

    def healthy(self) -> None:
        """Answer as a kind cluster does that has what the shop needs, and nothing of it yet."""
        self.answers("config view", said(KIND))
        self.answers("version", said({"serverVersion": {"gitVersion": "v1.34.0"}}))
        self.answers("api-resources", said(SERVED))
        self.answers("get storageclasses", said(CLASSES))
        self.answers(
            "get storageclasses.storage.k8s.io,ingressclasses.networking.k8s.io", said(CLASSES)
        )
        self.answers("get endpointslices.discovery.k8s.io", listed(api_server("172.18.0.2", 6443)))
        self.answers("get nodes", listed(NODE))
        self.answers("get --filename", said(""))
        self.answers("apply", said("namespace/shop serverside-applied\n"))
        self.answers("delete", said(""))
        self.answers("logs", said(""))
        self.answers("label", said(""))


def _objects(given: str) -> list[dict[str, Any]]:
    return list(json.loads(given)["items"]) if given else []


def said(out: object = "", *, err: str = "", code: int = 0, seconds: float = 0) -> dict[str, Any]:
    """An answer: text, or an object as JSON."""
    text = out if isinstance(out, str) else json.dumps(out)
    return {"out": text, "err": err, "code": code, "seconds": seconds}


def api_server(address: str, port: int) -> dict[str, Any]:
    """Where the Service ``kubernetes`` leads."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"kubernetes.io/service-name": "kubernetes"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
    }


def listed(*objects: object) -> dict[str, Any]:
    """An answer that is a List."""
    metadata = {"resourceVersion": ""}
    return said({"apiVersion": "v1", "items": objects, "kind": "List", "metadata": metadata})


def recorded(name: str) -> dict[str, Any]:
    """What a cluster answers about the shop in the state called ``name``."""
    answer: dict[str, Any] = json.loads((HERE / "answers" / f"{name}.json").read_text())
    return answer


LOOK = "get daemonsets.apps,deployments.apps,statefulsets.apps,replicasets.apps,jobs.batch,"
LOOK += "persistentvolumeclaims,pods,events"
