"""Services, labels and overrides that cannot work are refused."""

import pytest

from constructs_lib.kube.rbac import OwnServiceAccount
from constructs_lib.kube.services import ClusterService, LoadBalancer, SessionAffinity
from constructs_lib.refs import Port, Ports
from constructs_lib.service.overrides import Override
from tests.environments import BARE, OLDEST
from tests.service.refusals import Refusal, assert_refused, service

REFUSALS = {
    "session-affinity": Refusal(
        service(session_affinity=SessionAffinity(timeout_seconds=0)),
        "session_affinity.timeout_seconds = 0: is out of range; use 1 to 86400",
    ),
    "load-balancer-of-nothing": Refusal(
        service(load_balancer=LoadBalancer(ports=())),
        "load_balancer.ports = (): offers nothing; name at least one port",
    ),
    "load-balancer-port": Refusal(
        service(load_balancer=LoadBalancer(ports=("https",))),
        "load_balancer.ports = 'https': is no port of it; its ports: http",
    ),
    "load-balancer-port-twice": Refusal(
        service(load_balancer=LoadBalancer(ports=("http", "http"))),
        "load_balancer.ports = 'http': is named twice; name it once",
    ),
    "load-balancer-name": Refusal(
        service(load_balancer=LoadBalancer(ports=("http",), name="Orders")),
        "load_balancer.name = 'Orders': is not a DNS label; use lower case "
        "letters, digits and '-', a letter first, no '-' at the end",
    ),
    "load-balancer-named-like-the-service": Refusal(
        service(load_balancer=LoadBalancer(ports=("http",), name="orders")),
        "load_balancer.name = 'orders': is the name of the ClusterIP Service; "
        "leave it out, or choose another",
    ),
    "load-balancer-ranges": Refusal(
        service(load_balancer=LoadBalancer(ports=("http",), source_ranges=("203.0.113.7",))),
        "load_balancer.source_ranges = '203.0.113.7': is not an address range; "
        "write address/prefix with the host bits zero, such as 10.20.0.0/16",
    ),
    "traffic-distribution-at-1-27": Refusal(
        service(service=ClusterService(traffic_distribution="PreferClose")),
        "service.traffic_distribution = 'PreferClose': needs Kubernetes 1.31, "
        "the cluster has 1.27; leave it out",
        environment=OLDEST,
    ),
    "load-balancer-address": Refusal(
        service(load_balancer=LoadBalancer(ports=("http",), address="turn.example.com")),
        "load_balancer.address = 'turn.example.com': is not an address; write one such as "
        "203.0.113.7",
    ),
    "headless-service-port": Refusal(
        service(
            ports=Ports(Port("http", 8080, service_port=80)), service=ClusterService(headless=True)
        ),
        "ports['http'].service_port = 80: is no port of a headless Service, whose name leads "
        "to pods at 8080; leave it out, or headless",
    ),
    "class-names": Refusal(
        service(priority_class="High", runtime_class="g visor"),
        *(
            f"{field} is not a DNS name; use lower case letters, digits, '-' and '.', "
            "alphanumeric at both ends"
            for field in ("priority_class = 'High':", "runtime_class = 'g visor':")
        ),
    ),
    "node-selector": Refusal(
        service(node_selector={"a b": "c d"}),
        "node_selector = 'a b': is not a label's key; use letters, digits, '-', '_' and '.', "
        "after a DNS name and '/' if you like",
        "node_selector['a b'] = 'c d': is not a label value; use at most 63 letters, digits, "
        "'-', '_' and '.', alphanumeric at both ends",
    ),
    "annotation-keys": Refusal(
        service(
            pod_annotations={"a b": ""},
            service=ClusterService(annotations={"a/b/c": ""}),
            load_balancer=LoadBalancer(ports=("http",), annotations={"": ""}),
            service_account=OwnServiceAccount(annotations={"/a": ""}),
        ),
        *(
            f"{field}: is not an annotation's key; use letters, digits, '-', '_' and '.', "
            "after a DNS name and '/' if you like"
            for field in (
                "service_account.annotations = '/a'",
                "service.annotations = 'a/b/c'",
                "load_balancer.annotations = ''",
            )
        ),
    ),
    "pull-secret": Refusal(
        service(image_pull_secrets=("Reg",)),
        "image_pull_secrets = 'Reg': is not a DNS name; use lower case letters, "
        "digits, '-' and '.', alphanumeric at both ends",
    ),
    "label-of-the-selector": Refusal(
        service(labels={"app.kubernetes.io/name": "other"}),
        "labels = 'app.kubernetes.io/name': is part of the selector of the pods; "
        "leave it out: the library sets it",
    ),
    "label-value": Refusal(
        service(labels={"tier": "back end"}),
        "labels['tier'] = 'back end': is not a label value; use at most 63 "
        "letters, digits, '-', '_' and '.', alphanumeric at both ends",
    ),
    "label-key": Refusal(
        service(labels={"-tier": "backend"}),
        "labels = '-tier': is not a label's key; use letters, digits, '-', '_' "
        "and '.', after a DNS name and '/' if you like",
    ),
    "override-of-nothing": Refusal(
        service(overrides=(Override("Deployment", {}),)),
        "overrides[0].patch = {}: changes nothing; leave the override out",
    ),
    "override-of-identity": Refusal(
        service(overrides=(Override("Deployment", {"kind": "StatefulSet"}),)),
        "overrides[0].patch = 'StatefulSet': changes kind; render another object "
        "with extra_manifests",
    ),
    "override-that-renames": Refusal(
        service(overrides=(Override("Deployment", {"metadata": {"name": "a"}}),)),
        "overrides[0].patch = {'name': 'a'}: renames the object, and others "
        "refer to it by name; give the construct another id",
    ),
    "override-that-meets-nothing": Refusal(
        service(overrides=(Override("Ingress", {"spec": {}}),)),
        "overrides[0] = 'Ingress': meets no object; rendered are: ServiceAccount "
        "orders, Deployment orders, Service orders, PodDisruptionBudget orders, "
        "NetworkPolicy orders",
        environment=BARE,
    ),
    "override-that-meets-two": Refusal(
        service(
            load_balancer=LoadBalancer(ports=("http",)),
            overrides=(Override("Service", {"spec": {}}),),
        ),
        "overrides[0] = 'Service': meets 2 objects; add name=, one of orders, orders-external",
    ),
    "extra-manifest-name": Refusal(
        service(
            extra_manifests=(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "A:b"}},
                {
                    "apiVersion": "rbac.authorization.k8s.io/v1",
                    "kind": "Role",
                    "metadata": {"name": "A:b"},
                },
            )
        ),
        "extra_manifests[0].metadata.name = 'A:b': is not a DNS name; use lower case letters, "
        "digits, '-' and '.', alphanumeric at both ends",
    ),
    "extra-manifest": Refusal(
        service(extra_manifests=({"kind": "ConfigMap"},)),
        "extra_manifests[0] = {'kind': 'ConfigMap'}: is no Kubernetes object; "
        "give it apiVersion, kind and metadata.name",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
