"""Alertmanager, as it is rendered."""

from dataclasses import fields, replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.observability.alertmanager import Alertmanager, addresses
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.observability.alertmanager_cases import (
    EVERYTHING,
    FULL,
    HOOK,
    ONE,
    PROMETHEUS,
    TEAMS,
    THREE,
    objects_of,
)
from tests.store.etcd_cases import ONE as ETCD
from tests.store.etcd_cases import OPERATED
from tests.store.rendering import (
    kinds,
    new_chart,
    of_kind,
    pod_findings,
    schema_problems,
)

cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(ONE, BARE, id="smallest"),
        pytest.param(THREE, MODERN, id="three"),
        pytest.param(EVERYTHING, OPERATED, id="full"),
    ],
)


@cases
def test_renders(
    props: StoreProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert objects_of(props, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: StoreProps, environment: Environment
) -> None:
    assert schema_problems(objects_of(props, environment), environment) == []


@cases
def test_every_pod_is_restricted(props: StoreProps, environment: Environment) -> None:
    assert pod_findings(objects_of(props, environment)) == []


def test_the_full_case_sets_every_field() -> None:
    untouched = [name for value in (EVERYTHING.engine, FULL) for name in _defaults(value)]
    assert untouched == ["replicas"]


def _defaults(value: Any) -> list[str]:
    return [item.name for item in fields(value) if getattr(value, item.name) == item.default]


def test_prometheus_is_told_of_every_replica_and_not_of_the_service() -> None:
    chart = new_chart()
    three = ResilientStatefulStore(chart, "alertmanager", THREE)

    host = "alertmanager-peers.shop.svc.cluster.local:9093"
    assert addresses(three.client()) == tuple(f"alertmanager-{n}.{host}" for n in range(3))
    assert three.endpoint.address == "alertmanager.shop.svc:9093"


def test_another_store_lists_no_replicas() -> None:
    store = ResilientStatefulStore(new_chart(BARE), "etcd", ETCD)

    with pytest.raises(NovaError, match="etcd is no Alertmanager"):
        addresses(store.client())


def test_replicas_know_each_other_by_names_that_stay() -> None:
    (container,) = _pod(THREE)["containers"]

    peers = [text for text in container["args"] if text.startswith("--cluster.peer=")]
    host = "alertmanager-peers.shop.svc.cluster.local:9094"
    assert peers == [f"--cluster.peer=alertmanager-{n}.{host}" for n in range(3)]
    assert "--cluster.advertise-address=$(POD_IP):9094" in container["args"]
    assert {"fieldRef": {"fieldPath": "status.podIP"}} in [
        variable.get("valueFrom") for variable in container["env"]
    ]
    published = of_kind(objects_of(THREE), "Service", "alertmanager-peers")["spec"]
    assert published["publishNotReadyAddresses"]


def test_every_flag_that_is_rendered_is_refused_from_users() -> None:
    for props in (ONE, THREE):
        (container,) = _pod(props)["containers"]
        rendered = container["args"]

        refused = Alertmanager(routing=TEAMS, extra_args=tuple(rendered)).problems()
        assert [problem.value for problem in refused] == rendered


def test_a_single_one_waits_for_nobody() -> None:
    (container,) = _pod(ONE)["containers"]

    assert "--cluster.listen-address=" in container["args"]
    assert [port["containerPort"] for port in container["ports"]] == [9093]
    assert "PodDisruptionBudget" not in kinds(objects_of(ONE))


def test_gossip_is_open_between_replicas_only_by_tcp_and_udp() -> None:
    policy = of_kind(objects_of(THREE), "NetworkPolicy")["spec"]
    gossip = [{"protocol": protocol, "port": 9094} for protocol in ("TCP", "UDP")]
    own = of_kind(objects_of(THREE), "StatefulSet")["spec"]["selector"]["matchLabels"]

    (entrance,) = [rule for rule in policy["ingress"] if rule["ports"] == gossip]
    assert [peer["podSelector"]["matchLabels"] for peer in entrance["from"]] == [own]
    ways = [(rule["to"], port) for rule in policy["egress"] for port in rule["ports"]]
    found = [(to, port) for to, port in ways if port in gossip]
    assert [to[0]["podSelector"]["matchLabels"] for to, _ in found] == [own, own]


def test_clients_and_scrapers_reach_the_http_port_and_nothing_else() -> None:
    policy = of_kind(objects_of(THREE), "NetworkPolicy")["spec"]
    http = [rule for rule in policy["ingress"] if rule["ports"] == [_tcp(9093)]]

    labels = [rule["from"][0]["podSelector"]["matchLabels"] for rule in http]
    assert labels == [PROMETHEUS.labels, *(peer.labels for peer in MODERN.cluster.scrapers)]  # type: ignore[union-attr]


def test_the_way_out_leads_to_receivers_and_no_further() -> None:
    public = _targets(THREE)
    inside = _targets(ONE, BARE)

    # PagerDuty, Slack, both webhooks; the mail server has a port of its own.
    assert sorted(port for port, _ in public) == [443, 587]
    assert all("10.0.0.0/8" in str(to) and "except" in str(to) for _, to in public)
    # A webhook of the cluster: its pods, at the port that they listen on.
    ((port, to),) = inside
    assert (port, to[0]["podSelector"]["matchLabels"]) == (8080, dict(HOOK.peers[0].labels))  # type: ignore[union-attr]


def test_secrets_are_files_by_reference() -> None:
    objects = objects_of(THREE)
    sources = [volume["secret"] for volume in _pod(THREE)["volumes"] if "secret" in volume]

    assert "Secret" not in kinds(objects)
    assert {item["secretName"]: [i["key"] for i in item["items"]] for item in sources} == {
        "receivers": ["pagerduty", "slack", "hook-token"],
        "mail": ["password"],
    }
    assert {item["defaultMode"] for item in sources} == {0o440}


def test_a_changed_route_rolls_the_pods() -> None:
    louder = replace(TEAMS, repeat_critical="10m")
    changed = replace(THREE, engine=Alertmanager(routing=louder))
    before, after = (
        of_kind(objects_of(props), "StatefulSet")["spec"]["template"]["metadata"]["annotations"]
        for props in (THREE, changed)
    )
    assert before["checksum/config"] != after["checksum/config"]


def test_alerts_are_rendered_where_an_operator_takes_them() -> None:
    assert "PrometheusRule" in kinds(objects_of(THREE, OPERATED))
    assert "PrometheusRule" not in kinds(objects_of(THREE, OLDEST))


def _pod(props: StoreProps, environment: Environment = MODERN) -> Any:
    return of_kind(objects_of(props, environment), "StatefulSet")["spec"]["template"]["spec"]


def _tcp(port: int) -> dict[str, Any]:
    return {"protocol": "TCP", "port": port}


def _targets(props: StoreProps, environment: Environment = MODERN) -> list[tuple[int, Any]]:
    """Ports and peers of the way out, DNS and gossip left aside."""
    policy = of_kind(objects_of(props, environment), "NetworkPolicy")["spec"]
    ways = [(port["port"], rule["to"]) for rule in policy["egress"] for port in rule["ports"]]
    return [(port, to) for port, to in ways if port not in (53, 9094)]
