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
    ],
    ids=["everything", "ports", "block-and-port", "block"],
)
def test_a_rule_that_allows_the_api_server_is_enough(rule: dict[str, Any]) -> None:
    assert cut_off([a_pod(), a_policy(), a_policy(rule)], [MINIKUBE]) == []


@pytest.mark.parametrize(
    "rule",
    [
        to("172.18.0.0/16", 8443),
        to("192.168.49.0/24", 6443),
        to("0.0.0.0/0", 8443, **{"except": ["192.168.0.0/16"]}),
        {"to": [{"namespaceSelector": {}}]},
        {"ports": [{"port": 8443, "protocol": "UDP"}]},
    ],
    ids=["address", "port", "excepted", "pods", "protocol"],
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


def test_nodes_that_are_too_small_are_told(stub: Stub, nova: Nova, tmp_path: Path) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("ready")))
    folder = tmp_path / "dist" / "shop"
    folder.mkdir(parents=True)
    text = (
        (RENDERED / "shop" / "shop.k8s.yaml")
        .read_text()
        .replace(
            "      - name: web\n", "      - name: web\n        resources: {requests: {cpu: 6}}\n"
        )
    )
    (folder / "shop.k8s.yaml").write_text(text)
    tainted = NODE | {"spec": {"unschedulable": True}, "status": {}}
    stub.answers("get nodes", listed(NODE, tainted))
    err = nova("up", folder=folder.parent)[2]
    assert "on the 1 node of this cluster Deployment shop/web finds no place: " in err
