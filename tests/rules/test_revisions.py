"""What an API server refuses to change, found by comparing two renders."""

from typing import Any

import pytest

from constructs_lib.rules.revisions import refused_changes


def thing(kind: str, version: str = "v1", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "it"}, **fields}


def spec(kind: str, version: str = "v1", /, **fields: Any) -> dict[str, Any]:
    return thing(kind, version, spec=fields)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        pytest.param(
            spec("StatefulSet", "apps/v1", serviceName="a"),
            spec("StatefulSet", "apps/v1", serviceName="b"),
            "spec.serviceName",
            id="the-service-of-a-set",
        ),
        pytest.param(
            spec("StatefulSet", "apps/v1", podManagementPolicy="Parallel"),
            spec("StatefulSet", "apps/v1"),
            "spec.podManagementPolicy",
            id="what-is-left-out",
        ),
        pytest.param(
            spec("Deployment", "apps/v1", selector={"matchLabels": {"app": "a"}}),
            spec("Deployment", "apps/v1", selector={"matchLabels": {"app": "b"}}),
            "spec.selector",
            id="a-selector",
        ),
        pytest.param(
            spec("Job", "batch/v1", template={"spec": {"a": 1}}),
            spec("Job", "batch/v1", template={"spec": {"a": 2}}),
            "spec.template",
            id="the-pod-of-a-job",
        ),
        pytest.param(
            spec("Service", clusterIP="None"), spec("Service"), "spec.clusterIP", id="headless"
        ),
        pytest.param(
            spec("PersistentVolumeClaim", storageClassName="slow"),
            spec("PersistentVolumeClaim", storageClassName="fast"),
            "spec.storageClassName",
            id="the-class-of-a-claim",
        ),
        pytest.param(
            thing("ConfigMap", immutable=True, data={"a": "1"}),
            thing("ConfigMap", immutable=True, data={"a": "2"}),
            "data",
            id="a-sealed-config-map",
        ),
        pytest.param(
            thing("RoleBinding", "rbac.authorization.k8s.io/v1", roleRef={"name": "a"}),
            thing("RoleBinding", "rbac.authorization.k8s.io/v1", roleRef={"name": "b"}),
            "roleRef",
            id="the-role-of-a-binding",
        ),
    ],
)
def test_is_found(before: dict[str, Any], after: dict[str, Any], field: str) -> None:
    (finding,) = refused_changes([before], [after])
    assert finding.message.startswith(f"{field} differs")
    assert finding.object == f"{before['kind']} it"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            spec("StatefulSet", "apps/v1", replicas=1, template={"a": 1}, minReadySeconds=1),
            spec("StatefulSet", "apps/v1", replicas=3, template={"a": 2}, minReadySeconds=5),
            id="replicas-and-pods-of-a-set",
        ),
        pytest.param(
            spec("PersistentVolumeClaim", resources={"requests": {"storage": "1Gi"}}),
            spec("PersistentVolumeClaim", resources={"requests": {"storage": "2Gi"}}),
            id="a-larger-claim",
        ),
        pytest.param(
            thing("ConfigMap", data={"a": "1"}),
            thing("ConfigMap", data={"a": "2"}, immutable=True),
            id="a-config-map-that-gets-sealed",
        ),
        pytest.param(
            spec("Service", clusterIP="None"),
            spec("Service", "other/v1", clusterIP="10.0.0.1"),
            id="another-object-of-that-name",
        ),
        pytest.param(
            spec("CronJob", "batch/v1", jobTemplate={"a": 1}),
            spec("CronJob", "batch/v1", jobTemplate={"a": 2}),
            id="a-kind-that-may-change",
        ),
    ],
)
def test_is_taken(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert refused_changes([before], [after]) == []


def test_what_is_new_or_gone_is_no_change() -> None:
    assert refused_changes([spec("Service", clusterIP="None")], []) == []
    assert refused_changes([], [spec("Service", clusterIP="None")]) == []
