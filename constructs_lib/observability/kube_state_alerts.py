"""What somebody has to know of workloads, by what the API server knows of them.

They tell of what no metric of the workload itself can: that it does not run at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from constructs_lib.kube.alerts import Alert
from constructs_lib.observability.kube_state_pod_alerts import PAGE, pod_alerts
from constructs_lib.observability.owners import Owners


def state_alerts(owners: Owners) -> tuple[Alert, ...]:
    """Alerts over the objects of all namespaces; a rule for each team, which is called.

    Expressions are of the object alone. Its series have the pod and the address of whoever tells of
    it besides, and that one moves: each time every alert would end and begin anew.
    """
    return tuple(
        replace(alert, labels={**alert.labels, "team": team})
        for team, namespaces in owners.items()
        for alert in _alerts(f'namespace=~"{"|".join(namespaces)}"')
    )


def _alerts(here: str) -> Iterator[Alert]:
    yield from pod_alerts(here)
    yield from _deployments(here)
    yield from _stateful_sets(here)
    yield _job(here)
    yield _autoscaler(here)
    yield _claim(here)
    yield _quota(here)


def _about(label: str | None = None) -> dict[str, str]:
    """Whose alert it is: of the object, and not of the program that tells of it."""
    service = "" if label is None else f"{{{{ $labels.{label} }}}}"
    return {"namespace": "{{ $labels.namespace }}", "service": service}


def _deployments(here: str) -> Iterator[Alert]:
    deployment = "max by (namespace, deployment)"
    wanted = f"{deployment} (kube_deployment_spec_replicas{{{here}}})"
    serving = f"{deployment} (kube_deployment_status_replicas_available{{{here}}})"
    updated = f"{deployment} (changes(kube_deployment_status_replicas_updated{{{here}}}[10m]))"
    yield Alert(
        name="DeploymentReplicasMissing",
        # While a rollout gets on, the number of updated pods changes.
        expression=f"{wanted} > {serving} and {updated} == 0",
        lasts="15m",
        summary="Deployment {{ $labels.deployment }} in {{ $labels.namespace }} has fewer pods"
        " than it is to have.",
        action="kubectl get pods -n {{ $labels.namespace }} -l"
        " app.kubernetes.io/name={{ $labels.deployment }}",
        page=PAGE,
        labels=_about("deployment"),
    )
    condition = f'{here}, condition="Progressing", status="false"'
    stuck = f"{deployment} (kube_deployment_status_condition{{{condition}}}) == 1"
    yield Alert(
        name="DeploymentRolloutStuck",
        expression=f"{stuck} or {_unseen(here, 'deployment')}",
        lasts="10m",
        summary="A rollout of {{ $labels.deployment }} in {{ $labels.namespace }} does not get on.",
        action="kubectl rollout status and describe; roll back with kubectl rollout undo, and in"
        " Git.",
        page=PAGE,
        labels=_about("deployment"),
    )


def _unseen(here: str, kind: str) -> str:
    """That no controller has looked at what was changed last."""
    seen, asked = (
        f"max by (namespace, {kind}) (kube_{kind}_{name}_generation{{{here}}})"
        for name in ("status_observed", "metadata")
    )
    return f"{seen} != {asked}"


def _stateful_sets(here: str) -> Iterator[Alert]:
    stateful_set = "max by (namespace, statefulset)"
    replicas = f"{stateful_set} (kube_statefulset_replicas{{{here}}})"
    ready = f"{stateful_set} (kube_statefulset_status_replicas_ready{{{here}}})"
    count = f"kube_statefulset_status_replicas_updated{{{here}}}"
    updated, moving = f"{stateful_set} ({count})", f"{stateful_set} (changes({count}[10m]))"
    yield Alert(
        name="StatefulSetReplicasMissing",
        expression=f"{replicas} > {ready} and {moving} == 0",
        lasts="15m",
        summary="StatefulSet {{ $labels.statefulset }} in {{ $labels.namespace }} has fewer pods"
        " ready than it is to have.",
        action="kubectl describe pods -n {{ $labels.namespace }} -l"
        " app.kubernetes.io/name={{ $labels.statefulset }}: nodes, volumes, probes.",
        page=PAGE,
        labels=_about("statefulset"),
    )
    yield Alert(
        name="StatefulSetRolloutStuck",
        expression=f"({updated} < {replicas} and {moving} == 0) or {_unseen(here, 'statefulset')}",
        lasts="15m",
        summary="A rollout of {{ $labels.statefulset }} in {{ $labels.namespace }} does not get"
        " on.",
        action="The pod with the highest number that is not updated waits: describe it.",
        page=PAGE,
        labels=_about("statefulset"),
    )


def _job(here: str) -> Alert:
    failed = f'kube_job_failed{{{here}, condition="true"}}'
    return Alert(
        name="JobFailed",
        expression=f"max by (namespace, job_name) ({failed}) > 0",
        summary="Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed.",
        action="kubectl logs -n {{ $labels.namespace }} job/{{ $labels.job_name }}; delete it once"
        " the cause is gone.",
        page=PAGE,
        labels=_about(),
    )


def _autoscaler(here: str) -> Alert:
    now, most, fewest = (
        "max by (namespace, horizontalpodautoscaler)"
        f" (kube_horizontalpodautoscaler_{name}_replicas{{{here}}})"
        for name in ("status_current", "spec_max", "spec_min")
    )
    return Alert(
        name="AutoscalerAtMaximum",
        expression=f"{now} >= {most} and {most} > {fewest}",
        lasts="30m",
        summary="Autoscaler {{ $labels.horizontalpodautoscaler }} in {{ $labels.namespace }} has"
        " had all pods that it may have for half an hour.",
        action="Is the load real? Then raise the maximum, quota and nodes with it.",
        page=PAGE,
        labels=_about(),
    )


def _claim(here: str) -> Alert:
    claim = "max by (namespace, persistentvolumeclaim, phase)"
    pending, lost = (
        f'{claim} (kube_persistentvolumeclaim_status_phase{{{here}, phase="{phase}"}}) == 1'
        for phase in ("Pending", "Lost")
    )
    # A claim may wait for its first consumer as long as it likes: that of a backup does.
    used = f"kube_pod_spec_volumes_persistentvolumeclaims_info{{{here}}}"
    return Alert(
        name="ClaimPending",
        expression=f"({pending} and on (namespace, persistentvolumeclaim) {used}) or {lost}",
        lasts="15m",
        summary="Claim {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is"
        " {{ $labels.phase }}: its pod cannot start.",
        action="kubectl describe pvc -n {{ $labels.namespace }} names the reason: class,"
        " provisioner, zone or quota.",
        page=PAGE,
        labels=_about(),
    )


def _quota(here: str) -> Alert:
    # Derived quotas allow exactly the load balancers that are deployed.
    counted = f'{here}, resource!="services.loadbalancers"'
    used, hard = (
        "max by (namespace, resourcequota, resource)"
        f' (kube_resourcequota{{{counted}, type="{kind}"}})'
        for kind in ("used", "hard")
    )
    return Alert(
        name="QuotaAlmostFull",
        expression=f"{used} / ({hard} > 0) > 0.95",
        lasts="30m",
        summary="{{ $value | humanizePercentage }} of {{ $labels.resource }} in quota"
        " {{ $labels.resourcequota }} of {{ $labels.namespace }} is taken.",
        action="Quotas are derived from what is deployed: what runs there that is not declared?",
        page=PAGE,
        labels=_about(),
    )
