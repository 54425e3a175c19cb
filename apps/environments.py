"""The targets: dev, local and prod, each one value."""

from dataclasses import replace
from typing import Final, Literal

from constructs_lib.environment import (
    ApiServer,
    Cluster,
    DevelopmentLiterals,
    Dns,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
)
from constructs_lib.errors import NovaError, nearest
from constructs_lib.gateway import ENVOY_GATEWAY_CRDS
from constructs_lib.observability import collector_endpoint
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port
from constructs_lib.resources import Resources

REGISTRY = "registry.nova.example.com/nova"
RUNBOOKS = "https://docs.nova.example.com/runbooks"
"""Where docs/runbooks/ is published: alerts link to its pages."""

_INGRESS_NGINX = Pods(
    "ingress-nginx",
    labels={
        "app.kubernetes.io/name": "ingress-nginx",
        "app.kubernetes.io/component": "controller",
    },
)
_ENVOY_GATEWAY = Pods(
    "envoy-gateway-system",
    labels={"app.kubernetes.io/name": "envoy", "app.kubernetes.io/component": "proxy"},
)
_PROMETHEUS = Pods("observability", labels={"app.kubernetes.io/name": "prometheus"})

_KAFKA = Endpoint(
    "kafka",
    "kafka",
    Port("kafka", 9092),
    peers=(Pods("kafka", labels={"app.kubernetes.io/name": "kafka"}),),
)
_CLICKHOUSE = Endpoint(
    "clickhouse",
    "clickhouse",
    Port("http", 8123),
    peers=(Pods("clickhouse", labels={"app.kubernetes.io/name": "clickhouse"}),),
)
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
# Object storage answers on addresses that change; what is inside the cluster and its network is
# left out, so that the rule opens nothing there.
_S3 = Endpoint(
    "s3",
    "outside",
    Port("https", 443),
    peers=(Cidrs(("0.0.0.0/0",), excluding=_PRIVATE),),
)
# The same everywhere: whether one pod of it runs or two, and what it keeps, is the stack's to say.
_TRACE_COLLECTOR = collector_endpoint("observability")

_EXTERNALS = {
    "kafka": _KAFKA,
    "clickhouse": _CLICKHOUSE,
    "s3": _S3,
}

PROD: Final = Environment(
    name="prod",
    cluster=Cluster(
        kubernetes="1.33",
        nodes=(NodePool(count=6, cpu="4", memory="16Gi", zones=("zone-a", "zone-b", "zone-c")),),
        storage_class="standard-rwo",
        ingress_class="nginx",
        gateway_class="envoy",
        ingress_pods=_INGRESS_NGINX,
        scrapers=(_PROMETHEUS,),
        dns=Dns(node_local="169.254.20.10", service_address="10.96.0.10"),
        api_server=ApiServer(addresses=Cidrs(("10.0.0.2/32", "10.0.0.3/32", "10.0.0.4/32"))),
    ),
    secrets=ExternalSecretStore("platform", path="prod"),
    images=Images(registry=REGISTRY),
    domain="nova.example.com",
    certificate_issuer="letsencrypt",
    store_spread="hard",
    settings={"APP_ENV": "production", "LOG_LEVEL": "info", "LOG_FORMAT": "json"},
    tracing=_TRACE_COLLECTOR,
    runbooks=RUNBOOKS,
    externals={
        **_EXTERNALS,
        # The brokers and the warehouse run on machines of their own.
        "kafka": replace(
            _KAFKA, peers=(Cidrs(("10.40.0.11/32", "10.40.0.12/32", "10.40.0.13/32")),)
        ),
        "clickhouse": replace(_CLICKHOUSE, peers=(Cidrs(("10.40.1.11/32",)),)),
    },
)
"""Six nodes in three zones, certificates, secrets from the platform's store."""

_LOCAL_STORE = Resources(cpu="50m", memory="128Mi", cpu_limit="1", memory_limit="512Mi")
_LOCAL_SIZES = {
    "nova-data/redis": _LOCAL_STORE,
    "nova-data/postgres": replace(_LOCAL_STORE, memory="256Mi", memory_limit="1Gi"),
    "catga/nats": _LOCAL_STORE,
    "catga/redis": replace(_LOCAL_STORE, memory_limit="640Mi"),
    "observability/trace-collector": Resources(cpu="10m", memory="64Mi", memory_limit="256Mi"),
    **{
        f"{app}/{part}": size
        for app in ("catga", "observability")
        for part, size in (
            ("prometheus", replace(_LOCAL_STORE, cpu="25m", memory="256Mi", memory_limit="1Gi")),
            ("jaeger", replace(_LOCAL_STORE, cpu="10m")),
            # What a service gets here would end Grafana before it has started.
            ("grafana", replace(_LOCAL_STORE, cpu="20m")),
            ("kube-state-metrics", Resources(cpu="10m", memory="64Mi", memory_limit="128Mi")),
        )
    },
}
_LOCAL_VOLUMES = {
    "nova-data/redis": "2Gi",
    "nova-data/postgres": "5Gi",
    "catga/nats": "2Gi",
    "catga/redis": "2Gi",
    **{
        f"{app}/{part}": "2Gi"
        for app in ("catga", "observability")
        for part in ("prometheus", "jaeger")
    },
}

