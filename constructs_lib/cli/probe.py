"""The pod that asks questions inside the cluster, and what lets it in, as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from constructs_lib.cli.ownership import LABEL, VALUE
from constructs_lib.cli.questions import Question, probed_namespaces, sorted_by_program
from constructs_lib.cli.rendered import Key
from constructs_lib.kube.body import Body
from constructs_lib.naming import NAMESPACE_NAME
from constructs_lib.rules.findings import Manifest

FALLBACK_IMAGE = "docker.io/library/alpine:3.22.2"
"""Asks where nothing rendered has an image with a Redis client; it has all but that."""

_NAME = {"app.kubernetes.io/name": "nova-local-test"}
_LABELS = {**_NAME, LABEL: VALUE}
_USER = 65532
_TRIES = 4


def names_in_cluster(namespace: str, asked: Sequence[Question]) -> list[Manifest]:
    """The probe's namespace, and in each namespace that is asked a policy that lets the probe in.

    Policies add up: those of the apps stay as they are, and none of them has to name the probe.
    """
    probe: Body = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": namespace,
            "labels": {**_LABELS, "pod-security.kubernetes.io/enforce": "restricted"},
        },
    }
    return [probe, *(_policy(name, namespace) for name in probed_namespaces(asked))]


def pod_and_files(
    at: Key,
    asked: Sequence[Question],
    images: Mapping[str, str],
    passwords: Mapping[str, str],
    *,
    timeout: int,
) -> list[Manifest]:
    """The pod, its account, its questions and the passwords it needs, as ``{host: base64}``.

    ``images`` are those of the containers ``network`` and ``postgres``; the pod ends by itself.
    """
    postgres, others = sorted_by_program(asked)
    parts = {"network": others, "postgres": postgres}
    script = files(__package__).joinpath("probe.sh").read_text(encoding="utf-8")
    data = {"probe.sh": script, **{name: _lines(part) for name, part in parts.items() if part}}
    return [
        _body("v1", "ServiceAccount", at, automountServiceAccountToken=False),
        _body("v1", "ConfigMap", at, data=data),
        _body("v1", "Secret", at, type="Opaque", data=dict(passwords)),
        _body("v1", "Pod", at, spec=_spec(at, {n: images[n] for n in parts if parts[n]}, timeout)),
    ]


def containers(asked: Sequence[Question]) -> list[str]:
    """The names of the containers that the pod has for these questions."""
    postgres, others = sorted_by_program(asked)
    return [name for name, part in (("network", others), ("postgres", postgres)) if part]


def _lines(asked: Sequence[Question]) -> str:
    return "".join(f"{question}\n" for question in asked)


def _body(version: str, kind: str, at: Key, **rest: object) -> Body:
    metadata = {"name": at.name, "namespace": at.namespace, "labels": dict(_LABELS)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _policy(namespace: str, probe: str) -> Body:
    peer = {
        "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: probe}},
        "podSelector": {"matchLabels": dict(_NAME)},
    }
    at = Key("NetworkPolicy", namespace, probe)
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]}
    return _body("networking.k8s.io/v1", "NetworkPolicy", at, spec=spec)


def _spec(at: Key, images: Mapping[str, str], timeout: int) -> Body:
    return {
        "serviceAccountName": at.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": timeout,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(name, image) for name, image in images.items()],
        "volumes": [
            {"name": "questions", "configMap": {"name": at.name}},
            {"name": "passwords", "secret": {"secretName": at.name, "defaultMode": 0o440}},
        ],
    }


def _container(name: str, image: str) -> Body:
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "/questions/probe.sh", f"/questions/{name}"],
        "env": [{"name": "TRIES", "value": str(_TRIES)}],
        "resources": {
            "requests": {"cpu": "10m", "memory": "32Mi"},
            "limits": {"cpu": "200m", "memory": "64Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "questions", "mountPath": "/questions", "readOnly": True},
            {"name": "passwords", "mountPath": "/passwords", "readOnly": True},
        ],
    }
