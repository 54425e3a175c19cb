"""Rules see the pods of every workload and every container in them."""

import pytest

from constructs_lib.rules.pod_security import restricted
from tests.rules.specs import POD, TEMPLATE, deployment, pod


@pytest.mark.parametrize("field", ["initContainers", "containers", "ephemeralContainers"])
def test_containers_of_every_sort_are_checked(field: str) -> None:
    bare = {"name": "bare", "image": "bare:1"}
    spec = pod(**{field: [*POD.get(field, []), bare]})
    findings = restricted([deployment(spec)])
    at = f"{TEMPLATE}.{field}[bare].securityContext"
    assert [finding.message for finding in findings] == [
        f"{at}.allowPrivilegeEscalation is not set",
        f"{at}.capabilities.drop does not have ALL",
    ]


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_pods_of_every_workload_are_checked(kind: str) -> None:
    manifest = {**deployment(pod(hostPID=True)), "kind": kind}
    (finding,) = restricted([manifest])
    assert (finding.object, finding.message) == (
        f"{kind} shop/api",
        "spec.template.spec.hostPID is true",
    )


def test_pods_of_a_cron_job_and_pods_by_themselves_are_checked() -> None:
    metadata = {"name": "night"}
    job = {"spec": deployment(pod(hostPID=True))["spec"]}
    cron = {"kind": "CronJob", "metadata": metadata, "spec": {"jobTemplate": job}}
    alone = {"kind": "Pod", "metadata": metadata, "spec": pod(hostPID=True)}
    findings = restricted([cron, alone])
    assert [(finding.object, finding.message) for finding in findings] == [
        ("CronJob night", "spec.jobTemplate.spec.template.spec.hostPID is true"),
        ("Pod night", "spec.hostPID is true"),
    ]
    key = "container.apparmor.security.beta.kubernetes.io/api"
    annotated = {"kind": "Pod", "metadata": {"annotations": {key: "unconfined"}}, "spec": pod()}
    assert restricted([annotated])[0].rule == "pod-security/app-armor"
