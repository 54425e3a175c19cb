"""Two objects of one render never stand for the same object of the cluster."""

from typing import Any

from constructs_lib.rules.identity import unique


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
