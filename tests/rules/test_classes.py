"""Classes that a cluster does not have."""

import pytest

from constructs_lib.rules import FLEET_RULES, Fleet, Known
from tests.rules.shop import KNOWN, POD, Break, Change, check, found, shop

BREAKS = (
    Break(
        "classes/storage",
        Change("StatefulSet db", "spec.volumeClaimTemplates.0.spec.storageClassName", "fats"),
        "storageClassName is fats, and the cluster has no such StorageClass; the nearest is fast",
    ),
    Break(
        "classes/priority",
        Change("Deployment api", f"{POD}.priorityClassName", "hihg"),
        "priorityClassName is hihg, and the cluster has no such PriorityClass; the nearest is high",
    ),
    Break(
        "classes/ingress",
        Change("Ingress web", "spec.ingressClassName", "ngnix"),
        "spec.ingressClassName is ngnix, and the cluster has no such IngressClass; the nearest is",
    ),
    Break(
        "classes/gateway",
        Change("Gateway edge", "spec.gatewayClassName", "envoi"),
        "spec.gatewayClassName is envoi, and the cluster has no such GatewayClass; the nearest is",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_class_that_the_cluster_does_not_have_is_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize("broken", BREAKS)
def test_nothing_is_judged_of_a_cluster_that_nobody_describes(broken: Break) -> None:
    assert found(broken.change, known=Known()) == []


def test_a_rendered_class_is_there() -> None:
    metadata = {"name": "slow"}
    own = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata}
    path = "spec.volumeClaimTemplates.0.spec.storageClassName"
    objects = shop(Change("StatefulSet db", path, "slow"))
    fleet = Fleet([*objects, own], KNOWN)
    assert [finding for rule in FLEET_RULES for finding in rule(fleet)] == []


def test_the_classes_of_every_cluster_are_there() -> None:
    assert found(Change("Deployment api", f"{POD}.priorityClassName", "system-node-critical")) == []


def test_what_two_say_of_a_cluster_adds_up() -> None:
    one = Known(storage_classes=frozenset({"a"}), pods={"x": ({"a": "b"},)})
    other = Known(storage_classes=frozenset({"b"}), pods={"x": ({"c": "d"},)}, objects={"A b": ()})
    both = one.joined(other)
    assert both.storage_classes == frozenset({"a", "b"})
    assert both.ingress_classes is None
    assert (both.pods, both.objects) == ({"x": ({"a": "b"}, {"c": "d"})}, {"A b": ()})
    for same in (Known().joined(one), one.joined(Known())):
        assert same == one
