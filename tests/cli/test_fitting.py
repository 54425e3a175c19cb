"""What is rendered for one cluster and applied to another."""

from pathlib import Path
from typing import Any

import pytest

from apps.environments import local
from constructs_lib.cli.exits import Exit
from constructs_lib.cli.reach import Address, cut_off
from constructs_lib.cli.rendered import load
from tests.cli.conftest import Nova
from tests.cli.stub import KIND, LOOK, NODE, RENDERED, Stub, api_server, listed, recorded, said

LOCAL = Path(__file__).parents[2] / "dist" / "local"
EVERYTHING = [body for bodies in load(LOCAL).values() for body in bodies]
MINIKUBE = Address("192.168.49.2", 8443)
LABELS = {"app.kubernetes.io/name": "web"}


def a_pod(*, token: bool = True) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {"automountServiceAccountToken": token, "containers": []},
            }
        },
    }


def a_policy(*egress: dict[str, Any], selector: dict[str, Any] | None = None) -> dict[str, Any]:
    spec = {"podSelector": selector or {}, "policyTypes": ["Egress"], "egress": list(egress)}
    metadata = {"name": "web", "namespace": "shop"}
    version = "networking.k8s.io/v1"
    return {"apiVersion": version, "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def to(cidr: str, port: int, **block: Any) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": cidr, **block}}], "ports": [{"port": port}]}


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"ports": [{"port": 8000, "endPort": 9000, "protocol": "TCP"}]},
        to("192.168.49.0/24", 8443),
        {"to": [{"ipBlock": {"cidr": "192.168.49.2/32"}}]},
        to("192.168.49.7/24", 8443, **{"except": ["192.168.49.9/29"]}),
    ],
    ids=["everything", "ports", "block-and-port", "block", "address-in-block"],
)
def test_a_rule_that_allows_the_api_server_is_enough(rule: dict[str, Any]) -> None:
    assert cut_off([a_pod(), a_policy(), a_policy(rule)], [MINIKUBE]) == []


@pytest.mark.parametrize(
    "rule",
    [
        to("172.18.0.0/16", 8443),
        to("192.168.49.0/24", 6443),
        to("0.0.0.0/0", 8443, **{"except": ["192.168.0.0/16"]}),
        to("0.0.0.0/0", 8443, **{"except": ["192.168.49.7/24"]}),
        {"to": [{"namespaceSelector": {}}]},
        {"ports": [{"port": 8443, "protocol": "UDP"}]},
    ],
    ids=["address", "port", "excepted", "address-in-excepted", "pods", "protocol"],
)
def test_a_rule_that_allows_something_else_is_not(rule: dict[str, Any]) -> None:
    (one,) = cut_off([a_pod(), a_policy(rule)], [MINIKUBE])
    assert one.name == "Deployment shop/web"


def test_who_has_no_token_or_no_policy_is_not_cut_off() -> None:
    closed = a_policy()
    assert cut_off([a_pod(token=False), closed], [MINIKUBE]) == []
    assert cut_off([a_pod()], [MINIKUBE]) == []
    others = a_policy(selector={"matchLabels": {"app.kubernetes.io/name": "other"}})
    assert cut_off([a_pod(), others], [MINIKUBE]) == []


def test_what_is_rendered_reaches_the_api_server_it_is_rendered_for() -> None:
    server = local().cluster.api_server
    assert server is not None
    host = server.addresses.blocks[0].replace(".0/24", ".3")
    assert cut_off(EVERYTHING, [Address(host, server.port)]) == []
    assert len(cut_off(EVERYTHING, [MINIKUBE])) > 1


