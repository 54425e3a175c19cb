"""The network between pods: one node that routes, and a link from it to every pod.

Everything between two pods passes the node's hooks, where `firewall.py` puts Services, network
policies and cuts. Nothing leads out of it, neither to this machine nor further.
"""

import ipaddress
import subprocess
import threading
from collections.abc import Iterator

from tests.live.namespaces import NetworkNamespace

PODS = ipaddress.IPv4Network("10.244.0.0/16")
SERVICES = ipaddress.IPv4Network("10.96.0.0/16")
NODE = str(PODS[1])
API_SERVER = str(SERVICES[1])
DNS = str(SERVICES[10])

# As some network plugins do it: the same address of the next hop for every pod.
_GATEWAY = "169.254.1.1"


class Network:
    """The node, and the addresses that pods get, whichever thread makes them."""

    def __init__(self) -> None:
        self._giving = threading.Lock()
        self.node = NetworkNamespace()
        self._addresses: Iterator[ipaddress.IPv4Address] = iter(PODS.hosts())
        self._links = 0
        self.address()  # the node's own
        # An address that no pod has any longer does not answer, as when its node was lost.
        routes = [f"route add blackhole {network}" for network in (PODS, SERVICES)]
        _ip(self.node, "link set lo up", f"address add {NODE}/32 dev lo", *routes)
        write_setting(self.node, "net.ipv4.ip_forward", "1")

    def address(self) -> str:
        """The next address for a pod; none is given out twice."""
        with self._giving:
            return str(next(self._addresses))

    def attach(self, address: str) -> "Link":
        """A namespace for the pod at ``address``."""
        with self._giving:
            self._links += 1
            name = f"pod{self._links}"
        return Link(self.node, name, address)

    def close(self) -> None:
        """Remove the node, with what is left of the links."""
        self.node.close()


class Link:
    """A pod's end of the network."""

    def __init__(self, node: NetworkNamespace, name: str, address: str) -> None:
        self.namespace = NetworkNamespace()
        self.address = address
        self._node = node
        self._name = name
        self._removed = threading.Lock()
        pod = self.namespace
        _ip(node, f"link add {name} type veth peer name eth0 netns {pod.path}")
        write_setting(pod, "net.ipv6.conf.eth0.disable_ipv6", "1")
        _ip(
            node,
            f"address add {_GATEWAY}/32 dev {name}",
            f"link set {name} up",
            f"route add {address}/32 dev {name} src {NODE}",
        )
        _ip(
            pod,
            "link set lo up",
            f"address add {address}/32 dev eth0",
            "link set eth0 up",
            f"route add {_GATEWAY} dev eth0",
            f"route add default via {_GATEWAY} src {address}",
        )

    def remove(self) -> None:
        """Take the pod off the network, at once and without a word to its peers."""
        if self._removed.acquire(blocking=False):
            _ip(self._node, f"link delete {self._name}")
            self.namespace.close()


def write_setting(namespace: NetworkNamespace, name: str, value: str) -> None:
    """Change a kernel parameter of a network."""
    with (
        namespace.entered(),
        open(f"/proc/sys/{name.replace('.', '/')}", "w") as setting,  # noqa: PTH123 (short)
    ):
        setting.write(value)


def _ip(namespace: NetworkNamespace, *commands: str) -> None:
    with namespace.entered():
        subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)
