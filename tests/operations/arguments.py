"""A kubectl command in its parts: verb, objects, options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tests.operations.page import Command

KINDS: Final[Mapping[str, str]] = {
    "certificate": "Certificate",
    "configmap": "ConfigMap",
    "cronjob": "CronJob",
    "deployment": "Deployment",
    "events": "Event",
    "externalsecret": "ExternalSecret",
    "hpa": "HorizontalPodAutoscaler",
    "job": "Job",
    "pdb": "PodDisruptionBudget",
    "pod": "Pod",
    "pvc": "PersistentVolumeClaim",
    "resourcequota": "ResourceQuota",
    "service": "Service",
    "statefulset": "StatefulSet",
}
"""As kubectl takes them, of what lives in a namespace."""

OF_THE_CLUSTER: Final[Mapping[str, str]] = {
    "apiservice": "APIService",
    "clusterissuer": "ClusterIssuer",
    "clustersecretstore": "ClusterSecretStore",
    "crd": "CustomResourceDefinition",
    "ingressclass": "IngressClass",
    "node": "Node",
    "storageclass": "StorageClass",
}

WITH_VALUE: Final = frozenset(
    {
        "-n",
        "-l",
        "-L",
        "-o",
        "-c",
        "-k",
        "-f",
        "--namespace",
        "--selector",
        "--patch",
        "--container",
    }
)
SWITCHES: Final = frozenset({"-A", "-it", "--all"})
_TWO_WORDS: Final = frozenset({"config", "create", "rollout", "set"})


@dataclass(frozen=True)
class Parsed:
    """A kubectl command, in its parts."""

    command: Command
    options: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    @classmethod
    def of(cls, command: Command) -> "Parsed":
        """Options with their values, and what is left; what is run inside a pod is left out."""
        words = list(command.words[1:])
        if "--" in words:
            words = words[: words.index("--")]
        options: dict[str, str] = {}
        arguments = []
        while words:
            word = words.pop(0)
            if word in WITH_VALUE:
                options[word] = words.pop(0)
            elif word.startswith("-") and word != "-":
                name, _, value = word.partition("=")
                options[name] = value
            else:
                arguments.append(word)
        return cls(command, options, tuple(arguments))

    @cached_property
    def verb(self) -> str:
        """``get``, or ``rollout status``."""
        return " ".join(self.arguments[: 2 if self.arguments[0] in _TWO_WORDS else 1])

    @property
    def namespace(self) -> str:
        """Empty where none is given."""
        return self.options.get("-n", "")

    @cached_property
    def targets(self) -> list[tuple[str, str]]:
        """Kind and name of each object; the name is empty where all or a selection is meant."""
        rest = self.arguments[len(self.verb.split()) :]
        if self.verb == "port-forward":
            rest = rest[:1]
        if self.verb in ("exec", "logs", "port-forward") and rest and "/" not in rest[0]:
            return [("Pod", rest[0])]
        if self.verb == "logs" and not rest:
            return [("Pod", "")]
        if self.verb in ("drain", "cordon", "uncordon"):
            return [("Node", name) for name in rest or [""]]
        if rest and "/" in rest[0]:
            return [(kind_of(word.partition("/")[0]), word.partition("/")[2]) for word in rest]
        if not rest:
            return []
        kinds = [kind_of(word) for word in rest[0].split(",")]
        names = rest[1:2] if self.verb in ("annotate", "taint") else rest[1:]
        return [(kind, name) for kind in kinds for name in names or ("",)]


def kind_of(word: str) -> str:
    """``pods``, ``pod`` and ``po`` are one kind; only the first two are to be written."""
    known = {**KINDS, **OF_THE_CLUSTER}
    return known.get(word) or known.get(word.removesuffix("s")) or f"no kind {word}"
