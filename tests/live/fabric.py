"""Services, names, network policies and cuts, kept up to date with the pods there are."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence

from tests.live.dns import DnsServer
from tests.live.firewall import Firewall, ruleset
from tests.live.manifests import Manifests, parse
from tests.live.network import DNS, Network
from tests.live.pod import Pod
from tests.live.policies import isolations
from tests.live.services import Member, Services
from tests.live.zone import Zone

CLUSTER_DNS = parse(f"""
apiVersion: v1
kind: Service
metadata: {{name: kube-dns, namespace: kube-system}}
spec:
  clusterIP: {DNS}
  selector: {{k8s-app: kube-dns}}
  ports:
  - {{name: dns, port: 53, protocol: UDP}}
  - {{name: dns-tcp, port: 53, protocol: TCP}}
""")
"""What `Manifests` have to hold for pods to find the DNS server."""


class Fabric:
    """What is between the pods of a cluster."""

    def __init__(
        self,
        network: Network,
        manifests: Manifests,
        services: Services,
        pods: Callable[[], Sequence[Pod]],
        ever: Sequence[Pod],
        *,
        outside: Mapping[str, str],
        policies: bool,
    ) -> None:
        self._manifests = manifests
        self._services = services
        self._pods = pods
        self._ever = ever
        self._outside = outside
        self._policies = policies
        self._cuts: frozenset[tuple[Pod, Pod | None]] = frozenset()
        self._enforcing = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._firewall = Firewall(network.node)
        with contextlib.ExitStack() as undo:
            self._link = network.attach(network.address())
            undo.callback(self._link.remove)
            self._server = self._dns_server()
            undo.callback(self._server.close)
            self.enforce()
            self.close = undo.pop_all().close

    def enforce(self) -> None:
        """Bring everything up to date; raises `OSError` where the kernel refuses it."""
        # One thread after the other, or what an earlier one has found would replace what is so now.
        with self._enforcing:
            members = self._members()
            isolated = list(isolations(self._manifests, members)) if self._policies else []
            addresses = [member.address for member in members]
            views = self._services.views(members)
            self._firewall.enforce(ruleset(views, isolated, addresses, self._cut_addresses()))
            self._known = frozenset(addresses)

    def zone(self) -> Zone:
        """All names at this moment, but for those of pods that would not be let in yet."""
        members = [member for member in self._members() if member.address in self._known]
        return Zone(self._services.views(members), self._outside)

    def blocked(self) -> set[tuple[str, str, str, int]]:
        """What network policies have dropped: pod or address, the same, protocol and port."""
        names = {pod.address: pod.name for pod in self._ever}
        return {
            (names.get(source, source), names.get(target, target), protocol, port)
            for source, target, protocol, port in self._firewall.blocked()
        }

    def cut(self, pod: Pod, *others: Pod) -> None:
        """Drop everything between a pod and some others, or all."""
        # Another set each time, as another thread may be reading this one.
        self._cuts = self._cuts.union((pod, other) for other in others or (None,))
        self.enforce()

    def rejoin(self, pod: Pod) -> None:
        """Undo all cuts around a pod."""
        self._cuts = frozenset(pair for pair in self._cuts if pod not in pair)
        self.enforce()

    def _members(self) -> list[Member]:
        server = Member(
            namespace="kube-system",
            name="coredns",
            address=self._link.address,
            labels={"k8s-app": "kube-dns"},
            hostname="coredns",
            subdomain="",
            ready=True,
            ports={},
        )
        return [server, *(pod.as_member() for pod in self._pods())]

    def _cut_addresses(self) -> list[tuple[str, str]]:
        everybody = [self._link.address, *(pod.address for pod in self._pods())]
        pairs = [
            (pod.address, address)
            for pod, other in self._cuts
            for address in ([other.address] if other else everybody)
            if address != pod.address
        ]
        return sorted({*pairs, *((other, one) for one, other in pairs)})

    def _dns_server(self) -> DnsServer:
        udp = self._link.namespace.socket(socket.SOCK_DGRAM)
        tcp = self._link.namespace.socket()
        for listening in (udp, tcp):
            listening.bind((self._link.address, 53))
        return DnsServer(udp, tcp, self.zone)
