"""Two objects of one render never stand for the same object of the cluster."""

from typing import Any

import pytest

from constructs_lib.rules import FLEET_RULES, Finding, Fleet, Known
from constructs_lib.rules.identity import namespaces, no_lists, one_secret_owner, unique
from tests.rules.shop import KNOWN, shop


def named(
    name: str, *, kind: str = "ConfigMap", namespace: str | None = "shop", version: str = "v1"
) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def test_objects_of_one_identity_are_found_once() -> None:
    (finding,) = unique([named("a"), named("b"), named("a"), named("a")])
    assert finding.rule == "identity/unique"
    assert finding.object == "ConfigMap shop/a"
    assert finding.message.startswith("3 objects of API group 'core' have this identity")
    assert finding.fix == "render it once, or give each its own name"


def test_versions_of_one_group_are_one_identity() -> None:
    versions = ("autoscaling/v1", "autoscaling/v2")
    kind = "HorizontalPodAutoscaler"
    (finding,) = unique([named("a", kind=kind, version=version) for version in versions])
    assert finding.object == "HorizontalPodAutoscaler shop/a"
    assert "'autoscaling'" in finding.message


def test_objects_of_the_cluster_share_no_namespace() -> None:
    manifests = [named("a", kind="ClusterRole", namespace=None) for _ in range(2)]
    assert [finding.object for finding in unique(manifests)] == ["ClusterRole a"]


def test_objects_that_differ_in_one_part_are_accepted() -> None:
    assert (
        unique(
            [
                named("a"),
                named("b"),
                named("a", namespace="other"),
                named("a", kind="Secret"),
                named("a", version="example.com/v1"),
                named("a", namespace=None),
            ]
        )
        == []
    )


def test_objects_that_the_server_names_are_accepted() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "run-"}}
    assert unique([job, job]) == []


def secret() -> dict[str, Any]:
    return named("tls", kind="Secret")


def external(
    name: str, *, target: str | None = None, policy: str = "Owner", namespace: str = "shop"
) -> dict[str, Any]:
    version = "external-secrets.io/v1"
    made = named(name, kind="ExternalSecret", version=version, namespace=namespace)
    return {**made, "spec": {"target": {"name": target, "creationPolicy": policy}}}


def certificate(name: str = "signing", makes: str = "tls") -> dict[str, Any]:
    made = named(name, kind="Certificate", version="cert-manager.io/v1")
    return {**made, "spec": {"secretName": makes}}


def ingress() -> dict[str, Any]:
    made = named("web", kind="Ingress", version="networking.k8s.io/v1")
    return {**made, "spec": {"tls": [{"secretName": "tls"}]}}


@pytest.mark.parametrize(
    ("manifests", "first", "second"),
    [
        ([secret(), external("tls")], "Secret shop/tls", "ExternalSecret shop/tls"),
        ([external("tls"), secret()], "ExternalSecret shop/tls", "Secret shop/tls"),
        (
            [certificate(), external("pull", target="tls")],
            "Certificate shop/signing",
            "ExternalSecret shop/pull",
        ),
        ([certificate("a"), certificate("b")], "Certificate shop/a", "Certificate shop/b"),
    ],
)
def test_a_secret_that_two_objects_make_is_found(
    manifests: list[dict[str, Any]], first: str, second: str
) -> None:
    (finding,) = one_secret_owner(manifests)
    assert finding.object == second
    assert finding.message == f"makes Secret tls, which {first} makes as well"
    assert one_secret_owner in FLEET_RULES


def test_references_to_a_secret_make_none() -> None:
    merging = external("more", target="tls", policy="Merge")
    other = external("tls", namespace="other")
    issuer = {"apiVersion": "example.com/v1", "kind": "Certificate", "metadata": {"name": "x"}}
    manifests = [secret(), ingress(), ingress(), merging, other, certificate("a", "a"), issuer]
    assert one_secret_owner(manifests) == []


def test_one_object_twice_is_left_to_the_other_rule() -> None:
    assert one_secret_owner([secret(), secret()]) == []
    assert len(unique([secret(), secret()])) == 1


def test_a_list_is_no_hiding_place() -> None:
    hidden = {"apiVersion": "v1", "kind": "List", "metadata": {"name": "all"}, "items": [{}, {}]}
    (finding,) = no_lists([hidden])
    assert (finding.object, finding.fix) == ("List all", "render its items one by one")
    assert "2 objects" in finding.message
    assert no_lists([{"kind": "AllowList", "metadata": {"name": "a"}, "spec": {}}]) == []


def with_others(*others: dict[str, Any], known: Known = KNOWN) -> list[Finding]:
    """What all rules find in the app with objects more."""
    fleet = Fleet([*shop(), *others], known)
    return [finding for rule in FLEET_RULES for finding in rule(fleet)]


def test_a_namespace_that_nobody_makes_is_found_once() -> None:
    (finding,) = with_others(named("a", namespace="shopp"), named("b", namespace="shopp"))
    assert (finding.rule, finding.object) == ("identity/namespace", "ConfigMap shopp/a")
    assert finding.message == (
        "is one of 2 objects in namespace shopp, which nothing renders; the nearest is shop"
    )
    assert finding.fix == (
        "correct its name, render it, or list 'Namespace shopp' in Known.objects if somebody "
        "else makes it"
    )


@pytest.mark.parametrize("known", [Known(objects={"Namespace a": ()}), Known(pods={"a": ()})])
def test_a_namespace_that_somebody_else_makes_is_listed(known: Known) -> None:
    assert with_others(named("a", namespace="a"), known=KNOWN.joined(known)) == []


def test_some_namespaces_are_in_every_cluster() -> None:
    places = ("default", "kube-node-lease", "kube-public", "kube-system", None)
    assert namespaces([named("a", namespace=place) for place in places]) == []


def way_in(namespace: str) -> dict[str, Any]:
    policy = named("way-in", kind="NetworkPolicy", namespace=namespace)
    return policy | {
        "apiVersion": "networking.k8s.io/v1",
        "spec": {"podSelector": {"matchLabels": {"app": "user-api"}}},
    }


def test_the_way_in_to_an_app_of_another_repository_says_what_to_list() -> None:
    (finding,) = with_others(way_in("users"))
    assert finding.rule == "identity/namespace"
    assert finding.fix == (
        "the app is not in this synth: list its pods in Known.pods, or correct the namespace"
    )
    there = Known(objects={"Namespace users": ()})
    (again,) = with_others(way_in("users"), known=KNOWN.joined(there))
    assert (again.rule, again.fix) == ("selectors/policy", finding.fix)
    pods = Known(pods={"users": ({"app": "user-api"},)})
    assert with_others(way_in("users"), known=KNOWN.joined(pods)) == []
