"""Where a store's pods run, and what is asked of the cluster for it."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment, NodePool
from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.placement import Toleration
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from tests.environments import BARE, MODERN
from tests.store import etcd_cases, nats_cases, postgres_servers_cases, redis_cases
from tests.store.redis_cases import THREE, TWO
from tests.store.rendering import of_kind, pod_of, rendered

HARD = replace(THREE, spread="hard")


def proxies(props: StoreProps, environment: Environment = MODERN) -> Any:
    return pod_of(rendered(props, environment), "Deployment")["spec"]


def lost_nodes(pod: Any) -> dict[str, int]:
    """For how long a pod stays on a node that is lost, where it says so."""
    return {
        item["key"]: item["tolerationSeconds"]
        for item in pod.get("tolerations", [])
        if "tolerationSeconds" in item
    }


def test_no_node_takes_all_proxies_with_it_where_pods_are_kept_apart() -> None:
    objects = rendered(HARD)
    anti = proxies(HARD)["affinity"]["podAntiAffinity"]
    (term,) = anti["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["labelSelector"] == of_kind(objects, "Deployment")["spec"]["selector"]


def test_proxies_find_room_in_any_zone_all_the_same() -> None:
    constraints = proxies(HARD)["topologySpreadConstraints"]
    assert {item["whenUnsatisfiable"] for item in constraints} == {"ScheduleAnyway"}
    assert len(constraints) == 2


def test_proxies_only_prefer_other_nodes_unless_somebody_demands_them() -> None:
    anti = proxies(replace(THREE, spread="soft"))["affinity"]["podAntiAffinity"]
    assert list(anti) == ["preferredDuringSchedulingIgnoredDuringExecution"]


def test_proxies_leave_a_lost_node_soon_and_servers_when_kubernetes_says_so() -> None:
    objects = rendered(THREE)
    assert lost_nodes(pod_of(objects, "Deployment")["spec"]) == {
        "node.kubernetes.io/not-ready": 30,
        "node.kubernetes.io/unreachable": 30,
    }
    assert lost_nodes(pod_of(objects, "StatefulSet")["spec"]) == {}


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (
            Toleration(key="node.kubernetes.io/unreachable", effect="NoExecute", seconds=90),
            {"node.kubernetes.io/unreachable": 90, "node.kubernetes.io/not-ready": 30},
        ),
        (Toleration(), {}),
        (
            Toleration(key="stores", effect="NoSchedule"),
            {"node.kubernetes.io/unreachable": 30, "node.kubernetes.io/not-ready": 30},
        ),
    ],
    ids=["one", "every", "another"],
)
def test_a_toleration_that_is_given_counts(given: Toleration, left: dict[str, int]) -> None:
    assert lost_nodes(proxies(replace(THREE, tolerations=(given,)))) == left


def with_nodes(count: int) -> Environment:
    pool = NodePool(count=count, cpu="8", memory="32Gi")
    return replace(MODERN, cluster=replace(MODERN.cluster, nodes=(pool,)))


def test_proxies_apart_need_a_node_more_than_there_are_of_them() -> None:
    three = redis_cases.altered(HARD, proxy=Proxy(replicas=3))
    with pytest.raises(PropsError) as refused:
        rendered(three, with_nodes(3))
    assert (
        "spread = 'hard': never puts two pods on a node: 3 of cache-proxy and 1 of a rollout need "
        "4 nodes, and the cluster has 3; use 'soft', or fewer proxies"
    ) in str(refused.value)
    assert rendered(three, with_nodes(4))
    assert rendered(HARD, with_nodes(3))


_HARD, _SOFT = (
    f"{kind}DuringSchedulingIgnoredDuringExecution" for kind in ("required", "preferred")
)


def kept_off(props: StoreProps, name: str) -> dict[str, set[str]]:
    """Sets whose nodes a set must or had better avoid, by the kind of demand."""
    spec = pod_of(rendered(props), "StatefulSet", name)["spec"]
    return {
        demand: {
            item.get("podAffinityTerm", item)["labelSelector"]["matchLabels"][
                "app.kubernetes.io/name"
            ]
            for item in items
        }
        for demand, items in spec.get("affinity", {}).get("podAntiAffinity", {}).items()
    }


def test_a_master_and_its_replicas_keep_off_each_others_nodes_where_they_can() -> None:
    # A master must come up in its volume's zone: never is it kept from a node by a replica.
    hard = replace(TWO, spread="hard")
    assert kept_off(hard, "cache") == {_SOFT: {"cache-replica"}}
    assert kept_off(hard, "cache-replica") == {_HARD: {"cache-replica"}, _SOFT: {"cache"}}
    assert rendered(hard, with_nodes(2))
    soft = replace(TWO, spread="soft")
    assert kept_off(soft, "cache") == {_SOFT: {"cache-replica"}}
    assert kept_off(soft, "cache-replica") == {_SOFT: {"cache", "cache-replica"}}
    off = replace(TWO, spread="off")
    assert kept_off(off, "cache") == kept_off(off, "cache-replica") == {}


@pytest.mark.parametrize(
    ("props", "pods"),
    [
        (THREE, "3 pods of cache"),
        (TWO, "2 pods of cache-replica"),
        (etcd_cases.THREE, "3 pods of cache"),
        (nats_cases.THREE, "3 pods of cache"),
        (postgres_servers_cases.THREE, "3 pods of cache"),
    ],
    ids=["sentinel", "replicated", "etcd", "nats", "postgres"],
)
def test_failover_asked_of_one_node_is_refused_unless_it_is_meant(
    props: StoreProps, pods: str
) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(replace(props, spread="soft"), with_nodes(1))
    assert (
        f"asks for {pods}, and one node takes all with it; use a single instance here, or say "
        "spread='off' where this is meant"
    ) in str(refused.value)
    assert rendered(replace(props, spread="off"), with_nodes(1))
    assert rendered(props, replace(with_nodes(1), store_spread="off"))


def test_alerts_for_what_nobody_reads_are_refused() -> None:
    def with_crds(*crds: str) -> Environment:
        return replace(BARE, cluster=replace(BARE.cluster, crds=frozenset(crds)))

    props = postgres_servers_cases.THREE
    with pytest.raises(PropsError) as refused:
        rendered(props, with_crds(PROMETHEUS_RULES), "postgres")
    assert (
        "annotations name one port with metrics, postgres has 2, and alerts for what the others "
        "tell would fire for ever; name both, which come with one operator, or neither"
    ) in str(refused.value)
    monitors = "podmonitors.monitoring.coreos.com"
    assert rendered(props, with_crds(PROMETHEUS_RULES, monitors), "postgres")
    assert rendered(props, with_crds(), "postgres")
    # One port is what annotations can name.
    assert rendered(THREE, with_crds(PROMETHEUS_RULES))
