"""Jobs.

https://kubernetes.io/docs/concepts/workloads/controllers/job/
"""

from __future__ import annotations

from constructs_lib.kube.body import Body


def job(metadata: Body, pod_template: Body, *, retries: int, deadline_seconds: int) -> Body:
    """A Job of one pod, tried ``retries`` times again, ended after ``deadline_seconds``.

    Pods of failed tries stay, so that their logs can be read.
    """
    template = {**pod_template, "spec": {**pod_template["spec"], "restartPolicy": "Never"}}
    spec = {
        "backoffLimit": retries,
        "activeDeadlineSeconds": deadline_seconds,
        "template": template,
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
