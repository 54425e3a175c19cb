"""The same services, written with cdk8s-plus-27 as its documentation would have it.

L2 wherever L2 can say it, its own L1 for the disruption budget, and ``app.synth()`` at the end.
Of a Deployment, L2 has no words for seccomp, dropped capabilities, topology spread, service links,
revision history and named ports in probes, so those are missing.
"""

from pathlib import Path

import cdk8s
import cdk8s_plus_27 as kplus
from cdk8s_plus_27 import k8s
from constructs import Construct

from tests.bench import facts
from tests.bench.layout import SERVICES_IN_A_CHART, portions

_LABELS = {
    "app.kubernetes.io/instance": facts.APP,
    "app.kubernetes.io/part-of": facts.APP,
    "app.kubernetes.io/managed-by": "cdk8s",
    "team": facts.TEAM,
}


def measure(count: int, folder: Path) -> None:
    """``count`` services, from constructs to files."""
    app = cdk8s.App(outdir=str(folder))
    for chart_id, names in portions(count, SERVICES_IN_A_CHART):
        chart = cdk8s.Chart(
            app,
            chart_id,
            namespace=facts.APP,
            labels=_LABELS,
            disable_resource_name_hashes=True,
        )
        for name in names:
            PlusService(chart, name)
    app.synth()


