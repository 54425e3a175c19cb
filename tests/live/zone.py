"""The names of a cluster, and what they stand for, as CoreDNS has them."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.live.services import Endpoint, View, offer

DOMAIN = "cluster.local"


@dataclass(frozen=True)
class Server:
    """What an SRV record says."""

    port: int
    name: str


class Zone:
    """All names at one moment. Names are in lower case, without a dot at the end."""

    def __init__(self, views: Sequence[View], outside: Mapping[str, str]) -> None:
        self.addresses: dict[str, list[str]] = defaultdict(list)
        self.servers: dict[str, list[Server]] = defaultdict(list)
        self.aliases: dict[str, str] = {}
        self.reverse: dict[str, str] = {}
        for view in views:
            self._add(view)
        for name, address in outside.items():
            self.addresses[name.lower()].append(address)
        self._names = self._known()

    def knows(self, name: str) -> bool:
        """Whether there is such a name, whatever kind of record was asked for."""
        return name in self._names or _is_pod(name)

    def address_of(self, name: str) -> list[str]:
        """The addresses of a name."""
        if _is_pod(name):
            return [_pod_address(name)]
        return self.addresses.get(name, [])

    def _add(self, view: View) -> None:
        name = f"{view.name}.{view.namespace}.svc.{DOMAIN}"
        if view.external_name:
            self.aliases[name] = view.external_name.rstrip(".").lower()
        elif view.address:
            self.addresses[name] = [view.address]
            self.reverse[view.address] = name
            for port in view.ports:
                self._serve(name, port, Server(port["port"], name))
        else:
            for endpoint in view.endpoints:
                self._add_endpoint(name, view, endpoint)

    def _add_endpoint(self, name: str, view: View, endpoint: Endpoint) -> None:
        host = f"{endpoint.hostname or endpoint.address.replace('.', '-')}.{name}"
        self.addresses[name].append(endpoint.address)
        self.addresses[host].append(endpoint.address)
        self.reverse[endpoint.address] = host
        for port in view.ports:
            if offer(port) in endpoint.ports:
                self._serve(name, port, Server(endpoint.ports[offer(port)], host))

    def _serve(self, name: str, port: Mapping[str, object], server: Server) -> None:
        self.servers[name].append(server)
        if "name" in port:
            protocol = str(port.get("protocol", "TCP")).lower()
            self.servers[f"_{port['name']}._{protocol}.{name}"].append(server)

    def _known(self) -> set[str]:
        """Every name with a record, and every name above one."""
        found: set[str] = set()
        for name in (*self.addresses, *self.servers, *self.aliases):
            found.update(_above(name))
        return found


def _above(name: str) -> Iterator[str]:
    words = name.split(".")
    for start in range(len(words)):
        yield ".".join(words[start:])


def _pod_address(name: str) -> str:
    return name.partition(".")[0].replace("-", ".")


def _is_pod(name: str) -> bool:
    if not name.endswith(f".pod.{DOMAIN}"):
        return False
    try:
        ipaddress.IPv4Address(_pod_address(name))
    except ValueError:
        return False
    return True
