"""IngressGateway: services published under host names, by whichever controller there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from constructs import Construct

from constructs_lib.chart import app_chart_of
from constructs_lib.errors import Problem, refuse
from constructs_lib.gateway import gateway_api, ingress_nginx
from constructs_lib.gateway.edge import edge_problems, network_policies
from constructs_lib.gateway.plan import Plan, grouping_problems, plan
from constructs_lib.gateway.props import IngressGatewayProps
from constructs_lib.gateway.routes import claim, overlap_problems, ownership_problems
from constructs_lib.gateway.settings import CookieAffinity
from constructs_lib.gateway.tls import certificate
from constructs_lib.kube.body import Body
from constructs_lib.manifest import Manifest
from constructs_lib.naming import name_problems
from constructs_lib.tree import place, takes_props
from constructs_lib.values import check

_BACK_ENDS = {"ingress-nginx": ingress_nginx, "gateway-api": gateway_api}


@takes_props
class IngressGateway(Construct):
    """Services of an app under host names, with TLS, limits and time-outs.

    After construction the chart holds what the environment's ``gateway`` calls for, Ingress objects
    or a Gateway with its routes and policies; the certificate where an issuer signs it; and the
    network policies that let the controller reach the services' pods. What the back end cannot
    express raises ``PropsError``, as do routes that get in each other's way.
    """

    def __init__(self, scope: Construct, id: str, props: IngressGatewayProps) -> None:  # noqa: A002
        """Publish ``props.routes`` below ``props.hosts``; ``id`` names the objects."""
        where = place(scope, id, "IngressGateway")
        check(where, props, IngressGatewayProps)
        self._plan = plan(id, app_chart_of(scope), props)
        refuse(where, _problems(self._plan))
        super().__init__(scope, id)
        self.certificate = self._certificate()
        self.publication = self._publication()
        self.network_policies = self._network_policies()
        claim(self._plan, f"{scope.node.path}/{id}")

    @property
    def url(self) -> str:
        """URL of the first host, without a path."""
        scheme = "http" if self._plan.tls.secret is None else "https"
        return f"{scheme}://{self._plan.props.hosts[0]}"

    def _certificate(self) -> Manifest | None:
        """The Certificate, where an issuer is to sign one."""
        tls = self._plan.tls
        if tls.issuer is None:
            return None
        metadata = self._plan.metadata(tls.secret or "")
        return self._manifest(certificate(metadata, tls, self._plan.props.hosts))

    def _publication(self) -> tuple[Manifest, ...]:
        """Ingress objects, or Gateway, routes and policies."""
        back_end = _BACK_ENDS[self._plan.chart.environment.gateway]
        return tuple(self._manifest(manifest) for manifest in back_end.objects(self._plan))

    def _network_policies(self) -> tuple[Manifest, ...]:
        """The controller's way to the services."""
        return tuple(self._manifest(manifest) for manifest in network_policies(self._plan))

    def _manifest(self, manifest: Body) -> Manifest:
        metadata = manifest["metadata"]
        return Manifest(self, f"{manifest['kind'].lower()}-{metadata['name']}", manifest)


def _problems(gateway: Plan) -> Iterator[Problem]:
    """Everything that only the whole gateway, its chart and its environment can tell."""
    name, props = gateway.name, gateway.props
    return chain(
        name_problems("id", name),
        overlap_problems(props),
        grouping_problems(name, props),
        ownership_problems(gateway),
        edge_problems(gateway),
        _cookie_problems(gateway),
        _BACK_ENDS[gateway.chart.environment.gateway].problems(gateway),
    )


def _cookie_problems(gateway: Plan) -> Iterator[Problem]:
    if gateway.tls.secret is not None:
        return
    affinities = {"session_affinity": gateway.props.session_affinity} | {
        f"routes[{index}].session_affinity": route.session_affinity
        for index, route in enumerate(gateway.props.routes)
    }
    for where, affinity in affinities.items():
        if isinstance(affinity, CookieAffinity) and affinity.same_site == "None":
            why, fix = "is refused by browsers without TLS", "use Lax or Strict, or serve TLS"
            yield Problem(f"{where}.same_site", affinity.same_site, why, fix)
