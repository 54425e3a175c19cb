"""What a cluster has to have before anything of ``dist/prod`` runs in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from constructs_lib.rules.findings import Manifest
from tests.apps.rendered import template_of
from tests.operations.deployed import PROJECT, WITH_PODS, Deployed
from tests.schemas import definition, is_custom

_POD_SECURITY: Final = "pod-security.kubernetes.io/enforce"


def needed(deployed: Deployed) -> Mapping[str, frozenset[str]]:
    """Names of what has to be there, by kind."""
    scaled = deployed.every("HorizontalPodAutoscaler")
    return {
        "CustomResourceDefinition": frozenset(map(_definition, deployed.objects)) - {""},
        "ClusterSecretStore": frozenset(
            item["spec"]["secretStoreRef"]["name"] for item in deployed.every("ExternalSecret")
        ),
        "ClusterIssuer": frozenset(
            item["spec"]["issuerRef"]["name"] for item in deployed.every("Certificate")
        ),
        "IngressClass": frozenset(
            item["spec"]["ingressClassName"] for item in deployed.every("Ingress")
        ),
        "StorageClass": frozenset(_storage_classes(deployed)),
        "APIService": frozenset(
            "v1beta1.metrics.k8s.io"
            for item in scaled
            for metric in item["spec"]["metrics"]
            if metric["type"] in ("Resource", "ContainerResource")
        ),
    }


def parts(deployed: Deployed) -> list[Sequence[str]]:
    """Each part of the cluster, and what asks for it."""
    there = needed(deployed)
    rows: list[Sequence[str]] = [("part", "names", "asked for by")]
    for kind, why in (
        ("CustomResourceDefinition", "external-secrets, cert-manager"),
        ("ClusterSecretStore", "every ExternalSecret"),
        ("ClusterIssuer", "every Certificate"),
        ("IngressClass", "every Ingress"),
        ("StorageClass", "claims of stores; its CSI driver binds at the first consumer"),
        ("APIService", "autoscalers, by metrics-server"),
    ):
        rows.append((kind, _listed(there[kind]), why))
    elsewhere = sorted(
        {
            f"{namespace}/{','.join(f'{key}={value}' for key, value in labels.items())}"
            for namespace, labels in deployed.peers_elsewhere()
        }
    )
    rows += [
        ("pods of others, by namespace and labels", _listed(elsewhere), "network policies"),
        ("a network plugin that keeps NetworkPolicies", "", "default denial in every namespace"),
        ("labels of nodes", _listed(_topologies(deployed)), "spread of pods"),
        ("load balancers", _listed(_load_balancers(deployed)), "Services"),
        ("Pod Security admission", _listed(_levels(deployed)), "labels of every namespace"),
    ]
    return rows


def _listed(names: object) -> str:
    assert isinstance(names, (frozenset, list, set))
    return ", ".join(f"`{name}`" for name in sorted(names))


def _definition(item: Manifest) -> str:
    if not is_custom(item):
        return ""
    group, kind = item["apiVersion"].rpartition("/")[0], item["kind"]
    found = definition(PROJECT / "crds", group, kind)
    assert found is not None, f"crds/ has no {kind}"
    return str(found["metadata"]["name"])


def _storage_classes(deployed: Deployed) -> Iterator[str]:
    for item in deployed.every("PersistentVolumeClaim"):
        yield item["spec"]["storageClassName"]
    for item in deployed.every("StatefulSet"):
        for template in item["spec"].get("volumeClaimTemplates", ()):
            yield template["spec"]["storageClassName"]


def _topologies(deployed: Deployed) -> set[str]:
    return {
        constraint["topologyKey"]
        for item in deployed.every(*WITH_PODS)
        for constraint in template_of(item)["spec"].get("topologySpreadConstraints", ())
    }


def _load_balancers(deployed: Deployed) -> set[str]:
    return {
        f"{item['metadata']['namespace']}/{item['metadata']['name']}"
        for item in deployed.every("Service")
        if item["spec"].get("type") == "LoadBalancer"
    }


def _levels(deployed: Deployed) -> set[str]:
    return {item["metadata"]["labels"][_POD_SECURITY] for item in deployed.every("Namespace")}
