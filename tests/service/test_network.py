"""What a workload may reach, and what may reach it."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Dns
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client, Traffic
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.rbac import ExistingServiceAccount, OwnServiceAccount, Rule
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.refs import ANYWHERE, Cidrs, Endpoint, Pods, Port, Ports
from constructs_lib.service import NovaService
from constructs_lib.values import Value
from tests.environments import BARE, MODERN
from tests.service.cases import CRON_JOB, DATABASE, SERVICE, WORKER
from tests.service.rendering import (
    egress_of,
    ingress_of,
    kinds,
    new_chart,
    of_kind,
    pod_of,
    rendered,
)

RULES = (Rule(verbs=("get",), resources=("pods",)),)
METERED = replace(SERVICE, ports=Ports(http=8080, metrics=9090), metrics=Metrics())
WEB = Pods("web", labels={"app": "web"})


def ports(rule: dict[str, list[dict[str, object]]]) -> list[object]:
    return [port["port"] for port in rule["ports"]]


@pytest.mark.parametrize("props", [SERVICE, WORKER, CRON_JOB], ids=["service", "worker", "job"])
def test_by_itself_a_workload_resolves_names_and_no_more(props: Value) -> None:
    objects = rendered(props, BARE)
    (names,) = egress_of(objects)
    assert ports(names) == [53, 53]
    assert {port["protocol"] for port in names["ports"]} == {"UDP", "TCP"}
    assert ingress_of(objects) == []


def test_the_node_local_cache_may_be_asked() -> None:
    (names, *_) = egress_of(rendered(SERVICE, MODERN))
    assert {"ipBlock": {"cidr": "169.254.20.10/32"}} in names["to"]


def test_a_node_local_cache_may_have_an_ipv6_address() -> None:
    cluster = replace(BARE.cluster, dns=Dns(node_local="fd00::10"))
    (names,) = egress_of(rendered(SERVICE, replace(BARE, cluster=cluster)))
    assert {"ipBlock": {"cidr": "fd00::10/128"}} in names["to"]


def test_what_is_used_may_be_reached_at_the_port_of_its_pods() -> None:
    offered = replace(DATABASE, port=Port("postgres", 5432, service_port=6432))
    (_, used) = egress_of(rendered(replace(SERVICE, uses=(offered,)), BARE))
    assert ports(used) == [5432]
    assert used["to"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "data"}},
            "podSelector": {"matchLabels": {"app": "postgres"}},
        }
    ]


def test_traces_open_the_way_to_the_receiver_only_where_there_is_one() -> None:
    traced = replace(SERVICE, traces=True)
    assert len(egress_of(rendered(traced, MODERN))) == 2
    assert len(egress_of(rendered(traced, BARE))) == 1


def test_traffic_without_ports_means_every_port_of_its_protocol() -> None:
    asked = replace(SERVICE, egress=(Traffic((ANYWHERE,), protocol="UDP"),))
    (_, traffic) = egress_of(rendered(asked, BARE))
    assert traffic["ports"] == [{"protocol": "UDP"}]


def test_exclusions_stay_with_the_block_that_holds_them() -> None:
    peer = Cidrs(("10.0.0.0/8", "2001:db8::/32"), excluding=("10.1.0.0/16",))
    (_, traffic) = egress_of(rendered(replace(SERVICE, egress=(Traffic((peer,)),)), BARE))
    assert traffic["to"] == [
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
        {"ipBlock": {"cidr": "2001:db8::/32"}},
    ]


def test_without_rules_there_is_no_token_and_no_way_to_the_api() -> None:
    objects = rendered(SERVICE)
    assert of_kind(objects, "ServiceAccount")["automountServiceAccountToken"] is False
    assert pod_of(objects)["spec"]["automountServiceAccountToken"] is False
    assert {"Role", "RoleBinding"}.isdisjoint(kinds(objects))
    assert 6443 not in [port for rule in egress_of(objects) for port in ports(rule)]


def test_rules_bring_token_role_and_the_way_to_the_api() -> None:
    objects = rendered(replace(SERVICE, rules=RULES))
    assert of_kind(objects, "ServiceAccount")["automountServiceAccountToken"] is True
    assert pod_of(objects)["spec"]["automountServiceAccountToken"] is True
    (subject,) = of_kind(objects, "RoleBinding")["subjects"]
    assert subject["name"] == of_kind(objects, "ServiceAccount")["metadata"]["name"]
    api = egress_of(objects)[-1]
    assert ports(api) == [6443]
    assert [peer["ipBlock"]["cidr"] for peer in api["to"]] == ["10.0.0.10/32", "10.0.0.11/32"]


def test_clients_reach_all_but_metrics() -> None:
    (rule,) = ingress_of(rendered(replace(METERED, clients=(Client(WEB),)), BARE))
    assert ports(rule) == [8080]


def test_clients_reach_the_ports_they_were_given() -> None:
    (rule,) = ingress_of(
        rendered(replace(METERED, clients=(Client(WEB, ports=("metrics",)),)), BARE)
    )
    assert ports(rule) == [9090]


def test_clients_of_a_service_of_metrics_alone_reach_them() -> None:
    metered = replace(METERED, ports=Ports(metrics=9090), clients=(Client(WEB),))
    (rule,) = ingress_of(rendered(metered, BARE))
    assert ports(rule) == [9090]


PORTS = Ports(http=8080, grpc=9080, metrics=9090)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"metrics": Metrics(port="http")}, [8080, 9080, 9090]),
        ({"metrics": Metrics(port="metrics")}, [8080, 9080]),
        ({"metrics": Metrics(), "probes": Probes.http("/up", "metrics")}, [8080, 9080]),
        ({"metrics": Metrics(), "load_balancer": LoadBalancer(ports=("metrics",))}, None),
    ],
    ids=["first-port", "port-of-its-own", "probed", "balanced"],
)
def test_clients_reach_a_metrics_port_that_serves_more(
    changes: dict[str, Any], expected: list[int] | None
) -> None:
    asked = replace(SERVICE, ports=PORTS, clients=(Client(WEB),), **changes)
    rule = ingress_of(rendered(asked, BARE))[0]
    assert ports(rule) == (expected or [8080, 9080, 9090])


@pytest.mark.parametrize(
    "account", [ExistingServiceAccount("shared", token=True), OwnServiceAccount(token=True)]
)
def test_an_account_with_roles_of_elsewhere_brings_token_and_the_way_to_the_api(
    account: ExistingServiceAccount | OwnServiceAccount,
) -> None:
    objects = rendered(replace(SERVICE, service_account=account))
    assert pod_of(objects)["spec"]["automountServiceAccountToken"] is True
    accounts = [o for o in objects if o["kind"] == "ServiceAccount"]
    assert all(o["automountServiceAccountToken"] for o in accounts)
    assert {"Role", "RoleBinding"}.isdisjoint(kinds(objects))
    assert ports(egress_of(objects)[-1]) == [6443]


def test_scrapers_reach_metrics_alone() -> None:
    (rule,) = ingress_of(rendered(METERED))
    assert ports(rule) == [9090]
    assert "prometheus" in str(rule["from"])


def test_pods_of_a_namespace_without_labels_are_all_its_pods() -> None:
    (rule,) = ingress_of(rendered(replace(SERVICE, clients=(Client(Pods("web")),)), BARE))
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}}}
    ]


BALANCER = LoadBalancer(ports=("http",), source_ranges=("203.0.113.0/24",))


@pytest.mark.parametrize(
    ("balancer", "blocks"),
    [
        (BALANCER, ["203.0.113.0/24"]),
        (replace(BALANCER, source_ranges=()), ["0.0.0.0/0", "::/0"]),
        # The packets then come from nodes.
        (replace(BALANCER, external_traffic_policy="Cluster"), ["0.0.0.0/0", "::/0"]),
    ],
    ids=["ranges", "everybody", "addresses-lost"],
)
def test_clients_of_the_load_balancer_come_in(balancer: LoadBalancer, blocks: list[str]) -> None:
    objects = rendered(replace(METERED, metrics=None, load_balancer=balancer), BARE)
    (rule,) = ingress_of(objects)
    assert [peer["ipBlock"]["cidr"] for peer in rule["from"]] == blocks
    assert ports(rule) == [8080]


def test_no_rule_is_open_by_being_empty() -> None:
    asked = replace(METERED, clients=(Client(WEB),), uses=(DATABASE,), traces=True, rules=RULES)
    objects = rendered(replace(asked, load_balancer=BALANCER))
    assert all(rule["from"] and rule["ports"] for rule in ingress_of(objects))
    assert all(rule["to"] and rule["ports"] for rule in egress_of(objects))


def test_an_endpoint_is_of_its_own_pods() -> None:
    chart = new_chart()
    endpoint = NovaService(chart, "api", SERVICE).endpoint("http")
    template = pod_of(chart.to_json())
    (pods,) = endpoint.peers
    assert isinstance(pods, Pods)
    assert pods.labels.items() <= template["metadata"]["labels"].items()
    assert isinstance(endpoint, Endpoint)
    assert (endpoint.service, endpoint.namespace) == ("api", "shop")


def test_policies_select_the_pods_of_the_workload() -> None:
    objects = rendered(SERVICE)
    labels = pod_of(objects)["metadata"]["labels"]
    selected = of_kind(objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"]
    assert selected.items() <= labels.items()
