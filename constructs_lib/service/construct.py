"""NovaService: a workload behind Services, with everything a service needs in production."""

from __future__ import annotations

from typing import ClassVar, Literal

from constructs import Construct

from constructs_lib.kube import monitors, network, services
from constructs_lib.kube.body import Body
from constructs_lib.naming import COMPONENT
from constructs_lib.refs import ANYWHERE, Cidrs, Endpoint
from constructs_lib.service import checks
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.service.worker import DeployedConstruct
from constructs_lib.tree import takes_props


@takes_props
class NovaService(DeployedConstruct[NovaServiceProps]):
    """A service.

    After construction the chart holds its Deployment and Service, and as far as the props ask for
    them: a LoadBalancer Service, ServiceAccount, Role and RoleBinding, ConfigMaps, an autoscaler, a
    disruption budget, a ServiceMonitor, a PrometheusRule, extra manifests; and always a
    NetworkPolicy.

    It is a network-policy peer, a pod selector and a scaling target for cdk8s-plus objects.
    """

    _monitor_kind: ClassVar[Literal["ServiceMonitor", "PodMonitor"]] = "ServiceMonitor"  # type: ignore[misc]

    def __init__(self, scope: Construct, id: str, props: NovaServiceProps) -> None:  # noqa: A002
        """Build the service ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        super().__init__(
            scope, id, props, expected=NovaServiceProps, problems=checks.service_problems
        )
        self._add_account()
        self._add_configuration()
        self._add_deployment()
        self._add_service()
        self._add_load_balancer()
        self._add_autoscaler()
        self._add_disruption_budget()
        self._add_monitor()
        self._add_rules()
        self._add_network_policy([*self._client_rules(), *self._outside_rules()])
        self._finish()

    def endpoint(self, port: str) -> Endpoint:
        """The port called ``port``, for routes, settings and other services' ``uses``.

        Raises ``NovaError`` with the nearest name if there is none.
        """
        chosen = self._props.ports[port]
        return Endpoint(self.name, self._chart.app_namespace, chosen, peers=(self.pods,))

    @property
    def external_name(self) -> str:
        """Name of the LoadBalancer Service."""
        balancer = self._props.load_balancer
        return (balancer.name if balancer else None) or f"{self.name}-external"

    def _add_service(self) -> None:
        props = self._props
        metadata = self._metadata(self.name, annotations=props.service.annotations)
        service = services.service(
            metadata,
            props.ports,
            self.pods.labels,
            settings=props.service,
            affinity=props.session_affinity,
        )
        self._add("service", service)

    def _add_load_balancer(self) -> None:
        balancer = self._props.load_balancer
        if balancer is None:
            return
        service = services.load_balancer_service(
            self._metadata(self.external_name, annotations=balancer.annotations),
            self._props.ports,
            self.pods.labels,
            settings=balancer,
            affinity=self._props.session_affinity,
            available=self._chart.environment.cluster.load_balancers,
        )
        service["metadata"]["labels"] = {
            **service["metadata"]["labels"],
            COMPONENT: monitors.EXTERNAL,
        }
        self._add("load-balancer", service)

    def _outside_rules(self) -> list[Body]:
        """Clients of the load balancer; without one, nobody comes from outside."""
        balancer = self._props.load_balancer
        if balancer is None or not self._chart.environment.cluster.load_balancers:
            return []
        # Under policy Cluster packets come from the address of a node, whoever sent them.
        known = balancer.source_ranges and balancer.external_traffic_policy == "Local"
        peer = Cidrs(balancer.source_ranges) if known else ANYWHERE
        return [network.from_peers([peer], [self._props.ports[name] for name in balancer.ports])]