def minikube(stub: Stub) -> None:
    """The shop's cluster is a minikube."""
    stub.healthy()
    name, server = "minikube", f"https://{MINIKUBE.host}:{MINIKUBE.port}"
    config = KIND | {
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    stub.answers("config view", said(config))
    stub.answers("get endpointslices.discovery.k8s.io", listed(api_server(*MINIKUBE)))
    stub.answers(LOOK, said(recorded("ready")))


def test_an_api_server_elsewhere_is_told_before_anything_is_applied(
    stub: Stub, nova: Nova, tmp_path: Path
) -> None:
    minikube(stub)
    folder = tmp_path / "dist" / "shop"
    folder.mkdir(parents=True)
    text = (
        (RENDERED / "shop" / "shop.k8s.yaml")
        .read_text()
        .replace(
            "      containers:\n      - name: web\n",
            "      automountServiceAccountToken: true\n      containers:\n      - name: web\n",
        )
    )
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: web, namespace: shop}\n"
        "spec:\n  podSelector: {}\n  policyTypes: [Egress]\n"
        "  egress: [{to: [{ipBlock: {cidr: 172.18.0.0/16}}], ports: [{port: 6443}]}]\n"
    )
    (folder / "shop.k8s.yaml").write_text(f"{text}---\n{policy}")
    code, _, err = nova("up", folder=folder.parent)
    assert code == Exit.OK
    assert err == (
        "this may not work here: the API server of this cluster answers at 192.168.49.2 port 8443, "
        "and the rendered policies do not let those reach it that need it: Deployment shop/web; "
        "they allow 172.18.0.0/16 port 6443. Render for this cluster: "
        '`LOCAL = local("minikube")` in apps/environments.py, or `api_server=ApiServer(addresses='
        'Cidrs(("192.168.49.2/32",)), port=8443)` in your Cluster, then `cdk8s synth`\n'
    )
    first = next(i for i, call in enumerate(stub.asked()) if call.words[0] == "apply")
    asked = [call.words[1] for call in stub.asked()[:first]]
    assert "endpointslices.discovery.k8s.io" in asked


def a_shop(folder: Path, pod: str) -> Path:
    """The shop, its web with further lines in the pod; the last belong to its container."""
    file = folder / "dist" / "shop" / "shop.k8s.yaml"
    file.parent.mkdir(parents=True)
    text = (RENDERED / "shop" / "shop.k8s.yaml").read_text()
    file.write_text(text.replace("      containers:\n      - name: web\n", pod))
    return file.parent.parent


def asking(resources: str, selector: str = "") -> str:
    """A pod that asks for this."""
    chosen = f"      nodeSelector: {{{selector}}}\n" if selector else ""
    asked = f"        resources: {{requests: {{{resources}}}}}\n"
    return f"{chosen}      containers:\n      - name: web\n{asked}"


def a_node(name: str, **allocatable: str) -> dict[str, Any]:
    """A node beside the control plane."""
    metadata = NODE["metadata"] | {"name": name, "labels": {"kubernetes.io/hostname": name}}
    status = NODE["status"] | {"allocatable": NODE["status"]["allocatable"] | allocatable}
    return NODE | {"metadata": metadata, "status": status}


GPU = {"nvidia.com/gpu": "2"}
POOR = "this may not work here: on the 2 nodes of this cluster Deployment shop/web finds no place: "


def told(stub: Stub, nova: Nova, folder: Path, *nodes: dict[str, Any]) -> str:
    """What ``up`` says of nodes like these."""
    stub.healthy()
    stub.answers(LOOK, said(recorded("ready")))
    stub.answers("get nodes", listed(*nodes))
    return nova("up", folder=folder)[2]


def test_nodes_that_are_too_small_are_told(stub: Stub, nova: Nova, tmp_path: Path) -> None:
    tainted = NODE | {"spec": {"unschedulable": True}, "status": {}}
    err = told(stub, nova, a_shop(tmp_path, asking("cpu: 6")), NODE, tainted)
    assert "on the 1 node of this cluster Deployment shop/web finds no place: " in err


@pytest.mark.parametrize(
    ("pod", "worker", "start"),
    [
        (asking("cpu: 1", "kubernetes.io/hostname: worker"), a_node("worker"), ""),
        (asking("cpu: 1", "kubernetes.io/hostname: other"), a_node("worker"), POOR),
        (asking("nvidia.com/gpu: 1"), a_node("worker", **GPU), ""),
        (asking("nvidia.com/gpu: 3"), a_node("worker", **GPU), POOR),
        (asking("cpu: 6"), a_node("worker", cpu="16"), ""),
        (asking("cpu: 6"), a_node("worker", cpu="16", pods="0"), POOR),
    ],
    ids=["its-host", "no-host", "gpu", "too-many-gpus", "large", "no-pods"],
)
def test_a_node_is_taken_for_what_it_is(
    stub: Stub, nova: Nova, tmp_path: Path, pod: str, worker: dict[str, Any], start: str
) -> None:
    err = told(stub, nova, a_shop(tmp_path, pod), NODE, worker)
    assert err.startswith(start) if start else err == ""
