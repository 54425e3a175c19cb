"""StatefulSets.

https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs_lib.kube.body import Body, body
from constructs_lib.kube.claims import Volume, retention_policy


def stateful_set(
    metadata: Body,
    pod_template: Body,
    selector: Mapping[str, str],
    *,
    replicas: int,
    headless: str,
    claims: Sequence[Body],
    volume: Volume,
    min_ready_seconds: int = 0,
) -> Body:
    """A StatefulSet whose pods start and stop side by side, and are rolled one by one.

    ``headless`` names the Service that gives pods their host names. All pods start at once because
    members of a quorum need each other to become ready: in order, the first would wait for ever.
    """
    spec = body(
        replicas=replicas,
        serviceName=headless,
        podManagementPolicy="Parallel",
        revisionHistoryLimit=5,
        minReadySeconds=min_ready_seconds or None,
        updateStrategy={"type": "RollingUpdate"},
        persistentVolumeClaimRetentionPolicy=retention_policy(volume),
        selector={"matchLabels": dict(selector)},
        template=pod_template,
        volumeClaimTemplates=list(claims),
    )
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec}