_SMALL = Resources(cpu="100m", memory="256Mi", cpu_limit="500m", memory_limit="512Mi")
_SMALL_STACK = {
    "prometheus": Resources(cpu="50m", memory="512Mi", memory_limit="1Gi"),
    "jaeger": Resources(cpu="50m", memory="128Mi", cpu_limit="500m", memory_limit="512Mi"),
    "grafana": Resources(cpu="50m", memory="128Mi", cpu_limit="500m", memory_limit="512Mi"),
}

DEV: Final = Environment(
    name="dev",
    cluster=Cluster(
        kubernetes="1.33",
        nodes=(NodePool(count=3, cpu="4", memory="8Gi"),),
        storage_class="standard-rwo",
        ingress_class="nginx",
        gateway_class="envoy",
        ingress_pods=_INGRESS_NGINX,
        scrapers=(_PROMETHEUS,),
        api_server=ApiServer(addresses=Cidrs(("10.8.0.2/32",))),
    ),
    secrets=ExternalSecretStore("platform", path="dev"),
    images=Images(registry=REGISTRY, tag="dev", pull_policy="Always"),
    domain="dev.nova.example.com",
    certificate_issuer="letsencrypt-staging",
    single_replica=True,
    replicated_stores=False,
    sizes={
        "nova-platform/content-service": _SMALL,
        "nova-platform/media-service": Resources(
            cpu="150m", memory="512Mi", cpu_limit="800m", memory_limit="1Gi"
        ),
        "nova-platform/user-service": _SMALL,
        "nova-platform/messaging-service": _SMALL,
        **{
            f"{app}/{part}": size
            for app in ("catga", "observability")
            for part, size in _SMALL_STACK.items()
        },
        "observability/trace-collector": _SMALL_STACK["jaeger"],
        **{
            f"nova-services/{name}": _SMALL
            for name in (
                "user-service",
                "auth-service",
                "search-service",
                "streaming-api",
                "messaging-service",
            )
        },
    },
    settings={"APP_ENV": "development", "LOG_LEVEL": "debug", "LOG_FORMAT": "json"},
    tracing=_TRACE_COLLECTOR,
    runbooks=RUNBOOKS,
    externals=_EXTERNALS,
)
"""Three nodes, one replica of everything, images that move with the main branch."""

Flavour = Literal["docker-desktop", "kind", "minikube"]

_API_SERVERS: Final[dict[Flavour, ApiServer]] = {
    "docker-desktop": ApiServer(addresses=Cidrs(("192.168.65.0/24",))),
    "kind": ApiServer(addresses=Cidrs(("172.18.0.0/16",))),
    "minikube": ApiServer(addresses=Cidrs(("192.168.49.0/24",)), port=8443),
}


def local(flavour: Flavour = "docker-desktop") -> Environment:
    """One node on somebody's own machine: Docker Desktop, kind or minikube."""
    if flavour not in _API_SERVERS:
        msg = f"no local cluster is called {flavour!r}: {nearest(flavour, _API_SERVERS)}"
        raise NovaError(msg)
    docker_desktop = flavour == "docker-desktop"
    return Environment(
        name="local",
        cluster=Cluster(
            kubernetes="1.34",
            nodes=(
                NodePool(count=1, cpu="4", memory="8Gi", system_cpu="1", system_memory="1536Mi"),
            ),
            storage_class="hostpath" if docker_desktop else "standard",
            ingress_class="nginx",
            ingress_pods=_INGRESS_NGINX,
            # Docker Desktop publishes them on localhost; the other two need a helper process.
            load_balancers=docker_desktop,
            scrapers=(_PROMETHEUS,),
            api_server=_API_SERVERS[flavour],
        ),
        secrets=DevelopmentLiterals(),
        images=Images(registry=REGISTRY, stand_in="docker.io/library/nginx:1.29.3-alpine"),
        domain="nova.localhost",
        single_replica=True,
        replicated_stores=False,
        sizes=_LOCAL_SIZES,
        volumes=_LOCAL_VOLUMES,
        service_size=Resources(cpu="50m", memory="64Mi"),
        settings={"APP_ENV": "local", "LOG_LEVEL": "debug", "LOG_FORMAT": "json"},
        tracing=_TRACE_COLLECTOR,
        runbooks=RUNBOOKS,
        externals=_EXTERNALS,
    )


LOCAL: Final = local()

ENVIRONMENTS: Final = (DEV, LOCAL, PROD)
"""What is rendered to dist/."""


def gateway_api(environment: Environment) -> Environment:
    """``environment`` with Gateway API and Envoy Gateway in place of ingress-nginx."""
    cluster = replace(
        environment.cluster,
        gateway_class=environment.cluster.gateway_class or "envoy",
        ingress_pods=_ENVOY_GATEWAY,
        crds=environment.cluster.crds | ENVOY_GATEWAY_CRDS,
    )
    return replace(environment, cluster=cluster, gateway="gateway-api")
