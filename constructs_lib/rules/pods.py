"""Where the pods are in rendered objects, whichever kind of workload makes them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from constructs_lib.rules.findings import Manifest

_POD_PATHS = {
    "Pod": "spec",
    "Deployment": "spec.template.spec",
    "StatefulSet": "spec.template.spec",
    "DaemonSet": "spec.template.spec",
    "ReplicaSet": "spec.template.spec",
    "Job": "spec.template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
}
_CONTAINER_FIELDS = ("initContainers", "containers", "ephemeralContainers")


class PodTemplate(NamedTuple):
    """The pods that one object makes."""

    owner: Manifest
    """The object that makes them; the pod itself, if it is rendered as one."""

    spec: Manifest
    """Their ``spec``."""

    path: str
    """Where ``spec`` stands in the owner, for example ``spec.template.spec``."""

    @property
    def namespace(self) -> str:
        """Where they run; empty where the owner does not say."""
        return namespace_of(self.owner)

    @property
    def annotations(self) -> Manifest:
        """The annotations that the pods carry."""
        return mapping(self._metadata.get("annotations"))

    @property
    def labels(self) -> Manifest:
        """The labels that their template gives the pods."""
        return mapping(self._metadata.get("labels"))

    @property
    def _metadata(self) -> Manifest:
        above = self.path.rpartition(".")[0]
        return mapping(value_at(self.owner, f"{above}.metadata".lstrip(".")))


class Container(NamedTuple):
    """One container of a pod, of whatever sort."""

    path: str
    """Where it stands in the owner of the pod, for example ``spec.containers[api]``."""

    body: Manifest
    """The container itself."""


def pod_templates(manifests: Sequence[Manifest]) -> Iterator[PodTemplate]:
    """The pods of each workload in ``manifests``, as owner, pod ``spec`` and the path to it."""
    for manifest in manifests:
        path = _POD_PATHS.get(str(manifest.get("kind")))
        spec = value_at(manifest, path) if path else None
        if path and isinstance(spec, Mapping):
            yield PodTemplate(manifest, spec, path)


def containers(pod: PodTemplate) -> Iterator[Container]:
    """All containers of a pod: init containers and sidecars, the main ones, ephemeral ones."""
    for field in _CONTAINER_FIELDS:
        for index, body in enumerate(entries(pod.spec, field)):
            yield Container(f"{pod.path}.{field}[{body.get('name', index)}]", body)


def namespace_of(manifest: Manifest) -> str:
    """The namespace that an object says; empty where it says none."""
    return str(mapping(manifest.get("metadata")).get("namespace") or "")


def name_of(manifest: Manifest) -> str:
    """The name of an object; empty where the server makes one up."""
    return str(mapping(manifest.get("metadata")).get("name") or "")


def group_of(manifest: Manifest) -> str:
    """The API group of an object; empty for the core one."""
    return str(manifest.get("apiVersion", "")).rpartition("/")[0]


def listed(node: Any, path: str) -> list[Any]:
    """The entries of the list at a dotted path; none if there is no list."""
    found = value_at(node, path)
    return found if isinstance(found, list) else []


def entries(node: Any, path: str) -> list[Manifest]:
    """The mappings in the list at a dotted path; none if there is no list."""
    return [item for item in listed(node, path) if isinstance(item, Mapping)]


def value_at(node: Any, path: str) -> Any:
    """What stands in ``node`` at a dotted path; None if nothing does."""
    for step in path.split("."):
        node = mapping(node).get(step)
    return node


def mapping(value: Any) -> Manifest:
    """The value if it is a mapping, else an empty one, so that absent and null read alike."""
    return value if isinstance(value, Mapping) else {}
