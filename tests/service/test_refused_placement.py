"""Placement and numbers of replicas that cannot work are refused."""

from dataclasses import replace

import pytest

from constructs_lib.environment import NodePool
from constructs_lib.kube.autoscaling import (
    Autoscaling,
    ExternalMetric,
    PodsMetric,
    ScalingPolicy,
    ScalingRules,
)
from constructs_lib.kube.placement import Toleration, TopologySpread
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from tests.environments import BARE, MODERN
from tests.service.refusals import Refusal, assert_refused, service

SPREAD_HARD = replace(MODERN, service_spread="hard")
UNEVEN = replace(
    BARE,
    cluster=replace(
        BARE.cluster,
        nodes=(
            NodePool(count=3, cpu="4", memory="16Gi", zones=("a", "b", "c")),
            NodePool(count=5, cpu="4", memory="16Gi", zones=("a",)),
            # Pods that have to be spread over zones never run on nodes without one.
            NodePool(count=9, cpu="4", memory="16Gi"),
        ),
    ),
)
AUTOSCALED = replace(
    BARE,
    cluster=replace(BARE.cluster, nodes=(NodePool(count=0, maximum=6, cpu="4", memory="16Gi"),)),
)

REFUSALS = {
    "spread-skew": Refusal(
        service(topology_spread=(TopologySpread("a", max_skew=0),)),
        "topology_spread[0].max_skew = 0: must be positive; use 1 or more",
    ),
    "spread-domains": Refusal(
        service(topology_spread=(TopologySpread("a", min_domains=2),)),
        "topology_spread[0].min_domains = 2: has no meaning where pods are "
        "placed anyway; use DoNotSchedule, or leave it out",
    ),
    "spread-no-domains": Refusal(
        service(
            topology_spread=(
                TopologySpread("a b", min_domains=0, when_unsatisfiable="DoNotSchedule"),
            )
        ),
        "topology_spread[0].topology_key = 'a b': is not a node label's key; use letters, "
        "digits, '-', '_' and '.', after a DNS name and '/' if you like",
        "topology_spread[0].min_domains = 0: must be positive; use 1 or more, or leave it out",
    ),
    "toleration-key": Refusal(
        service(tolerations=(Toleration(key="/a"),)),
        "tolerations[0].key = '/a': is not a taint's key; use letters, digits, '-', '_' and "
        "'.', after a DNS name and '/' if you like",
    ),
    "replicas-beyond-the-api": Refusal(
        service(replicas=2**31),
        "replicas = 2147483648: is more than the API takes; use at most 2147483647",
    ),
    "autoscaling-beyond-the-api": Refusal(
        service(autoscaling=Autoscaling(minimum=1, maximum=2**31, cpu=70)),
        "autoscaling.maximum = 2147483648: is more than the API takes; use at most 2147483647",
    ),
    "toleration-value": Refusal(
        service(tolerations=(Toleration(value="a"),)),
        "tolerations[0].value = 'a': belongs to no key; give the key",
    ),
    "toleration-seconds": Refusal(
        service(tolerations=(Toleration(key="a", seconds=5),)),
        "tolerations[0].seconds = 5: counts for NoExecute only; set "
        "effect='NoExecute', or leave seconds out",
    ),
    "hard-spread-beyond-the-nodes": Refusal(
        service(spread="hard", replicas=4),
        "spread = 'hard': never puts two pods on a node: 4 replicas and 1 of a "
        "rollout need 5 nodes, and the cluster has 3; use 'soft', fewer "
        "replicas, or max_unavailable=1",
        environment=BARE,
    ),
    "hard-spread-with-surge": Refusal(
        service(spread="hard", replicas=3),
        "spread = 'hard': never puts two pods on a node: 3 replicas and 1 of a "
        "rollout need 4 nodes, and the cluster has 3; use 'soft', fewer "
        "replicas, or max_unavailable=1",
        environment=BARE,
    ),
    "hard-spread-with-a-share-of-surge": Refusal(
        service(
            spread="hard",
            replicas=10,
            rollout=Rollout(strategy=RollingUpdate(max_surge="25%", max_unavailable="9%")),
        ),
        "spread = 'hard': never puts two pods on a node: 10 replicas and 3 of a "
        "rollout need 13 nodes, and the cluster has 4 in a, 4 in b, 4 in c, of which even "
        "zones use 12; use 'soft', fewer replicas, a smaller max_surge, or max_unavailable=1",
    ),
    "hard-spread-over-uneven-zones": Refusal(
        service(spread="hard", replicas=6),
        "spread = 'hard': never puts two pods on a node: 6 replicas and 1 of a "
        "rollout need 7 nodes, and the cluster has 6 in a, 1 in b, 1 in c, of which even "
        "zones use 4; use 'soft', fewer replicas, or max_unavailable=1",
        environment=UNEVEN,
    ),
    "hard-spread-beyond-the-autoscaler": Refusal(
        service(spread="hard", replicas=6),
        "spread = 'hard': never puts two pods on a node: 6 replicas and 1 of a "
        "rollout need 7 nodes, and the cluster grows to 6; use 'soft', fewer "
        "replicas, or max_unavailable=1",
        environment=AUTOSCALED,
    ),
    "hard-spread-without-surge": Refusal(
        service(
            spread="hard",
            replicas=4,
            rollout=Rollout(strategy=RollingUpdate(max_surge=0, max_unavailable=1)),
        ),
        "spread = 'hard': never puts two pods on a node: 4 replicas need 4 nodes, and the "
        "cluster has 3; use 'soft' or fewer replicas",
        environment=BARE,
    ),
    "hard-spread-of-the-environment": Refusal(
        service(autoscaling=Autoscaling(minimum=2, maximum=20, cpu=70)),
        "spread = 'hard': never puts two pods on a node: 20 replicas and 1 of a "
        "rollout need 21 nodes, and the cluster has 4 in a, 4 in b, 4 in c, of which even "
        "zones use 12; use 'soft', fewer replicas, or max_unavailable=1",
        environment=SPREAD_HARD,
    ),
    "negative-replicas": Refusal(service(replicas=-1), "replicas = -1: is negative; use 0 or more"),
    "autoscaling-bounds": Refusal(
        service(autoscaling=Autoscaling(minimum=5, maximum=3, cpu=70)),
        "autoscaling.maximum = 3: is below the minimum of 5; raise it, or lower the minimum",
    ),
    "autoscaling-to-nothing": Refusal(
        service(autoscaling=Autoscaling(minimum=0, maximum=3, cpu=70)),
        "autoscaling.minimum = 0: lets the service vanish; use 1 or more",
    ),
    "autoscaling-without-metric": Refusal(
        service(autoscaling=Autoscaling(minimum=1, maximum=3)),
        "autoscaling.cpu = None: leaves nothing to scale by; give cpu, memory or metrics",
    ),
    "autoscaling-percentage": Refusal(
        service(autoscaling=Autoscaling(minimum=1, maximum=3, cpu=0)),
        "autoscaling.cpu = 0: is no percentage; use 1 or more, for example 70",
    ),
    "scaling-policy-of-two": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1,
                maximum=3,
                cpu=70,
                scale_up=ScalingRules(policies=(ScalingPolicy(percent=1, pods=1),)),
            )
        ),
        "autoscaling.scale_up.policies[0].percent = 1: and pods exclude each "
        "other; give percent or pods",
    ),
    "scaling-policy-of-nothing": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1, maximum=3, cpu=70, scale_up=ScalingRules(policies=(ScalingPolicy(),))
            )
        ),
        "autoscaling.scale_up.policies[0].percent = None: is missing, and so is "
        "pods; give percent or pods",
    ),
    "scaling-policy-numbers": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1,
                maximum=3,
                cpu=70,
                scale_up=ScalingRules(policies=(ScalingPolicy(pods=0, period_seconds=1801),)),
            )
        ),
        "autoscaling.scale_up.policies[0].pods = 0: lets nothing happen; use 1 or more",
        "autoscaling.scale_up.policies[0].period_seconds = 1801: is out of range; use 1 to 1800",
    ),
    "scaling-window": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1, maximum=3, cpu=70, scale_down=ScalingRules(stabilization_seconds=3601)
            )
        ),
        "autoscaling.scale_down.stabilization_seconds = 3601: is out of range; use 0 to 3600",
    ),
    "pods-metric": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1, maximum=3, metrics=(PodsMetric("a", average_value="many"),)
            )
        ),
        "autoscaling.metrics[0].average_value = 'many': is not a quantity; write one such as '100'",
    ),
    "external-metric": Refusal(
        service(
            autoscaling=Autoscaling(
                minimum=1, maximum=3, metrics=(ExternalMetric("a", average_value="-1"),)
            )
        ),
        "autoscaling.metrics[0].average_value = '-1': is not a quantity; write one such as '100'",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
