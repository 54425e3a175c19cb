"""What both back ends need besides routes: the controller must reach the pods.

The namespace denies what no policy allows, and only the gateway knows that its controller, which
runs in a namespace of its own, is a client of the services behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.gateway.plan import Plan
from constructs_lib.kube.body import Body
from constructs_lib.kube.network import from_peers, network_policy
from constructs_lib.refs import Pods, Port

_SOLVER = {"acme.cert-manager.io/http01-solver": "true"}
_SOLVER_PORT = Port("http", 8089)
"""Labels and port that cert-manager gives the pods that answer HTTP-01 challenges.
https://cert-manager.io/docs/configuration/acme/http01/"""


def edge_problems(plan: Plan) -> Iterator[Problem]:
    """A controller that is not there or nobody named, and services whose pods nobody knows."""
    environment = plan.chart.environment
    needed = "ingress_class" if environment.gateway == "ingress-nginx" else "gateway_class"
    if getattr(environment.cluster, needed) is None:
        fix = f"set cluster.{needed}, or choose the other gateway"
        why = f"the cluster has no {needed}"
        yield Problem("environment.gateway", environment.gateway, why, fix)
    if plan.chart.environment.cluster.ingress_pods is None:
        why = "is not known, and the services' network policies would keep it out"
        fix = "set it to the Pods of the ingress or gateway controller"
        yield Problem("environment.cluster.ingress_pods", None, why, fix)
    for index, route in enumerate(plan.props.routes):
        if not any(isinstance(peer, Pods) for peer in route.endpoint.peers):
            why = "names no pods, so no network policy can let the controller reach them"
            fix = "give the endpoint peers=(Pods(namespace, labels=...),)"
            yield Problem(f"routes[{index}].endpoint", route.endpoint.service, why, fix)


def network_policies(plan: Plan) -> Iterator[Body]:
    """One policy per service, and one for certificate challenges where an issuer may pose them.

    They add to the services' own: a connection is allowed where any policy allows it.
    """
    controller = plan.chart.environment.cluster.ingress_pods
    if controller is None:
        return
    for service, pods, ports in _services(plan):
        name = f"{plan.name}-to-{service}"
        foreign = pods.namespace != plan.chart.app_namespace
        if foreign:
            # Another app's gateway of the same name may have a policy for the same service there.
            name = f"{plan.chart.app_namespace}-{name}"
        metadata = plan.metadata(name, namespace=pods.namespace if foreign else None)
        yield network_policy(metadata, pods.labels, ingress=[from_peers([controller], ports)])
    if plan.tls.issuer is not None:
        metadata = plan.metadata(f"{plan.name}-to-acme-solver")
        rule = from_peers([controller], [_SOLVER_PORT])
        yield network_policy(metadata, _SOLVER, ingress=[rule])


def _services(plan: Plan) -> Iterator[tuple[str, Pods, list[Port]]]:
    ports: dict[tuple[str, str], list[Port]] = {}
    pods: dict[tuple[str, str], Pods] = {}
    for route in plan.props.routes:
        for peer in route.endpoint.peers:
            if isinstance(peer, Pods):
                key = (peer.namespace, route.endpoint.service)
                pods[key] = peer
                known = ports.setdefault(key, [])
                if route.endpoint.port.number not in [port.number for port in known]:
                    known.append(route.endpoint.port)
                break
    for key, listening in ports.items():
        yield key[1], pods[key], sorted(listening, key=lambda port: port.number)
