"""The objects of one render, sorted once for all rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Self

from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.known import Known
from constructs_lib.rules.labels import LabelIndex, Labels, fixed, labels_of
from constructs_lib.rules.pods import (
    Container,
    PodTemplate,
    containers,
    entries,
    group_of,
    mapping,
    name_of,
    namespace_of,
    pod_templates,
    value_at,
)
from constructs_lib.rules.promises import Keys, config_map_keys, secret_keys
from constructs_lib.rules.shares import number

NOTHING_KNOWN = Known()

_EVERYWHERE = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})

_NO_PODS: LabelIndex[PodTemplate] = LabelIndex(())
_NO_SERVICES: LabelIndex[Manifest] = LabelIndex(())


class Fleet(tuple[Manifest, ...]):  # noqa: SLOT001  (cached properties need a __dict__)
    """All objects of one render, and what else its cluster has.

    A sequence of objects like any other, so that a rule may take it as one; what several rules look
    up is found once.
    """

    known: Known

    def __new__(cls, manifests: Iterable[Manifest], known: Known = NOTHING_KNOWN) -> Self:
        """The objects in their order."""
        fleet = super().__new__(cls, manifests)
        fleet.known = known
        return fleet

    @classmethod
    def of(cls, manifests: Sequence[Manifest]) -> Fleet:
        """``manifests`` if they are sorted already, else sorted, with nothing known besides."""
        return manifests if isinstance(manifests, Fleet) else cls(manifests)

    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], Sequence[Manifest]]:
        """The objects by API group and kind."""
        found: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
        for manifest in self:
            found[group_of(manifest), str(manifest.get("kind"))].append(manifest)
        return found

    def of_kind(self, group: str, kind: str) -> Sequence[Manifest]:
        """The objects of one API group and kind."""
        return self.kinds.get((group, kind), ())

    def names(self, group: str, kind: str, namespace: str) -> frozenset[str]:
        """Names of the objects of a kind in a namespace, rendered or listed as existing."""
        return self._names.get((group, kind, namespace), frozenset()) | frozenset(
            name for place, name, _ in self.known.named(kind) if place == namespace
        )

    @cached_property
    def _names(self) -> Mapping[tuple[str, str, str], frozenset[str]]:
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for (group, kind), manifests in self.kinds.items():
            for manifest in manifests:
                found[group, kind, namespace_of(manifest)].add(name_of(manifest))
        return {place: frozenset(names) for place, names in found.items()}

    def find(self, group: str, kind: str, namespace: str, name: str) -> Manifest | None:
        """The rendered object of this identity; None where there is none."""
        return self._objects.get((group, kind, namespace, name))

    @cached_property
    def _objects(self) -> Mapping[tuple[str, str, str, str], Manifest]:
        return {
            (group_of(m), str(m.get("kind")), namespace_of(m), name_of(m)): m
            for m in reversed(self)
        }

    @cached_property
    def pods(self) -> Sequence[PodTemplate]:
        """The pods of every workload."""
        return tuple(pod_templates(self))

    @cached_property
    def _pods_by_namespace(self) -> Mapping[str, Sequence[PodTemplate]]:
        found: dict[str, list[PodTemplate]] = defaultdict(list)
        for pod in self.pods:
            found[pod.namespace].append(pod)
        return found

    def pods_in(self, namespace: str) -> Sequence[PodTemplate]:
        """The pods of the workloads in a namespace."""
        return self._pods_by_namespace.get(namespace, ())

    def containers(self, pod: PodTemplate) -> Sequence[Container]:
        """All containers of the pods of a workload of this fleet."""
        return self._containers[id(pod.owner)]

    @cached_property
    def _containers(self) -> Mapping[int, Sequence[Container]]:
        return {id(pod.owner): tuple(containers(pod)) for pod in self.pods}

    def labels(self, pod: PodTemplate) -> Labels:
        """The labels that the pods of a workload of this fleet will have."""
        return self._labels[id(pod.owner)]

    @cached_property
    def _labels(self) -> Mapping[int, Labels]:
        return {id(pod.owner): labels_of(pod, self.ordinals(pod.owner)) for pod in self.pods}

    def pod_index(self, namespace: str) -> LabelIndex[PodTemplate]:
        """The pods of the workloads in a namespace, by their labels."""
        return self._pod_indexes.get(namespace, _NO_PODS)

    @cached_property
    def _pod_indexes(self) -> Mapping[str, LabelIndex[PodTemplate]]:
        return {
            namespace: LabelIndex((pod, self.labels(pod)) for pod in pods)
            for namespace, pods in self._pods_by_namespace.items()
        }

    def service_index(self, namespace: str) -> LabelIndex[Manifest]:
        """The Services in a namespace, by their labels."""
        return self._service_indexes.get(namespace, _NO_SERVICES)

    @cached_property
    def _service_indexes(self) -> Mapping[str, LabelIndex[Manifest]]:
        found: dict[str, list[tuple[Manifest, Labels]]] = defaultdict(list)
        for service in self.of_kind("", "Service"):
            labels = fixed(mapping(value_at(service, "metadata.labels")))
            found[namespace_of(service)].append((service, labels))
        return {namespace: LabelIndex(services) for namespace, services in found.items()}

    @cached_property
    def made_claims(self) -> Mapping[str, frozenset[str]]:
        """The claims that StatefulSets make of their templates, by namespace."""
        found: dict[str, set[str]] = defaultdict(set)
        for owner in self.of_kind("apps", "StatefulSet"):
            for template in entries(owner, "spec.volumeClaimTemplates"):
                found[namespace_of(owner)].update(
                    f"{name_of(template)}-{name_of(owner)}-{number}"
                    for number in self.ordinals(owner)
                )
        return {namespace: frozenset(names) for namespace, names in found.items()}

    @cached_property
    def namespaces(self) -> Mapping[str, Manifest]:
        """The labels of each namespace that is rendered, by its name."""
        return {
            name_of(m): {
                **mapping(value_at(m, "metadata.labels")),
                "kubernetes.io/metadata.name": name_of(m),
            }
            for m in self.of_kind("", "Namespace")
        }

    @cached_property
    def places(self) -> frozenset[str]:
        """Names of the namespaces that there will be: rendered, known, or of every cluster."""
        return self.names("", "Namespace", "") | self.known.pods.keys() | _EVERYWHERE

    @cached_property
    def secrets(self) -> Mapping[tuple[str, str], Keys]:
        """The keys of each Secret that there will be, by namespace and name; None is any key."""
        return self._with_known("Secret", secret_keys(self))

    @cached_property
    def config_maps(self) -> Mapping[tuple[str, str], Keys]:
        """The keys of each ConfigMap that there will be, by namespace and name; None is any."""
        return self._with_known("ConfigMap", config_map_keys(self))

    @cached_property
    def scalers(self) -> Mapping[tuple[str, str, str], Manifest]:
        """The ``spec`` of each autoscaler, by namespace, kind and name of its target."""
        found: dict[tuple[str, str, str], Manifest] = {}
        for scaler in self.of_kind("autoscaling", "HorizontalPodAutoscaler"):
            target = mapping(value_at(scaler, "spec.scaleTargetRef"))
            place = (namespace_of(scaler), str(target.get("kind")), str(target.get("name")))
            found[place] = mapping(scaler.get("spec"))
        return found

    def replicas(self, workload: Manifest) -> tuple[int, int]:
        """The fewest and the most pods that a workload is meant to have."""
        place = (namespace_of(workload), str(workload.get("kind")), name_of(workload))
        own = int(number(value_at(workload, "spec.replicas"), 1))
        if place not in self.scalers:
            return own, own
        scaler = self.scalers[place]
        fewest = int(number(scaler.get("minReplicas"), 1))
        return fewest, max(fewest, int(number(scaler.get("maxReplicas"), 1)))

    def ordinals(self, workload: Manifest) -> range:
        """The numbers that a StatefulSet gives its pods."""
        start = int(number(value_at(workload, "spec.ordinals.start"), 0))
        return range(start, start + self.replicas(workload)[1])

    def _with_known(
        self, kind: str, found: Mapping[tuple[str, str], Keys]
    ) -> Mapping[tuple[str, str], Keys]:
        listed = {(n, name): frozenset(keys) or None for n, name, keys in self.known.named(kind)}
        return {**found, **listed}
