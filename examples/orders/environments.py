"""Where the orders team runs its app."""

from constructs_lib import (
    ApiServer,
    Cidrs,
    Cluster,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
    Pods,
)

STAGE = Environment(
    name="stage",
    cluster=Cluster(
        kubernetes="1.31",
        nodes=(NodePool(count=3, cpu="4", memory="16Gi", zones=("a", "b", "c")),),
        storage_class="gp3",
        ingress_class="nginx",
        ingress_pods=Pods("ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"}),
        api_server=ApiServer(addresses=Cidrs(("10.20.0.1/32",)), port=443),
    ),
    secrets=ExternalSecretStore("vault", path="stage"),
    images=Images(registry="registry.example.com/orders"),
    domain="stage.example.com",
    certificate_issuer="letsencrypt",
)
