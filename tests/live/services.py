"""Services: their addresses, and who answers behind each at the moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.live.manifests import Document, Manifests, namespace_of, selects
from tests.live.network import API_SERVER, DNS, SERVICES


@dataclass(frozen=True, kw_only=True)
class Member:
    """A pod, as the network sees it."""

    namespace: str
    name: str
    address: str
    labels: Mapping[str, str]
    hostname: str
    subdomain: str
    ready: bool
    ports: Mapping[str, int]

    def port(self, named: int | str) -> int | None:
        """The number of a port."""
        return named if isinstance(named, int) else self.ports.get(named)


Offer = tuple[int, str]
"""A port of a Service: a number can be one of TCP and another one of UDP."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address behind a Service."""

    address: str
    hostname: str
    ports: Mapping[Offer, int]
    """What it listens on, by the Service's port."""


@dataclass(frozen=True, kw_only=True)
class View:
    """A Service at one moment."""

    namespace: str
    name: str
    address: str | None
    """None where it is headless, or another name."""

    ports: Sequence[Document]
    endpoints: Sequence[Endpoint]
    external_name: str = ""
    sticky: bool = False


class Services:
    """All Services of a cluster."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._addresses: dict[tuple[str, str], str] = {}
        taken = {API_SERVER, DNS}
        taken |= {item["spec"].get("clusterIP", "") for item in manifests.every("Service")}
        free = (str(address) for address in SERVICES.hosts() if str(address) not in taken)
        for item in manifests.every("Service"):
            if not _is_headless(item) and item["spec"].get("type") != "ExternalName":
                fixed = item["spec"].get("clusterIP")
                self._addresses[_key(item)] = fixed or next(free)

    def of_namespace(self, namespace: str) -> list[tuple[Document, str]]:
        """Services with an address, for the variables of pods."""
        return [
            (item, self._addresses[_key(item)])
            for item in self._manifests.every("Service", namespace)
            if _key(item) in self._addresses
        ]

    def views(self, members: Sequence[Member]) -> list[View]:
        """All of them, with these pods."""
        return [self._view(item, members) for item in self._manifests.every("Service")]

    def _view(self, item: Document, members: Sequence[Member]) -> View:
        namespace, name = _key(item)
        spec = item["spec"]
        if spec.get("selector"):
            found = [_endpoint(item, member) for member in members if _serves(item, member)]
        else:
            found = list(self._from_slices(item))
        return View(
            namespace=namespace,
            name=name,
            address=self._addresses.get((namespace, name)),
            ports=spec.get("ports", []),
            endpoints=found,
            external_name=spec.get("externalName", ""),
            sticky=spec.get("sessionAffinity") == "ClientIP",
        )

    def _from_slices(self, item: Document) -> Iterator[Endpoint]:
        """What runs elsewhere, and is written down."""
        namespace, name = _key(item)
        for part in self._manifests.every("EndpointSlice", namespace):
            if part["metadata"].get("labels", {}).get("kubernetes.io/service-name") != name:
                continue
            numbers = {port.get("name", ""): port["port"] for port in part.get("ports", ())}
            ports = {
                offer(port): numbers[port.get("name", "")]
                for port in item["spec"].get("ports", ())
                if port.get("name", "") in numbers
            }
            for endpoint in part["endpoints"]:
                if endpoint.get("conditions", {}).get("ready", True):
                    for address in endpoint["addresses"]:
                        hostname = endpoint.get("hostname", "")
                        yield Endpoint(address=address, hostname=hostname, ports=ports)


def offer(port: Document) -> Offer:
    """What tells a port of a Service from its others."""
    return port["port"], port.get("protocol", "TCP")


def _key(item: Document) -> tuple[str, str]:
    return namespace_of(item), str(item["metadata"]["name"])


def _is_headless(item: Document) -> bool:
    return bool(item["spec"].get("clusterIP") == "None")


def _serves(item: Document, member: Member) -> bool:
    spec = item["spec"]
    if member.namespace != namespace_of(item):
        return False
    if not selects({"matchLabels": spec["selector"]}, member.labels):
        return False
    return member.ready or bool(spec.get("publishNotReadyAddresses"))


def _endpoint(item: Document, member: Member) -> Endpoint:
    ports: dict[Offer, int] = {}
    for port in item["spec"].get("ports", ()):
        number = member.port(port.get("targetPort", port["port"]))
        if number is not None:
            ports[offer(port)] = number
    named = member.subdomain == item["metadata"]["name"]
    return Endpoint(address=member.address, hostname=member.hostname if named else "", ports=ports)
