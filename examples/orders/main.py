"""Another team's app: its own charts, its own bindings, the library from a wheel."""

import sys

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s
import cdk8s_plus_27 as kplus
from constructs import Construct
from environments import STAGE

from constructs_lib import (
    AppChart,
    AppImage,
    AppSecret,
    AppSecretProps,
    Autoscaling,
    Environment,
    IngressGateway,
    IngressGatewayProps,
    NovaError,
    NovaService,
    NovaServiceProps,
    Ports,
    Probes,
    Resources,
    Route,
    VariablesFrom,
    write_apps,
)
from imports.io.cert_manager import Certificate, CertificateSpec, CertificateSpecIssuerRef


class Orders(AppChart):
    """Orders behind a gateway."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Render the app into namespace ``orders``."""
        super().__init__(scope, "orders", environment=environment, team="payments")
        # What the team has already, written with cdk8s-plus and with bindings of its own, stays.
        limits = kplus.ConfigMap(self, "limits", data={"MAX_ITEMS": "100"})
        Certificate(
            self,
            "signing",
            spec=CertificateSpec(
                secret_name="orders-signing",  # noqa: S106  (an object's name)
                dns_names=["orders.orders.svc"],
                issuer_ref=CertificateSpecIssuerRef(name="internal", kind="ClusterIssuer"),
            ),
        )
        database = AppSecret(self, "orders-db", AppSecretProps(keys=("DATABASE_URL",)))
        api = NovaService(
            self,
            "orders-api",
            NovaServiceProps(
                image=AppImage("orders-api", tag="1.4.2"),
                ports=Ports(http=8080, grpc=9080),
                resources=Resources(cpu="250m", memory="256Mi"),
                autoscaling=Autoscaling(minimum=3, maximum=10, cpu=70),
                probes=Probes.http("/health"),
                variables=database.keys(),
                variables_from=(VariablesFrom.config_map_of(limits),),
            ),
        )
        IngressGateway(
            self,
            "gateway",
            IngressGatewayProps(
                hosts=(f"orders.{environment.domain}",),
                routes=(Route("/api/v1/orders", api.endpoint("http")),),
            ),
        )


if __name__ == "__main__":
    app = cdk8s.App()
    try:
        Orders(app, STAGE)
        write_apps(app)
    except NovaError as error:
        sys.exit(str(error))
