import re
from dataclasses import replace
from typing import Any

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.environment import (
    ApiServer,
    Cluster,
    Dns,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
)
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.refs import Cidrs, Endpoint, Port
from constructs_lib.resources import Resources
from tests.environments import MODERN, OLDEST

POOL = NodePool(count=3, cpu="4", memory="16Gi")


def cluster(**changes: Any) -> Environment:
    return replace(MODERN, cluster=replace(MODERN.cluster, **changes))


REFUSED: dict[str, tuple[Environment, str]] = {
    "name": (replace(MODERN, name="Prod"), "name = 'Prod': is not a DNS label; "),
    "domain": (replace(MODERN, domain="localhost"), "domain = 'localhost': is not a host name; "),
    "settings": (
        replace(MODERN, settings={"A=B": "c"}),
        "settings = 'A=B': is not an environment variable name; ",
    ),
    "size-of-no-app": (
        replace(MODERN, sizes={"orders": Resources(cpu="1", memory="1Gi")}),
        "sizes = 'orders': is not <app>/<workload>; write both names, as in 'shop/orders'",
    ),
    "size-of-no-workload": (
        replace(MODERN, sizes={"shop/": Resources(cpu="1", memory="1Gi")}),
        "sizes = 'shop/': is not <app>/<workload>; write both names, as in 'shop/orders'",
    ),
    "cluster-domain": (
        cluster(domain="Cluster.local"),
        "cluster.domain = 'Cluster.local': is not a DNS name; ",
    ),
    "cores-in-bytes": (
        cluster(nodes=(NodePool(count=1, cpu="4Gi", memory="8Gi"),)),
        "cluster.nodes[0].cpu = '4Gi': has a unit of bytes; write cores, as in '4'",
    ),
    "registry": (
        replace(MODERN, images=Images(registry="https://registry.example.com")),
        "images.registry = 'https://registry.example.com': is not a repository; ",
    ),
    "tag": (
        replace(MODERN, images=Images(registry="example", tag="latest")),
        "images.tag = 'latest': means another image tomorrow, and nothing to roll back to; ",
    ),
    "stand-in": (
        replace(MODERN, images=Images(registry="example", stand_in="nginx")),
        "images.stand_in = 'nginx': has neither tag nor digest; pin one, as in 'nginx:1.29.4'",
    ),
    "stand-in-digest": (
        replace(MODERN, images=Images(registry="example", stand_in="nginx@sha256:1")),
        "images.stand_in = 'sha256:1': is not a digest; ",
    ),
    "secret-store": (
        replace(MODERN, secrets=ExternalSecretStore("vault", refresh="1 hour")),
        "secrets.refresh = '1 hour': is not a duration; write one such as '1h' or '30m'",
    ),
    "tracing": (
        replace(MODERN, tracing=Endpoint("otel", "Observability", Port("otlp", 4317))),
        "tracing.namespace = 'Observability': is not a DNS label; ",
    ),
    "externals": (
        replace(MODERN, externals={"db": Endpoint("db", "data", Port("db", 0))}),
        "externals['db'].port.number = 0: is not a port number; use 1 to 65535",
    ),
    "version": (
        cluster(kubernetes="v1.33.1"),
        "cluster.kubernetes = 'v1.33.1': is not a minor version; write major.minor, ",
    ),
    "old-version": (
        cluster(kubernetes="1.26"),
        "cluster.kubernetes = '1.26': is older than 1.27; upgrade the cluster",
    ),
    "no-nodes": (cluster(nodes=()), "cluster.nodes = (): is no node; describe at least one"),
    "node-count": (
        cluster(nodes=(replace(POOL, count=0),)),
        "cluster.nodes[0].count = 0: is no node; use 1 or more, or give the maximum of an ",
    ),
    "negative-node-count": (
        cluster(nodes=(replace(POOL, count=-1, maximum=3),)),
        "cluster.nodes[0].count = -1: is negative; use 0 or more",
    ),
    "node-maximum-below-the-count": (
        cluster(nodes=(replace(POOL, maximum=2),)),
        "cluster.nodes[0].maximum = 2: is below the count of 3; use 3 or more",
    ),
    "no-nodes-ever": (
        cluster(nodes=(replace(POOL, count=0, maximum=0),)),
        "cluster.nodes[0].maximum = 0: is no node; use 1 or more",
    ),
    "zones-of-an-autoscaled-pool": (
        cluster(nodes=(replace(POOL, count=0, maximum=1, zones=("a", "b")),)),
        "cluster.nodes[0].zones = ('a', 'b'): cannot be covered by 1 nodes; list at most 1 zones",
    ),
    "zones": (
        cluster(nodes=(replace(POOL, zones=("a", "b", "c", "d")),)),
        (
            "cluster.nodes[0].zones = ('a', 'b', 'c', 'd'): cannot be covered by 3 nodes; "
            "list at most 3 zones"
        ),
    ),
    "node-size": (
        cluster(nodes=(replace(POOL, memory="16"),)),
        "cluster.nodes[0].memory = '16': is 16 bytes; add a unit, as in '16Gi'",
    ),
    "crds": (
        cluster(crds={"a"}),
        "cluster.crds = {'a'}: is a set; write a frozenset of str",
    ),
    "node-local-dns": (
        cluster(dns=Dns(node_local="169.254.20")),
        "cluster.dns.node_local = '169.254.20': is not an address; write one such as ",
    ),
    "api-server": (
        cluster(api_server=ApiServer(addresses=Cidrs(("10.0.0.1/32",)), port=0)),
        "cluster.api_server.port = 0: is not a port number; use 1 to 65535",
    ),
}


@pytest.mark.parametrize(("environment", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_chart_refuses_an_environment_that_cannot_be(environment: Environment, told: str) -> None:
    app = cdk8s.App()
    expected = rf"^AppChart 'shop': 1 problem\n  environment\.{re.escape(told)}"
    with pytest.raises(PropsError, match=expected):
        AppChart(app, "shop", environment=environment, team="checkout")
    assert app.node.children == []


@pytest.mark.parametrize(
    ("version", "expected"), [("1.26", True), ("1.27", True), ("1.28", False), ("1.100", False)]
)
def test_versions_compare_as_numbers(version: str, expected: bool) -> None:  # noqa: FBT001
    assert OLDEST.cluster.at_least(version) is expected


def test_pod_security_is_pinned_to_the_version_of_the_cluster() -> None:
    labels = OLDEST.namespace_labels
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.27"


def test_an_external_endpoint_is_looked_up_by_name() -> None:
    endpoint = Endpoint("db", "data", Port("db", 5432))
    environment = replace(MODERN, externals={"postgres": endpoint})
    assert environment.external("postgres") is endpoint
    expected = "'prod' has no external endpoint 'postgre': did you mean 'postgres'?"
    with pytest.raises(NovaError, match=re.escape(expected)):
        environment.external("postgre")


def test_a_cluster_is_described_without_its_options() -> None:
    described = Cluster(kubernetes="1.33", nodes=(POOL,), storage_class="fast")
    assert described.api_server is None
    assert not described.crds
