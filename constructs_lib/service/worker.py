"""NovaWorker: a long-running workload without a Service."""

from __future__ import annotations

from typing import TypeVar

import jsii
from constructs import Construct

from constructs_lib.kube import autoscaling, disruption, network, workloads
from constructs_lib.kube.alerts import PROMETHEUS_RULES, prometheus_rule
from constructs_lib.kube.body import Body
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.service import checks
from constructs_lib.service.plus import PLUS_INTERFACES, PlusTarget
from constructs_lib.service.pod import pod_template
from constructs_lib.service.pod_construct import PodConstruct
from constructs_lib.service.props import NovaWorkerProps
from constructs_lib.service.signals import signals_of
from constructs_lib.tree import takes_props

Props = TypeVar("Props", bound=NovaWorkerProps)


@jsii.implements(*PLUS_INTERFACES)
class DeployedConstruct(PlusTarget, PodConstruct[Props]):
    """What NovaService and NovaWorker share: Deployment, autoscaler, disruption budget."""

    def _add_deployment(self) -> None:
        """The Deployment; without replicas where an autoscaler sets them."""
        scaled = self._autoscaling is not None
        self._add(
            "deployment",
            workloads.deployment(
                self._metadata(self.name),
                pod_template(self._context, self._props),
                self.pods.labels,
                self._props.rollout,
                replicas=None if scaled else self._replicas,
            ),
        )

    @property
    def _replicas(self) -> int:
        single = self._chart.environment.single_replica
        return min(self._props.replicas, 1) if single else self._props.replicas

    @property
    def _autoscaling(self) -> autoscaling.Autoscaling | None:
        return None if self._chart.environment.single_replica else self._props.autoscaling

    def _add_autoscaler(self) -> None:
        """The autoscaler, where the props have one and the environment more than one replica."""
        if self._autoscaling is None and self._props.autoscaling is not None:
            self._left_out.add("HorizontalPodAutoscaler")
        if self._autoscaling is not None:
            metadata = self._metadata(self.name)
            body = autoscaling.horizontal_pod_autoscaler(
                metadata, self._autoscaling, kind="Deployment", target=self.name
            )
            self._add("autoscaler", body)

    def _add_disruption_budget(self) -> None:
        """The budget, where one is asked for or there may be more than one pod."""
        if self._chart.environment.single_replica:
            self._left_out.add("PodDisruptionBudget")
            return
        budget = self._props.disruption
        if budget is None and self._props.most > 1:
            budget = disruption.ONE_AT_A_TIME
        if budget is not None:
            body = disruption.pod_disruption_budget(
                self._metadata(self.name), budget, self.pods.labels
            )
            self._add("disruption-budget", body)

    @property
    def signals(self) -> Signals:
        """Where it is scraped, what is recorded of it and what alarms."""
        return signals_of(self._props, self._chart, self.pods, name=self.name)

    def _add_rules(self) -> None:
        """Recorded series and alerts, where the cluster has the CRD for them."""
        environment = self._chart.environment
        groups = rule_groups(self.signals, runbooks=environment.runbooks)
        if groups and PROMETHEUS_RULES not in environment.cluster.crds:
            self._left_out.add("PrometheusRule")
        elif groups:
            self._add("rules", prometheus_rule(self._metadata(self.name), groups))

    def _finish(self) -> None:
        """As of every pod; and the chart learns of its signals."""
        super()._finish()
        self._chart.declare(self.signals)

    def _client_rules(self) -> list[Body]:
        return [
            network.from_peers([client.peer], self._props.client_ports(client))
            for client in self._props.clients
        ]


@takes_props
class NovaWorker(DeployedConstruct[NovaWorkerProps]):
    """A long-running workload that serves nobody, such as a queue's consumer.

    After construction the chart holds its Deployment, ServiceAccount, ConfigMaps, autoscaler,
    disruption budget, PodMonitor, PrometheusRule and NetworkPolicy; no Service.
    """

    def __init__(self, scope: Construct, id: str, props: NovaWorkerProps) -> None:  # noqa: A002
        """Build the worker ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        super().__init__(
            scope, id, props, expected=NovaWorkerProps, problems=checks.worker_problems
        )
        self._add_account()
        self._add_configuration()
        self._add_deployment()
        self._add_autoscaler()
        self._add_disruption_budget()
        self._add_monitor()
        self._add_rules()
        self._add_network_policy(self._client_rules())
        self._finish()
