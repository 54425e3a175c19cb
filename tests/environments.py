"""Environments that the library's own tests render for."""

from dataclasses import replace

from constructs_lib.environment import (
    SERVICE_MONITORS,
    ApiServer,
    Cluster,
    DevelopmentLiterals,
    Dns,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
)
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port

POD_MONITORS = "podmonitors.monitoring.coreos.com"

_COLLECTOR = Pods("observability", labels={"app.kubernetes.io/name": "otel-collector"})

MODERN = Environment(
    name="prod",
    cluster=Cluster(
        kubernetes="1.33",
        nodes=(NodePool(count=12, cpu="8", memory="32Gi", zones=("a", "b", "c")),),
        storage_class="fast",
        ingress_class="nginx",
        crds=frozenset({SERVICE_MONITORS, POD_MONITORS}),
        scrapers=(Pods("observability", labels={"app.kubernetes.io/name": "prometheus"}),),
        dns=Dns(node_local="169.254.20.10", service_address="10.96.0.10"),
        api_server=ApiServer(addresses=Cidrs(("10.0.0.10/32", "10.0.0.11/32"))),
    ),
    secrets=ExternalSecretStore("vault", path="prod"),
    images=Images(registry="registry.example.com/nova"),
    domain="example.com",
    settings={"LOG_FORMAT": "json"},
    tracing=Endpoint("otel-collector", "observability", Port("otlp", 4317), peers=(_COLLECTOR,)),
)
"""A large cluster at 1.33 that has everything a service can make use of."""

OLDEST = replace(
    MODERN,
    name="legacy",
    cluster=replace(MODERN.cluster, kubernetes="1.27", crds=frozenset()),
)
"""The same at 1.27, without monitor objects."""

BARE = Environment(
    name="bare",
    cluster=Cluster(
        kubernetes="1.33",
        nodes=(NodePool(count=3, cpu="4", memory="16Gi"),),
        storage_class="standard",
        ingress_class="nginx",
    ),
    secrets=ExternalSecretStore("vault"),
    images=Images(registry="registry.example.com/nova"),
    domain="example.com",
)
"""A cluster and nothing else: no zones, monitors, scrapers, traces or API server address."""

WITHOUT_LOAD_BALANCERS = replace(
    MODERN, name="metal", cluster=replace(MODERN.cluster, load_balancers=False)
)
"""A cluster where a LoadBalancer Service would stay pending."""

SINGLE_REPLICA = replace(MODERN, name="dev", single_replica=True)
"""One replica of everything."""

STAND_IN = replace(
    SINGLE_REPLICA,
    name="local",
    cluster=replace(SINGLE_REPLICA.cluster, load_balancers=False),
    images=Images(
        registry="registry.example.com/nova",
        stand_in="nginxinc/nginx-unprivileged:1.29.4-alpine",
    ),
    secrets=DevelopmentLiterals(),
)
"""One replica, and a web server in place of application images."""
