"""kube-state-metrics: what the API server knows of objects, as metrics.

https://github.com/kubernetes/kube-state-metrics
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.intervals import interval_problems
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import MISSED_BY_NOBODY
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.rbac import OwnServiceAccount, Rule
from constructs_lib.kube.security import Security
from constructs_lib.kube.signals import Metric
from constructs_lib.observability.kube_state_alerts import state_alerts
from constructs_lib.observability.owners import Owners
from constructs_lib.refs import Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.values import Value

NAME = "kube-state-metrics"
"""Name of the workload."""

HTTP = Port("http", 8080, app_protocol="http")
"""Where metrics of objects are."""

_TELEMETRY = Port("telemetry", 8081, app_protocol="http")

_LOOK = ("list", "watch")
RULES = (
    Rule(verbs=_LOOK, resources=("persistentvolumeclaims", "pods", "resourcequotas")),
    Rule(verbs=_LOOK, resources=("deployments", "statefulsets"), api_groups=("apps",)),
    Rule(verbs=_LOOK, resources=("cronjobs", "jobs"), api_groups=("batch",)),
    Rule(verbs=_LOOK, resources=("horizontalpodautoscalers",), api_groups=("autoscaling",)),
)
"""What it may see in each watched namespace: no Secrets, no ConfigMaps, no nodes."""

_RESOURCES = tuple(sorted(name for rule in RULES for name in rule.resources))

METRICS = (
    Metric("kube_cronjob_created", help="When a CronJob was made."),
    Metric("kube_cronjob_spec_suspend", help="Whether a CronJob pauses."),
    Metric("kube_cronjob_status_last_successful_time", help="When one last did its work."),
    Metric("kube_deployment_metadata_generation", help="Changes of a Deployment."),
    Metric("kube_deployment_spec_replicas", help="Pods that a Deployment is to have."),
    Metric("kube_deployment_status_condition", help="Whether it gets on."),
    Metric("kube_deployment_status_observed_generation", help="Changes that were seen."),
    Metric("kube_deployment_status_replicas_available", help="Pods that serve."),
    Metric("kube_deployment_status_replicas_updated", help="Pods of the newest kind."),
    Metric("kube_horizontalpodautoscaler_spec_max_replicas", help="Most pods."),
    Metric("kube_horizontalpodautoscaler_spec_min_replicas", help="Fewest pods."),
    Metric("kube_horizontalpodautoscaler_status_current_replicas", help="Pods there are."),
    Metric("kube_horizontalpodautoscaler_status_desired_replicas", help="Pods wanted."),
    Metric("kube_job_created", help="When a Job was made."),
    Metric("kube_job_failed", help="Whether a Job has failed."),
    Metric("kube_job_status_failed", help="Pods of a Job that have failed."),
    Metric("kube_persistentvolumeclaim_resource_requests_storage_bytes", unit="bytes"),
    Metric("kube_persistentvolumeclaim_status_phase", help="Whether a claim has its volume."),
    Metric("kube_pod_container_resource_limits", help="Limits of a container."),
    Metric("kube_pod_container_resource_requests", help="Requests of a container."),
    Metric("kube_pod_container_status_last_terminated_reason", help="Why one ended last."),
    Metric("kube_pod_container_status_restarts_total", kind="counter", help="Restarts."),
    Metric("kube_pod_container_status_waiting_reason", help="Why a container does not run."),
    Metric("kube_pod_info", help="Node and owner of a pod."),
    Metric("kube_pod_init_container_status_waiting_reason", help="Why one does not begin."),
    Metric("kube_pod_spec_volumes_persistentvolumeclaims_info", help="Claims of a pod."),
    Metric("kube_pod_status_phase", help="Phase of a pod."),
    Metric("kube_pod_status_ready", help="Whether a pod is ready."),
    Metric("kube_resourcequota", help="What a quota allows, and what is taken of it."),
    Metric("kube_statefulset_metadata_generation", help="Changes of a StatefulSet."),
    Metric("kube_statefulset_replicas", help="Pods that a StatefulSet is to have."),
    Metric("kube_statefulset_status_observed_generation", help="Changes that were seen."),
    Metric("kube_statefulset_status_replicas", help="Pods there are."),
    Metric("kube_statefulset_status_replicas_ready", help="Pods that are ready."),
    Metric("kube_statefulset_status_replicas_updated", help="Pods of the newest kind."),
)
"""Everything that it tells: the rest of its metrics is switched off.

https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
"""


class KubeStateMetrics(Value):
    """Metrics of pods, workloads, Jobs, claims, autoscalers and quotas of watched namespaces."""

    image: Image = Image("registry.k8s.io/kube-state-metrics/kube-state-metrics", tag="v2.19.1")
    """Its image. Default the official one."""

    user: int = 65534
    """Numeric user id. Default 65534, the image's ``nobody``.
    https://github.com/kubernetes/kube-state-metrics/blob/main/Dockerfile"""

    resources: Resources = Resources(cpu="20m", memory="64Mi", memory_limit="256Mi")
    """Requests and limits. Default 20m, 64Mi to 256Mi, enough for some thousand objects."""

    interval_seconds: int = 30
    """Time between scrapes, at most 140 s. Default 30 s."""

    def problems(self) -> Iterator[Problem]:
        """It is scraped often enough, nobody is root."""
        yield from interval_problems("interval_seconds", self.interval_seconds)
        if self.user < 1:
            yield Problem("user", self.user, "is root", "use any number from 1")

    def props(self, owners: Owners) -> NovaServiceProps:
        """The service, which sees all namespaces of ``owners`` by Roles that are bound there."""
        namespaces = sorted(name for owned in owners.values() for name in owned)
        return NovaServiceProps(
            image=self.image,
            args=(
                f"--port={HTTP.number}",
                f"--telemetry-port={_TELEMETRY.number}",
                f"--namespaces={','.join(namespaces)}",
                f"--resources={','.join(_RESOURCES)}",
                f"--metric-allowlist={','.join(metric.name for metric in METRICS)}",
            ),
            ports=Ports(HTTP, _TELEMETRY),
            # Two would tell everything twice; a new one is ready before the old one goes.
            replicas=1,
            resources=self.resources,
            environment_settings=False,
            writable=(),
            security=Security(user=self.user),
            service_account=OwnServiceAccount(token=True),
            metrics=Metrics(
                port=HTTP.name,
                interval_seconds=self.interval_seconds,
                exposes=METRICS,
                honor_labels=True,
            ),
            probes=_probes(),
            presence=MISSED_BY_NOBODY,
            alerts=state_alerts(owners),
            signals_kind="kube-state-metrics",
        )


def _probes() -> Probes:
    """Its ``/livez`` asks the API server; restarted while that is away, it would know nothing."""
    ready = HttpGet("/readyz", port=_TELEMETRY.name)
    return Probes(
        startup=Probe(ready, period_seconds=5, failure_threshold=30),
        readiness=Probe(ready, period_seconds=5),
        liveness=Probe(HttpGet("/healthz", port=HTTP.name)),
    )
