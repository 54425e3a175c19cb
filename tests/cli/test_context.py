"""Which contexts look like a cluster of one's own machine."""

from typing import Any

import pytest

from constructs_lib.cli.context import contexts

MINIKUBE = {
    "extensions": [{"name": "cluster_info", "extension": {"provider": "minikube.sigs.k8s.io"}}]
}


def flavour(name: str, server: str, **cluster: Any) -> str | None:
    config = {
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}}],
    }
    return contexts(config)[0].flavour


@pytest.mark.parametrize(
    ("name", "server", "expected"),
    [
        ("docker-desktop", "https://kubernetes.docker.internal:6443", "docker-desktop"),
        ("docker-desktop", "https://127.0.0.1:6443", "docker-desktop"),
        ("kind-nova", "https://127.0.0.1:40123", "kind"),
        ("kind-nova", "https://[::1]:40123", "kind"),
        ("minikube", "https://192.168.49.2:8443", "minikube"),
        ("minikube", "https://localhost:32769", "minikube"),
    ],
)
def test_local_clusters_are_known(name: str, server: str, expected: str) -> None:
    assert flavour(name, server) == expected


def test_a_profile_of_minikube_is_known_by_its_extension() -> None:
    assert flavour("nova", "https://192.168.49.2:8443", **MINIKUBE) == "minikube"


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("kind-production", "https://34.90.12.7"),
        ("kind-production", "https://10.0.0.7:6443"),
        ("minikube", "https://34.90.12.7"),
        ("docker-desktop", "https://34.90.12.7"),
        # A tunnel brings any cluster to a local port.
        ("production", "https://127.0.0.1:6443"),
        ("production", ""),
    ],
)
def test_other_clusters_are_not(name: str, server: str) -> None:
    assert flavour(name, server) is None


def test_an_empty_kubeconfig_has_none() -> None:
    assert contexts({"clusters": None, "contexts": None, "current-context": ""}) == ()
