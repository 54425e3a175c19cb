"""Whom a workload may ask for names."""

from dataclasses import replace

from constructs_lib.environment import Dns
from tests.environments import BARE
from tests.service.cases import SERVICE
from tests.service.rendering import egress_of, rendered


def asked(dns: Dns) -> list[tuple[object, int]]:
    """Peers and ports of all rules."""
    cluster = replace(BARE.cluster, dns=dns)
    rules = egress_of(rendered(SERVICE, replace(BARE, cluster=cluster)))
    return [
        (peer.get("ipBlock", {}).get("cidr", "pods"), port["port"])
        for rule in rules
        for peer in rule["to"]
        for port in rule["ports"]
        if port["protocol"] == "UDP"
    ]


def test_a_cache_that_answers_on_the_service_address_may_be_asked() -> None:
    dns = Dns(node_local="169.254.20.10", service_address="10.96.0.10")
    assert asked(dns) == [("pods", 53), ("169.254.20.10/32", 53), ("10.96.0.10/32", 53)]


def test_dns_pods_may_listen_elsewhere_than_their_service() -> None:
    dns = Dns(port=5353, node_local="169.254.20.10")
    assert asked(dns) == [("pods", 5353), ("169.254.20.10/32", 53)]


def test_without_a_cache_only_the_pods_are_asked() -> None:
    assert asked(Dns(port=5353)) == [("pods", 5353)]
