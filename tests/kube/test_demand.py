"""Pods and claims, counted at their busiest."""

from typing import Any

import pytest

from constructs_lib.kube.demand import demand
from tests.deployed import DB_POD, claim, container, manifest, sized

TEMPLATE = {"spec": {"containers": [container("a", sized("1m", "1Mi"))]}}
UP_TO_8 = manifest(
    "HorizontalPodAutoscaler",
    "scale",
    {"scaleTargetRef": {"kind": "StatefulSet", "name": "a"}, "maxReplicas": 8},
    api="autoscaling/v2",
)
JOB = {"template": TEMPLATE}


def rolling(surge: Any, unavailable: Any) -> Any:
    update = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"type": "RollingUpdate", "rollingUpdate": update}


def test_what_a_pod_states_as_a_whole_goes_first() -> None:
    pod = {**DB_POD, "resources": {"requests": {"cpu": "2"}, "limits": {"memory": "4Gi"}}}
    whole = demand([manifest("Pod", "db", pod, api="v1")], nodes=1)
    figures = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
    expected = [2, 764 * 2**20, pytest.approx(1.3), 4 * 2**30]
    assert [float(whole.total(figure)) for figure in figures] == expected


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        pytest.param("Deployment", {"replicas": 4}, 5, id="a quarter, unless said otherwise"),
        pytest.param("Deployment", {}, 2, id="one replica, unless said otherwise"),
        pytest.param(
            "Deployment", {"replicas": 10, "strategy": rolling("25%", "25%")}, 13, id="surge"
        ),
        pytest.param("Deployment", {"replicas": 10, "strategy": rolling(0, 1)}, 10, id="no-surge"),
        pytest.param(
            "Deployment", {"replicas": 10, "strategy": {"type": "Recreate"}}, 10, id="recreate"
        ),
        pytest.param("Deployment", {"replicas": 0}, 0, id="none"),
        pytest.param("StatefulSet", {"replicas": 3}, 8, id="autoscaled"),
        pytest.param("StatefulSet", {"replicas": 9}, 9, id="autoscaled down from more"),
        pytest.param("DaemonSet", {}, 15, id="each node"),
        pytest.param(
            "DaemonSet", {"updateStrategy": rolling("10%", 0)}, 17, id="each node and a surge"
        ),
        pytest.param("ReplicaSet", {"replicas": 2}, 2, id="replica-set"),
        pytest.param("Job", {}, 1, id="job"),
        pytest.param("Job", {"parallelism": 5, "completions": 3}, 3, id="short job"),
        pytest.param("Job", {"parallelism": 5, "suspend": True}, 5, id="suspended job"),
        pytest.param(
            "CronJob",
            {"concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {**JOB, "parallelism": 2}}},
            2,
            id="forbid",
        ),
        pytest.param(
            "CronJob",
            {"concurrencyPolicy": "Replace", "jobTemplate": {"spec": JOB}},
            1,
            id="replace",
        ),
        pytest.param("CronJob", {"jobTemplate": {"spec": JOB}}, 2, id="allow"),
        pytest.param("Pod", TEMPLATE["spec"], 1, id="pod"),
        pytest.param("Service", {"type": "ClusterIP"}, 0, id="no pods"),
    ],
)
def test_pods_at_their_busiest(kind: str, spec: Any, pods: int) -> None:
    made = manifest(kind, "a", {"template": TEMPLATE, **spec})
    assert demand([made, UP_TO_8], nodes=15).total("pods") == pods


def test_claims_follow_replicas_and_pods() -> None:
    own = {"metadata": {"name": "data"}, "spec": claim("2Gi")}
    volume = {"name": "tmp", "ephemeral": {"volumeClaimTemplate": {"spec": claim("1Gi")}}}
    scratch = {"spec": {**TEMPLATE["spec"], "volumes": [volume, {"name": "x", "emptyDir": {}}]}}
    objects = [
        manifest("StatefulSet", "a", {"template": TEMPLATE, "volumeClaimTemplates": [own]}),
        manifest("Deployment", "b", {"template": scratch, "replicas": 3}),
        UP_TO_8,
    ]
    asked = demand(objects, nodes=1)
    assert asked.total("persistentvolumeclaims") == 8 + 3 + 1
    assert asked.total("requests.storage") == (8 * 2 + 3 + 1) * 2**30
