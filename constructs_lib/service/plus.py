"""A workload as cdk8s-plus sees it: network-policy peer, pod selector, scaling target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cdk8s_plus_27 as kplus
import jsii

from constructs_lib.errors import NovaError

if TYPE_CHECKING:
    from constructs_lib.manifest import Manifest
    from constructs_lib.refs import Pods

PLUS_INTERFACES = (kplus.INetworkPolicyPeer, kplus.IPodSelector, kplus.IScalable)


class PlusTarget:
    """Lets cdk8s-plus' own NetworkPolicy and HorizontalPodAutoscaler aim at a workload.

    A class that derives from it and from Construct declares :data:`PLUS_INTERFACES` with
    ``jsii.implements``; declared here, jsii would no longer see the construct in it.
    """

    name: str
    pods: Pods
    _manifests: dict[str, Manifest]

    @property
    def _deployment(self) -> Manifest:
        return self._manifests["deployment"]

    @jsii.member(jsii_name="toNetworkPolicyPeerConfig")
    def to_network_policy_peer_config(self) -> kplus.NetworkPolicyPeerConfig:
        """The workload's pods, as the other side of a ``cdk8s_plus_27.NetworkPolicy``."""
        return kplus.NetworkPolicyPeerConfig(pod_selector=self.to_pod_selector_config())

    @jsii.member(jsii_name="toPodSelector")
    def to_pod_selector(self) -> kplus.IPodSelector:
        """The workload itself selects its pods."""
        return self  # type: ignore[return-value]

    @jsii.member(jsii_name="toPodSelectorConfig")
    def to_pod_selector_config(self) -> kplus.PodSelectorConfig:
        """Labels and namespace of the workload's pods."""
        return kplus.PodSelectorConfig(
            label_selector=kplus.LabelSelector.of(labels=dict(self.pods.labels)),
            namespaces=kplus.NamespaceSelectorConfig(names=[self.pods.namespace]),
        )

    @property
    def has_autoscaler(self) -> bool:
        """Whether an autoscaler sets the replicas."""
        return "replicas" not in self._deployment.body["spec"]

    @has_autoscaler.setter
    def has_autoscaler(self, value: bool) -> None:
        if value != self.has_autoscaler:
            self.mark_has_autoscaler()

    @jsii.member(jsii_name="markHasAutoscaler")
    def mark_has_autoscaler(self) -> None:
        """Leave the replicas to the autoscaler that calls this.

        Raises ``NovaError`` where there is one already, since cdk8s-plus would add a second that
        fights it.
        """
        if self.has_autoscaler:
            msg = f"{self.name!r} has an autoscaler; leave out its autoscaling, or the other one"
            raise NovaError(msg)
        self._deployment.discard("spec", "replicas")

    @jsii.member(jsii_name="toScalingTarget")
    def to_scaling_target(self) -> kplus.ScalingTarget:
        """The Deployment, and what its containers ask for."""
        spec = self._deployment.body["spec"]
        containers = spec["template"]["spec"]["containers"]
        return kplus.ScalingTarget(
            api_version="apps/v1",
            kind="Deployment",
            name=self.name,
            containers=[_container(item) for item in containers],
            replicas=spec.get("replicas"),
        )


def _container(item: dict[str, object]) -> kplus.Container:
    """As much of a container as an autoscaler looks at: its name and that it has requests."""
    return kplus.Container(image=str(item["image"]), name=str(item["name"]))