class PlusService(Construct):
    """One service of nine objects."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self._name = name
        self._labels = {"app.kubernetes.io/name": name}
        account = self._account()
        deployment = self._deployment(account)
        self._service(deployment)
        self._autoscaler(deployment)
        self._disruption_budget()
        self._network_policy(deployment)

    def _metadata(self, name: str | None = None) -> cdk8s.ApiObjectMetadata:
        return cdk8s.ApiObjectMetadata(name=name or self._name, labels=self._labels)

    def _account(self) -> kplus.ServiceAccount:
        account = kplus.ServiceAccount(
            self, "service-account", metadata=self._metadata(), automount_token=True
        )
        readable = [kplus.ApiResource.CONFIG_MAPS, kplus.ApiResource.PODS]
        rule = kplus.RolePolicyRule(
            resources=readable,  # type: ignore[arg-type]  # the stubs lack resource_name
            verbs=list(facts.READ),
        )
        role = kplus.Role(self, "role", metadata=self._metadata(), rules=[rule])
        binding = kplus.RoleBinding(self, "role-binding", metadata=self._metadata(), role=role)
        binding.add_subjects(account)
        return account

    def _deployment(self, account: kplus.ServiceAccount) -> kplus.Deployment:
        deployment = kplus.Deployment(
            self,
            "deployment",
            metadata=self._metadata(),
            pod_metadata=cdk8s.ApiObjectMetadata(
                labels={**_LABELS, **self._labels, "app.kubernetes.io/version": facts.TAG},
                annotations={
                    "prometheus.io/scrape": "true",
                    "prometheus.io/port": str(facts.METRICS),
                    "prometheus.io/path": "/metrics",
                },
            ),
            strategy=kplus.DeploymentStrategy.rolling_update(
                max_surge=kplus.PercentOrAbsolute.absolute(1),
                max_unavailable=kplus.PercentOrAbsolute.absolute(0),
            ),
            progress_deadline=cdk8s.Duration.seconds(600),
            service_account=account,
            automount_service_account_token=True,
            security_context=kplus.PodSecurityContextProps(
                user=facts.USER,
                group=facts.USER,
                fs_group=facts.USER,
                fs_group_change_policy=kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
            ),
            termination_grace_period=cdk8s.Duration.seconds(30),
        )
        scratch = kplus.Volume.from_empty_dir(
            self, "scratch", "scratch-tmp", size_limit=cdk8s.Size.mebibytes(facts.SCRATCH_MEBIBYTES)
        )
        container = self._container(deployment)
        container.mount("/tmp", scratch)  # noqa: S108  (in the container)
        deployment.scheduling.spread(topology=kplus.Topology.HOSTNAME, weight=100)
        return deployment

    def _container(self, deployment: kplus.Deployment) -> kplus.Container:
        return deployment.add_container(
            name=self._name,
            image=f"{facts.REGISTRY}/{self._name}:{facts.TAG}",
            image_pull_policy=kplus.ImagePullPolicy.IF_NOT_PRESENT,
            ports=[
                kplus.ContainerPort(name="http", number=facts.HTTP, protocol=kplus.Protocol.TCP),
                kplus.ContainerPort(
                    name="metrics", number=facts.METRICS, protocol=kplus.Protocol.TCP
                ),
            ],
            env_from=[kplus.Env.from_config_map(self._settings())],
            env_variables=self._variables(),
            resources=kplus.ContainerResources(
                cpu=kplus.CpuResources(request=kplus.Cpu.millis(facts.CPU_MILLIS)),
                memory=kplus.MemoryResources(
                    request=cdk8s.Size.mebibytes(facts.MEMORY_MEBIBYTES),
                    limit=cdk8s.Size.mebibytes(facts.MEMORY_MEBIBYTES),
                ),
            ),
            startup=_probe(period=5, failures=30),
            readiness=_probe(period=5, failures=3),
            liveness=_probe(period=15, failures=3),
            lifecycle=kplus.ContainerLifecycle(
                pre_stop=kplus.Handler.from_command(["sleep", "5"]),
            ),
            security_context=kplus.ContainerSecurityContextProps(
                user=facts.USER,
                group=facts.USER,
                allow_privilege_escalation=False,
                read_only_root_filesystem=True,
            ),
        )

    def _settings(self) -> kplus.ConfigMap:
        data = {**facts.SETTINGS, "SERVICE": self._name}
        metadata = self._metadata(f"{self._name}-config")
        return kplus.ConfigMap(self, "config", metadata=metadata, data=data)

    def _variables(self) -> dict[str, kplus.EnvValue]:
        secret = kplus.Secret.from_secret_name(self, "database", facts.DATABASE_SECRET)
        return {
            "DATABASE_PASSWORD": kplus.EnvValue.from_secret_value(
                kplus.SecretValue(secret=secret, key="password")
            ),
            "POD_NAME": kplus.EnvValue.from_field_ref(kplus.EnvFieldPaths.POD_NAME),
        }

    def _service(self, deployment: kplus.Deployment) -> None:
        kplus.Service(
            self,
            "service",
            metadata=self._metadata(),
            selector=deployment,
            ports=[
                kplus.ServicePort(name="http", port=facts.HTTP, target_port=facts.HTTP),
                kplus.ServicePort(name="metrics", port=facts.METRICS, target_port=facts.METRICS),
            ],
        )

    def _autoscaler(self, deployment: kplus.Deployment) -> None:
        kplus.HorizontalPodAutoscaler(
            self,
            "autoscaler",
            metadata=self._metadata(),
            target=deployment,
            min_replicas=facts.FEWEST,
            max_replicas=facts.MOST,
            metrics=[
                kplus.Metric.resource_cpu(
                    kplus.MetricTarget.average_utilization(facts.CPU_PERCENT)
                ),
                kplus.Metric.resource_memory(
                    kplus.MetricTarget.average_utilization(facts.MEMORY_PERCENT)
                ),
            ],
            scale_down=kplus.ScalingRules(stabilization_window=cdk8s.Duration.minutes(5)),
        )

    def _disruption_budget(self) -> None:
        k8s.KubePodDisruptionBudget(
            self,
            "disruption-budget",
            metadata=k8s.ObjectMeta(name=self._name, labels=self._labels),
            spec=k8s.PodDisruptionBudgetSpec(
                max_unavailable=k8s.IntOrString.from_number(1),
                unhealthy_pod_eviction_policy="AlwaysAllow",
                selector=k8s.LabelSelector(match_labels=self._labels),
            ),
        )

    def _network_policy(self, deployment: kplus.Deployment) -> None:
        tcp, udp = kplus.NetworkPolicyPort.tcp, kplus.NetworkPolicyPort.udp
        policy = kplus.NetworkPolicy(
            self, "network-policy", metadata=self._metadata(), selector=deployment
        )
        clients = kplus.Namespaces.select(self, "clients", names=[facts.CLIENT_NAMESPACE])
        policy.add_ingress_rule(clients, [tcp(facts.HTTP)])
        policy.add_ingress_rule(self._pods(facts.SCRAPER), [tcp(facts.METRICS)])
        policy.add_egress_rule(self._pods(facts.DNS), [udp(53), tcp(53)])
        policy.add_egress_rule(self._address(facts.NODE_LOCAL_DNS), [udp(53), tcp(53)])
        policy.add_egress_rule(self._pods(facts.DATABASE), [tcp(facts.DATABASE_PORT)])
        for block in facts.API_SERVER:
            policy.add_egress_rule(self._address(block), [tcp(facts.API_SERVER_PORT)])

    def _pods(self, pods: facts.SelectedPods) -> kplus.Pods:
        namespaces = kplus.Namespaces.select(self, f"in-{pods.app}", names=[pods.namespace])
        labels = {pods.label: pods.app}
        return kplus.Pods.select(self, pods.app, labels=labels, namespaces=namespaces)

    def _address(self, block: str) -> kplus.NetworkPolicyIpBlock:
        return kplus.NetworkPolicyIpBlock.ipv4(self, f"block-{block.replace('/', '-')}", block)


def _probe(*, period: int, failures: int) -> kplus.Probe:
    return kplus.Probe.from_http_get(
        facts.HEALTH,
        port=facts.HTTP,
        period_seconds=cdk8s.Duration.seconds(period),
        timeout_seconds=cdk8s.Duration.seconds(2),
        failure_threshold=failures,
    )
